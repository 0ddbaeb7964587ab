"""The CMOS synapse: a latched code that switches a binary-weighted conductance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from crossbar.checks import check_fields
from crossbar.devices.cells import Cells, check_counts
from crossbar.devices.compiled import Compiled, answer
from crossbar.devices.conduction import Conduction, Ohmic
from crossbar.devices.device import SIEMENS, Device
from crossbar.devices.laws.rounding import Rounding, Stochastic
from crossbar.devices.measured.switching import Switching
from crossbar.devices.periphery import Periphery
from crossbar.devices.tally import Tally
from crossbar.errors import DataError, fail, message
from crossbar.kernels import codes
from crossbar.sources import assumed, published
from crossbar.types import Floats, FloatType, Integers, Masks
from crossbar.units import quantity

_ROUNDING, _OHMIC = Stochastic(), Ohmic()


@dataclass(frozen=True, kw_only=True)
class CmosSynapse(Device):
    """An n-bit digital code converted to a conductance by binary-weighted branches.

    G(code) = g_unit sum_b bit_b 2^b (1 + eps_b), with eps_b normal of standard deviation
    ``sigma_unit / sqrt(2^b)``: branch b is 2^b unit conductances in parallel. Codes do not drift
    while powered. The update ADC quantises a weight change to whole codes, which saturate at
    0 and 2^bits - 1. Code 2^(bits-1) stands for weight zero.

    Parameters
    ----------
    bits
        Resolution (bits): width of the code, 2 to 14.
    g_unit : [S]
        Conductance of one code step; None: ``g_full / 2^bits``.
    g_full : [S]
        Conductance of the full code, 2^bits, from which ``g_unit`` follows.
    sigma_unit
        Mismatch of a unit conductance, standard deviation relative to it; at most 0.2, so that
        no branch is negative up to 5 sigma.
    rounding
        How the update ADC rounds.
    sigma_read
        Read noise, standard deviation relative to the range; drawn in every read.
    sigma_read_value
        Read noise, standard deviation relative to the conductance of the cell.
    conduction
        Current against voltage.
    switching
        What a circuit simulation found of it: settling time, energy of every slot.

    Source: LETI 2026 (Petrov, Ryndin, Andreeva, Computer Research and Modeling 18(1), 81, 2026):
    direct linear conversion of a binary code into conductance. Assumed: the branch R_u = 60 kohm at
    8 bits (g_full = 2^8/60 kohm), chosen together with an input of 0.35 V so that an operation
    lands near the published 87.36 fJ, as its energy goes as V^2/R_u; and a mismatch of 3 %.
    Valid for: 4 to 8 bits as published; inputs up to 0.35 V, where the branch is linear to 0.2 %.
    """

    periphery: ClassVar[Periphery] = Periphery(
        {"mapping": "offset", "reading": {"v_read": 0.35, "t_read": 320e-12}},
        {
            "reading.v_read": assumed(
                "V_in = 0.35 V, chosen together with R_u = 60 kohm so that an operation lands near "
                "the published 87.36 fJ"
            ),
            "reading.t_read": published("slot of 320 ps of LETI 2026"),
        },
    )

    bits: int = quantity(8, low=2, high=14, remedy="The published chip uses 4 to 8.")
    g_unit: float | None = quantity(None, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    g_full: float = quantity(256 / 60e3, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    sigma_unit: float = quantity(
        0.03, share=True,
        low=0, high=0.2, remedy="Up to 0.2 no branch is negative within 5 sigma.",
    )  # fmt: skip
    rounding: Rounding = _ROUNDING
    sigma_read: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to the range; at 1 a read says nothing.",
    )  # fmt: skip
    sigma_read_value: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to the conductance; at 1 a read says nothing.",
    )  # fmt: skip
    conduction: Conduction = _OHMIC
    switching: Switching | None = None

    @classmethod
    def from_spice(cls, record: Switching | str | Path, **overrides: Any) -> CmosSynapse:
        """Return the synapse that was characterised in ngspice.

        Parameters
        ----------
        record
            The record, or the JSON file that ``crossbar.spice`` wrote of it.
        **overrides
            Fields in place of those of the record, such as ``rounding`` or ``sigma_unit``.

        Examples
        --------
        >>> CmosSynapse.from_spice("cmos_synapse.json")  # doctest: +SKIP
        """
        found = record if isinstance(record, Switching) else Switching.from_json(record)
        measured: dict[str, Any] = {
            "bits": found.bits,
            "g_unit": found.g_unit,
            "sigma_unit": found.sigma_unit,
            "switching": found,
        }
        return cls(**(measured | overrides))

    def __post_init__(self) -> None:
        check_fields(self)
        if self.switching is not None and self.switching.bits != self.bits:
            got = f"{self.bits} beside {self.switching.bits} of switching"
            fail("CmosSynapse.bits", "the bits of its circuit", got, "Characterise that width.")

    @property
    def quantum(self) -> float:
        """Conductance of one code step [S]."""
        return self.g_full / 2**self.bits if self.g_unit is None else self.g_unit

    @property
    def window(self) -> tuple[float, float, float]:
        """Conductance of codes 0, 2^(bits-1) and 2^bits - 1 [S]."""
        unit = self.quantum
        return 0.0, unit * 2 ** (self.bits - 1), unit * (2**self.bits - 1)

    @property
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read: absolute [S], and relative to the value."""
        return self.sigma_read * self.window[2], self.sigma_read_value

    @property
    def write_pulse(self) -> tuple[float, float]:
        """Zero: the energy of a code change is not V^2 G t and is charged per code step."""
        return 0.0, 0.0

    @property
    def write_event(self) -> str:
        """Code steps."""
        return "code_steps"

    @property
    def max_pulses(self) -> int:
        """Twice as many code steps as there are: a change is cut by the ends of the code alone."""
        return 2 * ((1 << self.bits) - 1)

    @property
    def chosen_resistance(self) -> float:
        """R_u, of a code step [ohm]."""
        return 1.0 / self.quantum

    @property
    def update_bits(self) -> int:
        """The bits of the code."""
        return self.bits

    def fabricate(
        self, shape: tuple[int, int], *, rng: np.random.Generator, dtype: FloatType
    ) -> CmosCells:
        """Draw the branch conductances of ``shape`` new synapses."""
        return CmosCells(self, shape, rng=rng, dtype=dtype)


