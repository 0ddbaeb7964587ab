"""What the command line shows: progress on stderr, results on stdout."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from typing import Any

import numpy as np
from rich.console import Console, ConsoleDimensions
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from crossbar import interrupts
from crossbar.cli.endings import visible
from crossbar.kernels.cache import unusual
from crossbar.kernels.compiling import telling

NARROWEST = 20  # characters
EVERY = 10.0  # s between lines in a log


class Plain(Console):
    """A console that shows every text as it is: data is no markup, no emoji and no command."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    @property  # type: ignore[misc]  # which nobody sets
    def size(self) -> ConsoleDimensions:
        """The size of the terminal; a width that none has (COLUMNS=1) counts as 80 characters."""
        width, height = super().size
        return ConsoleDimensions(width if width >= NARROWEST else 80, height)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return ``text`` as it is printed; see :func:`visible`."""
        return super().render_str(visible(text), **options)


out = Plain()
err = Plain(stderr=True)


GOES_ON = "The same command goes on from the last epoch."


def waiting(seconds: float) -> str:
    """Return a time to wait as people say it.

    Examples
    --------
    >>> waiting(80), waiting(600), waiting(7200)
    ('80 s', '10 min', '2.0 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Bars:
    """Progress on stderr: bars on a terminal, a line every ten seconds in a log.

    Parameters
    ----------
    remedy
        What to do after Ctrl-C, where something was kept.
    """

    def __init__(self, remedy: str = "") -> None:
        self.remedy = remedy
        self.started = self.written = time.monotonic()
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[text]}", markup=False),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self.tasks: dict[str, Any] = {}
        self.began: dict[str, tuple[float, int]] = {}

    def __enter__(self) -> Bars:
        self.around = contextlib.ExitStack()
        self.around.enter_context(interrupts.working())
        self.around.enter_context(self.progress)
        self.around.enter_context(telling(_tell_compiling))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.around.close()
        if kind is KeyboardInterrupt or (kind is not None and interrupts.given()):
            interrupts.stop(f" {self.remedy}")

    def __call__(self, task: str, done: int, total: int, text: str) -> None:
        """Show ``done`` of ``total`` steps of ``task``."""
        interrupts.heed()
        if err.is_terminal:
            if task not in self.tasks:
                self.tasks[task] = self.progress.add_task(task, total=total, text=text)
            self.progress.update(self.tasks[task], completed=done, total=total, text=text)
            return
        now = time.monotonic()
        began, before = self.began.setdefault(task, (now, done))
        if now - self.written > EVERY:
            self.written = now
            rest = (now - began) / (done - before) * (total - done) if done > before else math.nan
            left = f", {waiting(rest)} left" if rest > 0 else ""
            line = f"{task}: {done} of {total} {text}{left}"
            sys.stderr.write(f"[{now - self.started:5.0f} s] {line}\n")


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
