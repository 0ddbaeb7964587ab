"""Options that `sweep` and `search` share, and what their words mean."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Annotated, Any

import typer

from crossbar.cli.arguments import path
from crossbar.errors import fail
from crossbar.runs.lists import lists
from crossbar.runs.sweep import Range
from crossbar.runs.sweep.axes import values
from crossbar.runs.sweep.cluster import dask

GOES_ON = "The same command goes on from there."

Source = Annotated[
    Path,
    typer.Argument(
        parser=path,
        metavar="CONFIG.toml|DIR",
        help="Settings to train with, or the folder of a run whose trained chips are tested.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUES]...",
        help="Values 0,0.01,0.05; whole numbers 4:9 (4 to 8); 0:0.1:lin11, 1e-4:1e-1:log7; "
        "whole ranges 0:0.1:lin, 1e-4:1e-1:log for samples and searches.",
    ),
]
Out = Annotated[
    Path | None, typer.Option(parser=path, help="Folder of it; without it runs/NAME-HASH.")
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Runs at once; without it one a core.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address."),
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Try runs again that failed before.")]
Question = Annotated[str | None, typer.Option(help="What is to be answered, for the report.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON only.")]


def assigned(
    given: list[str], *, trained: bool
) -> tuple[list[str], dict[str, Any], list[int] | None]:
    """Return the settings that are constant, those that vary with their values, and the seeds.

    Of ``trained`` chips no setting is part of the base: what is constant is a list of one.
    """
    constants: list[str] = []
    axes: dict[str, Any] = {}
    seeds: list[int] | None = None
    for assignment in given:
        name, separator, text = assignment.partition("=")
        name = name.strip()
        if not separator or not name:
            remedy = "Write device.bits=4:9 without spaces."
            fail(f"'{assignment}'", "KEY=VALUES", "no '='", remedy)
        if (
            name in axes
            or name in [c.partition("=")[0].strip() for c in constants]
            or (name == "seed" and seeds is not None)
        ):
            fail(name, "each name once", "a second one", "Join the values with commas.")
        several = name != "seed" and _plain(name) in lists()  # a comma makes one value of it
        alone = several and not text.lstrip().startswith("[")
        texts = [text] if alone else values(name, text)
        if name == "seed":
            seeds = texts if isinstance(texts, list) else []
            if not all(type(s) is int for s in seeds) or isinstance(texts, Range):
                fail("seed", "whole numbers", repr(text), "Write seed=0:5.")
        elif len(texts) == 1 and not trained if isinstance(texts, list) else False:
            constants.append(assignment)
        else:
            axes[name] = texts
    return constants, axes, seeds


def _plain(name: str) -> str:
    """Return the setting of the chip that ``name``, of a test or of a layer, lies over."""
    name = name.removeprefix("test.")
    if not name.startswith("layers."):
        return name
    own = name.split(".", 2)[-1]
    return own if own.startswith("device.") else f"tile.{own}"


@contextlib.contextmanager
def executor_at(scheduler: str | None) -> Iterator[Executor | None]:
    """Yield the executor of the Dask cluster at ``scheduler``, or None for local processes."""
    if scheduler is None:
        yield None
        return
    with dask(scheduler) as executor:
        yield executor


def about(folder: Path, question: str | None) -> dict[str, str]:
    """Return what a store notes of a command: title, command, and question where there is one."""
    heading = {"title": folder.name, "command": shlex.join(["crossbar", *sys.argv[1:]])}
    return heading | ({"question": question} if question else {})
