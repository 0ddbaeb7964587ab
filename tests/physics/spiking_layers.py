"""Layers of spiking neurons on their own, with given weights, in units of a second."""

from __future__ import annotations

import numpy as np

from crossbar.activity import Activity
from crossbar.nn import Layer
from crossbar.nn.layers.place import Place
from crossbar.substrates import Substrate
from crossbar.substrates.digital import Digital

EXACT = Digital(dtype=np.float64)


def draws() -> np.random.Generator:
    return np.random.default_rng(0)


def alone(layer: Layer, *shape: int, held: Substrate = EXACT, **given: np.ndarray):
    """The state of ``layer`` for inputs of ``shape``, its matrices as ``given`` by their parts."""
    activity = Activity()
    weights = {
        part: held.program(values, rng=draws(), name=part, activity=activity)
        for part, values in given.items()
    }
    return layer.state(Place("own", (shape,), layer.output_shape(shape), weights, activity))
