"""What can be set of columns that learn without labels, and the plan that settings make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crossbar.checks import Checked
from crossbar.devices import StuckAt
from crossbar.errors import fail
from crossbar.overlay import overlay, table
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.hardware import hardware
from crossbar.spiking import Code, Columns, Complement, Latency, Vote
from crossbar.toml import Settings, override
from crossbar.units import quantity

OWN = ("columns", "run")
SHARED = ("data", "device", "faults", "energy", "seed", "chip")
UNREAD = {
    "data.normalise": "Numbers are scaled to 0 to 1 by the least and the greatest of all.",
    "energy.rate": "Energies are those of a sample.",
    "energy.images": "All samples are counted.",
    "faults.map": "Give faults.p_on and faults.p_off.",
}
"""Settings of the shared sections that columns do not read, and what is so instead."""
CODE = Complement(code=Latency(span=10e-6))


@dataclass(frozen=True, kw_only=True)
class ColumnsRun(Checked):
    """What columns are shown, how often, and who votes once they have labels.

    Parameters
    ----------
    code
        What the numbers of a sample become in time: at most one spike a line.
    passes
        How often all samples are shown.
    vote
        Which columns say what a sample is.
    tasks
        Groups of classes, in their order, that are learned one after the other; 1 for all at once.
    """

    code: Code = field(default=CODE)
    passes: int = quantity(6, low=1, high=10_000)
    vote: Vote = field(default_factory=Vote)
    tasks: int = quantity(1, low=1, high=1000)


@dataclass(frozen=True, kw_only=True)
class ColumnsPlan:
    """Columns, what they are shown, and data and prices as an experiment describes them."""

    columns: Columns
    run: ColumnsRun
    experiment: Experiment

    @property
    def cells(self) -> str:
        """What the cells are called."""
        named = "device" in self.experiment.settings
        return self.experiment.kind if named else "of the rule"


def columns_plan(settings: Settings, given: Sequence[str] = ()) -> ColumnsPlan:
    """Return the plan of ``settings``, with ``given`` settings ``key=value`` over it.

    Sections ``columns`` and ``run`` are of this; ``device`` and ``faults`` are the cells, ``data``
    the samples, ``energy`` the prices and ``seed`` the seeds, as in other experiments.

    Raises
    ------
    ConfigError
        If a setting is unknown or cannot be, by its dotted name.
    """
    settings = override(settings, given)
    for name in settings:
        if name not in OWN + SHARED:
            expected = f"a section of columns: {', '.join(OWN + SHARED)}"
            fail(name, expected, "a setting that they do not read", "Leave it out.")
    for name, instead in UNREAD.items():
        section, _, key = name.partition(".")
        part = settings.get(section)
        if isinstance(part, dict) and key in part:
            fail(name, "no setting of columns", "one", instead)
    shared = {name: part for name, part in settings.items() if name not in OWN}
    plan = experiment(shared)
    columns = overlay(Columns(), table(settings.get("columns", {}), "columns"), "columns")
    if "device" in settings:
        if "device" in settings.get("columns", {}):
            fail("columns.device", "cells in one place", "[device] too", "Write only [device].")
        cells = hardware({"device": settings["device"]}).device
        if cells is None:
            fail("device.kind", "cells", "float", "Write device.kind=ideal.")
        columns = replace(columns, device=cells)
    faults = plan.common.faults
    if faults.p_on or faults.p_off:
        stuck = StuckAt(columns.memory, p_on=faults.p_on, p_off=faults.p_off)
        columns = replace(columns, device=stuck)
    run = overlay(ColumnsRun(), table(settings.get("run", {}), "run"), "run")
    return ColumnsPlan(columns=columns, run=run, experiment=plan)
