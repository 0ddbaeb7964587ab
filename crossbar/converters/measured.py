"""An ADC with the thresholds that a measurement gave."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.converters.adc import ADCS, Adc
from crossbar.converters.sar import SarAdc, like_sar
from crossbar.converters.transfer import Transfer
from crossbar.energy.cost import Cost
from crossbar.sources import Source
from crossbar.units import quantity


@ADCS.register("measured")
@dataclass(frozen=True, kw_only=True)
class MeasuredAdc(Adc):
    """Thresholds as measured, of one converter that stands for all.

    Parameters
    ----------
    thresholds
        Where each code but the first begins, relative to full scale and in rising order.
    levels
        What the digital sum takes the codes for, one more than thresholds; None for equal steps
        from minus to plus full scale, as a design without calibration has it.
    e_conversion : [J]
        Energy of a conversion.
    t_conversion : [s]
        Time of a conversion.
    area_each : [m2]
        Area of one converter.
    source
        Where these come from: ``published: PAPER``, ``derived: HOW`` or ``assumed: WHY``.

    Where energy, time or area is None, it is assumed to be that of a SAR ADC of as many codes.

    Examples
    --------
    >>> adc = MeasuredAdc(thresholds=(-0.7, 0.5))
    >>> adc.transfer().levels, adc.energy.source.kind
    (array([-1.,  0.,  1.]), 'assumed')
    """

    thresholds: tuple[float, ...] = quantity((-0.5, 0.5), low=-10, high=10)
    levels: tuple[float, ...] | None = quantity(None, low=-10, high=10)
    e_conversion: float | None = quantity(None, unit="J", above=0, high=1)
    t_conversion: float | None = quantity(None, unit="s", above=0, high=1)
    area_each: float | None = quantity(None, unit="m2", above=0, high=1)
    source: str = "assumed: given without a source"

    def __post_init__(self) -> None:
        super().__post_init__()
        Source.parse(self.source)
        self.transfer().of_lines("MeasuredAdc", 1)

    def transfer(self) -> Transfer:
        """Return the measured thresholds and the levels."""
        codes = len(self.thresholds) + 1
        levels = np.linspace(-1.0, 1.0, codes) if self.levels is None else np.array(self.levels)
        return Transfer(np.array(self.thresholds), levels)

    @property
    def energy(self) -> Cost:
        """Energy of a conversion [J]."""
        return self._cost(self.e_conversion, self._usual.energy)

    @property
    def time(self) -> Cost:
        """Time of a conversion [s]."""
        return self._cost(self.t_conversion, self._usual.time)

    @property
    def area(self) -> Cost:
        """Area [m2]."""
        return self._cost(self.area_each, self._usual.area)

    @property
    def _usual(self) -> SarAdc:
        """The SAR ADC of as many codes."""
        return SarAdc(bits=math.ceil(math.log2(len(self.thresholds) + 2)))

    def _cost(self, value: float | None, usual: Cost) -> Cost:
        if value is None:
            return like_sar(usual)
        return Cost(value=value, unit=usual.unit, source=Source.parse(self.source))
