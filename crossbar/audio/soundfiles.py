"""Reading sound files, with every defect of a file named."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import soundfile

from crossbar.errors import DataError, message

# Of a folder, only files with one of these endings are recordings.
SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")
# The first four bytes of WAV and AIFF, and the byte order of the size that follows them.
SIZED_HEADERS: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"FORM": "big"}
# An OGG page: 27 bytes, of which byte 5 has the end-of-stream flag and the last one the number of
# segments, then a size a segment, then the segments; 65 307 bytes at the most (RFC 3533).
OGG_PAGE = b"OggS"
OGG_HEADER = 27
OGG_LONGEST = 65_307
UNKNOWN_SIZE = (0, 0xFFFF_FFFF)  # in the header of a stream whose length was not known


def read(path: Path) -> tuple[npt.NDArray[np.float64], int]:
    """Return the samples (samples, channels), full scale 1, and the sample rate [Hz].

    Raises
    ------
    DataError
        If the file is missing, empty, truncated, no audio file, or holds NaN or infinity.
    """
    if not path.is_file():
        raise DataError(message(str(path), "an existing file", "none", "Check the path."))
    if path.stat().st_size == 0:
        remedy = "Copy the recording again or leave it out."
        raise DataError(message(str(path), "a recording", "an empty file", remedy))
    _refuse_short(path)
    _refuse_unended(path)
    try:
        with soundfile.SoundFile(path) as file:
            samples = file.read(dtype="float64", always_2d=True)
            announced, rate = file.frames, int(file.samplerate)
    except soundfile.LibsndfileError as error:
        remedy = f"It is damaged, truncated or of another type than {', '.join(SUFFIXES)}."
        reason = error.error_string.strip(" .")
        raise DataError(message(str(path), "an audio file", reason, remedy)) from error
    if len(samples) < max(announced, 1):
        _truncated(path, f"{max(announced, 1)} samples", len(samples))
    if not np.isfinite(samples).all():
        first = int(np.argmin(np.isfinite(samples).all(axis=1)))
        remedy = "Repair the recording or leave it out."
        raise DataError(message(str(path), "finite samples", f"NaN or inf at {first}", remedy))
    return samples, rate


def _refuse_short(path: Path) -> None:
    """Raise if a WAV or AIFF file is shorter than its header says; the decoder does not tell."""
    with path.open("rb") as file:
        kind, size = file.read(4), file.read(4)
    order = SIZED_HEADERS.get(kind)
    announced = int.from_bytes(size, order) if order else 0
    if announced in UNKNOWN_SIZE:
        return
    if path.stat().st_size < announced + 8:
        _truncated(path, f"{announced + 8} bytes", path.stat().st_size)


def _refuse_unended(path: Path) -> None:
    """Raise if an OGG file does not end with its last page, which the decoder does not tell."""
    with path.open("rb") as file:
        if file.read(4) != OGG_PAGE:
            return
        file.seek(max(0, path.stat().st_size - OGG_LONGEST))
        tail = file.read()
    page = tail[tail.rfind(OGG_PAGE) :]
    sizes = page[OGG_HEADER : OGG_HEADER + page[OGG_HEADER - 1]] if len(page) > OGG_HEADER else b""
    last = bool(page[5] & 4) if sizes else False
    if not last or len(page) < OGG_HEADER + len(sizes) + sum(sizes):
        _truncated(path, "a last page that ends the stream", "none")


def _truncated(path: Path, expected: str, got: object) -> None:
    remedy = "The file is truncated: copy the recording again."
    raise DataError(message(str(path), expected, got, remedy))
