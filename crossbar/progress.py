"""Progress of long work: told to a function, or shown by bars on a terminal and in notebooks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from crossbar.errors import fail
from crossbar.errors import shown as written
from crossbar.terminal import BUSY, watched

P = ParamSpec("P")
T = TypeVar("T")

Progress = Callable[[str, int, int, str], None]
"""Called with the task, its steps that are done, its steps in all, and a text."""


def silent(task: str, done: int, total: int, text: str) -> None:
    """Show nothing."""


def shown(task: str, done: int, total: int, text: str) -> None:
    """Stand for bars: on a terminal and in a notebook, once the work has taken a second.

    Elsewhere, in workers, and within other work, whose progress is shown or told, there are none.
    """


def reporting(work: Callable[P, T]) -> Callable[P, T]:
    """Return ``work``, which takes ``progress`` by keyword, with bars where that is :func:`shown`.

    ``progress=False`` is :func:`silent`.

    Raises
    ------
    ConfigError
        If ``progress`` is anything else that cannot be called.
    """

    @functools.wraps(work)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        given = kwargs.get("progress", shown)
        if given is shown and watched() and not BUSY.get():
            from crossbar.bars import Bars  # with rich: only where somebody watches

            with Bars() as bars:
                kwargs["progress"] = bars
                return work(*args, **kwargs)
        if given is False:
            kwargs["progress"] = silent
        elif not callable(given):
            expected = "a function of task, done, total and text, or False"
            remedy = "Omit it for bars on a terminal and in notebooks."
            fail(f"{work.__name__}.progress", expected, written(given), remedy)
        busy = BUSY.set(True)
        try:
            return work(*args, **kwargs)
        finally:
            BUSY.reset(busy)

    return inner
