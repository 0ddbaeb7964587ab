"""Compiled loops against plain NumPy twins."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.kernels import updates as kernels

U32 = np.uint32
KEY = np.uint64(0x0123456789ABCDEF)
ROWS, COLS, COPIES = 4, 5, 2
G_MIN, G_MAX = 1e-6, 40e-6
DTYPES = [np.float32, np.float64]


def mix(x: np.ndarray) -> np.ndarray:
    x = (x ^ (x >> U32(16))) * U32(0x7FEB352D)
    x = (x ^ (x >> U32(15))) * U32(0x846CA68B)
    return x ^ (x >> U32(16))


def bits(key0: np.ndarray, key1: np.ndarray, counter: np.ndarray) -> np.ndarray:
    return mix(mix(counter ^ key0) + key1)


def normal(key0: np.ndarray, key1: np.ndarray, counter: np.ndarray) -> np.ndarray:
    a = (bits(key0, key1, counter) + 0.5) / 2.0**32
    b = bits(key0, ~key1, counter) / 2.0**32
    return np.sqrt(-2.0 * np.log(a)) * np.cos(2.0 * np.pi * b)


def halves(key: np.uint64) -> tuple[np.ndarray, np.ndarray]:
    """The key as two arrays of one word: array arithmetic wraps without a warning."""
    low, high = int(key) & 0xFFFFFFFF, int(key) >> 32
    return np.array([low], U32), np.array([high], U32)


def offers_twin(x, d, rows, s):
    i, j = np.mgrid[:rows, : d.shape[2]]
    return x[s, i % x.shape[1]] * d[s, i % d.shape[1], j]


def rounded_twin(x, d, rows, s, stochastic, key):
    offers = offers_twin(x, d, rows, s).astype(np.float32)
    u = np.float32(0.5)
    if stochastic:
        height = max(x.shape[1], d.shape[1])  # copies below each other share the rounding
        i, j = np.mgrid[: offers.shape[0], : offers.shape[1]]
        counter = ((s * height + i % height) * offers.shape[1] + j).astype(U32)
        u = ((bits(*halves(key), counter) >> U32(9)) + 0.5).astype(np.float32) / np.float32(2**23)
    return np.clip(np.floor(offers + u), -1e9, 1e9).astype(np.int64)


def pulsed_twin(state, x, d, sign, table, most, stochastic, key):
    g, signed, row, col, free, low, high, up, down, totals = state.values()
    key0, key1 = halves(key)
    grid = np.linspace(0.0, 1.0, table.shape[1])
    rows, cols = g.shape
    for s in range(len(x)):
        steps = rounded_twin(x, d, rows, s, stochastic, key)
        for i, j in np.argwhere(steps):
            n, old, now = steps[i, j], g[i, j], float(g[i, j])
            mean, spread, scale = (0, 1, up[i, j]) if n > 0 else (2, 3, -down[i, j])
            totals[2] += abs(n) > most
            totals[0] += min(abs(n), most)
            for p in range(min(abs(n), most)):
                totals[3] += now
                if not free[i, j]:
                    continue
                u = (now - low[i, j]) / (high[i, j] - low[i, j])
                counter = np.array([(s * rows + i) * cols + j], U32)
                pulse = key1 + U32(0x9E3779B9) + mix(np.array([p], U32))
                z = normal(key0, pulse, counter)[0]
                step = np.interp(u, grid, table[mean]) + z * np.interp(u, grid, table[spread])
                before = now
                now += (G_MAX - G_MIN) * scale * step
                bottom = low[i, j] if n > 0 else min(low[i, j], before)
                top = max(high[i, j], before) if n > 0 else high[i, j]
                totals[2] += not bottom <= now <= top
                now = min(max(now, bottom), top)
            g[i, j] = now
            follow(i, j, g[i, j] - old, sign, signed, row, col, totals)


def follow(i, j, change, sign, signed, row, col, totals):
    totals[1] += change != 0
    signed[i, j] += sign * change
    row[i] += change
    col[j] += change


def codes_twin(state, code, branches, x, d, sign, stochastic, key):
    g, signed, row, col, free, *_, totals = state.values()
    top = 2 ** branches.shape[2] - 1
    for s in range(len(x)):
        steps = rounded_twin(x, d, len(g), s, stochastic, key)
        for i, j in np.argwhere(steps):
            if not free[i, j]:
                continue
            asked = int(code[i, j]) + int(steps[i, j])
            new = min(max(asked, 0), top)
            moved = abs(new - int(code[i, j]))
            totals[2] += new != asked
            totals[0] += moved
            totals[3] += g[i, j] * moved
            if moved == 0:
                continue
            code[i, j], old = new, g[i, j]
            on = [b for b in range(branches.shape[2]) if new >> b & 1]
            g[i, j] = sum((float(branches[i, j, b]) for b in on), 0.0)
            follow(i, j, g[i, j] - old, sign, signed, row, col, totals)
            totals[1] += g[i, j] == old  # a change of code is one even between equal conductances


def exactly_twin(state, x, d, sign):
    g, signed, row, col, free, *_, totals = state.values()
    for s in range(len(x)):
        offers = offers_twin(x, d, len(g), s)
        for i, j in np.argwhere((offers != 0) & free):
            old, new = g[i, j], g[i, j] + offers[i, j]
            totals[2] += not G_MIN <= new <= G_MAX
            g[i, j] = min(max(new, G_MIN), G_MAX)
            follow(i, j, g[i, j] - old, sign, signed, row, col, totals)
            totals[1] += g[i, j] == old


def fresh(dtype) -> dict[str, np.ndarray]:
    """State of stacked copies, some of its cells held, in the order of the kernels' arguments."""
    rng = np.random.default_rng(5)
    shape = (COPIES * ROWS, COLS)
    g = rng.uniform(5e-6, 30e-6, shape).astype(dtype)
    return {
        "g": g,
        "signed": g.copy(),
        "row_total": g.sum(axis=1, dtype=np.float64),
        "col_total": g.sum(axis=0, dtype=np.float64),
        "free": rng.random(shape) < 0.8,
        "low": rng.uniform(1e-6, 3e-6, shape).astype(dtype),
        "high": rng.uniform(30e-6, 40e-6, shape).astype(dtype),
        "scale_up": rng.uniform(0.5, 1.5, shape).astype(np.float32),
        "scale_down": rng.uniform(0.5, 1.5, shape).astype(np.float32),
        "totals": np.zeros(4),
    }


