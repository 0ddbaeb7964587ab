"""Pulses equal their plain NumPy twins, law by law."""

from __future__ import annotations

import numpy as np
import pytest
import twins
from twins import KEY, LAYOUTS, State, offer

from crossbar.kernels import pulses
from crossbar.kernels.bound import bind
from crossbar.kernels.offers import CHANGED, CONDUCTANCE, PULSES, SATURATED
from crossbar.kernels.tables import Jumps
from crossbar.kernels.visits import EVERY

LAWS = {"constant": pulses.CONSTANT, "linear": pulses.LINEAR, "table": pulses.TABLE}
LAWS |= {"train": pulses.TRAIN, "jumps": pulses.JUMPS}
MOST = 20
PER = 4.0  # pulses for an offer of one: up to 16, so that tables go in strides


class Pulsed(State):
    """Cells with rates of their own: what a pulse does in the terms of the law."""

    def __init__(self, dtype, law: int, *, slope=1.0, **layout):
        super().__init__(dtype, **layout)
        rng = np.random.default_rng(9)
        self.law, self.reach = law, 0.5 + 0.5 / slope
        self.up, self.down = rng.uniform(0.5, 1.5, (2, *self.g.shape)).astype(np.float32)
        if law == pulses.CONSTANT:
            self.up, self.down = (np.float32(3e-7) * rate for rate in (self.up, self.down))
        elif law == pulses.LINEAR:
            shares = (0.01 * slope * rate for rate in (self.up, self.down))
            self.up, self.down = (np.log2(1 - share).astype(np.float32) for share in shares)
        else:
            self.up, self.down = (np.float32(30e-6) * rate for rate in (self.up, self.down))
        for rate in (self.up, self.down):
            rate[~self.free] = 0


def step_table(spread: float) -> np.ndarray:
    u = np.linspace(0.0, 1.0, 33)
    up, down = 0.01 * (1.2 - u) ** 2, 0.01 * (0.2 + u)
    return np.stack([up, spread * up, down, spread * down])


def jumps() -> tuple[Jumps, Jumps]:
    """Distributions of three levels, the first away from 0, with changes beyond those given."""
    u, change = np.array([0.1, 0.4, 1.0]), np.array([-0.01, 0.0, 0.004, 0.02, 0.05])
    cdf = np.array([[0.0, 0.1, 0.3, 0.7, 1.0], [0.0, 0.2, 0.2, 0.9, 0.95], [0.1, 0.5, 0.6, 1, 1]])
    return Jumps(u, change, cdf), Jumps(1 - u[::-1], -change[::-1], 1 - cdf[::-1, ::-1])


JUMPS = jumps()


def run(state: Pulsed, x, d, *, sign=1.0, sigma=0.3, stochastic=True, direct=False, key=KEY,
        most=MOST):  # fmt: skip
    seen = np.empty((0, 0), state.dtype) if direct else state.seen
    line = pulses.Line(*np.array([state.reach, state.reach, 0, 0], np.float32))
    cells = pulses.Pulsed(
        state.g, state.low, state.high, state.up, state.down, state.law, line, sigma,
        step_table(sigma), most, stochastic, *JUMPS,
    )  # fmt: skip
    bound = bind((cells, state.sums(seen)))
    pulses.change_pulsed(bound, x, d, PER * sign, sign, key, state.totals, EVERY)


def constant(n, was, up, down, sigma, z):
    """A step of the same size for every pulse, sqrt(n) sigma of it in all as noise."""
    step = np.where(n > 0, up, -down)
    return was + step * (np.abs(n) + sigma * np.sqrt(np.abs(n)) * z)


def linear(n, was, low, high, reach, up, down, sigma, z):
    """(1 - beta)^n of the distance to the end is left, with the variance of a product."""
    left = np.exp2(np.where(n > 0, up, down))
    end = np.where(n > 0, low + reach * (high - low), high - reach * (high - low))
    n, b = np.abs(n), sigma * (1 - left) / left
    share = left**n * (1 - np.sign(b) * np.sqrt((1 + b * b) ** n - 1) * z)
    return was + (end - was) * (1 - share)


def met_constant(n, was, new, step, free):
    """Sum of a ramp to ``free`` before each of n pulses, cut where the cell ends."""
    met, each = np.zeros_like(was), np.where(n == 0, 0, (free - was) / np.maximum(np.abs(n), 1))
    for k in range(MOST):
        path = np.clip(was + each * k, np.minimum(was, new), np.maximum(was, new))
        met += np.where(k < np.abs(n), path, 0)
    return met


