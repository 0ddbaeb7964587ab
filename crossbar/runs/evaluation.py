"""Testing the trained chips of a run again: once, or under stress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from crossbar.checks import require_path
from crossbar.errors import fail
from crossbar.meaning import meanings
from crossbar.progress import Progress, reporting, shown
from crossbar.runs import build
from crossbar.runs.conditions import TEST, UNCHANGED, Conditions
from crossbar.runs.experiment import Experiment
from crossbar.runs.layer_errors import ERRORS, layer_records
from crossbar.runs.results import noted
from crossbar.runs.settings import Faults
from crossbar.runs.store import Store
from crossbar.runs.store.places import STRESS, STRESSES
from crossbar.runs.store.result import Tested, summary
from crossbar.runs.sweep.conduct import Options
from crossbar.runs.sweep.design import OneAtATime
from crossbar.runs.sweep.sweep import planned, sweep
from crossbar.runs.sweep.targets import target
from crossbar.runs.trained import load_plan, require_chips
from crossbar.runs.trials import retrial
from crossbar.toml import leaves, override
from crossbar.types import Record


@reporting
def evaluate_run(
    plan: Experiment,
    out: Path | str,
    *,
    conditions: Conditions = UNCHANGED,
    layers: bool = False,
    progress: Progress = shown,
) -> Record:
    """Test the trained chips of the run in ``out`` under ``plan``; return the result.

    Parameters
    ----------
    plan
        The experiment, possibly with other non-idealities than it was trained with.
    conditions
        What happens to the chips before the test.
    layers
        Whether the result has the errors of the layers too, as ``layer_errors``.
    """
    out = require_path("evaluate_run.out", out)
    dataset = build.samples(plan.common.data, lambda k, n: progress("data", k, n, ""))
    require_chips(out, plan.common.seed, dataset)
    chips = []
    for k, seed in enumerate(plan.common.seed):
        progress("evaluate", k, len(plan.common.seed), f"seed {seed}")
        chips.append(Tested(seed, *retrial(plan, out, seed, dataset, conditions)))
    held = {"weights": chips[0].detail["weights"]}
    if layers:
        held[ERRORS] = layer_records(plan, out, conditions)
    return summary(chips, noted(plan)) | conditions.record | held


def stress(out: Path, assignments: Sequence[str] = (), **options: Unpack[Options]) -> pd.DataFrame:
    """Test the trained chips in ``out`` under rising strengths of every stress, one at a time.

    The stresses are stuck cells, read noise and time. The tests are a sweep, whose store is
    ``out/stress``: what is there already is not run again.

    Parameters
    ----------
    out
        Folder that :func:`crossbar.runs.train` wrote.
    assignments
        Changes of the settings, ``key=value``, and conditions of all tests, such as
        ``test.repair=column``. Where one names another device, its cells are new
        ones, which are programmed with the trained weights.
    options
        As of :func:`crossbar.runs.sweep.sweep`: ``jobs``, ``show``, ``progress`` ...

    Returns
    -------
    pandas.DataFrame
        One row a test with these changes, see :meth:`crossbar.runs.store.Store.frame`; the store
        keeps those with others too.

    Raises
    ------
    ConfigError
        If there are no cells to stress, or stuck ones from the beginning.
    """
    out = require_path("stress.out", out)
    plan = load_plan(out, [one for one in assignments if not one.startswith(f"{TEST}.")])
    if not plan.analog:
        remedy = "Name one, such as device.kind=pcm: the weights are programmed into it."
        fail("device.kind", "an analog device to stress", "float", remedy)
    if plan.common.faults != Faults():
        remedy = "Stress chips that learned without faults; or use `crossbar evaluate`."
        fail("faults", "none in a run that is stressed with stuck cells", "some", remedy)
    changed = leaves(override({}, list(assignments)))
    axes: dict[str | tuple[str, ...], Any] = dict(STRESSES.items())
    for name, value in changed.items():
        name = name if name.startswith(f"{TEST}.") else f"{TEST}.{name}"
        if name in axes:
            remedy = "Leave it out, or use `crossbar evaluate`."
            fail(name, "no stress among the settings", f"{value}", remedy)
        axes[name] = [value]
    command = " ".join(["crossbar stress", out.name, *assignments])
    options["about"] = {"command": command} | (options.get("about") or {})
    sampling = OneAtATime()
    frame = sweep(out, axes, store=out / STRESS, sampling=sampling, **options)
    kind = target(out)
    with Store(out / STRESS) as kept:
        own = kept.numbers(planned(kind, axes, sampling), kind.seeds)
    return frame[frame["run"].isin(own)].reset_index(drop=True)


def by_stress(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the tests of :func:`stress`, a row for each stress that they belong to.

    The columns ``stress``, ``words``, ``unit`` and ``value`` come before those of the store. A test
    without any stress belongs to all of them, at their first value.
    """
    known = meanings(Conditions(), "test")
    parts = []
    for name in STRESSES:
        others = {other: values[0] for other, values in STRESSES.items() if other != name}
        alone = (frame[list(others)] == pd.Series(others)).all(axis=1)
        words = known[name]
        what = {"stress": name.removeprefix("test."), "words": words.words, "unit": words.unit}
        part = frame[alone].sort_values(name, kind="stable")
        parts.append(part.assign(value=part[name], **what))
    whole = pd.concat(parts, ignore_index=True)
    first = ["stress", "words", "unit", "value"]
    return whole[[*first, *(name for name in whole if name not in first)]]
