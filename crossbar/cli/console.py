"""What the command line shows: progress on stderr, results on stdout."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.cells import cell_len
from rich.table import Table

from crossbar import bars, interrupts
from crossbar.bars import Plain
from crossbar.kernels.cache import unusual
from crossbar.kernels.compiling import telling
from crossbar.terminal import visible

if TYPE_CHECKING:
    from crossbar.runs.sweep import Standing

out = Plain()
err = Plain(stderr=True)


class Bars:
    """Progress of a command on stderr; Ctrl-C ends the command with one line.

    Parameters
    ----------
    remedy
        What to do after Ctrl-C, where something was kept.
    """

    def __init__(self, remedy: str = "") -> None:
        self.remedy = remedy
        self.sweep: Standing | None = None
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
            kept = "" if self.sweep is None else f" {self.sweep.done} runs are done."
            interrupts.stop(f"{kept} {self.remedy}")

    def __call__(self, task: str, done: int, total: int, text: str) -> None:
        """Show ``done`` of ``total`` steps of ``task``."""
        interrupts.heed()
        self.bars(task, done, total, text)
        if self.sweep is not None and done == total:
            self.bars.note(task, done, total, text)

    def stands(self, sweep: Standing) -> None:
        """Note how a sweep stands, for who stops it."""
        self.sweep = sweep


def _tell_compiling() -> None:
    """Say why a fresh installation is slow at first, and where the code is if not in its place."""
    once = "" if (note := unusual()) else ", once for this installation"
    text = f"crossbar: compiling{once} (about a minute) ... {note or ''}".rstrip()
    err.print(text, soft_wrap=True)


def say(text: str) -> None:
    """Print ``text`` on stdout, its lines as long as they are."""
    out.print(text, soft_wrap=True)


def print_json(record: Any) -> None:
    """Print ``record`` as JSON on stdout."""
    sys.stdout.write(json.dumps(record, indent=1, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else str(value)


def table(title: str, columns: list[str], rows: list[list[str]], *, words: int = 1) -> None:
    """Print a table; the first ``words`` columns stand to the left, numbers to the right.

    Where the terminal is too narrow for words and numbers in one piece, every row is a paragraph.
    """
    out.print(title, style="bold", soft_wrap=True)
    lines = [[line for cell in column for line in visible(cell).split("\n")]
             for column in zip(columns, *rows, strict=True)]  # fmt: skip
    widths = [max(map(_piece, column)) for column in lines]
    spare = out.width - (sum(widths) + BORDER * len(widths) + 1)
    if spare < 0:
        _paragraphs(columns, rows, words)
        return
    shown = Table()
    for k, column in enumerate(columns):
        more = min(max(map(cell_len, lines[k])) - widths[k], spare)
        spare -= more
        justify: Any = "left" if k < words else "right"
        shown.add_column(column, justify=justify, overflow="fold", width=widths[k] + more)
    for row in rows:
        shown.add_row(*row)
    out.print(shown)


BORDER = 3  # characters between two columns
LONG = 20  # characters from which a word may be cut
NUMBER = re.compile(r"\S?[\d.,e+-]+ \S{1,3}")  # with a unit of some letters


def _piece(text: str) -> int:
    """Return the width of the longest piece of ``text`` that is to stay whole.

    Examples
    --------
    >>> _piece("13.104 nJ"), _piece("operations of an inference")
    (9, 10)
    """
    if NUMBER.fullmatch(text):
        return cell_len(text)
    return min(LONG, max(map(cell_len, text.split()), default=0))


def _paragraphs(columns: list[str], rows: list[list[str]], words: int) -> None:
    """Print what every row says, a line for each of its cells."""
    for row in rows:
        out.print(" ".join(filter(None, row[:words])), style="bold")
        lines = Table.grid(padding=(0, 2))
        for column, cell in zip(columns[words:], row[words:], strict=True):
            if cell:
                lines.add_row(f"  {column}".rstrip(), cell)
        out.print(lines)
