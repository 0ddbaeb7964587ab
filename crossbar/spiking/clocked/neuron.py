"""The contract of neurons that live in time steps, there and back."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import fail, shown
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats

State = tuple[Floats, ...]
"""Arrays (n, units) that a neuron keeps from step to step; the first is the membrane."""


@dataclass(frozen=True, kw_only=True)
class ClockedNeuron(Specification):
    """What neurons do in one time step, and how an error goes back through it.

    All arrays are (n, units), samples first. The first array of a state is the membrane, which
    readouts see.
    """

    spikes: ClassVar[bool] = True
    """Whether outputs are 0 or 1: then they drive word lines as spikes, and else as numbers."""

    @property
    def instant(self) -> bool:
        """Whether outputs of a step are those at its beginning; else at its end, by default."""
        return False

    @abstractmethod
    def begin(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> State:
        """Return the state of ``shape`` (n, units) before a sample."""

    @abstractmethod
    def step(self, state: State, drive: Floats, dt: float) -> tuple[State, Floats]:
        """Return the state after a step of ``dt`` [s], and the outputs.

        ``drive`` is what arrives at the beginning of the step: the sum of the weights whose rows
        have a spike. ``state`` stays as it is.
        """

    @abstractmethod
    def back(
        self, state: State, drive: Floats, dt: float, d_state: State, d_output: Floats
    ) -> tuple[State, Floats]:
        """Return the gradients at ``state`` and ``drive`` of :meth:`step`.

        They are for those at its results, ``d_state`` and ``d_output``.
        """

    def prove(self) -> None:
        """Raise unless a step goes there and back."""
        super().prove()
        drive = np.linspace(-1.0, 2.0, 6, dtype=np.float32).reshape(2, 3)
        begin = answer(self, "begin", drive.shape, drive.dtype)
        self._require("begin", begin, drive.shape)
        after, output = self._pair("step", answer(self, "step", begin, drive, 1e-6))
        self._require("step", after, drive.shape, len(begin))
        require_numbers(named(self, "step"), output, drive.shape)
        back = answer(self, "back", begin, drive, 1e-6, after, output)
        before, d_drive = self._pair("back", back)
        self._require("back", before, drive.shape, len(begin))
        require_numbers(named(self, "back"), d_drive, drive.shape)

    def _pair(self, method: str, given: object) -> tuple[State, Floats]:
        """Return what ``method`` gave, or raise unless it is a pair."""
        if not isinstance(given, tuple) or len(given) != 2:
            fail(named(self, method), "a pair: a state, an array", shown(given), "Return both.")
        return given

    def _require(
        self, method: str, state: object, shape: tuple[int, ...], parts: int | None = None
    ) -> None:
        """Raise unless ``state`` is a tuple of as many arrays of ``shape``."""
        if not isinstance(state, tuple) or not state or len(state) != (parts or len(state)):
            expected = f"a tuple of {parts or '1 or more'} arrays"
            fail(named(self, method), expected, shown(state), "The first is the membrane.")
        for part in state:
            require_numbers(named(self, method), part, shape)


CLOCKED_NEURONS = Registry(
    ClockedNeuron,
    "clocked_neurons",
    "neurons in time steps",
    default="lif",
    setting="network.neuron",
)
