"""LIF neurons that each have parameters of their own, as learned ones do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.errors import fail
from crossbar.spiking.neurons.lif import LARGEST, LIF, LifConstants
from crossbar.spiking.neurons.neuron import NEURONS
from crossbar.units import quantity

OWN = {"thresholds": "threshold", "rests": "rest", "capacitances": "capacitance",
       "g_leaks": "g_leak"}  # fmt: skip
EACH = "Give one a neuron, or none."


@NEURONS.register("own-lif")
@dataclass(frozen=True, kw_only=True)
class OwnLIF(LIF):
    """LIF neurons whose threshold, rest, capacitance or leak are given for each of them.

    What is not given is that of all, as in :class:`LIF`.

    Parameters
    ----------
    thresholds, rests : (count,) [V]
        Voltage of a spike, and without input.
    capacitances : (count,) [F]
        C.
    g_leaks : (count,) [S]
        Leaks.

    Raises
    ------
    ConfigError
        If a threshold is not above reset, or a capacitance or a leak not above 0.
    """

    thresholds: tuple[float, ...] | None = quantity(None, unit="V", low=-LARGEST, high=LARGEST)
    rests: tuple[float, ...] | None = quantity(None, unit="V", low=-LARGEST, high=LARGEST)
    capacitances: tuple[float, ...] | None = quantity(None, unit="F", above=0, high=LARGEST)
    g_leaks: tuple[float, ...] | None = quantity(None, unit="S", above=0, high=LARGEST)

    def __post_init__(self) -> None:
        super().__post_init__()
        lowest = min(self.thresholds or (self.threshold,))
        if not lowest > self.reset:
            got, expected = f"{lowest:g} V", f"voltages above reset, {self.reset:g} V"
            fail("OwnLIF.thresholds", expected, got, "A spike takes the voltage down.")

    def constants(self, count: int) -> LifConstants:
        """Return what each of ``count`` neurons has without mismatch.

        Raises
        ------
        ConfigError
            If a parameter is given for fewer or more.
        """
        known = super().constants(count)
        for name, field in OWN.items():
            if (given := getattr(self, name)) is None:
                continue
            if len(given) != count:
                fail(f"OwnLIF.{name}", f"{count} of them", f"{len(given)}", EACH)
            known = known._replace(**{field: np.array(given)})
        return known
