"""How a command ends that does not succeed: with one line on stderr, and a status that says why."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import typer

from crossbar.errors import CrossbarError, message
from crossbar.files import REMEDIES
from crossbar.terminal import visible

SCREEN = 1600  # most characters of an error that are shown: 20 lines of 80


def cut(text: str) -> str:
    """Return ``text``, without its middle where it does not fit a screen.

    Examples
    --------
    >>> text = cut("value: " + "9" * 5000 + " Remedy.")
    >>> text[:9], text[-10:], len(text)
    ('value: 99', '99 Remedy.', 1605)
    """
    half = SCREEN // 2
    return text if len(text) <= SCREEN else f"{text[:half]} ... {text[-half:]}"


UsageError: Any = typer.BadParameter.__base__  # of the Click that Typer has


@contextlib.contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Turn an error of the package or of the arguments into one line on stderr and status 2.

    So is what the system says about permissions, disks and names of files, wherever it is met.
    """
    try:
        yield
    except CrossbarError as error:
        _refuse(str(error))
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()
            sys.exit(2)
        command = "crossbar" if error.ctx is None else error.ctx.command_path
        said = error.format_message().rstrip(".").replace("?. ", "? ")
        _refuse(f"{said}{'' if said.endswith('?') else '.'} See `{command} --help`.")
    except OSError as error:
        if error.errno not in REMEDIES:
            raise
        where, remedy = str(error.filename or "a file"), REMEDIES[error.errno]
        _refuse(message(where, "a file or folder to use", error.strerror, remedy))


def _refuse(text: str) -> NoReturn:
    """Write ``text`` as one line and end with status 2."""
    line = visible(" ".join(text.split()))
    sys.stderr.write(f"crossbar: {cut(line)}\n")
    sys.exit(2)
