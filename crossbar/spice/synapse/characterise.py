"""Everything measured of a CMOS synapse, as one record: table, CSV, JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from crossbar import files
from crossbar.brief import brief
from crossbar.devices.measured.switching import Switching
from crossbar.energy.published import A_AV, I_AV, T_WRITE
from crossbar.progress import Progress, shown
from crossbar.sources import assumed, derived
from crossbar.spice.engine import measure
from crossbar.spice.synapse.cell import characterise, levels, on_resistance
from crossbar.spice.synapse.circuit import Synapse
from crossbar.spice.synapse.energy import Condition, Point, conditions, sweep
from crossbar.spice.synapse.mismatch import Mismatch, Spread, monte_carlo
from crossbar.spice.synapse.slots import Sense, random_codes
from crossbar.types import Doubles
from crossbar.units import text

PUBLISHED_BITS = 8  # of the synapse whose energy, current and slot LETI 2026 gives


class Row(NamedTuple):
    """A measurement, and what it is set beside (None: nothing)."""

    name: str
    value: float
    unit: str
    beside: float | None = None
    note: str = ""

    def line(self) -> str:
        """Return the row as a line of a table."""
        beside = "" if self.beside is None else text(self.beside, self.unit)
        return f"{self.name:44} {text(self.value, self.unit):>12} {beside:>12}  {self.note}"


@dataclass(frozen=True, kw_only=True)
class Characterisation:
    """What was measured of one synapse.

    Attributes
    ----------
    switching
        What devices and energy reports need of it.
    g : (codes,) [S]
        Conductance of every code at the input.
    r_on : [ohm]
        Resistance of a unit switch alone.
    points
        Energy under every condition; the operating point first, then with a sense amplifier.
    """

    synapse: Synapse
    switching: Switching
    g: Doubles
    r_on: float
    spread: Spread
    points: tuple[Point, ...]

    __repr__ = brief

    @property
    def step(self) -> float:
        """Mean conductance of a code step [S]."""
        return float((self.g[-1] - self.g[0]) / (len(self.g) - 1))

    @property
    def uniform(self) -> tuple[float, float]:
        """Mean and standard deviation of a slot's energy over all pairs of codes [J]."""
        codes = np.arange(self.synapse.codes)
        energies = np.concatenate(
            [self.switching.energy(codes, self.synapse.v_in, np.full_like(codes, c)) for c in codes]
        )
        return float(energies.mean()), float(energies.std())

    def rows(self) -> list[Row]:
        """Return the measurements, each beside what was published or follows by itself."""
        at, sensed = self.points[:2]
        circuit = 1.0 / (self.synapse.r_u + self.r_on)
        mean, spread = self.uniform
        record, published = self.switching, self.synapse.bits == PUBLISHED_BITS
        energy, current, slot = (v if published else None for v in (A_AV, I_AV, T_WRITE))
        write = record.e_write + (sum(record.e_rise) + sum(record.e_fall)) / 4  # all pairs of codes
        return [
            Row("conductance of a code step", self.step, "S", circuit,
                "1/(R_u + R_on), R_on of a lone switch"),
            Row("largest INL", float(np.abs(measure.inl(self.g)).max()), "LSB",
                note="no mismatch; of ideal wires"),
            Row("largest DNL", float(np.abs(measure.dnl(self.g)).max()), "LSB"),
            Row("loss of conductance per volt", record.loss, "1/V"),
            Row("unit mismatch", self.spread.sigma_unit, "", note="fitted"),
            Row("INL that 95 % stay below", self.spread.p95, "LSB"),
            Row("energy of a slot, random codes", at.energy, "J", energy,
                "full input; LETI 2026 has 8 bits"),
            Row("  its standard deviation over codes", at.spread, "J"),
            Row("  of it write (row at zero)", at.write, "J"),
            Row("  of it read", at.read, "J"),
            Row("energy of a slot, all pairs of codes", mean, "J", energy,
                "by the fitted energy function"),
            Row("  its standard deviation", spread, "J"),
            Row("energy of a slot, all codes, all inputs", write + (mean - write) / 3, "J",
                note="inputs uniform from zero to full"),
            Row("energy of a slot, code held", at.hold, "J"),
            Row("write of a neighbouring code", record.e_step, "J"),
            Row("sense amplifier, a slot", sensed.sense, "J", note="behavioural; assumed values"),
            Row("mean current at V_DD", at.current, "A", current, "energy / (slot V_DD)"),
            Row("1 % settling, the longest", at.settling, "s", slot),
            Row("  with the sense amplifier", sensed.settling, "s", slot),
            Row("leakage of a held code", record.p_hold, "W"),
        ]  # fmt: skip

    def costs(self) -> dict[str, dict[str, object]]:
        """Return the costs that an energy report can take: ``code_steps`` and ``sense``.

        The write of a neighbouring code has no multiplication in it: V^2 G t is counted apart.
        """
        circuit = self.switching.source.replace(";", ",")
        step = derived(f"{circuit}, mean write of a neighbouring code, row at zero")
        amplifier = assumed(f"behavioural sense_finite, one synapse a line, in {circuit}")
        return {
            "code_steps": {"value": self.switching.e_step, "unit": "J", "source": str(step)},
            "sense": {"value": self.points[1].sense, "unit": "J", "source": str(amplifier)},
        }

    def to_json(self) -> str:
        """Return the record: ``switching`` for devices, ``costs`` for energy reports, the table."""
        record = {
            "switching": asdict(self.switching),
            "costs": self.costs(),
            "rows": [row._asdict() for row in self.rows()],
            "points": [asdict(point) for point in self.points],
        }
        return json.dumps(record, indent=2) + "\n"

    def write(self, folder: Path) -> None:
        """Write cmos_synapse.json, its energies as CSV and its levels as CSV into ``folder``."""
        files.make_folder(folder)
        files.write(folder / "cmos_synapse.json", self.to_json())
        points = pd.DataFrame([asdict(point) for point in self.points])
        units = {f.name: f.metadata.get("unit", "") for f in fields(Point)}
        names = {name: f"{name}_{unit}" for name, unit in units.items() if unit}
        energies = points.rename(columns=names).to_csv(index=False)
        files.write(folder / "cmos_synapse_energy.csv", energies)
        table = pd.DataFrame({"code": np.arange(len(self.g)), "conductance_S": self.g})
        files.write(folder / "cmos_synapse_levels.csv", table.to_csv(index=False))


