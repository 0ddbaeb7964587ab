"""What a trained chip loses to stuck cells, read noise and drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar import seals
from crossbar.errors import fail
from crossbar.nn import evaluate
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.settings import Faults
from crossbar.runs.toml import leaves, override
from crossbar.runs.trained import load_plan, require_chips, trained_chip
from crossbar.runs.training import Progress, silent

YEAR = 365.25 * 24 * 3600.0


@dataclass(frozen=True)
class Stress:
    """One non-ideality at rising strength, applied to a chip that learned without it.

    Attributes
    ----------
    name, unit
        What is varied and in which unit.
    values
        Strengths; the first is the reference.
    """

    name: str
    unit: str
    values: tuple[float, ...]

    def apply(self, plan: Experiment, value: float) -> tuple[Experiment, float | None]:
        """Return ``plan`` under the stress, and the age of the chip [s]."""
        if self.name == "drift":
            return plan, value if value > 0 else None
        if self.name == "stuck":
            changes = [f"faults.p_on={value / 2!r}", f"faults.p_off={value / 2!r}"]
        else:
            changes = [f"{name}={value!r}" for name in noises(plan)]
        return experiment(override(plan.settings, changes)), None


RANGE = "standard deviation relative to the range"
STRESSES = (
    Stress("stuck", "share of cells, half on and half off", (0, 0.001, 0.003, 0.01, 0.03, 0.1)),
    Stress("read noise", RANGE, (0, 0.01, 0.02, 0.05, 0.1, 0.2)),
    Stress("drift", "s", (0, 1, 1e2, 1e4, 1e6, YEAR, 10 * YEAR)),
)


def noises(plan: Experiment) -> list[str]:
    """Return the settings that give every layer of ``plan`` the same read noise.

    A layer without a setting of its own follows that of the chip; cells whose read noise is no
    number relative to the range have none, and neither have weights in digital memory.
    """
    given = plan.settings.get("layers", {})
    own = [name for name, one in plan.layers.items()
           if one.kind != plan.kind or "device.sigma_read" in leaves(given[name])]  # fmt: skip
    places = {"device": plan.device} | {f"layers.{n}.device": plan.of(n).device for n in own}
    return [f"{place}.sigma_read" for place, device in places.items()
            if hasattr(device, "sigma_read")]  # fmt: skip


def robustness(
    out: Path, assignments: Sequence[str] = (), *, progress: Progress = silent
) -> pd.DataFrame:
    """Test the trained chips in ``out`` under every stress; keep and return one row a test.

    The chips are those that training left, seed by seed; a stress is the only difference. Where
    ``assignments`` (``key=value``) name another kind of device they are new chips, programmed with
    the trained weights. The table has the columns device, changes, stress, unit, value, seed and
    accuracy and stands in ``out/robustness.csv``.
    """
    plan = load_plan(out, list(assignments))
    if not plan.analog:
        remedy = "Name one, such as device.kind=pcm: the weights are programmed into it."
        fail("device.kind", "an analog device to stress", "float", remedy)
    if plan.common.faults != Faults():
        remedy = "Stress chips that learned without faults; or use `crossbar evaluate`."
        fail("faults", "none in a run that is stressed with stuck cells", "some", remedy)
    dataset = plan.common.data.dataset()
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
            row |= {"stress": stress.name, "unit": stress.unit, "value": value}
            rows.append(row | {"seed": seed, chip.loss.merit: seen.score})
    table = pd.DataFrame(rows)
    seals.write_table(out / "robustness.csv", table.to_csv(index=False))
    return table
