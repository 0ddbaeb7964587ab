"""Each run folder has one owner: a second training in it waits, or is refused.

The owner holds a lock of the operating system on ``.owner``, which ends with the process, however
it ends. Where machines do not see each other's locks, an owner on another machine holds the file
as long as it gives signs of life.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crossbar import files
from crossbar.errors import OutputError, message

NAME = ".owner"
LEASE = 120.0  # s without a sign of life, after which an owner on another machine counts as dead
BEAT = 5.0  # s between signs of life
POLL = 0.3  # s between checks of a folder that is waited for
TAKEN = (errno.EAGAIN, errno.EACCES)
LOG = logging.getLogger(__name__)


@contextlib.contextmanager
def owned(folder: Path, *, patient: bool = False) -> Iterator[None]:
    """Own ``folder``, which is made if it is missing; ``patient`` waits for a living owner.

    Raises
    ------
    OutputError
        If another process owns it, or it cannot be written.
    """
    files.make_folder(folder)
    path = folder / NAME
    while True:
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            files.refuse(folder, "a writable folder", error)
        owner = _owner(lock, path)
        if owner is None:
            break
        os.close(lock)
        if owner and not patient:
            expected = "a folder that no other process trains in"
            remedy = "Wait for it, end it, or choose another folder with --out."
            raise OutputError(message(str(folder), expected, owner, remedy))
        time.sleep(POLL if owner else 0)
    ended = threading.Event()
    beat = threading.Thread(target=_live, args=(lock, ended), daemon=True)
    try:
        _enter(lock, folder)
        beat.start()
        yield
    finally:
        ended.set()
        path.unlink(missing_ok=True)
        if beat.ident is not None:
            beat.join()
        os.close(lock)


def _owner(lock: int, path: Path) -> str | None:
    """Lock the file and return None, or return its owner in words; empty if it is gone."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in TAKEN:
            return _words(_read(lock))
        # A file system without locks: the content of the file decides.
    try:
        if path.stat().st_ino != os.fstat(lock).st_ino:
            return ""
    except FileNotFoundError:
        return ""
    then = _read(lock)
    elsewhere = then and then.get("host") != socket.gethostname()
    if elsewhere and time.time() - os.fstat(lock).st_mtime < LEASE:
        return _words(then)
    return None


def _enter(lock: int, folder: Path) -> None:
    """Write this process into the locked file; warn if the previous owner has died."""
    then = _read(lock)
    if then:
        LOG.warning("%s: taken over from %s, which ended before its time.", folder, _words(then))
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    now = {"host": socket.gethostname(), "pid": os.getpid(), "since": since}
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(now).encode(), 0)


def _live(lock: int, ended: threading.Event) -> None:
    """Give signs of life until the owner has ended."""
    while not ended.wait(BEAT):
        os.utime(lock)


def _read(lock: int) -> dict[str, Any]:
    """Return the content of the file; an empty dict if it is empty or half written."""
    try:
        owner = json.loads(os.pread(lock, 4096, 0))
    except ValueError:
        return {}
    return owner if isinstance(owner, dict) else {}


def _words(owner: dict[str, Any]) -> str:
    """Return an owner in words."""
    known = {"pid": "unknown", "host": "an unknown host", "since": "just now"} | owner
    return f"process {known['pid']} on {known['host']}, since {known['since']}"
