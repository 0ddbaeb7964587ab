"""Weights whose outputs have gains of their own, which nothing that learns knows."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.activity import Activity
from crossbar.circuit.trains import Trains
from crossbar.devices.spread import log_normal
from crossbar.substrates.arguments import as_matrix
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.wrapped import Holding
from crossbar.types import Floats, Rng
from crossbar.units import SPREAD, quantity


@dataclass(frozen=True, kw_only=True)
class Mismatched(Holding):
    """A substrate behind whose bit lines stand parts with a gain of their own.

    Such are current mirrors and amplifiers; and neurons, whose threshold and capacitance have the
    same effect on when they fire. Gains are log-normal of mean 1, drawn once. Transposed reads do
    not pass these parts, and weight changes do not allow for them: what learns through them learns
    in the loop, as if the weights that outputs show stood in the cells.

    Parameters
    ----------
    held
        What holds the weights.
    sigma
        Spread of the gains, relative.

    Source: assumed.
    """

    sigma: float = quantity(0.2, role=SPREAD, share=True, low=0, high=2)

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> MismatchedState:
        """Return hardware that holds ``weights`` (rows, cols), and parts behind its lines."""
        weights = as_matrix("Mismatched.program", weights, rng)
        gains = log_normal(self.sigma, rng.standard_normal((weights.shape[1],)))
        held = self.held.program(weights, rng=rng, copies=copies, name=name, activity=activity)
        return MismatchedState(held, gains)


@dataclass
class MismatchedState(Scaled):
    """Weights that are read through factors which nothing that writes or learns allows for."""

    def _scaled(self, values: Floats) -> Floats:
        """Return ``values`` (..., cols) times the factors, which no logic multiplies."""
        return self.gain * values

    def stored(self, weights: Floats) -> Floats:
        """Return ``weights``: who writes knows no factors."""
        return weights

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T of the weights that are held."""
        return self.held.read_back(d, rng=rng)

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Change the weights that are held by ``-rate x^T d``."""
        self.held.change(x, d, rate, rng=rng, trains=trains)

    @property
    def step(self) -> Floats:
        """Change of a weight that is held by one pulse of its cells."""
        return self.held.step

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change the weights that are held by ``-rate`` times each of ``products``."""
        self.held.offer(products, rate, multiplied, rng=rng)
