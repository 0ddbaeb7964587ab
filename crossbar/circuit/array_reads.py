"""The contract of reads: how an array is read, whatever the law of its cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from crossbar.circuit.planes import amplified
from crossbar.kernels.bound import Bound
from crossbar.kernels.reads import Count, Edge, Signals
from crossbar.types import Floats, Integers, Rng

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


class Reads(Protocol):
    """A read of all vectors of samples at once."""

    def __call__(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Read; see :meth:`ArrayReads.read`."""


class WindowReads(Protocol):
    """A read of all windows of images that does not lay them out."""

    def __call__(
        self, x: Floats, kernel: int, settings: Floats, at: Integers, counts: Floats, *, rng: Rng
    ) -> Floats:
        """Return the products (n, positions, cols) of the square windows of images ``x``.

        ``kernel`` is their side; the rest as in :func:`crossbar.kernels.images.read_windows`.
        """


class CutReads(Protocol):
    """A read, forward, of windows that it cuts from samples, on arrays without copies."""

    def __call__(
        self, signals: Signals, cuts: Bound, edge: Edge, count: Count, *, apart: bool, rng: Rng
    ) -> None:
        """Read; see :func:`crossbar.kernels.reads.read` and :meth:`ArrayReads.read`."""


class ArrayReads(ABC):
    """How the state of an array is read: volts in, currents or numbers out.

    Attributes
    ----------
    stale
        Whether cells have changed since what reads need of them was taken.
    iterative
        Whether every vector is solved for by itself, step by step, which takes long.
    cut
        A read that cuts windows from samples itself; None where they are cut before.
    windows
        A read of windows that are not laid out, as of the last :meth:`bind`; None where windows
        are laid out and read as the vectors that they are.
    """

    stale: bool
    iterative: bool = False
    cut: CutReads | None = None
    windows: WindowReads | None = None

    def __init__(self, array: Array) -> None:
        self.array, self.planes = array, array.mapping.planes

    @abstractmethod
    def bind(self) -> None:
        """Gather views of the state, renewed whenever the state is replaced."""

    @abstractmethod
    def read(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Read; arguments as in :func:`crossbar.kernels.reads.read`.

        ``apart`` senses the arrays across the driven lines one by one, and is free to do so where
        blocks make no errors.
        """

    def read_few(
        self, signals: Signals, edge: Edge, count: Count, *, forward: bool, apart: bool, rng: Rng
    ) -> None:
        """Do what :meth:`read` does, in less time if it can where most lines are at 0 V."""
        self.read(signals, edge, count, forward=forward, apart=apart, rng=rng)

    @abstractmethod
    def currents(self, v: Floats, *, forward: bool, rng: Rng) -> Floats:
        """Return line currents (planes, n, copies, outputs) [A] for ``v`` (n, copies, inputs) [V].

        With the noise of the cells, less the currents of reference lines.
        """

    def sensed(self, v: Floats, *, forward: bool, rng: Rng) -> list[Floats]:
        """Return the currents (n, copies, outputs) [A] at every amplifier; see :meth:`currents`."""
        each = self.currents(v, forward=forward, rng=rng)
        return amplified(self.planes, each) if forward else list(each)

    @abstractmethod
    def power(self, v: Floats, *, forward: bool, once: bool = False) -> float:
        """Return the power [W] that reads with ``v`` (n, copies, inputs) [V] draw, summed.

        ``once`` drives lines at these voltages for one step, whatever the drive of the array.
        """
