"""Standard output and error when they are full, closed, or read by nobody any more.

A result that cannot be printed is an error of its own; progress and warnings that nobody can read
stop no work.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

from crossbar.errors import message

BROKEN_PIPE = 128 + signal.SIGPIPE  # the status that shells give to a program that it ends


class _LostError(Exception):
    """Standard output cannot be written."""


class _Stream:
    """A stream whose errors are kept in ``lost``; in all else the stream itself."""

    def __init__(self, stream: TextIO | None) -> None:
        self.stream = stream
        self.lost: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write ``text``."""
        try:
            if self.stream is None:
                raise OSError(errno.EBADF, "a closed one")
            return self.stream.write(text)
        except OSError as error:
            self.lose(error)
            return 0

    def flush(self) -> None:
        """Hand what was written to the system."""
        try:
            if self.stream is not None:
                self.stream.flush()
        except OSError as error:
            self.lose(error)

    def isatty(self) -> bool:
        """Return whether a terminal shows it."""
        return self.stream is not None and self.stream.isatty()

    def lose(self, error: OSError) -> None:
        """Drop all that was and will be written."""
        self.lost = self.lost or error
        with contextlib.suppress(OSError, AttributeError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.fileno())
            os.close(nothing)


class _Output(_Stream):
    """Standard output, without which there is nothing more to do."""

    def lose(self, error: OSError) -> NoReturn:
        """Raise after that."""
        super().lose(error)
        raise _LostError from error


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """End with status 1 and a line if standard output cannot be written.

    A reader of standard output that went away, as ``head`` does, is nothing to tell: the status is
    that of a program which the system ended for it. Errors on standard error are ignored.
    """
    streams = sys.stdout, sys.stderr
    _fill()
    sys.stdout, sys.stderr = output, errors = _Output(sys.stdout), _Stream(sys.stderr)
    try:
        yield
    except _LostError:
        pass
    finally:
        with contextlib.suppress(_LostError):
            output.flush()
        if output.lost is not None and not isinstance(output.lost, BrokenPipeError):
            got, remedy = output.lost.strerror, "Redirect it elsewhere."
            text = message("standard output", "one that can be written", got, remedy)
            errors.write(f"crossbar: {text}\n")
        errors.flush()
        sys.stdout, sys.stderr = streams
        if output.lost is not None:
            sys.exit(BROKEN_PIPE if isinstance(output.lost, BrokenPipeError) else 1)


def _fill() -> None:
    """Open the null device where a standard stream is closed: no file may take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
