"""Trains of pulses that meet: their moments, their twin in NumPy, and what they do to weights."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit import DifferentialPair, Offset, OneSidedPair, Reading
from crossbar.circuit.trains import Trains
from crossbar.devices import Constant, IdealCell, Memristor
from crossbar.errors import ConfigError
from crossbar.kernels.draws import derived, halves
from crossbar.kernels.trains import meetings, ones, train
from crossbar.substrates import Tile

RNG = np.random.default_rng(0)
X = RNG.standard_normal((1, 6)).astype(np.float32)
D = RNG.standard_normal((1, 5, 1)).astype(np.float32)
PER, LENGTH, DRAWS = 0.7, 31, 6000
SURE = 5.0  # standard deviations: 2e-5 false alarms in the 30 cells
balances = pytest.mark.parametrize("balanced", [False, True])


def probabilities(balanced):
    """Return p of the word lines and q of the bit lines."""
    x, d = np.abs(X[0]).astype(float), np.abs(D[0, :, 0]).astype(float)
    m = np.sqrt(d.max() / x.max()) if balanced else 1.0
    c = np.sqrt(PER / LENGTH)
    return x * m * c, d / m * c


def drawn(balanced, draws=DRAWS):
    """Return pulses (draws, cols, rows)."""
    rng, pulses = np.random.default_rng(1), np.zeros((draws, 5, 6))
    for k in range(draws):
        keys = rng.integers(0, 2**64, 2, dtype=np.uint64)
        visits, cut = meetings(X, D, PER, LENGTH, balanced, *keys)
        pulses[k, visits[:, 1], visits[:, 2]] = visits[:, 3]
        assert not cut
    return pulses


@balances
def test_mean_variance_and_covariances_are_those_of_trains(balanced):
    p, q = probabilities(balanced)
    pulses, both = drawn(balanced), np.outer(q, p)
    variance = LENGTH * both * (1 - both)
    off = pulses.mean(axis=0) - D[0] * X[0] * PER
    assert np.abs(off / np.sqrt(variance / DRAWS)).max() < SURE
    counts = np.abs(pulses)
    np.testing.assert_allclose(counts.var(axis=0), variance, rtol=0.25)  # 4 to 5 sigma of rare ones
    for i in range(2):  # cells of one word line, then those of one bit line
        shared, other = ((p[i], q), (q[i], p))[i]
        cells = counts[:, :, i] if i == 0 else counts[:, i]
        got, pair = np.cov(cells.T), ~np.eye(len(other), dtype=bool)
        want = LENGTH * shared * (1 - shared) * np.outer(other, other)
        assert got[pair].sum() == pytest.approx(want[pair].sum(), rel=0.15)
        assert want[pair].sum() > 0.1 * np.diag(got).sum()  # rounding one by one has none


@pytest.mark.parametrize(("p", "length"), [(0.003, 31), (0.3, 31), (0.9, 64), (0.5, 1)])
def test_a_slot_has_a_pulse_with_its_probability(p, length):
    keys = np.random.default_rng(2).integers(0, 2**32, (4000, 2), dtype=np.uint32)
    masks = [int(train(p, length, *map(np.uint32, key))) for key in keys]
    assert max(masks) < 2**length
    share = np.mean([[mask >> slot & 1 for slot in range(length)] for mask in masks], axis=0)
    assert np.abs(share - p).max() < SURE * np.sqrt(p * (1 - p) / len(keys))
    assert int(train(1.0, length, *map(np.uint32, keys[0]))) == 2**length - 1


def test_crossings_are_those_of_a_twin_that_looks_at_all_cells():
    keys = np.random.default_rng(3).integers(0, 2**64, 2, dtype=np.uint64)
    visits, _ = meetings(X, D, PER, LENGTH, True, *keys)
    sent = []
    for key, each in zip(keys, probabilities(True), strict=True):
        own = derived(*halves(key), 0)
        sent.append([int(train(p, LENGTH, *derived(*own, i))) for i, p in enumerate(each)])
    want = [(0, j, i, bin(a & b).count("1") * int(np.sign(X[0, i] * D[0, j, 0])))
            for j, b in enumerate(sent[1]) for i, a in enumerate(sent[0]) if a & b]  # fmt: skip
    assert [tuple(visit) for visit in visits] == want
    assert want
    assert ones(np.uint64(2**64 - 1)) == 64


def test_probabilities_above_1_are_cut_and_counted():
    """Of 6 x 5 cells those on a word line or on a bit line that is cut."""
    keys = np.array([1, 2], np.uint64)
    p, q = (np.sqrt(1e2 / PER) * each for each in probabilities(True))
    _, cut = meetings(X, D, 1e2, LENGTH, True, *keys)
    assert cut == 30 - np.count_nonzero(p <= 1) * np.count_nonzero(q <= 1) > 0


@pytest.mark.parametrize("mapping", [Offset, DifferentialPair, OneSidedPair])
def test_weights_change_by_the_gradient_in_the_mean(mapping):
    """Each of 400 changes has the variance of its pulses, which is below their mean."""
    device = Memristor(step=Constant(dw_min=1e-4))
    tile = Tile(device=device, mapping=mapping(w_max=1.0), reading=Reading(temperature=0.0))
    state, rng = tile.program(np.zeros((6, 5)), rng=np.random.default_rng(0)), RNG
    rate, n = PER * float(state.step[0]), 400
    for _ in range(n):
        state.change(X, D[..., 0], rate, rng=rng, trains=Trains())
    want = -rate * n * np.outer(X[0], D[0, :, 0])
    sigma = np.sqrt(np.abs(want) * state.step[0])
    assert (np.abs(state.weights[0] - want) < SURE * sigma + 1e-6).all()
    activity = state.activity
    assert activity.total("comparison") == n * 32 * 11
    assert activity.total("mac_outer") == activity.total("update_adc") == 0
    assert activity.total("write_energy") > 0


def test_cells_that_take_any_change_take_the_mean():
    tile = Tile(device=IdealCell(), mapping=Offset(w_max=1.0), reading=Reading(temperature=0.0))
    state = tile.program(np.zeros((6, 5)), rng=np.random.default_rng(0))
    state.change(X, D[..., 0], 0.01, rng=RNG, trains=Trains())
    np.testing.assert_allclose(state.weights[0], -0.01 * np.outer(X, D), rtol=0, atol=1e-7)


def test_a_train_of_more_slots_than_a_word_is_refused():
    with pytest.raises(ConfigError, match=r"Trains\.length: expected .*64"):
        Trains(length=65)
