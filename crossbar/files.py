"""Files that are written whole or not at all, and folders for them."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import NoReturn

from crossbar.errors import OutputError, message

TEMPORARY = ".crossbar-*.part"  # left behind by a write that was killed
SPACE = "Free some space, or choose another place."
RIGHTS = "Change its permissions, or choose another place."
REMEDIES = {
    errno.ENOSPC: SPACE,
    errno.EDQUOT: SPACE,
    errno.EFBIG: "Raise the limit of file sizes (ulimit -f), or choose another place.",
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EROFS: "Mount it writable, or choose another place.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.EIO: "Look after the disk, or choose another place.",
}


def write(path: Path, content: bytes | str) -> None:
    """Write ``content``, text as UTF-8, to ``path``: all of it, or the file stays as it was.

    The content is written to the disk under a temporary name beside ``path``, and then renamed.
    Neither a kill nor a loss of power therefore leaves half a file. A link is followed.

    Raises
    ------
    OutputError
        If the file cannot be written; then nothing is left behind.
    """
    content = content.encode("utf-8") if isinstance(content, str) else content
    try:
        target = required(path)
        temporary = target.with_name(f".crossbar-{os.getpid()}-{secrets.token_hex(4)}.part")
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        refuse(path, "a writable file", error)


def required(path: Path) -> Path:
    """Return the file that ``path`` leads to, which need not exist yet.

    Raises
    ------
    OutputError
        If it leads to a folder or a device.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        got = "a folder" if target.is_dir() else "a device"
        raise OutputError(message(str(path), "a file", got, "Choose another name."))
    return target


def require_makeable(folder: Path) -> None:
    """Raise :class:`OutputError` if ``folder`` is missing and cannot be made; make nothing."""
    there = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    if not there.is_dir():
        kind = "a file" if there.is_file() else "a device"
        got = kind if there == folder.absolute() else f"{kind} above it, {there}"
        raise OutputError(message(str(folder), "a folder", got, "Choose another place."))
    if there != folder.absolute() and not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(message(str(folder), "a writable folder", f"no right to {there}", RIGHTS))


def make_folder(path: Path) -> None:
    """Make the folder ``path``, and those above it, if it is missing.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(path, "a writable folder", error)


def private_folder() -> Path:
    """Return a folder among the temporary files that only this user can write.

    Raises
    ------
    OSError
        If it cannot be made, or another user can write to it.
    """
    folder = Path(tempfile.gettempdir()) / f"crossbar-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.geteuid() or there.st_mode & 0o077:
        raise PermissionError(f"{folder} is not private")
    return folder


def refuse(path: Path, expected: str, error: OSError) -> NoReturn:
    """Raise the error of the system for writing ``path``, with its remedy."""
    remedy = REMEDIES.get(error.errno or 0, "Choose another place.")
    got = error.strerror or str(error)
    raise OutputError(message(str(path), expected, got, remedy)) from None
