"""Analog-to-digital converters of line currents. The inference path of the chip has none."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.converters.calibration import Calibration, Largest
from crossbar.converters.converter import Converter
from crossbar.registry import Registry
from crossbar.units import quantity

_LARGEST = Largest()
OFFSET = "It is relative to a step; an offset shifts all codes of a line."


@dataclass(frozen=True, kw_only=True)
class Adc(Converter):
    """An analog-to-digital converter of line currents, behind the line amplifier.

    Its transfer has a code for each current relative to full scale, and what the code stands for
    in the digital sum.

    Parameters
    ----------
    reach
        Full scale of the output converters, relative to that of the sense amplifier. None: the
        full scale that ``calibration`` chooses, and 1 before any.
    calibration
        Rule for the full scale, from the line currents of training samples. See
        :func:`crossbar.nn.calibrate`, which training and tests of an experiment call.
    shared
        Lines of an array that one converter serves in turn, one conversion each.

    Valid for: static behaviour and noise; larger currents are cut and counted as saturated.
    """

    reach: float | None = quantity(
        None, low=1e-3, high=1e3,
        remedy="1 is usual; below 0.001 every current is cut, beyond 1000 most codes stand idle.",
    )  # fmt: skip
    calibration: Calibration = _LARGEST
    shared: int = quantity(1, low=1, high=4096, remedy="ISAAC shares one among 128 columns.")


ADCS = Registry(Adc, "adcs", "converters of outputs", default="sar", setting="tile.adc")