class CmosCells(Cells):
    """Fabricated CMOS synapses: code and branch conductances of every cell."""

    spec: CmosSynapse

    def __init__(
        self,
        spec: CmosSynapse,
        shape: tuple[int, int],
        *,
        rng: np.random.Generator,
        dtype: FloatType,
    ) -> None:
        super().__init__(spec, shape, rng=rng, dtype=dtype)
        units = 2.0 ** np.arange(spec.bits)[:, None, None]
        z = rng.standard_normal((spec.bits, *shape[::-1]), dtype=np.float32)
        branches = spec.quantum * units * (1.0 + spec.sigma_unit / np.sqrt(units) * z)
        self.branches: Floats = branches.astype(dtype)  # (bits, cols, rows)
        self.code: Integers = np.full(shape, 2 ** (spec.bits - 1), np.int16, order="F")
        self.g = self.conductance(self.code)

    def conductance(self, code: Integers) -> Floats:
        """Return the conductance (rows, cols) [S] that the cells have at ``code``."""
        g: Floats = np.empty(code.shape[::-1], self.branches.dtype)
        codes.switch(np.ascontiguousarray(code.T), self.branches, g)
        return g.T

    def write(self, g: Floats) -> Tally:
        """Latch the codes nearest to ``g`` [S] on the nominal scale."""
        before = self.code.copy()
        code = np.clip(np.rint(g / self.spec.quantum), 0, 2**self.spec.bits - 1)
        self.code[self.free] = code.astype(np.int16)[self.free]
        self.g[self.free] = self.conductance(self.code)[self.free]
        return Tally.of(pulses=0, changed=float(np.count_nonzero(self.code != before)), saturated=0)

    def pulse(self, counts: Integers, *, rng: np.random.Generator) -> Tally:
        """Move each code by its steps, up to its ends; the tally counts those that it took."""
        return answer(self.compiled, check_counts(self, counts, rng), rng=rng)

    @property
    def compiled(self) -> Compiled:
        """Views of the cells."""
        arrays = self.code.T, self.g.T, self.free.T, self.branches
        return Compiled(codes.change_codes, codes.Coded(*arrays, self.spec.rounding.stochastic))

    def load(self, g: Floats) -> None:
        """Take measured conductances [S]: the nearest codes, whose branches then give ``g``.

        Raises
        ------
        DataError
            If a conductance is nearest to code 0, which conducts nothing, and is not zero.
        """
        top = 2**self.spec.bits - 1
        code = np.clip(np.rint(g / self.spec.quantum), 0, top).astype(np.int16)
        nominal = self.conductance(code)
        lost = (code == 0) & (g != 0)
        if lost.any():
            at = tuple(int(k) for k in np.argwhere(lost)[0])
            expected = f"0 or at least half of a code step ({self.spec.quantum / 2:.3g} S)"
            text = message("CmosCells.load", expected, f"{g[at]:.3g} S at {at}", "Give 0 S.")
            raise DataError(text)
        self.branches *= np.where(code, g / np.where(code, nominal, 1), 1).T
        self.code[...] = code
        super().load(self.conductance(code))

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        """Conductances are not negative, and codes have the bits of the synapse."""
        return super().limits | {"code": (0.0, 2.0**self.spec.bits - 1.0)}

    def pin(self, on: Masks, off: Masks, g_on: float, g_off: float) -> None:
        """Hold the codes of ``on`` at their top and those of ``off`` at zero for good."""
        self.code[on] = 2**self.spec.bits - 1
        self.code[off] = 0
        self.g[...] = self.conductance(self.code)
        self.free &= ~(on | off)