def offer(kind: str, dtype, n: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Offers whose products are exact in float32, so that a fused multiply-add changes nothing."""
    rng = np.random.default_rng(6)
    x = rng.integers(-8, 9, (n, ROWS)) / 8.0
    d = rng.integers(-64, 65, (n, 1, COLS)) / 16.0
    if kind == "dense":
        x, d = np.ones((n, 1)), rng.integers(-64, 65, (n, ROWS, COLS)) / 16.0
    d[..., 2] = 0.0
    x[0, 0] = 0.0 if kind == "rank one" else 1.0
    return x.astype(dtype), d.astype(dtype)


def step_table(spread: float) -> np.ndarray:
    u = np.linspace(0.0, 1.0, 33)
    return np.stack([0.1 * (1.2 - u), spread * (1.2 - u), 0.1 * (0.2 + u), spread * (0.2 + u)])


def run_pulsed(state, x, d, *, sign=1.0, table=None, most=3, stochastic=True, key=KEY):
    *lines, totals = state.values()
    table = step_table(0.03) if table is None else table
    kernels.change_pulsed(*lines, x, d, sign, table, G_MIN, G_MAX, most, stochastic, key, totals)


def run_codes(state, code, branches, x, d, *, sign=1.0, stochastic=True, key=KEY):
    names = ("g", "signed", "row_total", "col_total", "free")
    lines = [state[name] for name in names]
    kernels.change_codes(code, *lines, branches, x, d, sign, stochastic, key, state["totals"])


def codes(state, width: int, dtype) -> tuple[np.ndarray, np.ndarray]:
    shape = state["g"].shape
    rng = np.random.default_rng(7)
    code = np.full(shape, 2 ** (width - 1), np.int16)
    branches = 2.0 ** np.arange(width) * rng.uniform(0.9e-6, 1.1e-6, (*shape, width))
    return code, branches.astype(dtype)


def assert_same(got: dict, want: dict, rtol: float) -> None:
    for name in got:
        scale = np.abs(want[name]).max()
        np.testing.assert_allclose(
            got[name], want[name], rtol=rtol, atol=rtol * scale, err_msg=name
        )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("stochastic", [True, False])
@pytest.mark.parametrize("spread", [0.0, 0.03])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_pulses_equal_their_twin(dtype, kind, stochastic, spread, sign):
    got, want = fresh(dtype), fresh(dtype)
    x, d = offer(kind, dtype)
    run_pulsed(got, x, d, sign=sign, table=step_table(spread), stochastic=stochastic)
    pulsed_twin(want, x, d, sign, step_table(spread), 3, stochastic, KEY)
    assert want["totals"].min() > 0
    # Rounding alone: float32 states, and another order of the same few operations.
    assert_same(got, want, 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("stochastic", [True, False])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("width", [3, 8, 14])
def test_code_steps_equal_their_twin_exactly(dtype, kind, stochastic, sign, width):
    got, want = fresh(dtype), fresh(dtype)
    (code, branches), (code_twin, _) = codes(got, width, dtype), codes(want, width, dtype)
    x, d = offer(kind, dtype)
    run_codes(got, code, branches, x, d, sign=sign, stochastic=stochastic)
    codes_twin(want, code_twin, branches, x, d, sign, stochastic, KEY)
    np.testing.assert_array_equal(code, code_twin)
    np.testing.assert_array_equal(got["totals"][:3], want["totals"][:3])
    assert_same(got, want, 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_exact_changes_equal_their_twin(dtype, kind, sign):
    got, want = fresh(dtype), fresh(dtype)
    x, d = offer(kind, dtype)
    d *= dtype(2e-6)
    names = ("g", "signed", "row_total", "col_total", "free")
    lines = [got[name] for name in names]
    kernels.change_exactly(*lines, x, d, sign, G_MIN, G_MAX, got["totals"])
    exactly_twin(want, x, d, sign)
    assert want["totals"][2] > 0
    assert_same(got, want, 1e-6)


def test_copies_get_the_same_offers():
    state = fresh(np.float64)
    for name in ("g", "signed", "low", "high", "scale_up", "scale_down"):
        state[name][ROWS:] = state[name][:ROWS]
    state["free"][:] = True
    run_pulsed(state, *offer("rank one", np.float64), table=step_table(0.0), stochastic=False)
    assert np.any(state["g"] != fresh(np.float64)["g"])
    np.testing.assert_array_equal(state["g"][ROWS:], state["g"][:ROWS])


def test_a_key_and_a_place_fix_every_draw_whatever_else_is_offered():
    x, d = offer("rank one", np.float64, n=2)
    full, again, part = (fresh(np.float64) for _ in range(3))
    run_pulsed(full, x, d)
    run_pulsed(again, x, d)
    np.testing.assert_array_equal(full["g"], again["g"])
    fewer = d.copy()
    fewer[..., :2] = 0.0
    run_pulsed(part, x, fewer)
    np.testing.assert_array_equal(part["g"][:, 2:], full["g"][:, 2:])
    other = fresh(np.float64)
    run_pulsed(other, x, d, key=np.uint64(KEY + np.uint64(1)))
    assert np.any(other["g"] != full["g"])


@pytest.mark.parametrize("o", [2e9, 2.0**31, 1e30, -2e9, -(2.0**31), -1e30])
def test_pulses_beyond_32_bits_go_their_own_way(o):
    state = fresh(np.float64)
    before = state["g"].copy()
    run_pulsed(state, np.ones((1, 1)), np.full((1, 1, COLS), o), table=step_table(0.0))
    assert np.all(np.sign(o) * (state["g"] - before)[state["free"]] > 0)
    assert state["totals"][kernels.PULSES] == 3 * before.size
