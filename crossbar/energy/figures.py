"""Energy figures of one convention, and how they stand beside Table 1."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from crossbar.energy.published import T_WRITE, TABLE1, Printed
from crossbar.errors import require_number
from crossbar.meaning import Meaning
from crossbar.sources import is_assumed
from crossbar.types import Record


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a breakdown: what one event of one part takes, per image."""

    phase: str
    part: str
    event: str
    count: float
    energy: float
    source: str


@dataclass(frozen=True, kw_only=True)
class EnergyFigures:
    """Energy of one inference and of one training step by one convention.

    Attributes
    ----------
    ops_inference, ops_training
        Operations per image.
    writes_training
        Weight changes per image that are charged apart from the operations.
    energy_per_op : [J]
        Energy of one operation; of inference where the two differ.
    energy_inference, energy_training : [J]
        Energy per image.
    rate : [1/s]
        Images per second, for the power.
    sources
        Where the costs come from.
    notes
        What the convention leaves out or charges oddly.
    breakdown
        Energy per image by phase, part and event; empty where the convention knows none.
    """

    ops_inference: float
    ops_training: float
    writes_training: float
    energy_per_op: float
    energy_inference: float
    energy_training: float
    rate: float
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    breakdown: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        require_number("EnergyFigures.rate", self.rate, low=1e-9, high=1e15, unit="1/s")

    @property
    def power_inference(self) -> float:
        """Mean power at ``rate`` inferences per second [W]."""
        return self.energy_inference * self.rate

    @property
    def power_training(self) -> float:
        """Mean power at ``rate`` training steps per second [W]."""
        return self.energy_training * self.rate

    @property
    def efficiency(self) -> float:
        """Operations per joule [1/J]; infinite where nothing that was counted costs energy."""
        return 1.0 / self.energy_per_op if self.energy_per_op else math.inf

    def record(self) -> dict[str, object]:
        """Return the figures as plain data, for JSON."""
        plain = asdict(self)
        plain |= {name: list(plain[name]) for name in ("sources", "notes", "breakdown")}
        for name in ("power_inference", "power_training", "efficiency"):
            plain[name] = getattr(self, name)
        return plain


QUANTITIES = {
    "ops_inference": Meaning("operations of an inference"),
    "ops_training": Meaning("operations of a training step"),
    "energy_per_op": Meaning("energy of one operation", "J"),
    "energy_inference": Meaning("energy of an inference", "J"),
    "energy_training": Meaning("energy of a training step", "J"),
    "power_inference": Meaning("power of inference", "W"),
    "power_training": Meaning("power of training", "W"),
    "efficiency": Meaning("efficiency of inference", "Op/J"),
}
"""The figures of a convention, by their names in :class:`EnergyFigures`."""


def table1(figures: EnergyFigures) -> list[tuple[Printed, float]]:
    """Return every printed number of Table 1 with the same quantity of ``figures`` [SI]."""
    values = {
        "N_INF": figures.ops_inference,
        "N_TR": figures.ops_training,
        "P_AV": figures.energy_per_op / T_WRITE,
        "A_AV": figures.energy_per_op,
        "F": figures.efficiency,
        "E_INF": figures.energy_inference,
        "E_TR": figures.energy_training,
        "P_INF": figures.power_inference,
        "P_TR": figures.power_training,
    }
    return [(printed, values[printed.symbol]) for printed in TABLE1]


def spent(record: Record, phase: str) -> list[tuple[Record, float]]:
    """Return what takes physical energy in ``phase``, the largest first, each with its share.

    ``record`` is that of the energy by every convention; its entries are those of :class:`Row`.
    """
    rows = [r for r in record["physical"]["breakdown"] if r["phase"] == phase and r["energy"] > 0]
    total = sum(row["energy"] for row in rows)
    rows.sort(key=lambda row: -float(row["energy"]))
    return [(row, row["energy"] / total) for row in rows]


def assumed_share(record: Record, phase: str) -> float:
    """Return the share of the physical energy of ``phase`` whose cost is assumed."""
    return sum(share for row, share in spent(record, phase) if is_assumed(row["source"]))
