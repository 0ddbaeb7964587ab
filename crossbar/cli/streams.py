"""Standard output and error that are full, closed, or no longer read.

A result that cannot be printed is an error. Progress and warnings that cannot be printed stop no
work.
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
    """A stream that keeps its first error in ``lost`` and otherwise acts as the original."""

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
        """Flush the stream."""
        try:
            if self.stream is not None:
                self.stream.flush()
        except OSError as error:
            self.lose(error)

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return self.stream is not None and self.stream.isatty()

    def lose(self, error: OSError) -> None:
        """Keep ``error`` and discard all that was and will be written."""
        self.lost = self.lost or error
        with contextlib.suppress(OSError, AttributeError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.fileno())
            os.close(nothing)


class _Output(_Stream):
    """Standard output; the command ends if it cannot be written."""

    def lose(self, error: OSError) -> NoReturn:
        """Keep ``error``, then raise."""
        super().lose(error)
        raise _LostError from error


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """End with status 1 and a line if standard output cannot be written.

    If the reader of standard output has ended, as ``head`` does, no line is printed, and the status
    is that of a program that SIGPIPE ends. Errors on standard error are ignored.
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
    """Open the null device for each closed standard stream, so that no file takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
