"""Weights whose outputs have gains of their own, which nothing that learns knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from crossbar.activity import Activity
from crossbar.array_checks import entry, require_entry
from crossbar.circuit.trains import Trains
from crossbar.devices.spread import log_normal
from crossbar.substrates.arguments import as_matrix
from crossbar.substrates.around import Around
from crossbar.substrates.windows import Sliding
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
class MismatchedState(Around):
    """Weights that are read through gains.

    Attributes
    ----------
    gains : (cols,)
        Factor of every output.
    """

    gains: Floats

    @property
    def weights(self) -> Floats:
        """Weights as the outputs show them, (copies, rows, cols)."""
        return self._through(self.held.weights)

    def _through(self, values: Floats) -> Floats:
        """Return ``values`` (..., cols) times the gains."""
        return self.gains.astype(self.dtype) * values

    def stored(self, weights: Floats) -> Floats:
        """Return ``weights``: who writes knows no gains."""
        return weights

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W through the gains."""
        return self._through(self.held.read(x, rng=rng, values=values))

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T of the weights that are held."""
        return self.held.read_back(d, rng=rng)

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows through the gains."""
        return self._through(self.held.read_rows(driven, rng=rng))

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Change the weights that are held by ``-rate x^T d``."""
        self.held.change(x, d, rate, rng=rng, trains=trains)

    @property
    def step(self) -> Floats:
        """Change of a weight that is held by one pulse of its cells."""
        return self.held.step

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products of ``d`` and ``x``."""
        return self.held.products(x, d, rng=rng)

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change the weights that are held by ``-rate`` times each of ``products``."""
        self.held.offer(products, rate, multiplied, rng=rng)

    @property
    def sliding(self) -> Sliding | None:
        """The read of windows of the arrays, through the gains."""
        slide = self.held.sliding
        if slide is None:
            return None
        return lambda x, kernel, *, rng: self._through(slide(x, kernel, rng=rng))

    def aged(self, seconds: float, temperature: float | None = None) -> Self:
        """Return a copy that has drifted until ``seconds``, with the same gains."""
        return type(self)(self.held.aged(seconds, temperature), self.gains.copy())

    def arrays(self) -> dict[str, Floats]:
        """Return the state of what holds the weights, and the gains."""
        return self.held.arrays() | {"gains": self.gains}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"Mismatched '{self.name}'"
        gains = require_entry(where, arrays, "gains", self.gains.shape)
        self.held.restore({name: entry(where, arrays, name) for name in self.held.arrays()})
        self.gains[...] = gains