def met_linear(n, was, new, low, high, reach, up, down, *, cut):
    """Sum of the mean path before each of n pulses, cut at the bounds.

    Where no cell of the line reaches a bound, with half of how far the cell ends from the mean.
    """
    left = np.exp2(np.where(n > 0, up, down))
    end = np.where(n > 0, low + reach * (high - low), high - reach * (high - low))
    met = np.zeros_like(was)
    for k in range(MOST):
        path = end + (was - end) * left**k
        held = np.clip(path, np.minimum(low, was), np.maximum(high, was)) if cut else path
        met += np.where(k < np.abs(n), held, 0)
    strayed = new - (end + (was - end) * left ** np.abs(n))
    return met + (0 if cut else np.maximum(np.abs(n) - 1, 0) / 2 * strayed)


def stride(g, n, rising, low, high, scale, mean, spread, z):
    """n pulses along the tangent of a table at g: the conductance after, the sum of what they meet
    and whether a bound cut them. The spread is that half way.
    """
    grid, width = np.linspace(0, 1, mean.size), high - low
    u = (g - low) / width
    k = min(int(np.clip(u, 0, 1) * (mean.size - 1)), mean.size - 2)
    slope = (mean[k + 1] - mean[k]) * (mean.size - 1)
    beta = min((-1 if rising else 1) * scale * slope / width, 0.9)
    powers, sign = (1 - beta) ** np.array([n, 2 * n]), 1 if rising else -1
    reach, grown, lag = n, n, n * (n - 1) / 2
    if abs(beta) * n > 1e-6:
        reach, grown = (1 - powers) / (beta * np.array([1, 2 - beta]))
        lag = (n - reach) / beta
    step = scale * np.interp(u, grid, mean)
    half_way = u + sign * (step * reach / width / 2 if n > 1 else 0)
    noise = scale * np.interp(half_way, grid, spread) * np.sqrt(grown) * z
    free = g + sign * (step * reach + noise)
    new = min(max(free, min(low, g)), max(high, g))
    met, end = n * g + sign * step * lag, min(max(g + sign * step * reach, low), high)
    if low <= g <= high and end != g + sign * step * reach:  # pulse by pulse to the bound
        path = [g + sign * step * np.sum((1 - beta) ** np.arange(k)) for k in range(int(n))]
        met = np.clip(path, low, high).sum() + (n - int(n)) * end
    return new, met, new != free


def along_table(state: Pulsed, j, line, n, sigma, key):
    """Conductance after n pulses of one cell, what they met, how often a bound cut them."""
    at, pulses_left = (j, line), int(abs(n))
    rising, g, met, cut = n > 0, float(state.g[at]), 0.0, 0
    mean, spread = step_table(sigma)[:2] if rising else step_table(sigma)[2:]
    scale = float((state.up if rising else state.down)[at])
    strides = pulses_left if state.law == pulses.TRAIN else min(pulses_left, 8)
    for k in range(strides):
        each = pulses_left / strides
        z = twins.pair(twins.word(2 * k, *key), twins.word(2 * k + 1, *key))[0][0]
        bounds = float(state.low[at]), float(state.high[at])
        g, here, held = stride(g, each, rising, *bounds, scale, mean, spread, z)
        cut, met = cut + held, met + here
    return g, met, cut


def along_jumps(state: Pulsed, j, line, n, sigma, key):
    """Conductance after n pulses of one cell, each drawn by the inverse of interpolated rows."""
    at, g, met, cut = (j, line), float(state.g[j, line]), 0.0, 0
    low, high, rising = float(state.low[at]), float(state.high[at]), n > 0
    jumps, mean = (JUMPS[0], step_table(sigma)[0]) if rising else (JUMPS[1], step_table(sigma)[2])
    scale = float((state.up if rising else state.down)[at])
    for k in range(int(abs(n))):
        bits = (twins.word(3 * k + i, *key) for i in range(3))
        p, u = (float(next(bits)[0]) + 0.5) / 2**32, (g - low) / (high - low)
        at_levels = [np.interp(p, row, jumps.change) for row in jumps.cdf]
        noise = sigma * np.interp(u, np.linspace(0, 1, mean.size), mean) * twins.pair(*bits)[0][0]
        free = g + scale * (np.interp(u, jumps.u, at_levels) + noise)
        new = min(max(free, min(low, g)), max(high, g))
        g, met, cut = new, met + g, cut + (new != free)
    return g, met, cut


