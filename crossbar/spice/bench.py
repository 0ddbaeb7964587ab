"""A bench: a circuit block with what drives it, and what it gives over its input range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossbar.circuit.block_errors import Errors
from crossbar.spice.blocks import FULL
from crossbar.spice.engine import models
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.types import Doubles, Masks


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What a block gave over its input range, relative to full scale.

    Attributes
    ----------
    ideal : (points,)
        Output of the ideal function.
    measured : (points,)
        Output of the circuit.
    inside : (points,)
        Whether the inputs are within the range of the block; the others overdrive it.
    """

    ideal: Doubles
    measured: Doubles
    inside: Masks

    def beyond(self, errors: Errors) -> Doubles:
        """Return circuit minus a block with ``errors``, of the points inside the range."""
        line = (1.0 + errors.gain_error) * self.ideal + errors.offset
        block = np.clip(line, -errors.saturation, errors.saturation)
        left: Doubles = (self.measured - block)[self.inside]
        return left


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A block with what drives it ``over`` its input range, in words.

    ``model`` is that in spice_models/, ``outputs`` how many share the current of the supplies.
    """

    name: str
    model: str
    over: str
    deck: Callable[[], Deck]
    read: Callable[[Waveforms], Sweep]
    outputs: int = 1

    @property
    def level(self) -> str:
        """Level of the circuit, ``transistor`` or ``behavioural``."""
        return models.model(self.model).level


def joined(
    ideal: Doubles, waves: Waveforms, names: list[str], inside: Masks | None = None
) -> Sweep:
    """Return the sweep of several curves; outputs beyond full scale are overdriven."""
    measured = np.array([waves[name] for name in names]) / FULL
    within = np.abs(ideal) < 1 + 1e-9
    if inside is not None:
        within &= inside
    return Sweep(ideal=ideal.ravel(), measured=measured.ravel(), inside=within.ravel())
