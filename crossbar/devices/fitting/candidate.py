"""Laws that are tried: any step whose numbers are fields, and which of them scales it."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, get_type_hints

import numpy as np

from crossbar.devices.laws.steps import POINTS, STEPS, ClosedForm, Step
from crossbar.devices.measured.pulse_table import PulseTable
from crossbar.devices.measured.traces import POINTS as TABLE
from crossbar.devices.measured.traces import Trace, reduced
from crossbar.errors import fail
from crossbar.types import Doubles

U = np.linspace(0.0, 1.0, POINTS)
SCALE = 0.5  # by which a field is changed to see whether it scales the step
CLOSE = 1e-9
STARTS = 9  # shapes at most from which the search begins


def _none() -> Doubles:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A law whose numbers are fitted.

    Attributes
    ----------
    name
        As settings give it.
    law
        The law with the numbers that stand where none is fitted.
    size
        Field that scales the step; empty for a table, all of whose steps are scaled.
    shapes
        Fields that give the step its shape.
    low, high : (shapes,)
        Their limits, in ``unit``.
    unit : (shapes,)
        Size of each in its first guess.
    measure
        What makes the law of trains, for a table of measured steps.
    """

    name: str
    law: Step
    size: str = ""
    shapes: tuple[str, ...] = ()
    low: Doubles = field(default_factory=_none)
    high: Doubles = field(default_factory=_none)
    unit: Doubles = field(default_factory=_none)
    measure: Callable[[Sequence[Trace]], Step] | None = None

    @property
    def fitted(self) -> int:
        """Numbers that give the step its shape; a table has two a point."""
        return len(self.shapes) if isinstance(self.law, ClosedForm) or self.size else 2 * TABLE

    @classmethod
    def of(cls, kind: type[Step]) -> Candidate:
        """Return the law ``kind`` with its numbers to be fitted.

        Raises
        ------
        ConfigError
            If the numbers have no defaults, or none of them scales the step.
        """
        hints = get_type_hints(kind)
        dataclass: Any = kind
        numbers = [one for one in fields(dataclass) if one.init and hints.get(one.name) is float]
        law = kind()
        size = next((one.name for one in numbers if _scales(law, one.name)), "")
        if not size:
            remedy = "Add a field that the set and the reset step are multiplied by."
            fail(kind.__name__, "a number that scales the step", "none", remedy)
        rest = [one for one in numbers if one.name != size and _bends(law, one)]
        limits = [one.metadata.get("limits", {}) for one in rest]
        low = [x.get("low", x.get("above", -math.inf)) for x in limits]
        high = [x.get("high", x.get("below", math.inf)) for x in limits]
        unit = np.array([abs(getattr(law, one.name)) or 1.0 for one in rest])
        shapes = tuple(one.name for one in rest)
        return cls(STEPS.name_of(kind), law, size, shapes, low / unit, high / unit, unit)

    def on(self, traces: Sequence[Trace]) -> Candidate:
        """Return the law for other trains: a table is measured anew."""
        return self if self.measure is None else replace(self, law=self.measure(traces))

    def starts(self) -> list[Doubles]:
        """Return shapes from which the search begins.

        All combinations of a few values of each number; where these are many, ``STARTS`` of them
        in which every value has its share (a Latin hypercube).
        """
        each = [
            (low, 0.7 * low + 0.3 * high, 0.3 * low + 0.7 * high, high)
            if low < 0 < high and math.isfinite(span)
            else tuple(float(np.clip(x, low, high)) for x in (0.25, 1.0, 2.0))
            for low, high, span in zip(self.low, self.high, self.high - self.low, strict=True)
        ]  # fmt: skip
        if math.prod(map(len, each)) <= STARTS:
            return [np.array(one) for one in itertools.product(*each)]
        rng = np.random.default_rng(0)  # the same starts in every fit
        taken = [np.array(x)[rng.permutation(STARTS) * len(x) // STARTS] for x in each]
        return list(np.stack(taken, axis=1))

    def step(self, size: float, shape: Doubles) -> Step:
        """Return the law with the step ``size`` at mid-range and a ``shape``."""
        if isinstance(self.law, PulseTable):
            factor = size / self.law.size
            up, down = (tuple(factor * x for x in row) for row in (self.law.up, self.law.down))
            return replace(self.law, up=up, down=down)
        own: dict[str, Any] = self._shape(shape)
        default = getattr(self.law, self.size)
        return type(self.law)(**own, **{self.size: size * default / self._at(shape).size})

    def table(self, shape: Doubles) -> Doubles:
        """Return mean and spread of set and reset steps (4, points) of the size 1."""
        law = self._at(shape)
        rows = (law.set_mean(U), law.set_spread(U), law.reset_mean(U), law.reset_spread(U))
        return np.asarray(np.stack(rows) / law.size, np.float64)

    def _at(self, shape: Doubles) -> Step:
        return type(self.law)(**self._shape(shape)) if self.shapes else self.law

    def _shape(self, shape: Doubles) -> dict[str, float]:
        return dict(zip(self.shapes, (shape * self.unit).tolist(), strict=True))


def tabulated(traces: Sequence[Trace]) -> Candidate:
    """Return the mean steps that were measured as a law, to be scaled.

    Raises
    ------
    DataError
        If steps cannot be taken from differences of reads.
    """

    def measure(traces: Sequence[Trace]) -> PulseTable:
        table, none = PulseTable.of(reduced(traces).columns), (0.0,) * TABLE
        return replace(table, up_std=none, down_std=none, g_min=None, g_max=None)

    return Candidate("table", measure(traces), measure=measure)


def _bends(law: Step, field: Any) -> bool:
    """Return whether the mean step of ``law`` depends on the number ``field``.

    What changes the spread alone stays at its default: ``sigma_c2c`` is fitted in its place.
    """
    limits, value = field.metadata.get("limits", {}), getattr(law, field.name)
    low, high = limits.get("low", value - 1.0), limits.get("high", value + 1.0)
    own: Any = law
    other = replace(own, **{field.name: 0.5 * (value + (high if value != high else low))})
    return bool((law.table(0.0)[::2] != other.table(0.0)[::2]).any())


def _scales(law: Step, name: str) -> bool:
    """Return whether set and reset steps of ``law`` are proportional to the number ``name``."""
    own: Any = law
    one = {f.name: getattr(law, f.name) for f in fields(own) if f.init}
    try:
        other = type(law)(**one | {name: SCALE * getattr(law, name)})
    except ValueError:
        return False
    first, second = law.table(0.0), other.table(0.0)
    return bool(np.abs(second - SCALE * first).max() <= CLOSE * first.max())


@functools.cache
def _registered() -> tuple[Candidate, ...]:
    kinds = [STEPS.resolve(name, "laws") for name in STEPS.names]
    closed = [k for k in kinds if isinstance(k, type) and issubclass(k, ClosedForm)]
    return tuple(Candidate.of(kind) for kind in closed)


def candidates(laws: Sequence[type[Step] | str]) -> tuple[Candidate, ...]:
    """Return ``laws``, as settings name them or as classes; without any all closed forms."""
    if not laws:
        return _registered()
    return tuple(map(_candidate, laws))


def _candidate(law: type[Step] | str) -> Candidate:
    """Return one of ``laws``, or raise if it names a file, which has no numbers to fit."""
    kind = STEPS.resolve(law, "laws") if isinstance(law, str) else law
    if not isinstance(kind, type):
        remedy = "Name a step of the registry or module:Class."
        fail("laws", "a law whose numbers are fields", repr(law), remedy)
    return Candidate.of(kind)
