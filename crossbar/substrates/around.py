"""Weights in hardware with digital logic around it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from crossbar.activity import Activity
from crossbar.contracts import forwarded
from crossbar.substrates.port import Weights
from crossbar.types import Floats, Rng


@dataclass
class Around(Weights):
    """Weights that are those of ``held`` but for what a class derived from this one changes.

    Attributes
    ----------
    held
        The weights as the arrays hold them.
    """

    held: Weights

    shape = forwarded("held", "shape", Weights)
    dtype = forwarded("held", "dtype", Weights)
    tile = forwarded("held", "tile", Weights)
    compensation = forwarded("held", "compensation", Weights)
    order = forwarded("held", "order", Weights)
    noisy = forwarded("held", "noisy", Weights)

    def __post_init__(self) -> None:
        self.name = self.held.name
        self.exact_products = self.held.exact_products

    @property
    def activity(self) -> Activity:
        """What happened on the arrays."""
        return self.held.activity

    @activity.setter
    def activity(self, activity: Activity) -> None:
        self.held.activity = activity

    @abstractmethod
    def stored(self, weights: Floats) -> Floats:
        """Return what ``held`` holds of ``weights`` (rows, cols)."""

    def rewrite(self, target: Floats | Weights, *, rng: Rng) -> None:
        """Write all cells again; see :class:`Weights`."""
        wanted = target if isinstance(target, Weights) else self.stored(target)
        self.held.rewrite(wanted, rng=rng)

    def refresh(self) -> None:
        """Clear what many updates let build up in the arrays."""
        self.held.refresh()
