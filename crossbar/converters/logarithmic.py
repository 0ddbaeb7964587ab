"""An ADC whose steps grow with the signal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.converters.adc import ADCS
from crossbar.converters.sar import LikeSar
from crossbar.converters.transfer import Transfer
from crossbar.units import quantity


@ADCS.register("logarithmic")
@dataclass(frozen=True, kw_only=True)
class LogarithmicAdc(LikeSar):
    """Levels in a geometric row: the relative error is the same for small and large currents.

    L_k = smallest^(1 - k / K), k = 0 ... K, to each side of zero, with thresholds at the geometric
    mean of neighbours. With r the ratio of neighbours, a current between L_0 / sqrt(r) and
    sqrt(r) is off by sqrt(r) at the most.

    Parameters
    ----------
    bits
        Resolution of the output converters (bits): 2^bits - 1 levels, zero among them.
    smallest
        The least level above zero, relative to full scale.

    Source: definition; energy, time and area assumed to be those of a SAR ADC of the same bits.
    """

    bits: int = quantity(6, low=3, high=12, remedy="6 is usual.")
    smallest: float = quantity(0.01, low=1e-6, high=0.5, remedy="It is relative to full scale.")

    def transfer(self) -> Transfer:
        """Return the levels and the geometric means between them."""
        steps = 2 ** (self.bits - 1) - 2
        ratio = self.smallest ** (-1.0 / steps)
        levels = self.smallest * ratio ** np.arange(steps + 1)
        thresholds = levels / np.sqrt(ratio)
        return Transfer(
            np.concatenate([-thresholds[::-1], thresholds]),
            np.concatenate([-levels[::-1], [0.0], levels]),
        )
