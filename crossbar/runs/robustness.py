"""What a trained chip loses to stuck cells, read noise and drift."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar import seals
from crossbar.checks import require_path
from crossbar.devices import NoisyReads
from crossbar.errors import fail
from crossbar.nn import evaluate
from crossbar.progress import Progress, silent
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware
from crossbar.runs.settings import Faults
from crossbar.runs.trained import load_plan, require_chips, trained_chip

YEAR = 365.25 * 24 * 3600.0


Stressed = tuple[Experiment, float | None]  # the experiment, and the age of its chip [s]


@dataclass(frozen=True)
class Stress:
    """One non-ideality at rising strength, applied to a chip that learned without it.

    Attributes
    ----------
    name
        What it is called.
    words, unit
        What its strength is; ``%`` is the unit of a share, kept as a number from 0 to 1.
    values
        Strengths; the first is the reference.
    apply
        What makes an experiment one under a strength.
    """

    name: str
    words: str
    unit: str
    values: tuple[float, ...]
    apply: Callable[[Experiment, float], Stressed]


def _stuck(plan: Experiment, share: float) -> Stressed:
    faults = Faults(p_on=share / 2, p_off=share / 2)
    return replace(plan, common=replace(plan.common, faults=faults)), None


def _noisy(plan: Experiment, sigma: float) -> Stressed:
    """Give every layer in cells the same read noise; memory has none."""

    def noisy(one: Hardware) -> Hardware:
        device = None if one.device is None else NoisyReads(one.device, sigma)
        return replace(one, device=device)

    return plan.with_hardware(noisy), None


def _aged(plan: Experiment, seconds: float) -> Stressed:
    return plan, seconds if seconds > 0 else None


STRESSES = (
    Stress("stuck", "stuck cells, half on and half off", "%",
           (0, 0.001, 0.003, 0.01, 0.03, 0.1), _stuck),
    Stress("read noise", "rms read noise, of the range", "%",
           (0, 0.01, 0.02, 0.05, 0.1, 0.2), _noisy),
    Stress("drift", "time since programming", "s", (0, 1, 1e2, 1e4, 1e6, YEAR, 10 * YEAR), _aged),
)  # fmt: skip


def robustness(
    out: Path | str, assignments: Sequence[str] = (), *, progress: Progress = silent
) -> pd.DataFrame:
    """Test the trained chips in ``out`` under every stress; keep and return one row a test.

    The chips are those that training left, seed by seed; a stress is the only difference. Where
    ``assignments`` (``key=value``) name another kind of device they are new chips, programmed with
    the trained weights. The table has the columns device, changes, stress, words, unit, value, seed
    and the figure of merit, and stands in ``out/robustness.csv``.
    """
    out = require_path("robustness.out", out)
    plan = load_plan(out, assignments)
    if not plan.analog:
        remedy = "Name one, such as device.kind=pcm: the weights are programmed into it."
        fail("device.kind", "an analog device to stress", "float", remedy)
    if plan.common.faults != Faults():
        remedy = "Stress chips that learned without faults; or use `crossbar evaluate`."
        fail("faults", "none in a run that is stressed with stuck cells", "some", remedy)
    dataset = plan.common.data.read()
    require_chips(out, plan.common.seed, dataset)
    cases = [(stress, value) for stress in STRESSES for value in stress.values]
    rows: list[dict[str, Any]] = []
    for seed in plan.common.seed:
        streams = Streams(seed)
        parts = build.parts_of(plan.common.data, dataset, seed)
        for stress, value in cases:
            text = f"seed {seed}, {stress.name} {value:g}"
            progress("stress", len(rows), len(cases) * len(plan.common.seed), text)
            changed, age = stress.apply(plan, value)
            chip = trained_chip(changed, dataset, seed, out)
            chip = chip if age is None else chip.aged(age)
            build.ranged(chip, parts, streams)
            seen = evaluate(chip, *parts.test, rng=streams("robustness", stress=stress.name))
            row: dict[str, Any] = {"device": plan.kind, "changes": " ".join(assignments)}
            row |= {"stress": stress.name, "words": stress.words, "unit": stress.unit}
            rows.append(row | {"value": value, "seed": seed, chip.loss.merit: seen.score})
    table = pd.DataFrame(rows)
    seals.write_table(out / "robustness.csv", table.to_csv(index=False))
    return table
