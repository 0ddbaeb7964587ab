"""Networks of first spikes learn the yin-yang figure, in memory and in cells."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar import Streams
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.data import YinYang
from crossbar.devices import PRESETS
from crossbar.nn import Cosine, Training, evaluate, fit
from crossbar.runs.build import parts_of
from crossbar.spiking import SynapticDelays, first_spike_network
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

EPOCHS, BATCH = 12, 100
LINEAR = 0.64  # of a network without hidden neurons, published
CELLS = Tile(
    device=PRESETS["ideal"].device,
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
    dtype=np.float64,
)


def trained(held, seed: int, **network):
    data = YinYang()
    parts, streams = parts_of(data, data.dataset(), seed), Streams(seed)
    chip = first_spike_network(**network).build(held, streams)
    training = Training(epochs=EPOCHS, gamma=0.02, batch=BATCH)
    samples, quiet = (parts.train, parts.validation), lambda *_: None
    fit(chip, *samples, training, streams=streams, learner=Cosine(), progress=quiet)
    return chip, evaluate(chip, *parts.test, rng=streams("test")).score


@pytest.mark.parametrize("delays", [None, SynapticDelays()])
def test_twelve_epochs_are_far_better_than_a_linear_network(delays):
    """One standard deviation of 1 000 samples at 90 % is 1 %."""
    chip, accuracy = trained(Digital(), 0, delays=delays)
    assert accuracy > LINEAR + 0.2
    if delays is not None:
        learned = chip.layers["hidden"].parameters["delays"]
        assert np.ptp(learned) > 0.1  # of a time constant


def test_ideal_cells_learn_what_memory_learns():
    """Both take whole changes: after training, times differ by rounding that spikes amplify."""
    scores = [trained(held, 1)[1] for held in (Digital(dtype=np.float64), CELLS)]
    assert min(scores) > LINEAR + 0.15
    assert abs(scores[0] - scores[1]) < 0.05
