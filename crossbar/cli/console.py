"""What the command line shows: progress on stderr, results on stdout."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import numpy as np
from rich.table import Table

from crossbar import bars, interrupts
from crossbar.bars import Plain
from crossbar.kernels.cache import unusual
from crossbar.kernels.compiling import telling

out = Plain()
err = Plain(stderr=True)


GOES_ON = "The same command goes on from the last epoch."


class Bars:
    """Progress of a command on stderr; Ctrl-C ends the command with one line.

    Parameters
    ----------
    remedy
        What to do after Ctrl-C, where something was kept.
    """

    def __init__(self, remedy: str = "") -> None:
        self.remedy = remedy
        self.bars = bars.Bars(log=True)

    def __enter__(self) -> Bars:
        self.around = contextlib.ExitStack()
        self.around.enter_context(interrupts.working())
        self.around.enter_context(self.bars)
        self.around.enter_context(telling(_tell_compiling))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.around.close()
        if kind is KeyboardInterrupt or (kind is not None and interrupts.given()):
            interrupts.stop(f" {self.remedy}")

    def __call__(self, task: str, done: int, total: int, text: str) -> None:
        """Show ``done`` of ``total`` steps of ``task``."""
        interrupts.heed()
        self.bars(task, done, total, text)


def _tell_compiling() -> None:
    """Say why a fresh installation is slow at first, and where the code is if not in its place."""
    once = "" if (note := unusual()) else ", once for this installation"
    text = f"crossbar: compiling{once} (about a minute) ... {note or ''}".rstrip()
    err.print(text, soft_wrap=True)


def print_json(record: Any) -> None:
    """Print ``record`` as JSON on stdout."""
    sys.stdout.write(json.dumps(record, indent=1, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else str(value)


def table(title: str, columns: list[str], rows: list[list[str]], *, words: int = 1) -> None:
    """Print a table; the first ``words`` columns stand to the left, numbers to the right."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    for k, column in enumerate(columns):
        shown.add_column(column, justify="left" if k < words else "right", overflow="fold")
    for row in rows:
        shown.add_row(*row)
    out.print(shown)
