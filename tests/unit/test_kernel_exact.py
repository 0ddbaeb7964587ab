"""Exact changes equal their plain NumPy twin."""

from __future__ import annotations

import numpy as np
import pytest
from twins import KEY, LAYOUTS, State, offer

from crossbar.kernels import exact
from crossbar.kernels.bound import bind
from crossbar.kernels.offers import CHANGED, SATURATED
from crossbar.kernels.visits import EVERY

LOW, HIGH, PER = 1e-6, 30e-6, 2e-6


def run(state: State, x, d, *, sign=1.0, direct=False):
    seen = np.empty((0, 0), state.dtype) if direct else state.seen
    cells = exact.Exact(state.g, state.free, LOW, HIGH)
    bound = bind((cells, state.sums(seen)))
    exact.change_exactly(bound, x, d, PER * sign, sign, KEY, state.totals, EVERY)


def twin(state: State, x, d, *, sign=1.0):
    real = state.dtype
    for _, j, row, factor in state.offers(x, d, real(PER * sign)):
        for p, a, b, rows in state.parts:
            g, free = state.g[j, a:b].copy(), state.free[j, a:b]
            asked = g + row[rows] * factor
            new = np.clip(asked, real(LOW), real(HIGH))
            moved = np.where(free, new - g, 0).astype(real)
            state.g[j, a:b] += moved
            state.totals[CHANGED] += np.count_nonzero(moved)
            state.totals[SATURATED] += np.count_nonzero((new != asked) & free)
            state.follow(j, p, a, b, moved, sign)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_exact_changes_equal_their_twin(dtype, kind, sign, layout):
    """To a few roundings: a fused product is not rounded, and sums are taken in another order."""
    got, want = (State(dtype, **LAYOUTS[layout]) for _ in range(2))
    x, d = offer(kind, dtype, got)
    run(got, x, d, sign=sign)
    twin(want, x, d, sign=sign)
    assert want.totals[CHANGED] > 0
    if layout == "one" and kind == "dense":
        assert want.totals[SATURATED] > 0
    np.testing.assert_array_equal(got.totals, want.totals)
    eps = 1e-15 if dtype == np.float64 else 5e-7
    for name, array in want.arrays().items():
        scale = np.abs(array).max()
        np.testing.assert_allclose(getattr(got, name), array, rtol=0, atol=8 * eps * scale)


def test_nothing_is_followed_where_the_lines_see_the_cells_themselves():
    got, want = (State(np.float32) for _ in range(2))
    run(got, *offer("rank one", np.float32, got), direct=True)
    run(want, *offer("rank one", np.float32, want))
    np.testing.assert_array_equal(got.g, want.g)
    np.testing.assert_array_equal(got.seen, State(np.float32).seen)
