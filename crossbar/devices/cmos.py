"""The CMOS synapse: a latched code that switches a binary-weighted conductance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from crossbar.checks import check_fields
from crossbar.devices.cmos_cells import CmosCells
from crossbar.devices.conduction.law import Conduction
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.device import SIEMENS, Device
from crossbar.devices.laws.rounding import Rounding, Stochastic
from crossbar.devices.measured.switching import Switching
from crossbar.devices.noise import relative_noise
from crossbar.devices.periphery import Periphery
from crossbar.energy.area import latched
from crossbar.energy.cost import Cost
from crossbar.errors import fail
from crossbar.sources import assumed, published
from crossbar.types import FloatType, Rng
from crossbar.units import SPREAD, quantity

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
    write_event = "code_steps"
    write_pulse = (0.0, 0.0)  # the energy of a code change is not V^2 G t: it is charged per step

    bits: int = quantity(8, low=2, high=14, remedy="The published chip uses 4 to 8.")
    g_unit: float | None = quantity(None, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    g_full: float = quantity(256 / 60e3, unit="S", low=1e-15, high=1, remedy=SIEMENS)
    sigma_unit: float = quantity(
        0.03, share=True, role=SPREAD,
        low=0, high=0.2, remedy="Up to 0.2 no branch is negative within 5 sigma.",
    )  # fmt: skip
    rounding: Rounding = _ROUNDING
    sigma_read: float = relative_noise("the range")
    sigma_read_value: float = relative_noise("the conductance")
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
        circuit = record if isinstance(record, Switching) else Switching.from_json(record)
        names = ("bits", "g_unit", "sigma_unit")
        measured = {name: getattr(circuit, name) for name in names} | {"switching": circuit}
        return cls(**(measured | overrides))

    def __post_init__(self) -> None:
        check_fields(self)
        if self.switching is not None and self.switching.bits != self.bits:
            got = f"{self.bits} beside {self.switching.bits} of switching"
            fail("CmosSynapse.bits", "the bits of its circuit", got, "Characterise that width.")
        if self.g_unit is not None and self.g_full != CmosSynapse.g_full:
            got = f"{self.g_full:g} S beside g_unit = {self.g_unit:g} S"
            fail("CmosSynapse.g_full", "one of g_full and g_unit", got, "Omit one of them.")

    @property
    def cell_area(self) -> Cost:
        """Area of a cell [m2]."""
        return latched(self.bits)

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

    def without_read_noise(self) -> CmosSynapse:
        """Return the device with reads free of noise."""
        return replace(self, sigma_read=0.0, sigma_read_value=0.0)

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

    def fabricate(self, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> CmosCells:
        """Draw the branch conductances of ``shape`` new synapses."""
        return CmosCells(self, shape, rng=rng, dtype=dtype)
