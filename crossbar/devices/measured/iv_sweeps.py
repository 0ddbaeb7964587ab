"""Current against voltage as measured: sweeps up and down, and the law of conduction in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.devices.conduction.law import Conduction
from crossbar.devices.conduction.measured import IVTable
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.conduction.power import Power
from crossbar.devices.conduction.sinh import Sinh
from crossbar.devices.measured.estimates import Estimate, normal
from crossbar.devices.measured.robust import Fitted, robust
from crossbar.devices.measured.rows import grouped, titled
from crossbar.displayed import Displayed
from crossbar.errors import DataError, message
from crossbar.types import Doubles, Floats, Integers, Masks
from crossbar.units import text

EXPECTED = "columns v and i with units, a row a point; device and cycle if there are several"
NEAR = 0.05  # of the largest voltage, below which the offset of the meter counts
FEWEST = 4  # points of a branch
BETTER = 10.0  # decrease of the Bayesian information criterion that justifies one more parameter


@dataclass(frozen=True, eq=False, repr=False)
class IVSweeps(Displayed):
    """Points of sweeps, (points,), in the order of time.

    Attributes
    ----------
    device
        Number of the cell; ``devices`` are the names of the file.
    branch
        Number of the branch: a row of points of one cell and cycle in which the voltage goes one
        way.
    rising
        Whether the voltage rises along it.
    v, i : [V], [A]
        Voltage and current.
    """

    device: Integers
    branch: Integers
    rising: Masks
    v: Doubles
    i: Doubles
    devices: tuple[str, ...] = ()
    source: str = ""

    def __repr__(self) -> str:
        low, high = (text(float(end), "V", 3) for end in (self.v.min(), self.v.max()))
        branches = len(np.unique(self.branch))
        return f"<IVSweeps: {branches} branches, {len(self.v)} points, {low} to {high}>"

    @classmethod
    def from_csv(cls, path: str | Path, columns: Mapping[str, str] | None = None) -> IVSweeps:
        """Read a CSV file of columns ``v`` and ``i``, ``device`` and ``cycle`` if given.

        ``columns`` says which they are where the header does not, as of
        :meth:`PulseTrains.from_csv`.

        Raises
        ------
        DataError
            If it cannot be read, a column is missing or names no unit, or a cell is no number.
        """
        header, lines = titled(
            Path(path), EXPECTED, columns, needed=("v", "i"), also={"voltage": "v"}
        )
        device, names = grouped(lines, Path(path))
        cycle = [line.whole("cycle") if header.gives("cycle") else 0 for line in lines]
        v, i = (np.array([line.value(name) for line in lines]) for name in ("v", "i"))
        order = np.argsort(device, kind="stable")
        key = np.stack([np.array(device), np.array(cycle)])[:, order]
        branch, rising = _branches(v[order], (np.diff(key) != 0).any(axis=0))
        return cls(np.array(device)[order], branch, rising, v[order], i[order], names, str(path))

    def fit(self, *, v_max: float = math.inf, level: float = 0.9) -> ConductionFit:
        """Return the law of conduction, Ohmic, Sinh or Power, in points up to ``v_max`` [V].

        By robust least squares of ln(i/v) against the laws, with a conductance of each
        branch. The law with one more parameter is taken where the Bayesian information criterion
        is lower by ten. Points below 5 % of the largest voltage, where the offset of the meter
        counts, are left out.

        Raises
        ------
        DataError
            If fewer than four points are left of each branch, or current and voltage of one have
            different signs.
        """
        size = np.abs(self.v)
        within = size <= v_max
        least = NEAR * float(size[within].max(initial=0.0))
        used = within & (size > least)
        counts = np.bincount(self.branch[used], minlength=int(self.branch.max()) + 1)
        used &= counts[self.branch] >= FEWEST
        where = self.source or "IVSweeps"
        if not used.any():
            got, remedy = "fewer", "Raise v_max, or measure more points below switching."
            raise DataError(message(where, f"{FEWEST} points of a branch", got, remedy))
        v, i = self.v[used], self.i[used]
        if (wrong := v * i <= 0).any():
            k = int(np.argmax(wrong))
            remedy = "Subtract the offset of the meter."
            got = f"{i[k]:.3g} A at {v[k]:.3g} V"
            raise DataError(message(where, "current and voltage of one sign", got, remedy))
        _, own = np.unique(self.branch[used], return_inverse=True)
        tried = {name: _Try(v, i, own, shape, start) for name, (shape, start) in _SHAPES.items()}
        best = min(("sinh", "power"), key=lambda name: tried[name].criterion)
        chosen = best if tried["ohmic"].criterion - tried[best].criterion > BETTER else "ohmic"
        return tried[chosen].read(chosen, {n: t.criterion for n, t in tried.items()}, level)

    def table(self, *, v_max: float | None = None) -> IVTable:
        """Return the measured law: the rising branches from 0 V to ``v_max`` [V], a state each.

        At the voltages of the first branch; from 0 V to its first point a branch is straight.

        Raises
        ------
        DataError
            If there is none, or one ends below ``v_max``, by default the last voltage of any.
        """
        used = self.rising & (self.v > 0)
        every = [used & (self.branch == branch) for branch in np.unique(self.branch[used])]
        where = self.source or "IVSweeps"
        if not every:
            remedy = "Measure upwards from 0 V."
            raise DataError(message(where, "a rising branch above 0 V", "none", remedy))
        shortest = min(float(self.v[own].max()) for own in every)
        end = float(self.v[used].max()) if v_max is None else v_max
        if shortest < end:
            expected, got = f"rising branches that reach {end:g} V", f"one up to {shortest:g} V"
            raise DataError(message(where, expected, got, f"Give table(v_max={shortest!r})."))
        v = np.array([*(v for v in self.v[every[0]] if v < end), end])
        rows = [np.interp(v, [0.0, *self.v[own]], [0.0, *self.i[own]]) for own in every]
        rows.sort(key=lambda row: float(row[0]))
        return IVTable(v=tuple(v.tolist()), i=tuple(tuple(row.tolist()) for row in rows))


def _branches(v: Doubles, breaks: Masks) -> tuple[Integers, Masks]:
    """Return number and direction of the branch of every point; ``breaks`` begin a new one."""
    step = np.sign(np.diff(v))
    branch, rising = np.zeros(len(v), int), np.zeros(len(v), bool)
    start, way = 0, 0.0
    for k in range(1, len(v) + 1):
        ends = k == len(v) or breaks[k - 1] or (way != 0 and step[k - 1] == -way)
        if ends:
            branch[start:k], rising[start:k] = branch[start - 1] + 1 if start else 0, way >= 0
            start, way = k, 0.0
        else:
            way = way or float(step[k - 1])
    return branch, rising


def _sinh(v: Floats, p: float) -> Floats:
    """Return ln(sinh(x)/x), x = v exp(p)."""
    x = np.abs(v) * math.exp(min(p, 50.0))
    small = np.where(x < 1e-3, x, 1.0)
    large = np.where(x < 1e-3, 1.0, x)
    straight = large + np.log1p(-np.exp(-2.0 * large)) - np.log(2.0 * large)
    return np.asarray(np.where(x < 1e-3, small**2 / 6.0, straight))


def _power(v: Floats, p: float) -> Floats:
    """Return ln(|v|^p)."""
    return np.asarray(p * np.log(np.abs(v)))


_SHAPES: dict[str, tuple[Callable[[Floats, float], Floats] | None, float]] = {
    "ohmic": (None, 0.0),
    "sinh": (_sinh, 1.0),
    "power": (_power, 0.5),
}


class _Try:
    """One law: ln(i/v) = ln g of the branch + shape(v, p)."""

    def __init__(
        self, v: Doubles, i: Doubles, own: Integers,
        shape: Callable[[Floats, float], Floats] | None, start: float,
    ) -> None:  # fmt: skip
        y, states = np.log(i / v), int(own.max()) + 1
        at = [float(np.median(y[own == k])) for k in range(states)]

        def residuals(p: Floats) -> Floats:
            bent = 0.0 if shape is None else shape(v, float(p[-1]))
            return y - p[:states][own] - bent

        first = np.array(at if shape is None else [*at, start])
        self.fit: Fitted = robust(residuals, first)
        self.v, self.states = v, states
        rest, n = residuals(self.fit.values), len(y)
        spread = max(float(np.mean(np.abs(rest))), 1e-12)  # of Laplace: outliers count by size
        self.criterion = 2 * n * math.log(spread) + len(first) * math.log(n)

    def read(self, name: str, criteria: dict[str, float], level: float) -> ConductionFit:
        """Return the law with its parameter."""
        value, error = float(self.fit.values[-1]), float(self.fit.errors[-1])
        g = np.exp(self.fit.values[: self.states])
        end = float(np.abs(self.v).max())
        law: Conduction = Ohmic()
        parameter, symbol = None, ""
        if name == "sinh":
            v0 = math.exp(-value)
            law, parameter = Sinh(v0=v0), normal(v0, v0 * error, level)
            symbol = "v0"
        elif name == "power":
            v_ref = min(end, 10.0)
            law = Power(p=1.0 + value, v_ref=v_ref)
            parameter, g = normal(1.0 + value, error, level), g * v_ref**value
            symbol = "p"
        return ConductionFit(law, symbol, parameter, g, self.fit.scale, criteria)


@dataclass(frozen=True, eq=False, repr=False)
class ConductionFit(Displayed):
    """The law of conduction in some sweeps.

    Attributes
    ----------
    law
        For ``device.conduction``.
    name, parameter
        ``v0`` [V] of Sinh or ``p`` of Power, with its interval; None for Ohmic.
    g : (branches,) [S]
        Conductance of every branch, as the law counts it.
    residual
        Standard deviation of ln i about the law.
    criteria
        Bayesian information criterion of every law that was tried.
    """

    law: Conduction
    name: str
    parameter: Estimate | None
    g: Doubles
    residual: float
    criteria: dict[str, float]

    def __repr__(self) -> str:
        value = "" if self.parameter is None else f" {self.name} {self.parameter}"
        return f"<ConductionFit: {type(self.law).__name__}{value}, {100 * self.residual:.2g} % off>"
