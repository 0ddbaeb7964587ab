"""Bars that show progress, on a terminal and in notebooks, and lines of progress in a log."""

from __future__ import annotations

import importlib
import io
import math
import sys
import time
from contextvars import Token
from typing import Any

from rich.console import Console, ConsoleDimensions
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Display
from rich.text import Text

from crossbar.terminal import BUSY, in_notebook, visible

NARROWEST = 20  # characters
AFTER = 1.0  # s of work before a bar is shown
EVERY = 10.0  # s between lines in a log
OFTEN = 0.2  # s between pictures in a notebook
PRE = '<pre style="line-height:normal;font-family:monospace">{code}</pre>'


class Plain(Console):
    """A console that shows every text as it is: data is no markup, no emoji and no command."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    @property  # type: ignore[misc]  # which nobody sets
    def size(self) -> ConsoleDimensions:
        """The size of the terminal; a width that none has (COLUMNS=1) counts as 80 characters."""
        width, height = super().size
        return ConsoleDimensions(width if width >= NARROWEST else 80, height)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return ``text`` as it is printed; see :func:`visible`."""
        return super().render_str(visible(text), **options)


class Bars:
    """Progress of tasks: a bar each, once the work has taken a second, gone when it is done.

    Parameters
    ----------
    log
        Whether a line is written every ten seconds where there is neither terminal nor notebook.
    """

    def __init__(self, *, log: bool = False) -> None:
        self.log = log
        self.notebook = in_notebook()
        self.console = Plain(stderr=True, force_jupyter=False)
        self.display: Display | None = None
        self.picture: Any = None  # in a notebook
        self.tasks: dict[str, Any] = {}
        self.began: dict[str, tuple[float, int]] = {}

    def __enter__(self) -> Bars:
        self.started = self.written = time.monotonic()
        self._busy: Token[bool] = BUSY.set(True)
        return self

    def __exit__(self, *_: object) -> None:
        BUSY.reset(self._busy)
        if self.display is not None:
            self.display.stop()
        if self.picture is not None:
            self._draw("")

    def __call__(self, task: str, done: int, total: int, text: str) -> None:
        """Show ``done`` of ``total`` steps of ``task``."""
        now = time.monotonic()
        if self.notebook or self.console.is_terminal:
            if now - self.started >= AFTER:
                self._move(task, done, total, text)
        elif self.log and now - self.written > EVERY:
            self.note(task, done, total, text)
        self.began.setdefault(task, (now, done))

    def _move(self, task: str, done: int, total: int, text: str) -> None:
        """Move the bar of ``task``."""
        if self.display is None:
            self.display = Display(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[text]}", markup=False),
                console=self.console,
                transient=True,
                auto_refresh=not self.notebook,
            )
            if not self.notebook:
                self.display.start()
        if task not in self.tasks:
            self.tasks[task] = self.display.add_task(task, total=total, text=text)
        self.display.update(self.tasks[task], completed=done, total=total, text=text)
        if self.notebook and time.monotonic() - self.written > OFTEN:
            self.written = time.monotonic()
            page = Plain(file=io.StringIO(), record=True, width=100, force_jupyter=False)
            page.print(self.display.get_renderable())
            self._draw(page.export_html(inline_styles=True, code_format=PRE))

    def _draw(self, html: str) -> None:
        """Put ``html`` where the bars stand in the notebook."""
        ipython: Any = importlib.import_module("IPython.display")  # untyped
        if self.picture is None:
            self.picture = ipython.display(ipython.HTML(html), display_id=True)
        else:
            self.picture.update(ipython.HTML(html))

    def note(self, task: str, done: int, total: int, text: str) -> None:
        """Write a line about ``task`` to the log, if there is one."""
        if self.notebook or self.console.is_terminal or not self.log:
            return
        now = self.written = time.monotonic()
        began, before = self.began.get(task, (now, done))
        rest = (now - began) / (done - before) * (total - done) if done > before else math.nan
        left = f", {waiting(rest)} left" if rest > 0 else ""
        line = f"{task}: {done} of {total} {text}".rstrip()
        sys.stderr.write(f"[{now - self.started:5.0f} s] {line}{left}\n")


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
