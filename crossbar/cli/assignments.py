"""What the words of `sweep` and `search` mean: settings, axes, seeds and a cluster."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from crossbar.errors import UNKNOWN, ConfigError, fail
from crossbar.runs import experiment, override, read
from crossbar.runs.conditions import SPECIAL, TEST
from crossbar.runs.folder import default_folder
from crossbar.runs.keys import keys, lists
from crossbar.runs.sweep import OneAtATime, Random, Range, Sampling, Sobol
from crossbar.runs.sweep.axes import values
from crossbar.runs.sweep.design import zipped
from crossbar.runs.sweep.workers import dask
from crossbar.toml import Settings, placed


def asked(
    source: Path, given: list[str], together: Sequence[str] = ()
) -> tuple[Any, Any, list[int] | None]:
    """Return settings, or the folder of trained chips, the axes over them, and the seeds.

    Each of ``together`` joins names by commas whose lists vary together.
    """
    trained = source.is_dir()
    constants, axes, seeds = assigned(given, trained=trained)
    for name in SPECIAL:
        if not trained and name in {*axes, *constants} and name not in keys():
            remedy = f"Did you mean '{TEST}.{name}'?"
            fail(name, "a section or setting", UNKNOWN, remedy)
    base: Any = source
    if not trained:
        base = _completed(override(read(source), [*constants.values()]), axes)
    joined: Any = axes
    for names in together:
        joined = zipped(joined, [name.strip() for name in names.split(",")])
    return base, joined, seeds


def _completed(base: Settings, axes: dict[str, Any]) -> Settings:
    """Return ``base``, with the first values of ``axes`` where it is incomplete without them."""
    try:
        experiment(base)
    except ConfigError:
        for name, given in axes.items():
            if isinstance(given, list) and not name.startswith(f"{TEST}."):
                base = placed(base, name, given[0])
    return base


def kept_in(source: Path, base: Any, given: list[str], **facts: str) -> Path:
    """Return the folder of a command without --out: one for all that it is asked."""
    return default_folder(source.stem, {"base": str(base), "given": given, **facts})


def sampled(count: int | None, *, random: bool, apart: bool = False) -> Sampling | None:
    """Return how ``count`` points are taken of whole ranges, or the values apart; None: a grid."""
    if apart:
        if count is not None or random:
            fail("--one-at-a-time", "no --samples beside it", "both", "Leave one of them out.")
        return OneAtATime()
    if count is None:
        if random:
            fail("--random", "--samples too", "none", "Add --samples 64, or leave it out.")
        return None
    return Random(count) if random else Sobol(count)


def assigned(
    given: list[str], *, trained: bool
) -> tuple[dict[str, str], dict[str, Any], list[int] | None]:
    """Return the settings that are constant, as given, those that vary, and the seeds, by name.

    Of ``trained`` chips no setting is part of the base: what is constant is a list of one.
    """
    constants: dict[str, str] = {}
    axes: dict[str, Any] = {}
    seeds: list[int] | None = None
    for assignment in given:
        name, separator, text = assignment.partition("=")
        name = name.strip()
        if not separator or not name:
            remedy = "Write device.bits=4:9 without spaces."
            fail(f"'{assignment}'", "KEY=VALUES", "no '='", remedy)
        if name in {*axes, *constants} or (name == "seed" and seeds is not None):
            fail(name, "each name once", "a second one", "Join the values with commas.")
        several = name != "seed" and _plain(name) in lists()  # a comma makes one value of it
        alone = several and not text.lstrip().startswith("[")
        texts = [text] if alone else values(name, text)
        if name == "seed":
            seeds = texts if isinstance(texts, list) else []
            if not all(type(s) is int for s in seeds) or isinstance(texts, Range):
                fail("seed", "whole numbers", repr(text), "Write seed=0:5.")
        elif isinstance(texts, list) and len(texts) == 1 and not trained:
            constants[name] = assignment
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


def executor_at(scheduler: str | None) -> contextlib.AbstractContextManager[Executor | None]:
    """Return the executor of the Dask cluster at ``scheduler``, or None for local processes."""
    return contextlib.nullcontext() if scheduler is None else dask(scheduler)


def about(folder: Path, question: str | None) -> dict[str, str]:
    """Return what a store notes of a command: title, command, and question where there is one."""
    heading = {"title": folder.name, "command": shlex.join(["crossbar", *sys.argv[1:]])}
    return heading | ({"question": question} if question else {})