def characterise_synapse(
    synapse: Synapse,
    *,
    mismatch: Mismatch,
    sense: Sense,
    wanted: Sequence[Condition] | None = None,
    transitions: int = 20,
    chips: int = 300,
    seed: int = 0,
    jobs: int = 2,
    progress: Progress = shown,
) -> Characterisation:
    """Measure ``synapse``: levels, mismatch, energy per bit, random transitions, conditions.

    Parameters
    ----------
    sense
        Sense amplifier of the second point.
    wanted
        Conditions, the operating point and the sense amplifier first; None: all of them.
    transitions, chips
        Random transitions per condition, and synapses of the Monte Carlo.
    seed
        Of codes and mismatch.
    jobs, progress
        Processes at a time, and what is called as they end; see :mod:`crossbar.progress`.
    """
    spread = monte_carlo(synapse, mismatch, chips, rng=np.random.default_rng([seed, 1]))
    codes = random_codes(synapse.bits, transitions, rng=np.random.default_rng(seed))
    chosen = conditions(synapse, sense=sense) if wanted is None else wanted
    return Characterisation(
        synapse=synapse,
        switching=characterise(synapse, codes, spread),
        g=levels(synapse),
        r_on=on_resistance(synapse),
        spread=spread,
        points=tuple(
            sweep(chosen, transitions=transitions, seed=seed, jobs=jobs, progress=progress)
        ),
    )
