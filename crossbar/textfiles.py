"""Text files as editors and spreadsheets write them, decoded.

Accepted are UTF-8 with or without a byte order mark, UTF-16 with one, and lines that end in LF,
CRLF or CR.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from crossbar.errors import DataError, message

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENDINGS = (".csv", ".tsv", ".txt", ".dat")  # endings of the names of tables


def read(path: Path, expected: str = "a text file", remedy: str = "Check the path.") -> str:
    """Return the text of ``path``, its lines ended by a line feed.

    Raises
    ------
    DataError
        If the file cannot be read, or a line of it is not UTF-8 (UTF-16 with a byte order mark).
    """
    try:
        if path.is_char_device() or path.is_block_device():
            raise DataError(message(str(path), expected, "a device", remedy))
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(message(str(path), expected, reason, remedy)) from None
    mark, encoding = next((m for m in MARKS if content.startswith(m[0])), (b"", "utf-8"))
    content = content[len(mark) :]
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        at = len(_lines(content[: error.start].decode(encoding)))
        got = f"byte 0x{content[error.start]:02x}, which is no {encoding.upper()}"
        raise DataError(
            message(f"{path}:{at}", expected, got, "Save it as text in UTF-8.")
        ) from None
    lines = _lines(text)
    for at, line in enumerate(lines, 1):
        if "\0" in line:
            got, remedy = "a NUL character", "Save it as text in UTF-8."
            raise DataError(message(f"{path}:{at}", expected, got, remedy))
    return "\n".join(lines)


def require_plain(path: Path, expected: str) -> None:
    """Raise unless other programs read ``path`` alike: UTF-8 with no mark, LF or CRLF.

    Raises
    ------
    DataError
        If it is not text in UTF-8, has a byte order mark, or a line ends in CR alone.
    """
    remedy = "Save it as text in UTF-8 with no byte order mark, lines ended by LF."
    read(path, expected, remedy)
    content = path.read_bytes()
    if any(content.startswith(mark) for mark, _ in MARKS):
        raise DataError(message(f"{path}:1", expected, "a byte order mark", remedy))
    alone = re.search(rb"\r(?!\n)", content)
    if alone:
        at = len(_lines(content[: alone.start()].decode()))
        raise DataError(message(f"{path}:{at}", expected, "a line that ends in CR", remedy))


def names_table(text: str) -> bool:
    """Return whether ``text`` is the path of a table by its ending, in capitals or not."""
    return text.lower().endswith(ENDINGS)


def _lines(text: str) -> list[str]:
    """Return the lines of ``text``, whichever way they end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
