"""Trains of pulses on both lines of a cell, which meet by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.checks import Checked
from crossbar.displayed import Displayed
from crossbar.kernels.trains import LONGEST, meetings
from crossbar.types import Floats, Integers
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Trains(Checked, Displayed):
    """Pulses of a change where random trains of both lines meet; no product is worked out.

    See :mod:`crossbar.kernels.trains` for their statistics.

    Parameters
    ----------
    length
        Slots of a train.
    balanced
        Whether the largest probability of a pulse is made the same for word lines and bit lines.

    Source: Gokmen and Vlasov, Front. Neurosci. 10:333, 2016; balanced ones (update management) of
    Gokmen, Onen and Haensch, Front. Neurosci. 11:538, 2017.
    """

    length: int = quantity(31, low=1, high=LONGEST, remedy="10 to 40 are usual.")
    balanced: bool = True

    def meet(
        self, x: Floats, d: Floats, per: float, of_x: np.uint64, of_d: np.uint64
    ) -> tuple[Integers, float]:
        """Return the visits (count, 4) that ``x d per`` pulses become, and how many are cut."""
        return meetings(x, d, per, self.length, self.balanced, of_x, of_d)
