"""Rules of a fast and a slow tile: their equations, where they settle, and what they count."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit import DifferentialPair, Offset, Reading, ZeroShift
from crossbar.devices import Constant, IdealCell, Memristor, SoftBounds
from crossbar.errors import ConfigError
from crossbar.nn import (
    Agad,
    Chopped,
    Dense,
    Network,
    Sequential,
    SquaredError,
    TikiTaka,
    TikiTaka2,
    Training,
    fit,
)
from crossbar.random import Streams
from crossbar.substrates import Digital, FastSlow, Tile
from crossbar.substrates.by_layer import ByLayer

QUIET = Reading(temperature=0.0)
ROWS, COLS, UPDATES, RATE = 3, 4, 60, 0.01
FEW = {"fast": 5.0, "gain": 0.05, "every": 2, "mapping": None}
RULES = {
    "v1": TikiTaka(share=0.5, **FEW),
    "v2": TikiTaka2(**FEW),
    "chopped": Chopped(period=3, **FEW),
    "agad": Agad(period=3, tail=0.4, **FEW),
}
every_rule = pytest.mark.parametrize("name", RULES)


def published(name, x, d, start):
    """Return the weights that the equations give with exact cells: every change is taken whole."""
    rule = RULES[name]
    a, p, m = (np.zeros_like(start) for _ in range(3))
    c, signs, reads, begun = start.copy(), np.ones(len(start)), np.zeros(len(start)), set()
    for t in range(len(x)):
        chop = signs if name in ("chopped", "agad") else np.ones(len(start))
        a -= rule.fast * RATE * np.outer(chop * x[t], d[t])
        if (t + 1) % rule.every:
            continue
        k = ((t + 1) // rule.every - 1) % len(start)
        if name == "agad" and k not in begun:
            begun.add(k)
            p[k] = m[k] = a[k]
        c[k] += rule.weight(len(start)) * chop[k] * (a[k] - p[k])
        m[k] += 0.4 * (a[k] - m[k])
        reads[k] += 1
        if name in ("chopped", "agad") and reads[k] == rule.period:
            reads[k], signs[k], p[k] = 0, -signs[k], m[k] if name == "agad" else 0
    return c + (0.5 * a if name == "v1" else 0)


@every_rule
@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
def test_exact_cells_follow_the_published_equations(name, turned):
    """Lines are those of the shorter side, columns by transposed reads."""
    rng = np.random.default_rng(0)
    x, d = rng.standard_normal((UPDATES, ROWS)), rng.standard_normal((UPDATES, COLS))
    start = rng.uniform(-0.5, 0.5, (ROWS, COLS))
    tile = Tile(device=IdealCell(), mapping=DifferentialPair(w_max=9.0), reading=QUIET,
                dtype=np.float64)  # fmt: skip
    state = RULES[name].holding(tile).program(start.T if turned else start, rng=rng)
    for t in range(UPDATES):
        pair = (d[t : t + 1], x[t : t + 1]) if turned else (x[t : t + 1], d[t : t + 1])
        state.update(*pair, RATE, rng=rng)
    got = state.weights[0].T if turned else state.weights[0]
    np.testing.assert_allclose(got, published(name, x, d, start), rtol=0, atol=1e-9)
    probe = rng.standard_normal((2, state.shape[0]))
    np.testing.assert_allclose(state.matvec(probe, rng=rng), probe @ state.weights[0], atol=1e-9)


def settled(rule, device, *, updates=4000, target=0.5, noise=0.3, rate=0.02, size=6):
    """Return the mean weights that learn ``target`` from noisy outputs, over the last half."""
    rng = np.random.default_rng(1)
    tile = Tile(device=device, mapping=Offset(w_max=1.0), reading=QUIET)
    state = rule.holding(tile).program(np.zeros((size, size)), rng=rng)
    x = rng.choice([-1.0, 1.0], (updates, size)).astype(np.float32)
    errors = noise * rng.standard_normal((updates, size)).astype(np.float32)
    mean = np.zeros((size, size))
    for t in range(updates):
        probe = x[t : t + 1]
        d = probe @ (state.weights[0] - target) + errors[t]
        state.change(probe, d.astype(np.float32), rate, rng=rng)
        mean += state.weights[0] if t >= updates // 2 else 0
    return mean / (updates - updates // 2)


SOFT = Memristor(step=SoftBounds(dw_min=0.002))
LEARNING = {
    "v1": TikiTaka(fast=5.0, gain=0.016),
    "v2": TikiTaka2(fast=5.0, gain=0.016),
    "chopped": Chopped(fast=20.0, gain=0.016),
    "agad": Agad(fast=2.0, gain=0.2),
}


def test_plain_descent_settles_off_the_target_by_its_known_bias():
    """Soft bounds: rate (w - t) + rate E|g| w / w_max = 0, so w = t / (1 + E|g|).

    |g| = |x d| is the size of the error of an output, normal of a width that the weights add to.
    """
    rng, wanted = np.random.default_rng(2), 0.5
    got = settled(Sequential(), SOFT)
    spread = np.hypot(0.3, np.sqrt(6) * np.std(got - got.mean()) + 0.0)
    for _ in range(20):  # the bias itself is in the errors of the outputs
        bias = 0.5 - wanted
        sums = bias * rng.choice([-1.0, 1.0], (20000, 6)).sum(axis=1)
        wanted = 0.5 / (1 + np.abs(sums + spread * rng.standard_normal(20000)).mean())
    assert got.mean() == pytest.approx(wanted, abs=0.02)
    assert got.mean() < 0.42


@pytest.mark.parametrize("name", LEARNING)
def test_two_tiles_settle_at_the_target_on_the_same_cells(name):
    assert settled(LEARNING[name], SOFT).mean() == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("name", LEARNING)
def test_symmetric_cells_learn_what_exact_descent_does(name):
    rule = LEARNING[name]
    got = settled(rule, Memristor(step=Constant(dw_min=0.002)), noise=0.1)
    np.testing.assert_allclose(got, 0.5, atol=0.06)


def test_choppers_and_a_dynamic_reference_stand_an_error_of_the_zero():
    """The reference of the fast tile is off by 15 % of the range."""
    off = Memristor(step=SoftBounds(dw_min=0.002), sigma_program=(0.15,))
    rules = {"v2": TikiTaka2(fast=20.0, gain=0.016), "chopped": Chopped(fast=20.0, gain=0.05),
             "agad": Agad(fast=5.0, gain=0.2)}  # fmt: skip
    misses = {name: np.sqrt(np.mean((settled(rule, off) - 0.5) ** 2))
              for name, rule in rules.items()}  # fmt: skip
    assert misses["chopped"] < 0.6 * misses["v2"]
    assert misses["agad"] < 0.6 * misses["v2"]


def test_slow_weights_change_by_whole_pulses():
    device = Memristor(step=Constant(dw_min=0.004))
    tile = Tile(device=device, mapping=Offset(w_max=1.0), reading=QUIET)
    for name in ("v2", "chopped", "agad"):
        rng = np.random.default_rng(0)
        rule = type(RULES[name])(fast=5.0, gain=0.2, threshold=2)
        state = rule.holding(tile).program(np.zeros((3, 4)), rng=rng)
        for _ in range(40):
            x, d = rng.standard_normal((1, 3)), rng.standard_normal((1, 4))
            state.update(x, d, 0.01, rng=rng)
        pulses = state.weights[0] / (2 * state.step[0])
        assert np.abs(pulses).max() > 0.5
        np.testing.assert_allclose(pulses, np.rint(pulses), atol=1e-2)


@every_rule
def test_reads_of_the_fast_tile_and_what_they_take_are_counted(name):
    rule, rng = RULES[name], np.random.default_rng(0)
    tile = Tile(device=SOFT, mapping=Offset(w_max=1.0))
    state = rule.holding(tile).program(np.zeros((ROWS, COLS)), rng=rng)
    x, d = rng.standard_normal((9, ROWS)), rng.standard_normal((9, COLS))
    before = state.activity.copy()
    state.update(x, d, RATE, rng=rng)
    counted, reads = state.activity.since(before), 4  # of 9 updates, one every 2
    assert counted.total("mac_forward") == reads * COLS
    assert counted.total("scaling") == reads * COLS * rule.scalings
    assert counted.total("read_energy") > 0
    assert counted.total("pulses") > 0
    assert counted.total("mac_outer") == 9 * ROWS * COLS


def test_both_tiles_are_programmed_and_counted():
    tile = Tile(device=SOFT, mapping=Offset(w_max=1.0))
    state = TikiTaka2().holding(tile).program(np.zeros((3, 4)), rng=np.random.default_rng(0))
    assert isinstance(state, FastSlow)
    assert isinstance(state.fast.array.mapping, ZeroShift)
    assert state.fast.array.mapping.w_max == 1.0
    assert state.activity.total("program_pulses") > 2 * 1000 * 12


NETWORK = Network(input_shape=(3,), layers={"out": Dense(units=2)})
RNG = np.random.default_rng(0)
SAMPLES = RNG.standard_normal((8, 3)), RNG.standard_normal((8, 2))


def test_weights_in_digital_memory_stay_there():
    mixed = ByLayer(default=Tile(device=SOFT, mapping=Offset()), layers={"out": Digital()})
    chip = NETWORK.build(RULES["v2"].holding(mixed), Streams(0), loss=SquaredError())
    assert type(chip.held["out"]).__name__ == "DigitalState"
    training = Training(epochs=1, gamma=0.01)
    fit(chip, SAMPLES, SAMPLES, training, learner=RULES["v2"], streams=Streams(1))


@pytest.mark.parametrize("other", [None, "chopped"])
def test_a_chip_that_was_not_built_for_the_rule_is_refused(other):
    tile = Tile(device=SOFT, mapping=Offset())
    held = tile if other is None else RULES[other].holding(tile)
    chip = NETWORK.build(held, Streams(0), loss=SquaredError())
    with pytest.raises(ConfigError, match=r"Chip 'out': expected tiles for TikiTaka2.*holding"):
        fit(chip, SAMPLES, SAMPLES, Training(epochs=1), learner=RULES["v2"], streams=Streams(1))


def test_an_aged_copy_leaves_both_tiles_as_they_are():
    device = Memristor(step=SoftBounds(dw_min=0.002), nu=0.1)
    tile = Tile(device=device, mapping=Offset(w_max=1.0), reading=QUIET)
    rng = np.random.default_rng(0)
    state = RULES["v1"].holding(tile).program(rng.uniform(0.2, 0.5, (3, 4)), rng=rng)
    kept = {name: array.copy() for name, array in state.arrays().items()}
    later = state.aged(1e6)
    assert (later.weights < state.weights).all()
    for name, array in state.arrays().items():
        np.testing.assert_array_equal(array, kept[name])
