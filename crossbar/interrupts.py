"""Ctrl-C in the program: one line on stderr and status 130, at any moment.

One handler stands from the first moment to the last. While a command runs it raises
``KeyboardInterrupt``, and notes so: the exception may be lost in callbacks of other packages, which
compile or draw, and is then raised again at the next step of the progress. Where nothing has to be
put in order the program ends at once; so it does when Ctrl-C is given twice.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

STOPPED = 128 + signal.SIGINT  # the status that shells give to a program that Ctrl-C ended


class _Standing:
    """How it stands with Ctrl-C."""

    given = False
    said = False  # whether its line is written
    caught = False  # whether the exception ends in the line
    working = False  # whether work is to be put in order


_now = _Standing()


def obey() -> Any:
    """Let Ctrl-C end the program in one line from now on, unless it is ignored; return how before.

    Only the main thread can do so.
    """
    before = signal.getsignal(signal.SIGINT)
    if callable(before) and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _interrupt)
    return before


def run(command: Callable[[], None]) -> None:
    """Call ``command``; if Ctrl-C is given meanwhile, end in one line, whatever became of it."""
    _now.given = _now.said = False
    before, unraisable = obey(), sys.unraisablehook
    sys.unraisablehook = lambda lost: None if _now.given else unraisable(lost)
    try:
        _now.caught = True
        command()
        _now.caught = False
    except BaseException as error:
        _now.caught = False
        if isinstance(error, KeyboardInterrupt) or _now.given:
            stop()
        raise
    finally:
        sys.unraisablehook = unraisable
        if signal.getsignal(signal.SIGINT) is _interrupt:
            signal.signal(signal.SIGINT, before)
    if _now.given:
        stop()


def stop(more: str = "") -> NoReturn:
    """Write the line about Ctrl-C, once, and end with its status."""
    if not _now.said:
        _now.said = True
        with contextlib.suppress(OSError):
            sys.stderr.write(f"crossbar: stopped.{more}".rstrip() + "\n")
            sys.stderr.flush()
    raise SystemExit(STOPPED)


@contextlib.contextmanager
def working() -> Iterator[None]:
    """Say that work goes on which an exception is to put in order."""
    _now.working = True
    try:
        yield
    finally:
        _now.working = False


def heed() -> None:
    """Raise ``KeyboardInterrupt`` if Ctrl-C was given and its exception was lost."""
    if _now.given and not isinstance(sys.exception(), KeyboardInterrupt):
        raise KeyboardInterrupt


def given() -> bool:
    """Return whether Ctrl-C was given."""
    return _now.given


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise, or end at once where no exception is needed, or where it would come out elsewhere."""
    if _now.given or not _now.caught or (_importing(frame) and not _now.working):
        with contextlib.suppress(OSError):
            os.write(2, b"" if _now.said else b"crossbar: stopped.\n")
        os._exit(STOPPED)
    _now.given = True
    raise KeyboardInterrupt


def _importing(frame: FrameType | None) -> bool:
    """Return whether a module is being imported, whose package may lose or print an exception."""
    while frame is not None:
        if frame.f_globals.get("__name__") == "importlib._bootstrap":
            return True
        frame = frame.f_back
    return False
