"""Progress of a sweep on stderr: a line that moves on a terminal, lines in a log."""

from __future__ import annotations

import contextlib
import math
import sys
import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from crossbar import interrupts
from crossbar.bars import EVERY, waiting
from crossbar.cli.console import err
from crossbar.runs.sweep import Standing


class Board:
    """Shows how a sweep stands: done, failed, rate, time left, best so far.

    Parameters
    ----------
    again
        What to do after Ctrl-C.
    """

    def __init__(self, again: str) -> None:
        self.again = again
        self.began = self.written = time.monotonic()
        self.standing: Standing | None = None
        self.progress = Progress(
            TextColumn("sweep"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[text]}", markup=False),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self.bar = self.progress.add_task("sweep", total=None, text="")

    def __enter__(self) -> Board:
        self.around = contextlib.ExitStack()
        self.around.enter_context(interrupts.working())
        self.around.enter_context(self.progress)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.around.close()
        if kind is KeyboardInterrupt or (kind is not None and interrupts.given()):
            kept = f" {self.standing.done} runs are done." if self.standing else ""
            interrupts.stop(f"{kept} {self.again}")
        elif kind is None and self.standing is not None and not err.is_terminal:
            self._line(self.standing)

    def samples(self, done: int, total: int) -> None:
        """Show that samples are being made."""
        interrupts.heed()
        text = f"samples: {done} of {total}"
        self.progress.update(self.bar, text=text)
        if not err.is_terminal and time.monotonic() - self.written > EVERY:
            self._write(text)

    def __call__(self, standing: Standing) -> None:
        """Show ``standing``."""
        interrupts.heed()
        self.standing = standing
        ended = standing.done + standing.failed
        self.progress.update(self.bar, total=standing.total, completed=ended, text=words(standing))
        if not err.is_terminal and time.monotonic() - self.written > EVERY:
            self._line(standing)

    def _line(self, standing: Standing) -> None:
        self._write(f"{standing.done} of {standing.total} done, {words(standing)}")

    def _write(self, text: str) -> None:
        self.written = time.monotonic()
        sys.stderr.write(f"[{self.written - self.began:6.0f} s] {text}\n")
        sys.stderr.flush()


def words(standing: Standing) -> str:
    """Return everything but the count of runs that are done.

    Examples
    --------
    >>> words(Standing({"done": 3, "failed": 1, "waiting": 6}, running=2))
    '1 failed, 2 running'
    >>> words(Standing({"done": 3}, best=0.4, best_run=2, metric="loss"))
    'highest loss 0.4 (run 2)'
    """
    parts = [f"{standing.failed} failed"] if standing.failed else []
    if standing.trainings:
        parts.append(f"shared trainings to do: {standing.trainings}")
    if standing.idle and standing.waiting:
        parts.append("another process does the rest")
    if standing.running:
        parts.append(f"{standing.running} running")
    if math.isfinite(standing.rate):
        rate = standing.rate
        parts.append(f"{rate:.3g} runs/s" if rate >= 0.1 else f"{60 * rate:.2g} runs/min")
    if standing.waiting and math.isfinite(standing.left):
        parts.append(f"{waiting(standing.left)} left")
    if math.isfinite(standing.best):
        which = "best" if standing.metric == "accuracy" else "highest"  # of an error it is worst
        parts.append(f"{which} {standing.metric} {standing.best:.4g} (run {standing.best_run})")
    return ", ".join(parts)
