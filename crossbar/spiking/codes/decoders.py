"""Decoders: spikes and voltages in, numbers out."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from crossbar.array_checks import require_array
from crossbar.checks import require_part
from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import DataError, ShapeError, message, require_number
from crossbar.specification import Specification
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats
from crossbar.units import quantity

LARGEST = 1e15


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the output neurons of a run did.

    Parameters
    ----------
    spikes
        Their spikes: lines are neurons.
    duration : [s]
        How long the run took, T.
    potentials : (neurons,) [V]
        Voltages at its end, V_i(T).
    """

    spikes: Spikes
    duration: float
    potentials: Floats

    def __post_init__(self) -> None:
        require_part("Outcome.spikes", self.spikes, Spikes)
        require_number("Outcome.duration", self.duration, above=0, unit="s")
        potentials = require_array("Outcome.potentials", self.potentials, (self.spikes.width,))
        object.__setattr__(self, "potentials", potentials)


class Decoder(Specification):
    """What spikes and voltages at the end of a run say."""

    @abstractmethod
    def values(self, outcome: Outcome) -> Floats:
        """Return the numbers that are told: one a neuron, (neurons,), or (1,) of all of them."""

    def prove(self) -> None:
        """Raise unless it tells numbers."""
        super().prove()
        given = answer(
            self, "values", Outcome(Spikes(np.array([0.1, 0.2]), np.arange(2), 2), 1.0, np.zeros(2))
        )
        require_numbers(named(self, "values"), given, np.shape(given))


@dataclass(frozen=True, kw_only=True)
class RateDecoder(Decoder):
    """y = gain N / T, with the number N of spikes of a neuron.

    ``RateDecoder(gain=1 / f_max)`` undoes the rate codes, to within 1 / (2 f_max T) for equal
    intervals.

    Parameters
    ----------
    gain : [s]
        k.

    Source: Alymova 2025, eq 7.
    """

    gain: float = quantity(0.01, unit="s", low=-LARGEST, high=LARGEST)

    def values(self, outcome: Outcome) -> Floats:
        """Return one number a neuron."""
        values: Floats = self.gain * outcome.spikes.counts() / outcome.duration
        return values


@dataclass(frozen=True, kw_only=True)
class FirstSpikeDecoder(Decoder):
    """y = offset - slope t, with the time t of the first spike of a neuron.

    ``FirstSpikeDecoder(offset=1 + start / span, slope=1 / span)`` undoes the latency code.

    Parameters
    ----------
    offset
        k1.
    slope : [1/s]
        k2.
    silent
        What a neuron without a spike says; without it this is an error.

    Source: Alymova 2025, eq 8.
    """

    offset: float = quantity(1.0, low=-LARGEST, high=LARGEST)
    slope: float = quantity(20.0, unit="1/s", low=-LARGEST, high=LARGEST)
    silent: float | None = quantity(None, low=-LARGEST, high=LARGEST)

    def values(self, outcome: Outcome) -> Floats:
        """Return one number a neuron.

        Raises
        ------
        DataError
            If a neuron has no spike and ``silent`` is not given.
        """
        first = outcome.spikes.first()
        quiet = np.isinf(first)
        if quiet.any() and self.silent is None:
            where, got = "FirstSpikeDecoder.silent", f"none of neuron {quiet.argmax()}"
            raise DataError(message(where, "a spike of each neuron", got, "Give a value for it."))
        first[quiet] = 0.0
        return np.where(quiet, self.silent or 0.0, self.offset - self.slope * first)


@dataclass(frozen=True, kw_only=True)
class MembraneDecoder(Decoder):
    """y = sum of w_i V_i(T), one number of all neurons.

    Parameters
    ----------
    weights : (neurons,) [1/V]
        w_i.

    Source: Alymova 2025, eq 9.
    """

    weights: tuple[float, ...] = quantity(low=-LARGEST, high=LARGEST, unit="1/V")

    def values(self, outcome: Outcome) -> Floats:
        """Return one number, (1,)."""
        return weighted(self, self.weights, outcome.potentials)


@dataclass(frozen=True, kw_only=True)
class Vote(Decoder):
    """y = sum of w_i f(V_i(T) / scale), one number of all neurons; f is that of a class.

    Parameters
    ----------
    weights : (neurons,)
        w_i.
    scale : [V]
        Voltage that counts as 1.

    Source: Alymova 2025, eq 9, with volts for numbers.
    """

    weights: tuple[float, ...] = quantity(low=-LARGEST, high=LARGEST)
    scale: float = quantity(1.0, unit="V", above=0, high=LARGEST)

    @abstractmethod
    def votes(self, v: Floats) -> Floats:
        """Return f of voltages (neurons,) relative to ``scale``, of the same shape."""

    def values(self, outcome: Outcome) -> Floats:
        """Return one number, (1,)."""
        return weighted(self, self.weights, self.votes(outcome.potentials / self.scale))


@dataclass(frozen=True, kw_only=True)
class SigmoidVote(Vote):
    """f(v) = 1 / (1 + e^{-v}): every neuron votes by itself."""

    def votes(self, v: Floats) -> Floats:
        """Return f."""
        votes: Floats = expit(v)
        return votes


@dataclass(frozen=True, kw_only=True)
class SoftmaxVote(Vote):
    """f_i(v) = e^{v_i} / sum of e^{v_j}: neurons share one vote.

    With the centres of a population code as weights it tells the number that excites most.
    """

    def votes(self, v: Floats) -> Floats:
        """Return f."""
        votes: Floats = softmax(v)
        return votes


def weighted(decoder: Decoder, weights: tuple[float, ...], votes: Floats) -> Floats:
    """Return the sum of ``votes`` (neurons,) by ``weights``, (1,), or raise unless all have one."""
    if len(weights) != votes.size:
        where, expected = f"{type(decoder).__name__}.weights", f"{votes.size} weights"
        raise ShapeError(message(where, expected, f"{len(weights)}", "Give one a neuron."))
    return np.atleast_1d(np.dot(weights, votes))