def many(state: Pulsed, j, a, b, n, sigma, key):
    """Conductances after n (b - a,) pulses, what they met, how often a bound cut them."""
    was, low, high, up, down = (
        getattr(state, name)[j, a:b].astype(float) for name in ("g", "low", "high", "up", "down")
    )
    if state.law >= pulses.TABLE:
        along = along_jumps if state.law == pulses.JUMPS else along_table
        found = [
            along(state, j, a + i, n[i], sigma, twins.derived(key, i)) if n[i] else None
            for i in range(b - a)
        ]
        new = np.array([was[i] if f is None else f[0] for i, f in enumerate(found)])
        return new, sum(f[1] for f in found if f), sum(f[2] for f in found if f)
    z = twins.normals(b - a, key) if sigma else np.zeros(b - a)
    if state.law == pulses.CONSTANT:
        free = constant(n, was, up, down, sigma, z)
    else:
        free = linear(n, was, low, high, state.reach, up, down, sigma, z)
    new = np.clip(free, np.minimum(low, was), np.maximum(high, was))
    held = np.count_nonzero(np.abs(new - free) > 1e-6 * was)
    if state.law == pulses.CONSTANT:
        met = met_constant(n, was, new, np.where(n > 0, up, -down), free)
    else:
        met = met_linear(n, was, new, low, high, state.reach, up, down, cut=held > 0)
    return new, met.sum(), held


def twin(state: Pulsed, x, d, *, sign=1.0, sigma=0.3, stochastic=True):
    for s, j, row, factor in state.offers(x, d, PER * sign):
        key = twins.derived(twins.halves(KEY), s * state.cols + j)
        steps, asked, cut = twins.rounded(row, factor, MOST, stochastic, key)
        if not asked:
            continue
        copies = state.g.shape[1] // state.rows
        state.totals[PULSES] += asked * copies
        state.totals[SATURATED] += cut * copies
        for p, a, b, rows in state.parts:
            own = twins.derived(key, p + 1)
            new, met, held = many(state, j, a, b, steps[rows], sigma, own)
            new = new.astype(state.dtype)
            moved = new - state.g[j, a:b]
            state.g[j, a:b] = new
            state.totals[CONDUCTANCE] += met
            state.totals[SATURATED] += held
            state.totals[CHANGED] += np.count_nonzero(moved)
            state.follow(j, p, a, b, moved, sign)


def assert_same(got: Pulsed, want: Pulsed, start: Pulsed) -> None:
    """Changes to 1e-5 of the largest: normals, powers and steps are in single precision.

    What the pulses meet is good to 1e-6 of the distance to the point where linear steps vanish,
    which lies five ranges off for a slope of 0.1.
    """
    np.testing.assert_array_equal(got.totals[[PULSES, SATURATED]], want.totals[[PULSES, SATURATED]])
    np.testing.assert_allclose(got.totals[CHANGED], want.totals[CHANGED], atol=0)
    np.testing.assert_allclose(got.totals[CONDUCTANCE], want.totals[CONDUCTANCE], rtol=2e-5)
    largest = np.abs(want.g - start.g).max()
    assert largest > 1e-7
    for name, array in want.arrays().items():
        margin = 1e-5 * largest * array.size / want.g.shape[0] / 4 if "total" in name else 0
        rounding = 8 * np.finfo(want.dtype).eps * max(np.abs(array).max(), want.g.max())
        np.testing.assert_allclose(
            getattr(got, name), array, rtol=0, atol=1e-5 * largest + rounding + margin, err_msg=name
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("sigma", [0.0, 0.3])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("kind", "sign"), [("rank one", 1.0), ("dense", -1.0)])
def test_pulses_equal_their_twin(dtype, law, sigma, layout, kind, sign):
    got, want, start = (Pulsed(dtype, LAWS[law], **LAYOUTS[layout]) for _ in range(3))
    x, d = offer(kind, dtype, got)
    run(got, x, d, sign=sign, sigma=sigma)
    twin(want, x, d, sign=sign, sigma=sigma)
    assert_same(got, want, start)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("stochastic", [True, False])
def test_pulses_equal_their_twin_however_they_are_offered(law, kind, sign, stochastic):
    """With offers that the most cuts, and that drive cells into their bounds."""
    got, want, start = (Pulsed(np.float64, LAWS[law], copies=2) for _ in range(3))
    x, d = offer(kind, np.float64, got, n=12, top=128)
    run(got, x, d, sign=sign, stochastic=stochastic)
    twin(want, x, d, sign=sign, stochastic=stochastic)
    assert want.totals.min() > 0
    assert_same(got, want, start)


