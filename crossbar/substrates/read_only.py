"""Weights that are read, and never changed."""

from __future__ import annotations

from typing import NoReturn

from crossbar.circuit.trains import Trains
from crossbar.errors import fail
from crossbar.substrates.port import Weights
from crossbar.types import Floats, Rng


class ReadOnly(Weights):
    """Weights whose state is that of others: what would change it raises ConfigError."""

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Raise."""
        self._refuse("change")

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Raise."""
        self._refuse("products")

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Raise."""
        self._refuse("offer")

    def aged(self, seconds: float, temperature: float | None = None) -> Weights:
        """Raise."""
        self._refuse("aged")

    def rewrite(self, target: Floats | Weights, *, rng: Rng) -> None:
        """Raise."""
        self._refuse("rewrite")

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Raise."""
        self._refuse("restore")

    def arrays(self) -> dict[str, Floats]:
        """Return nothing: the state is that of others."""
        return {}

    def refresh(self) -> None:
        """Leave all as it is."""

    def _refuse(self, name: str) -> NoReturn:
        """Raise the error that names what was asked for."""
        where = f"{type(self).__name__} '{self.name}'.{name}"
        fail(where, "a read", "a change", "Change the chip that it was made of.")
