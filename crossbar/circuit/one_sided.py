"""Pairs of cells of which one carries a weight: for cells that pulses raise gradually alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.circuit.mapping import MAPPINGS, Mapping, Window
from crossbar.circuit.pair_refresh import PairRefresh
from crossbar.circuit.planes import Plane
from crossbar.types import Floats


@MAPPINGS.register("one-sided")
@dataclass(frozen=True, kw_only=True)
class OneSidedPair(Mapping):
    """Two live cells a weight: one carries its magnitude, the other rests at the lowest end.

    w = (G+ - G-) / k with k = (G_max - G_min) / w_max; G+ = G_min + k w and G- = G_min for w > 0,
    and the other way round for w < 0.

    A change raises one of the cells by all of it, G+ for a rise of the weight and G- for a fall,
    since phase-change cells are set gradually but reset at once. Changes of both signs so lift
    both cells, until one is at its upper end; programming makes the pair one-sided again, and so
    does a refresh.

    Parameters
    ----------
    refresh
        How pairs are made one-sided again while they learn; None if they are not.

    Source: Nandakumar et al., Front. Neurosci. 14:406, 2020; the usual mapping of PCM inference,
    Joshi et al., Nat. Commun. 11:2473, 2020.
    """

    refresh: PairRefresh | None = None

    planes = (Plane(signs=(1, -1)),)
    rising = True

    @property
    def pair_refresh(self) -> PairRefresh | None:
        """How pairs are refreshed while they learn; None if they are not."""
        return self.refresh

    def scale(self, window: Window) -> float:
        """Return k [S]."""
        low, _, high = window
        return (high - low) / self.limit

    def targets(self, weights: Floats, window: Window) -> list[Floats]:
        """Return G_min + k max(w, 0) and G_min + k max(-w, 0)."""
        k = self.scale(window)
        return [window[0] + k * np.maximum(sign * weights, 0) for sign in self.signs]