@pytest.mark.parametrize("slope", [1.0, 0.1, -0.5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_linear_steps_of_any_slope_equal_their_twin(slope, dtype):
    """Steps that grow towards the bound have their end on the other side."""
    got, want, start = (Pulsed(dtype, pulses.LINEAR, slope=slope) for _ in range(3))
    x, d = offer("rank one", dtype, got)
    run(got, x, d)
    twin(want, x, d)
    assert_same(got, want, start)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("sigma", [0.0, 0.5])
def test_cells_without_a_rate_stand_still_and_their_pulses_count(law, sigma):
    state = Pulsed(np.float32, LAWS[law])
    state.up[:] = state.down[:] = 0
    before = state.g.copy()
    x, d = np.ones((1, state.rows), np.float32), np.full((1, state.cols, 1), 2.0, np.float32)
    run(state, x, d, sigma=sigma)
    np.testing.assert_array_equal(state.g, before)
    assert state.totals[PULSES] == 2 * PER * before.size
    assert state.totals[CHANGED] == 0
    np.testing.assert_allclose(state.totals[CONDUCTANCE], 2 * PER * before.sum(), rtol=1e-6)


@pytest.mark.parametrize("law", LAWS)
def test_copies_get_the_same_whole_numbers_and_draws_of_their_own(law):
    state = Pulsed(np.float64, LAWS[law], copies=2)
    for name in ("g", "low", "high", "up", "down"):
        array = getattr(state, name)
        array[:, state.rows :] = array[:, : state.rows]
    x, d = offer("rank one", np.float64, state)
    run(state, x, d, sigma=0.0)
    one, two = np.split(state.g, 2, axis=1)
    assert np.array_equal(one, two) == (law != "jumps")  # which are always drawn
    run(state, x, d, sigma=0.3)
    moved = one != two
    assert moved.sum() > 10


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_key_fixes_every_draw_and_another_key_draws_anew(law, dtype):
    states = [Pulsed(dtype, LAWS[law]) for _ in range(3)]
    x, d = offer("rank one", dtype, states[0])
    for state, key in zip(states, (KEY, KEY, KEY + np.uint64(1)), strict=True):
        run(state, x, d, key=key)
    np.testing.assert_array_equal(states[0].g, states[1].g)
    np.testing.assert_array_equal(states[0].totals, states[1].totals)
    assert np.any(states[0].g != states[2].g)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
def test_a_bit_line_without_offers_shifts_no_draw_of_the_others(law, kind):
    full, part, start = (Pulsed(np.float32, LAWS[law]) for _ in range(3))
    x, d = offer(kind, np.float32, full)
    run(full, x, d)
    fewer = d.copy()
    fewer[:, [0, 3]] = 0.0
    run(part, x, fewer)
    np.testing.assert_array_equal(part.g[[0, 3]], start.g[[0, 3]])
    np.testing.assert_array_equal(part.g[[1, 2, 4]], full.g[[1, 2, 4]])
    assert np.any(full.g[0] != start.g[0])


@pytest.mark.parametrize("law", LAWS)
def test_a_batch_begins_with_its_first_sample(law):
    """The key of bit line j and sample s is derived at s cols + j: more samples shift nothing."""
    one, padded = (Pulsed(np.float64, LAWS[law]) for _ in range(2))
    x, d = offer("rank one", np.float64, one)
    run(one, x[:1], d[:1])
    d[1:] = 0.0
    run(padded, x, d)
    np.testing.assert_array_equal(one.g, padded.g)
    np.testing.assert_array_equal(one.totals, padded.totals)


@pytest.mark.parametrize("law", [*LAWS][:3])
@pytest.mark.parametrize("o", [2e9, 2.0**31, 1e30])
def test_pulses_beyond_32_bits_go_their_own_way(law, o):
    state = Pulsed(np.float64, LAWS[law], cols=2)
    before = state.g.copy()
    run(state, np.ones((1, state.rows)), np.array([[[o], [-o]]]), sigma=0.0)
    toward = np.array([[1.0], [-1.0]]) * (state.g - before)
    assert np.all(toward[state.free] > 0)
    assert state.totals[PULSES] == MOST * before.size


def test_nothing_is_followed_where_the_lines_see_the_cells_themselves():
    got, want = (Pulsed(np.float32, pulses.LINEAR) for _ in range(2))
    x, d = offer("rank one", np.float32, got)
    run(got, x, d, direct=True)
    run(want, x, d)
    np.testing.assert_array_equal(got.g, want.g)
    np.testing.assert_array_equal(got.seen, State(np.float32).seen)
