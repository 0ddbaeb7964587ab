"""Code steps equal their plain NumPy twin."""

from __future__ import annotations

import numpy as np
import pytest
import twins
from twins import KEY, LAYOUTS, State, offer

from crossbar.kernels import codes
from crossbar.kernels.bound import bind
from crossbar.kernels.offers import CHANGED, CONDUCTANCE, PULSES, SATURATED
from crossbar.kernels.visits import EVERY

PER = 1.0


class Codes(State):
    """Cells at random codes of ``bits``, with branches of their own."""

    def __init__(self, dtype, bits: int, **layout):
        super().__init__(dtype, **layout)
        rng = np.random.default_rng(7)
        units = 2.0 ** np.arange(bits)[:, None, None]
        self.branches = (units * rng.uniform(0.9e-6, 1.1e-6, (bits, *self.g.shape))).astype(dtype)
        self.code = rng.integers(0, 2**bits, self.g.shape).astype(np.int16)
        codes.switch(self.code, self.branches, self.g)

    def conductance(self, code):
        on = [((code >> b) & 1) * branch for b, branch in enumerate(self.branches)]
        return np.sum(on, axis=0, dtype=self.dtype)


def run(state: Codes, x, d, *, sign=1.0, stochastic=True, direct=False, key=KEY):
    seen = np.empty((0, 0), state.dtype) if direct else state.seen
    cells = codes.Coded(state.code, state.g, state.free, state.branches, stochastic)
    bound = bind((cells, state.sums(seen)))
    codes.change_codes(bound, x, d, PER * sign, sign, key, state.totals, EVERY)


def twin(state: Codes, x, d, *, sign=1.0, stochastic=True):
    top = 2 ** len(state.branches) - 1
    for s, j, row, factor in state.offers(x, d, PER * sign):
        key = twins.derived(twins.halves(KEY), s * state.cols + j)
        steps, asked_for, _ = twins.rounded(row, factor, 2 * top, stochastic, key)
        if not asked_for:
            continue
        for p, a, b, rows in state.parts:
            code, g = state.code[j, a:b].astype(int), state.g[j, a:b].copy()
            asked = code + np.where(state.free[j, a:b], steps[rows], 0).astype(int)
            new = np.clip(asked, 0, top)
            state.totals[PULSES] += np.abs(new - code).sum()
            state.totals[CONDUCTANCE] += (np.abs(new - code) * g.astype(float)).sum()
            state.totals[CHANGED] += np.count_nonzero(new != code)
            state.totals[SATURATED] += np.count_nonzero(new != asked)
            state.code[j, a:b] = new
            state.g[j, a:b] = state.conductance(state.code)[j, a:b]
            state.follow(j, p, a, b, state.g[j, a:b] - g, sign)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["rank one", "dense"])
@pytest.mark.parametrize("bits", [2, 8, 14])
@pytest.mark.parametrize(("layout", "sign"), [(name, 1.0 - 2 * (k % 2)) for k, name in
                                              enumerate(LAYOUTS)])  # fmt: skip
@pytest.mark.parametrize("stochastic", [True, False])
def test_code_steps_equal_their_twin(dtype, kind, bits, layout, sign, stochastic):
    """Codes bit for bit; branches and the cells of a line are added in another order."""
    got, want = (Codes(dtype, bits, **LAYOUTS[layout]) for _ in range(2))
    x, d = offer(kind, dtype, got)
    run(got, x, d, sign=sign, stochastic=stochastic)
    twin(want, x, d, sign=sign, stochastic=stochastic)
    np.testing.assert_array_equal(got.code, want.code)
    np.testing.assert_allclose(got.g, want.g, rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(got.totals[:3], want.totals[:3])
    if layout in ("one", "copies"):
        assert want.totals[:3].min() > 0 or bits > 2
    np.testing.assert_allclose(got.totals[3], want.totals[3], rtol=1e-5)
    eps = 1e-15 if dtype == np.float64 else 5e-7
    largest = want.g.max()  # of what a line adds up
    for name in ("seen", "row_total", "col_total"):
        scale = max(largest, np.abs(getattr(want, name)).max())
        np.testing.assert_allclose(
            getattr(got, name), getattr(want, name), rtol=0, atol=20 * eps * scale, err_msg=name
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bits", [2, 4, 5, 8, 14])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_code_switches_its_branches(dtype, bits, layout):
    state = Codes(dtype, bits, **LAYOUTS[layout])
    want = state.conductance(state.code)
    np.testing.assert_allclose(state.g, want, rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("o", [2e9, 2.0**31, 1e30])
@pytest.mark.parametrize("stochastic", [True, False])
def test_codes_saturate_on_their_own_side_for_any_offer(o, stochastic):
    state = Codes(np.float64, 14, cols=2, rows=1)
    state.free[:] = True
    x, d = np.ones((1, 1)), np.array([[[o], [-o]]])
    run(state, x, d, stochastic=stochastic)
    np.testing.assert_array_equal(state.code[:, 0], [2**14 - 1, 0])
    assert state.totals[SATURATED] == 2


def test_nothing_is_followed_where_the_lines_see_the_cells_themselves():
    got, want = (Codes(np.float32, 8) for _ in range(2))
    run(got, *offer("rank one", np.float32, got), direct=True)
    run(want, *offer("rank one", np.float32, want))
    np.testing.assert_array_equal(got.g, want.g)
    np.testing.assert_array_equal(got.seen, Codes(np.float32, 8).seen)
