"""Weights in a digital memory: the float network that the chip is measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import require_entry
from crossbar.checks import Checked
from crossbar.circuit.trains import Trains
from crossbar.substrates.arguments import as_age, as_matrix
from crossbar.substrates.port import Substrate, Weights
from crossbar.types import Floats, FloatType, Integers, Rng


@dataclass(frozen=True, kw_only=True)
class Digital(Checked, Substrate):
    """Floating-point weights, exact products, plain gradient descent.

    Parameters
    ----------
    dtype
        Floating-point type of weights and signals.
    """

    dtype: FloatType = np.float32

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> DigitalState:
        """Return ``weights`` (rows, cols) in memory; copies of a number are one number."""
        held: Floats = np.array(as_matrix("Digital.program", weights, rng), self.dtype)
        return DigitalState(held, name, Activity() if activity is None else activity)


@dataclass
class DigitalState(Weights):
    """A weight matrix in memory."""

    values: Floats
    name: str
    activity: Activity

    @property
    def weights(self) -> Floats:
        """The weights, (1, rows, cols)."""
        return self.values[None]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and cols."""
        rows, cols = self.values.shape
        return rows, cols

    @property
    def dtype(self) -> FloatType:
        """Floating-point type of weights and signals."""
        return self.values.dtype.type

    @property
    def noisy(self) -> bool:
        """No: memory is exact."""
        return False

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W."""
        self.activity.add(self.name, "mac_forward", x.size * self.values.shape[1])
        y: Floats = x.astype(self.values.dtype, copy=False) @ self.values
        return y

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T."""
        self.activity.add(self.name, "mac_transposed", int(np.count_nonzero(d)) * len(self.values))
        y: Floats = d.astype(self.values.dtype, copy=False) @ self.values.T
        return y

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows."""
        cols = self.values.shape[1]
        self.activity.add(self.name, "mac_forward", int(np.count_nonzero(driven)) * cols)
        y: Floats = driven @ self.values
        return y

    def read_alone(self, lines: Integers, *, rng: Rng) -> Floats:
        """Return the rows ``lines``, without sums that have one term."""
        self.activity.add(self.name, "mac_forward", lines.size * self.values.shape[1])
        return self.values[lines]

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Subtract ``rate x^T d``."""
        rows, cols = self.values.shape
        self.activity.add(self.name, "mac_outer", int(np.count_nonzero(d)) * rows)
        self.activity.add(self.name, "update_weights", len(x) * self.values.size)
        step = (-rate * d).astype(self.values.dtype, copy=False).reshape(-1, cols)
        self.values += x.astype(self.values.dtype, copy=False).reshape(-1, rows).T @ step

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return d^T x of every sample."""
        rows, cols = self.values.shape
        self.activity.add(self.name, "mac_outer", int(np.count_nonzero(d)) * rows)
        each: Floats = d.reshape(len(d), -1, cols).transpose(0, 2, 1) @ x.reshape(len(x), -1, rows)
        return each.astype(self.values.dtype, copy=False)

    def gradient(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return x^T d, summed over samples."""
        rows, cols = self.values.shape
        self.activity.add(self.name, "mac_outer", int(np.count_nonzero(d)) * rows)
        self.activity.add(self.name, "addition", (len(x) - 1) * self.values.size)
        total: Floats = x.reshape(-1, rows).T @ d.reshape(-1, cols)
        return total.astype(self.values.dtype, copy=False)

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Subtract ``rate`` times the sum of ``products``."""
        self.activity.add(self.name, "mac_outer", multiplied or 0)
        self.activity.add(self.name, "update_weights", products.size)
        self.values -= rate * products.sum(axis=0).T

    def aged(self, seconds: float, temperature: float | None = None) -> DigitalState:
        """Return a copy: digital weights do not drift."""
        as_age(f"Digital '{self.name}'", seconds, temperature)
        return DigitalState(self.values.copy(), self.name, self.activity.copy())

    def rewrite(self, target: Floats | Weights, *, rng: Rng) -> None:
        """Do nothing: memory forgets nothing."""

    def refresh(self) -> None:
        """Do nothing: nothing builds up."""

    def arrays(self) -> dict[str, Floats]:
        """Return the weights."""
        return {"values": self.values}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the weights from what :meth:`arrays` returned."""
        where = f"Digital '{self.name}'"
        self.values[...] = require_entry(where, arrays, "values", self.values.shape)
