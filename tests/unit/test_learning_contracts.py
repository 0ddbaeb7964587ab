"""Losses, learning rules, mappings and data from outside that break their contract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from refusals import refused

from crossbar import IdealCell, Mapping, Plane, Tile
from crossbar.data import ByGroup, Data, Dataset, Normalisation, Split
from crossbar.errors import ConvergenceError
from crossbar.nn import (
    Backpropagation,
    Dense,
    Layer,
    LayerState,
    Learner,
    Loss,
    Network,
    Training,
    fit,
)
from crossbar.random import Streams
from crossbar.runs.build import parts_of
from crossbar.substrates import Digital

specification = dataclass(frozen=True, kw_only=True)
SAMPLES = np.random.default_rng(0).standard_normal((12, 3)), np.arange(12) % 2


def own(contract, **methods):
    """A specification of ``contract`` with these methods."""
    return specification(type("Own", (contract,), methods))()


def build(loss=None, **layers):
    layers |= {"out": Dense(units=2)}
    network = Network(input_shape=(3,), layers=layers)
    return network.build(Digital(dtype=np.float64), Streams(0), loss=loss)


def learned(learner=None, chip=None):
    rule = {} if learner is None else {"learner": learner}
    training = Training(epochs=1, gamma=0.1, batch=4)
    return fit(chip or build(), SAMPLES, SAMPLES, training, streams=Streams(1), **rule)


LOSS = {
    "error": lambda self, outputs, wanted, head, *, rng: outputs - wanted,
    "values": lambda self, outputs, wanted: ((outputs - wanted) ** 2).sum(1),
}


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"values": lambda self, outputs, wanted: ((outputs - wanted) ** 2).sum()},
         "Own.values: expected an array of shape (3,), got "),
        ({"error": lambda self, outputs, wanted, head, *, rng: (outputs - wanted).sum(1)},
         "Own.error: expected an array of shape (3, 2), got an array (3,)"),
        ({"outputs": lambda self, scores, head, *, rng: np.log(-abs(scores))},
         "Own.outputs: expected finite numbers, got nan"),
        ({"values": lambda self, outputs, wanted: -(outputs * wanted).sum(1)},
         "Own.guessing: expected a loss above 0 of a chip that knows nothing, got 0.0"),
        ({"error": lambda self, outputs, wanted, head, *, rng: head.diference(outputs, wanted)},
         "Own.error: expected an answer, got AttributeError: 'Head' object has no attribute"),
    ],
)  # fmt: skip
def test_a_loss_is_tried_when_a_chip_is_built(methods, said):
    assert refused(build, own(Loss, **LOSS | methods)).startswith(said)


def test_a_loss_that_keeps_the_contract_learns():
    assert len(learned(chip=build(own(Loss, **LOSS)))) == 1


def presented(answer):
    def step(self, chip, x, wanted, rate, memory, *, rng, masks, writes):
        return answer(chip.present(x, wanted, rng=rng, masks=masks), memory)

    return step


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"step": presented(lambda outputs, memory: None)},
         "Own.step: expected an array of shape (2, 2), got None. Return the outputs."),
        ({"step": presented(lambda outputs, memory: outputs[0])},
         "Own.step: expected an array of shape (2, 2), got an array (2,)"),
        ({"step": presented(lambda outputs, memory: memory["v"] + outputs)},
         "Own.step: expected an answer, got KeyError: 'v', "),
        ({"memory": lambda self, chip: np.zeros(3), "step": presented(lambda o, m: o)},
         "Own.memory: expected a dict, got an array (3,)"),
        ({"memory": lambda self, chip: {"v": 0.0}, "step": presented(lambda o, m: o)},
         "Own.memory: expected a ndarray, got 0.0"),
        ({"memory": lambda self, chip: {"v": np.zeros(2)},
          "step": presented(lambda outputs, memory: memory.update(v=outputs) or outputs)},
         "Own.step: expected a memory that changes in place, got another one."),
    ],
)  # fmt: skip
def test_a_learning_rule_is_tried_before_it_trains(methods, said):
    assert refused(learned, own(Learner, **methods)).startswith(said)


def test_a_rule_is_tried_on_a_copy_of_the_chip():
    chip, seen = build(), []

    def change(self, chip, rate, memory, *, rng):
        seen.append(chip)

    before = chip.held["out"].weights.copy()
    learned(own(Backpropagation, change=change), chip)
    assert seen[0] is not chip
    assert all(one is chip for one in seen[1:])
    np.testing.assert_array_equal(chip.held["out"].weights, before)


class FarLog(LayerState):
    """The logarithm of what is near the samples that it is tried on, and not of those beyond."""

    def forward(self, x, *, rng):
        with np.errstate(invalid="ignore"):
            return np.log(9 - abs(x))

    def backward(self, d, *, rng):
        return (d,)


@specification
class Far(Layer):
    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place):
        return FarLog(place)


def test_a_layer_that_makes_nan_of_numbers_is_blamed_and_not_the_rate():
    chip = build(far=Far())
    x = np.full((4, 3), 20.0)
    line = refused(chip.learn, x, np.zeros(4, int), 0.1, rng=np.random.default_rng(0))
    said = "FarLog.forward of layer 'far': expected finite numbers, got others for inputs up to 20."
    assert line.startswith(said)
    sound = build()
    sound.held["out"].weights[...] = np.inf
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(ConvergenceError, match=r"Chip\.learn: .*Lower train\.gamma"),
    ):
        sound.learn(*SAMPLES, 0.1, rng=np.random.default_rng(0))


MAPPING = {
    "planes": (Plane(signs=(1, -1)),),
    "scale": lambda self, window: (window[2] - window[0]) / self.limit,
    "targets": lambda self, weights, window: [
        window[1] + sign * weights / self.limit * (window[2] - window[0]) / 2 for sign in (1, -1)
    ],
}


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"planes": Plane(signs=(1, -1))}, "Own.planes: expected a tuple, got Plane("),
        ({"planes": ((1, -1),)}, "Own.planes: expected a Plane, got (1, -1)."),
        ({"planes": (Plane(signs=(1,)),)}, "Own.targets: expected 1 arrays, one a cell, got 2."),
        ({"scale": lambda self, window: -1.0}, "Own.scale: expected a number in (0, "),
        ({"scale": lambda self, window: (window[2] - window[0]) / self.limit / 2},
         "Own.targets: expected cells that hold the weights 1, -1, got 2, -2."),
        ({"planes": (Plane(signs=(-1, 1)),)},
         "Own.targets: expected cells that hold the weights 1, -1, got -1, 1."),
        ({"targets": lambda self, weights, window: weights}, "Own.targets: expected 2 arrays, one"),
    ],
)  # fmt: skip
def test_a_mapping_is_tried_where_it_is_used(methods, said):
    mapping = own(Mapping, **MAPPING | methods)
    assert refused(Tile, device=IdealCell(), mapping=mapping).startswith(said)


def test_a_mapping_that_keeps_the_contract_is_taken():
    mapping = own(Mapping, **MAPPING)
    assert Tile(device=IdealCell(), mapping=mapping).mapping is mapping


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SAMPLES, "Own.dataset: expected a Dataset, got (array("),
        (None, "Own.dataset: expected a Dataset, got None. Return Dataset(x=..., y=...)."),
    ],
)
def test_data_give_a_data_set(given, said):
    assert refused(own(Data, dataset=lambda self, progress=None: given).read).startswith(said)


def test_data_are_the_same_at_every_call():
    def dataset(self, progress=None):
        return Dataset(x=np.random.default_rng().random((4, 2)), y=[0, 1, 0, 1])

    data = own(Data, dataset=dataset)
    said = "Own.dataset: expected the same samples at every call"
    assert refused(data.repeated, data.read()).startswith(said)


def test_data_that_cannot_be_read_name_the_line():
    def dataset(self, progress=None):
        return Dataset(x=np.load("/nowhere/x.npy"), y=[0, 1])

    line = refused(own(Data, dataset=dataset).read)
    assert line.startswith("Own.dataset: expected an answer, got FileNotFoundError:")
    assert f"{__file__} line {dataset.__code__.co_firstlineno + 1}." in line


DATA = Dataset(x=SAMPLES[0], y=SAMPLES[1])


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"split": lambda parts: parts[:2]}, "Own.split: expected training, validation and test"),
        ({"split": lambda parts: (parts[0], parts[1], parts[0])},
         "Own.split: expected different indices below 12"),
        ({"split": lambda parts: (parts[0] > 3, parts[1], parts[2])},
         "Own.split: expected an array of one index or more a part"),
        ({"fit": lambda x: 3}, "Own.fit: expected a function that scales samples, got 3."),
        ({"fit": lambda x: lambda every: every / 0}, "Own.fit: expected finite numbers, got"),
        ({"fit": lambda x: lambda every: every[:2]}, "Own.fit: expected an array of shape (12, 3)"),
    ],
)  # fmt: skip
def test_splits_and_scalings_are_looked_at(part, said):
    parts = {}
    if "split" in part:
        parts["split"] = own(
            Split,
            of=lambda self, data: "sample",
            split=lambda self, data, *, rng: part["split"](ByGroup().split(data, rng=rng)),
        )
    else:
        parts["normalise"] = own(Normalisation, fit=lambda self, x: part["fit"](x))
    data = own(Data, dataset=lambda self, progress=None: DATA)
    data = type(data)(**parts)
    assert refused(parts_of, data, DATA, 0).startswith(said)
