"""The share of the energy of a repair whose cost is assumed, and where people read it."""

from __future__ import annotations

from typing import Any

import pytest

from crossbar.activity import EVENT, Activity
from crossbar.cli import show
from crossbar.data import Ends
from crossbar.energy import Costs
from crossbar.runs import build, experiment
from crossbar.runs.metrics import METRICS
from crossbar.runs.repair_record import repair_figures
from crossbar.runs.store.result import ABOUT, SPEED, summary
from crossbar.runs.store.result import Tested as Chip
from crossbar.sources import is_assumed

ENDS = Ends((28, 28), 2)


def repaired(sensed: float, cells: float) -> tuple[dict[str, float], dict[str, float]]:
    """Return figures of a repair of ``sensed`` currents and ``cells`` joules of programming."""
    plan = experiment({"device": "reram", "network": {"filters": 1, "hidden": 2}})
    counts = Activity()
    counts.of("out")[EVENT["sense"]] = sensed
    counts.of("out")[EVENT["program_energy"]] = cells
    return repair_figures(plan, ENDS, build.chip(plan, ENDS, plan.streams(0)), counts)


def test_the_share_is_what_assumed_events_take_of_all() -> None:
    """A sense amplifier costs an assumed energy, and what cells dissipate is derived."""
    cost = Costs().sense
    assert is_assumed(str(cost.source))
    for sensed, other, share in ((10.0, 30.0, 0.25), (0.0, 1.0, 0.0), (4.0, 0.0, 1.0)):
        figures, shares = repaired(sensed, other * cost.value)
        assert figures["repair_energy"] == pytest.approx((sensed + other) * cost.value)
        assert shares == {"repair_energy": pytest.approx(share)}
    assert repaired(0.0, 0.0)[1] == {"repair_energy": 0.0}


def result(share: float) -> dict[str, Any]:
    """Return the result of one repaired chip."""
    known: dict[str, Any] = dict.fromkeys(ABOUT, "")
    known |= {"merit": "accuracy", "data": {"regression": False, "sample": "image",
              "grouped": False}}  # fmt: skip
    numbers = {"accuracy": 0.5, "repair_energy": 1e-9, "test_images": 8.0, SPEED: 1.0}
    detail = known | {"accuracy_ci95": [0.4, 0.6], "assumed_costs": {"repair_energy": share}}
    names = ("accuracy", "repair_energy")
    metrics = {name: METRICS.resolve(name, "metrics").record for name in names}
    return summary([Chip(0, numbers, detail)], {"metrics": metrics})


def test_people_read_it_beside_the_energy(capsys: pytest.CaptureFixture[str]) -> None:
    record = result(0.25)
    assert record["assumed_costs"] == {"repair_energy": 0.25}
    assert "assumed_costs" not in record["per_seed"][0]
    show.tests([({"test.repair": "column"}, record)])
    assert "1 nJ, 25 % on assumed costs" in " ".join(capsys.readouterr().out.split())
    show.result(record, None)
    assert "energy of a repair, 25 % on assumed costs" in capsys.readouterr().out
    show.result(result(0.0), None)
    assert "assumed" not in capsys.readouterr().out
