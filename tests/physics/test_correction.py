"""The correction of outputs after programming, against least squares of NumPy's own."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import Memristor
from crossbar.errors import ConfigError
from crossbar.nn import Chip, Convolution, Correction, Dense, Flatten, Host, Network, Relu, repaired
from crossbar.random import Streams
from crossbar.substrates.corrected import Corrected
from crossbar.substrates.tile import Tile

SIDE, SAMPLES = 6, 40
QUIET = Reading(temperature=0.0)
ROUGH = Tile(
    device=Memristor(sigma_program=(0.1,)), mapping=DifferentialPair(), reading=QUIET,
    dtype=np.float64,
)  # fmt: skip
NETWORK = Network(
    input_shape=(SIDE, SIDE),
    layers={"conv": Convolution(filters=3, kernel=3), "relu": Relu(), "flat": Flatten(),
            "out": Dense(units=4)},
)  # fmt: skip
DENSE = Network(input_shape=(9,), layers={"out": Dense(units=4)})


def written(network: Network, tile: Tile = ROUGH) -> tuple[Chip, Host]:
    """Return a chip that is programmed with random weights, and its host."""
    rng = np.random.default_rng(1)
    weights = {name: rng.normal(size=(rows, cols)) for name, rows, cols, _ in network.matrices}
    chip = network.build(tile, Streams(2), weights=weights, progress=False)
    x = rng.normal(size=(SAMPLES, *network.input_shape)) + 0.5
    return chip, Host(programmed=chip, weights=weights, x=x)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def line(y: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return slope and constant of every column by NumPy's polynomials."""
    pairs = [np.polyfit(a, b, 1) for a, b in zip(y.T, wanted.T, strict=True)]
    slopes, constants = np.transpose(pairs)
    return slopes, constants


def test_outputs_are_nearest_to_those_of_the_exact_network() -> None:
    chip, host = written(DENSE)
    better, _ = repaired(chip, Correction(), host, streams=Streams(4))
    a, b = line(chip.scores(host.x, rng=rng()), host.x @ host.weights["out"])
    held = better.held["out"]
    np.testing.assert_allclose(held.factor, a, rtol=1e-9)
    np.testing.assert_allclose(held.offset, b, rtol=1e-7)
    wanted = a * chip.scores(host.x, rng=rng()) + b
    np.testing.assert_allclose(better.scores(host.x, rng=rng()), wanted, rtol=1e-9)


def test_constants_alone_let_means_agree() -> None:
    chip, host = written(DENSE)
    better, _ = repaired(chip, Correction(scale=False), host, streams=Streams(4))
    exact = host.x @ host.weights["out"]
    means = better.scores(host.x, rng=rng()).mean(axis=0)
    np.testing.assert_allclose(means, exact.mean(axis=0), rtol=1e-9)
    assert (better.held["out"].factor == 1).all()
    assert np.abs(chip.scores(host.x, rng=rng()).mean(axis=0) - exact.mean(axis=0)).max() > 0.1


def test_a_layer_is_corrected_behind_those_before_it_towards_the_network_without_errors() -> None:
    chip, host = written(NETWORK)
    better, _ = repaired(chip, Correction(), host, streams=Streams(4))
    windows = np.lib.stride_tricks.sliding_window_view(host.x, (3, 3), axis=(1, 2))
    exact = windows.reshape(-1, 9) @ host.weights["conv"]
    read = chip.signals(host.x, rng=rng())[1].reshape(-1, 3)
    a, b = line(read, exact)
    np.testing.assert_allclose(better.held["conv"].factor, a, rtol=1e-9)
    driven = np.maximum(a * read + b, 0).reshape(SAMPLES, -1)
    y = driven @ chip.held["out"].weights[0]
    wanted = np.maximum(exact, 0).reshape(SAMPLES, -1) @ host.weights["out"]
    a, b = line(y, wanted)
    np.testing.assert_allclose(better.held["out"].factor, a, rtol=1e-7)
    np.testing.assert_allclose(better.held["out"].offset, b, rtol=1e-6, atol=1e-9)


def test_matrices_side_by_side_get_their_own_channels() -> None:
    network = Network(
        input_shape=(SIDE, SIDE, 2),
        layers={"conv": Convolution(filters=4, kernel=3, groups=2), "flat": Flatten(),
                "out": Dense(units=2)},
    )  # fmt: skip
    chip, host = written(network)
    better, _ = repaired(chip, Correction(), host, streams=Streams(4))
    y = better.signals(host.x, rng=rng())[1]
    parts = better.layers["conv"].held
    assert [held.factor.shape for held in parts.values()] == [(2,), (2,)]
    residual = _exactly(network, host) - y
    np.testing.assert_allclose(residual.mean(axis=(0, 1, 2)), 0, atol=1e-9)


def _exactly(network: Network, host: Host) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(host.x, (3, 3), axis=(1, 2))
    kernels = (host.weights[f"conv.group{k}"].reshape(3, 3, 2) for k in (0, 1))
    maps = [np.einsum("nijkl,klf->nijf", windows[:, :, :, k], w) for k, w in enumerate(kernels)]
    return np.concatenate(maps, axis=3)


def test_a_column_that_falls_where_it_should_rise_keeps_its_scale() -> None:
    chip, host = written(DENSE)
    wrong = host.weights["out"] * np.array([1, -1, 1, 1])
    host = Host(programmed=chip, weights={"out": wrong}, x=host.x)
    better, _ = repaired(chip, Correction(), host, streams=Streams(4))
    factor = better.held["out"].factor
    assert factor[1] == 1
    assert (factor[[0, 2, 3]] != 1).all()


def test_what_is_corrected_is_counted_and_kept() -> None:
    chip, host = written(DENSE)
    better, counts = repaired(chip, Correction(samples=10), host, streams=Streams(4))
    assert counts.total("images") == 10
    before = better.activity.copy()
    y = better.scores(host.x, rng=rng())
    done = better.activity.since(before)
    assert done.total("addition", "out") == done.total("scaling", "out") == y.size
    later = better.aged(0.0)
    held = later.held["out"]
    assert isinstance(held, Corrected)
    held.offset += 1
    np.testing.assert_allclose(later.scores(host.x, rng=rng()), y + 1)
    held.restore(better.held["out"].arrays())
    np.testing.assert_allclose(later.scores(host.x, rng=rng()), y)


def test_it_needs_samples() -> None:
    chip, host = written(DENSE)
    bare = Host(programmed=chip, weights=host.weights)
    with pytest.raises(ConfigError, match=r"^Correction: expected training samples, got none"):
        repaired(chip, Correction(), bare, streams=Streams(4))
