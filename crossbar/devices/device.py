"""The contract of a device: an immutable specification that fabricates cells."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from typing import ClassVar

import numpy as np

from crossbar.activity import EVENTS
from crossbar.contracts import answer, named, require_begun, require_instance
from crossbar.devices.cell_checks import prove_cells
from crossbar.devices.cells import OLDEST, Cells
from crossbar.devices.conduction.law import Conduction
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.laws.rounding import Rounding, Stochastic
from crossbar.devices.periphery import PAIR, Periphery
from crossbar.devices.programming import Exact, Programming
from crossbar.energy.area import CROSSING
from crossbar.energy.cost import Cost
from crossbar.errors import fail, nearest, require_number, shown
from crossbar.sources import Source
from crossbar.specification import Specification
from crossbar.types import FloatType, Rng

SIEMENS = 'Conductances are in siemens, below 1 S: 60e-6, or "60 uS" in a TOML file.'
MOST = 127  # pulses at a time, usual
TRIED = (2, 3)  # cells of a device from outside that are tried
OLD = 8  # cells that are left alone to see whether time moves them
UPDATE_BITS = 8  # of the converter of weight changes, assumed where a device does not say


class Device(Specification):
    """A kind of cell: an immutable specification that fabricates :class:`Cells`.

    Only ``window``, ``quantum``, ``write_pulse`` and ``fabricate`` have to be written; the other
    parts have the defaults of a cell that is read and programmed without error and conducts
    ohmically.

    Attributes
    ----------
    periphery
        What stands around the cells unless settings say otherwise; a pair of cells a weight.
    sources
        Sources of the defaults of its numbers, by the names that share them; assumed without.
    """

    periphery: ClassVar[Periphery] = PAIR
    sources: ClassVar[Mapping[str, Source]] = {}

    @property
    @abstractmethod
    def window(self) -> tuple[float, float, float]:
        """Lowest, middle and highest nominal conductance [S]; zero weight stands at the middle."""

    @property
    @abstractmethod
    def quantum(self) -> float:
        """Conductance change of one pulse or code step at the middle of the range [S]; 0: none."""

    @property
    @abstractmethod
    def write_pulse(self) -> tuple[float, float]:
        """Amplitude [V] and width [s] of a write pulse, for V^2 G t; zero where it does not apply.

        Where it is zero, the energy of writing is charged per counted event.
        """

    @abstractmethod
    def fabricate(self, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> Cells:
        """Return new cells with their device-to-device spread, unprogrammed (at the middle)."""

    def prove(self) -> None:
        """Raise unless its numbers can be, and a few cells of it do what they are asked."""
        super().prove()
        where = named(self, "periphery")
        require_instance(where, self.periphery, Periphery, "Write Periphery(...).")
        remedy = "Give them in siemens, volts and seconds."
        low, middle, high = self._numbers("window", 3)
        if not 0 <= low < middle < high:
            got = f"{low:g}, {middle:g} and {high:g} S"
            fail(named(self, "window"), "lowest < middle < highest conductance", got, remedy)
        for name, count in (("quantum", 1), ("write_pulse", 2), ("read_noise", 2)):
            if min(self._numbers(name, count)) < 0:
                fail(named(self, name), "0 or more", f"{getattr(self, name)}", remedy)
        quiet = answer(self, "without_read_noise")
        require_instance(named(self, "without_read_noise"), quiet, Device, "Return the device.")
        if self.write_event not in EVENTS:
            fail(named(self, "write_event"), "an event that is counted", shown(self.write_event),
                 nearest(str(self.write_event), EVENTS))  # fmt: skip
        where, both = named(self, "fabricate"), []
        for _ in range(2):
            rng = np.random.default_rng(0)
            cells = answer(self, "fabricate", TRIED, rng=rng, dtype=np.float32)
            both.append(require_instance(where, cells, Cells, "Return the cells."))
        require_begun(both[0], "elapsed", "spec, shape, rng=rng, dtype=dtype")
        for one, other in zip(*(cells.arrays().values() for cells in both), strict=True):
            if one.tobytes() != other.tobytes():
                remedy = "Draw from rng alone, so that a seed reproduces a run."
                fail(where, "the same cells for the same rng", "others", remedy)
        prove_cells(both[0])

    def _numbers(self, name: str, count: int) -> tuple[float, ...]:
        """Return the numbers that the property ``name`` has, or raise unless they are ``count``."""
        given = answer(self, name)
        numbers = given if isinstance(given, tuple) else (given,)
        if len(numbers) != count:
            fail(named(self, name), f"{count} numbers", shown(given), "Device says which.")
        return tuple(require_number(named(self, name), number) for number in numbers)

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read of one cell: absolute [S], and relative to its value.

        What cells add to it by a law of their own is :meth:`Cells.flicker`.
        """
        return 0.0, 0.0

    def without_read_noise(self) -> Device:
        """Return the device with reads free of it: the same cells with the same conductances."""
        if any(self.read_noise):
            where, remedy = f"{type(self).__name__}.without_read_noise", "Write this method."
            fail(where, "a device that reads without noise", f"{self.read_noise}", remedy)
        return self

    @property
    def write_event(self) -> str:
        """Name in :data:`crossbar.activity.EVENTS` of what one step of a change is."""
        return "pulses"

    def over_measured_range(self, given: Collection[str]) -> Device:
        """Return the device over the range that its steps were measured over; itself by default.

        An end that one of the fields in ``given`` sets stays as it is.
        """
        return self

    @property
    def activated(self) -> bool:
        """Whether cells age by the temperature that they are stored at; see Cells.age_at."""
        return False

    @property
    def programming_law(self) -> Programming:
        """How targets are written."""
        return Exact()

    @property
    def conduction(self) -> Conduction:
        """Current against voltage."""
        return Ohmic()

    @property
    def rounding(self) -> Rounding:
        """How a wanted change becomes whole pulses."""
        return Stochastic()

    @property
    def max_pulses(self) -> int:
        """Most pulses that the update control gives a cell at a time."""
        return MOST

    @property
    def chosen_resistance(self) -> float | None:
        """Resistance [ohm] of a unit of the cell where it is our choice: energy goes as V^2/R."""
        return None

    @property
    def cell_area(self) -> Cost:
        """Area of a cell [m2]; see :mod:`crossbar.energy.area`."""
        return CROSSING

    @property
    def update_bits(self) -> int:
        """Bits of the converter that turns a weight change into pulses or code steps."""
        return UPDATE_BITS


def drifts(device: Device) -> bool:
    """Return whether cells of ``device`` have other conductances after a very long time.

    It is tried on some cells, a quarter of the range below its upper end.

    Examples
    --------
    >>> from crossbar.devices import IdealCell, Memristor
    >>> drifts(IdealCell()), drifts(Memristor(nu=0.05)), drifts(Memristor(tau_leak=1.0))
    (False, True, True)
    """
    rng = np.random.default_rng(0)
    cells = device.fabricate((1, OLD), rng=rng, dtype=np.float64)
    low, _, high = device.window
    cells.program(np.full((1, OLD), 0.25 * low + 0.75 * high), rng=rng)
    before = cells.g.copy()
    cells.age(OLDEST)
    return not np.allclose(cells.g, before, rtol=1e-9, atol=0.0)


def require_activated(where: str, device: Device) -> None:
    """Raise if cells of ``device`` drift by a law that holds for one temperature alone."""
    if drifts(device) and not device.activated:
        remedy = (
            'Give device.drift.kind = "retention" with device.drift.rate and .activation of your '
            "cells, or leave the temperature out."
        )
        got = f"a {type(device).__name__} without"
        fail(where, "cells whose drift has an activation energy", got, remedy)
