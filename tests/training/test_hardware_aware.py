"""Weights that learn in digital memory, plainly or read through chips, and the chip after that."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.converters import SarAdc
from crossbar.devices import IdealCell, Memristor
from crossbar.errors import ConfigError
from crossbar.nn import Dense, Network, Relu, Training, fit
from crossbar.random import Streams
from crossbar.runs import experiment, train
from crossbar.runs.build import samples
from crossbar.runs.trials import retrial
from crossbar.substrates.aware import Aware
from crossbar.substrates.columns import ByColumn
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

ROWS, COLS, MANY = 30, 12, 200
QUIET = Reading(temperature=0.0)
NOISY = Tile(
    device=Memristor(sigma_program=(0.1,), sigma_read=0.02), mapping=DifferentialPair(),
    reading=QUIET, dtype=np.float64,
)  # fmt: skip


def weights() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(ROWS, COLS))


def aware(held=NOISY, **settings):
    return Aware(held=held, **settings).program(weights(), rng=np.random.default_rng(2))


def test_a_read_has_the_errors_of_chips_that_are_fabricated_for_the_weights() -> None:
    x, rng = np.random.default_rng(3).normal(size=(5, ROWS)), np.random.default_rng(4)
    state, still = aware(every=1), np.zeros((5, COLS))
    rehearsed = []
    for _ in range(MANY):
        rehearsed.append(state.read(x, rng=rng))
        state.change(x, still, 1.0, rng=rng)  # by nothing: only the chip is another
    real = [NOISY.filled().program(weights(), rng=rng).read(x, rng=rng) for _ in range(MANY)]
    ours, theirs = (np.std(each, axis=0) for each in (rehearsed, real))
    assert theirs.mean() > 0.5
    np.testing.assert_allclose(ours.mean(), theirs.mean(), rtol=0.05)
    error = 5 * theirs * np.sqrt(2 / MANY)  # of the difference of two means
    assert (np.abs(np.mean(rehearsed, axis=0) - np.mean(real, axis=0)) < error).all()


def test_between_chips_the_same_one_is_programmed_again() -> None:
    device = Memristor(sigma_bounds_d2d=0.1)  # spread of fabrication alone
    state = aware(Tile(device=device, mapping=DifferentialPair(), reading=QUIET), every=3)
    x, rng, seen = np.eye(ROWS, dtype=np.float32), np.random.default_rng(5), []
    for _ in range(6):
        seen.append(state.read(x, rng=rng))
        state.change(x, np.zeros((ROWS, COLS), np.float32), 1.0, rng=rng)
    same = [np.allclose(one, other, atol=1e-5) for one, other in itertools.pairwise(seen)]
    assert same == [True, True, False, True, True]


def test_gradients_go_back_through_the_weights_of_the_chip_without_errors_of_their_own() -> None:
    state, rng = aware(), np.random.default_rng(6)
    d = rng.normal(size=(4, COLS))
    back = state.read_back(d, rng=rng)
    assert np.array_equal(back, state.read_back(d, rng=rng))
    assert np.abs(back - d @ weights().T).max() > 0.1
    np.testing.assert_allclose(back, d @ state.chip.weights[0].T)


def test_weights_that_outgrow_the_range_take_another_chip_which_holds_them() -> None:
    for held in (NOISY, ByColumn(held=NOISY)):
        state, rng = aware(held, every=1000), np.random.default_rng(7)
        x, d = np.ones((1, ROWS)), np.ones((1, COLS))
        for growing in (0.01, -1.0):
            state.read(x, rng=rng)
            state.change(x, growing * np.sign(weights()).sum(0)[None] * d, 0.1, rng=rng)
        state.read(x, rng=rng)
        assert state.number >= 1
        assert state.chip.activity.total("program_clipped") == 0
        assert np.abs(state.values).max() > np.abs(weights()).max()


def test_master_weights_are_cut_at_their_standard_deviations() -> None:
    state, rng = aware(clip=2.0), np.random.default_rng(8)
    wide = weights() - 0.1 * np.ones((ROWS, COLS))
    state.change(np.ones((1, ROWS)), np.ones((1, COLS)), 0.1, rng=rng)
    most = 2.0 * wide.std()
    np.testing.assert_allclose(state.values, np.clip(wide, -most, most))


def test_every_chip_ranges_its_converters_on_what_it_reads() -> None:
    tile = Tile(device=IdealCell(), mapping=DifferentialPair(), reading=QUIET, adc=SarAdc(bits=8))
    x, rng = np.random.default_rng(9).normal(size=(20, ROWS)).astype(np.float32), None
    rng = np.random.default_rng(9)
    state = aware(tile)
    errors = state.read(x, rng=rng) - x @ state.values
    assert np.abs(errors).max() < 0.02 * np.abs(x @ state.values).max()
    assert np.abs(errors).max() > 0


def learner(substrate):
    network = Network(
        input_shape=(6,), layers={"a": Dense(units=8), "r": Relu(), "b": Dense(units=2)}
    )
    return network.build(substrate, Streams(3), progress=False)


def points():
    x = np.random.default_rng(10).normal(size=(60, 6))
    return x, (x[:, 0] * x[:, 1] > 0).astype(int)


def test_chips_without_errors_learn_what_memory_learns() -> None:
    ideal = Tile(device=IdealCell(), mapping=DifferentialPair(), reading=QUIET, dtype=np.float64)
    x, y = points()
    chips = [learner(one) for one in (Aware(held=ideal), Digital(dtype=np.float64))]
    training = Training(epochs=3, gamma=0.05, batch=5)
    for chip in chips:
        fit(chip, (x, y), (x, y), training, streams=Streams(4), progress=False)
    for name in ("a", "b"):
        one, other = (chip.held[name].weights for chip in chips)
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_a_training_that_was_stopped_resumes_with_the_same_chips(tmp_path: Path) -> None:
    x, y = points()
    whole, parts = learner(Aware(held=NOISY)), learner(Aware(held=NOISY))
    given = {"streams": Streams(4), "progress": False}
    fit(whole, (x, y), (x, y), Training(epochs=3, gamma=0.05, batch=5), **given)
    for epochs, chip in ((1, parts), (3, learner(Aware(held=NOISY)))):
        training = Training(epochs=epochs, gamma=0.05, batch=5)
        fit(chip, (x, y), (x, y), training, path=tmp_path / "kept", **given)
    assert np.array_equal(whole.held["a"].weights, chip.held["a"].weights)


SETTINGS = {
    "data": {"clips": 6, "preset": "clear"},
    "device": {"kind": "reram"},
    "train": {"epochs": 1, "gamma": 0.0005, "batch": 10},
    "energy": {"images": 2},
}


@pytest.mark.parametrize("kind", ["memory", "hardware-aware"])
def test_a_run_programs_a_chip_afterwards_and_tests_it_again_to_the_same_result(
    kind: str, tmp_path: Path
) -> None:
    plan = experiment(SETTINGS | {"train": SETTINGS["train"] | {"weights": kind}})
    record = train(plan, tmp_path / "run", progress=False)
    metrics, detail = retrial(plan, tmp_path / "run", 0, samples(plan.common.data))
    assert detail["weights"] == "programmed into new cells"
    for name in ("accuracy", "loss", "energy_inference"):
        assert record["per_seed"][0][name] == pytest.approx(metrics[name])
    assert json.dumps(detail["energy"]["programming"])


def test_weights_in_memory_are_those_of_the_float_network_on_a_chip(tmp_path: Path) -> None:
    memory = experiment(SETTINGS | {"train": SETTINGS["train"] | {"weights": "memory"}})
    exact = experiment(SETTINGS | {"device": {"kind": "float"}})
    record = train(memory, tmp_path / "memory", progress=False)
    train(exact, tmp_path / "float", progress=False)
    after, _ = retrial(experiment(SETTINGS), tmp_path / "float", 0, samples(exact.common.data))
    assert record["per_seed"][0]["loss"] == pytest.approx(after["loss"])


def test_float_weights_cannot_be_read_through_chips() -> None:
    with pytest.raises(
        ConfigError, match=r"^train\.weights: expected an analog device\.kind, got float"
    ):
        experiment({"device": {"kind": "float"}, "train": {"weights": "hardware-aware"}})
