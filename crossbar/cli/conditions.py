"""What the words of `evaluate` mean: settings of the chip, and conditions of the test."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crossbar.cli.assignments import assigned
from crossbar.errors import fail
from crossbar.runs import Conditions, Experiment, load_plan
from crossbar.runs.conditions import TEST, tested
from crossbar.runs.sweep import Range
from crossbar.units import duration

Asked = tuple[dict[str, Any], Experiment, Conditions]


def asked(folder: Path, assignments: list[str], options: Mapping[str, Any]) -> list[Asked]:
    """Return every test that is asked for: what varies in it, its experiment and its conditions.

    ``options`` are conditions by name, None for those that were not given; ``test.NAME=VALUES``
    among the ``assignments`` give others, or several values of one.

    Raises
    ------
    ConfigError
        If a name is unknown or stands twice, or a value cannot be.
    """
    if options["age"] is not None:
        duration(options["age"], where="--age")
    given = [f"{TEST}.{name}={value}" for name, value in options.items() if value is not None]
    later = [one for one in assignments if one.startswith(f"{TEST}.")]
    plan = load_plan(folder, [one for one in assignments if one not in later])
    _, axes, _ = assigned([*given, *later], trained=True)
    for name, values in axes.items():
        if isinstance(values, Range):
            fail(name, "values", "a whole range", "Give their number: 1:1e8:log5.")
    names = sorted(axes, key=lambda name: name.count("."))  # a kind before its settings
    varied = [name for name in names if len(axes[name]) > 1]
    tests = []
    for values in itertools.product(*(axes[name] for name in names)):
        point = dict(zip(names, values, strict=True))
        changes = {name.removeprefix(f"{TEST}."): value for name, value in point.items()}
        tests.append(({name: point[name] for name in varied}, *tested(plan, changes)))
    return tests
