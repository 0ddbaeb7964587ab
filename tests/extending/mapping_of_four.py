"""Four cells a weight in two significances: a coarse pair, and a fine one for the remainder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar import Mapping, Plane

COARSE = 4.0  # what a conductance of the coarse pair counts, in those of the fine one


@dataclass(frozen=True, kw_only=True)
class FourCells(Mapping):
    """w = (4 (G1 - G2) + G3 - G4) / k: a coarse pair in steps of a quarter, sensed apart."""

    planes = (
        Plane(signs=(1, -1), significance=COARSE, amplifier=0),
        Plane(signs=(1, -1), significance=1.0, amplifier=1),
    )

    def scale(self, window):
        """Return the conductance of weight 1: both pairs at their ends for the largest weight."""
        low, middle, high = window
        return 2 * (COARSE + 1) * min(middle - low, high - middle) / self.limit

    def targets(self, weights, window):
        """Return the conductances of the four cells."""
        low, middle, high = window
        whole = (COARSE + 1) * weights / self.limit
        coarse = np.clip(np.rint(4 * whole / COARSE) / 4, -1, 1)
        each = min(middle - low, high - middle) * np.stack([coarse, whole - COARSE * coarse])
        return [middle + sign * part for part in each for sign in (1, -1)]
