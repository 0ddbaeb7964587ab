"""Where pulses are rare their cells are drawn: as a visit to all cells rounds them, and as exactly.

Offers are those of 130 x 130 cells, of both signs, from 3e-5 to 2.7 pulses. Every test fails by
chance in fewer than one of a million runs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.circuit.updates import CellUpdates
from crossbar.devices import (
    PRESETS,
    Constant,
    Deterministic,
    Device,
    ExponentialFloor,
    Memristor,
    PulseTrain,
    SoftBounds,
    Tally,
)
from crossbar.devices.compiled import alone
from crossbar.kernels import rare
from crossbar.kernels.offers import Offer
from crossbar.kernels.visits import EVERY, WHOLE
from crossbar.kernels.writes import whole

RARE = 1e-6
SIDE, DRAWS, MOST = 130, 8000, 127.0
STARTS = np.array([0, SIDE])
KEY = np.uint64(0x0123456789ABCDEF)


def factors() -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the word lines and of the bit lines; their products add up to 27 pulses."""
    rng = np.random.default_rng(3)
    x, d = rng.uniform(0.003, 0.02, (2, SIDE)) * rng.choice([-1.0, 1.0], (2, SIDE))
    x[[0, 70, 129]], d[[0, 5, 90, 129]] = (1.0, -0.9, 0.5), (2.7, -1.5, 0.5, 0.3)
    x[[3, 4]] = d[[7, 100]] = 0.0
    return x.astype(np.float32), d.astype(np.float32)


X, D = factors()
OFFERED = D[:, None].astype(float) * X  # (cols, rows), as cells are stored
PART = np.abs(OFFERED) % 1.0
SPREAD = PART * (1 - PART)  # variance of the pulses of one change


def offer(n: int) -> Offer:
    """Return the same change ``n`` times."""
    return Offer(np.tile(X, (n, 1)), np.tile(D[:, None], (n, 1, 1)), 1.0, 1.0)


def by_draw() -> np.ndarray:
    """Sample, column, row and pulses of all cells that get some where these are drawn."""
    x, d, per, _ = offer(DRAWS)
    return rare.planned(x, d, per, True, KEY)


def by_visit() -> np.ndarray:
    """The same where all cells are rounded."""
    counts, rows = np.zeros((SIDE, SIDE), np.int32), []
    for k in range(DRAWS):
        whole(counts, offer(1), STARTS, EVERY, MOST, True, KEY + np.uint64(k))
        column, row = np.nonzero(counts)
        rows.append(np.stack([np.full(column.size, k), column, row, counts[column, row]], axis=1))
    return np.concatenate(rows)


@pytest.fixture(scope="module")
def tables() -> dict[str, np.ndarray]:
    return {"drawn": by_draw(), "visited": by_visit()}


def summed(table: np.ndarray) -> np.ndarray:
    """Pulses of every cell (cols, rows) in all changes."""
    sums = np.zeros((SIDE, SIDE))
    np.add.at(sums, (table[:, 1], table[:, 2]), table[:, 3])
    return sums


def test_these_offers_are_rare_and_reach_from_far_below_one_pulse_to_above() -> None:
    assert SIDE**2 / rare.EACH > np.abs(OFFERED).sum() > 20
    assert np.abs(OFFERED).max() > 2.5
    assert 0 < np.abs(OFFERED[OFFERED != 0]).min() < 1e-4
    assert np.any(PART == 0.5)


@pytest.mark.parametrize("way", ["drawn", "visited"])
def test_a_cell_gets_the_pulses_that_it_is_offered(tables, way) -> None:
    """Whole part or one more, with the mean of the offer; squares of the errors add up to cells.

    The variance of a squared error of a binomial sum is 2 + (1 - 6 p q) / (n p q), relative.
    """
    sample, column, row, pulses = tables[way].T
    cell = (sample * SIDE + column) * SIDE + row
    assert np.unique(cell).size == cell.size  # once a change
    size, low = pulses * np.sign(OFFERED[column, row]), np.floor(np.abs(OFFERED[column, row]))
    assert np.all((size == low) | ((size == low + 1) & (PART[column, row] > 0)))
    error, live = summed(tables[way]) - DRAWS * OFFERED, SPREAD > 0
    squares = error[live] ** 2 / (DRAWS * SPREAD[live])
    sigma = np.sqrt(np.sum(2 + (1 - 6 * SPREAD[live]) / (DRAWS * SPREAD[live])))
    assert abs(squares.sum() - live.sum()) < stats.norm.isf(RARE / 4) * sigma
    often = DRAWS * SPREAD > 25
    assert often.sum() > 500
    worst = np.abs(error[often] / np.sqrt(DRAWS * SPREAD[often])).max()
    assert worst < stats.norm.isf(RARE / often.sum() / 4) + 1.0  # skew of the rarest


@pytest.mark.parametrize("way", ["drawn", "visited"])
def test_cells_get_theirs_independently(tables, way) -> None:
    """Sums over a line, over the array and over parts have the variance of their cells."""
    table, limit = tables[way], stats.norm.isf(RARE / 60)
    groups = [np.s_[:, :1], np.s_[:, 70:71], np.s_[:1], np.s_[5:6], np.s_[:], np.s_[8:90, 5:]]
    for group in groups:
        inside = np.zeros((SIDE, SIDE))
        inside[group] = 1
        weights = table[:, 3] * inside[table[:, 1], table[:, 2]]
        sums = np.bincount(table[:, 0], weights, minlength=DRAWS)
        expected, centred = SPREAD[group].sum(), sums - sums.mean()
        error = np.sqrt((np.mean(centred**4) - np.mean(centred**2) ** 2) / DRAWS)
        assert abs(sums.var() - expected) < limit * error
        assert abs(sums.mean() - OFFERED[group].sum()) < limit * np.sqrt(expected / DRAWS)
        later = np.corrcoef(sums[1:], sums[:-1])[0, 1]  # of the changes of one call
        assert abs(later) < limit / np.sqrt(DRAWS)


def test_drawn_and_visited_cells_have_one_distribution(tables) -> None:
    """Chi-square over how often cells got how many pulses: those of like offers together."""
    size = np.abs(OFFERED)
    group = np.digitize(size, np.quantile(size, np.linspace(0, 1, 41)[1:-1]))
    seen = np.zeros((2, 40, 4))
    for k, (_, column, row, pulses) in enumerate(one.T for one in tables.values()):
        np.add.at(seen[k], (group[column, row], np.abs(pulses)), 1)
        seen[k, :, 0] = DRAWS * np.bincount(group.ravel(), minlength=40) - seen[k].sum(axis=1)
    both = seen.reshape(2, -1)
    both = both[:, both.sum(axis=0) >= 20]
    assert both.shape[1] > 60
    assert stats.chi2_contingency(both).pvalue > RARE


def test_gaps_are_exponential_and_as_fine_as_their_smallest() -> None:
    draws, k = np.empty(200_000), 0
    for n in range(draws.size):
        draws[n], k = rare.gap(k, np.uint32(5), np.uint32(9))
    assert k == 2 * draws.size
    assert stats.kstest(draws, "expon").pvalue > RARE
    words = iter([0, 0, 3, 2**31])
    scope = rare.gap.py_func.__globals__
    kept, scope["word"] = scope["word"], lambda *_: next(words)
    try:
        assert rare.gap.py_func(0, 0, 0) == (pytest.approx(3.5 * 2.0**-96, rel=1e-9), 4)
    finally:
        scope["word"] = kept


@pytest.mark.parametrize("sample", [0, 1, 2])
def test_deterministic_rounding_needs_no_visit_to_other_cells(sample) -> None:
    x, d, per, sign = offer(3)
    counts = np.zeros((2, SIDE, SIDE), np.int32)
    visits = rare.listed(x, d, per, False, KEY, sample, sample + 1)
    assert 0 < len(visits) < 20
    whole(counts[0], Offer(x, d, per, sign), STARTS, visits, MOST, False, KEY)
    whole(counts[1], offer(1), STARTS, EVERY, MOST, False, KEY)
    np.testing.assert_array_equal(*counts)


def test_only_samples_with_few_pulses_are_drawn_and_all_keep_their_turn() -> None:
    """A sample of many pulses gets those that it gets among others of many."""
    x, d, per, sign = offer(4)
    d[1:3] *= 30
    visits = rare.planned(x, d, per, True, KEY)
    everywhere = visits[:, 2] == WHOLE
    assert set(visits[everywhere, 0]) == {1, 2}
    assert everywhere.sum() == 2 * SIDE
    for column in range(SIDE):
        assert np.all(np.diff(visits[visits[:, 1] == column, 0]) >= 0)
    counts = np.zeros((2, SIDE, SIDE), np.int32)
    cut = whole(counts[0], Offer(x, d, per, sign), STARTS, visits[everywhere], 5.0, True, KEY)
    d[[0, 3]] = 0
    assert cut == whole(counts[1], Offer(x, d, per, sign), STARTS, EVERY, 5.0, True, KEY) > 0
    np.testing.assert_array_equal(*counts)


def test_small_arrays_and_dropped_lines_are_visited() -> None:
    x, d, per, _ = offer(2)
    assert rare.planned(x, d[:, :126], per, True, KEY) is EVERY  # 16 380 cells
    d[:, :4] = 0
    assert np.all(rare.planned(x, d, per, True, KEY)[:, 2] == WHOLE)
    full = np.ones((2, SIDE, SIDE), np.float32)
    assert rare.planned(np.empty((2, 0), np.float32), full, 1e-9, True, KEY) is EVERY


DEVICES: dict[str, Device] = {
    "reram": PRESETS["reram"].device,
    "cmos": PRESETS["cmos"].device,
    "constant": Memristor(step=Constant(dw_min=0.004), sigma_c2c=0.4, max_pulses=2),
    "soft bounds": Memristor(step=SoftBounds(dw_min=0.004), sigma_c2c=0.4, max_pulses=2),
    "table": Memristor(step=ExponentialFloor(floor=0.002, rise=3.0, floor_reset=0.001)),
    "train": Memristor(step=SoftBounds(dw_min=0.004), pulsing=PulseTrain()),
    "deterministic": Memristor(step=SoftBounds(dw_min=0.004), rounding=Deterministic()),
}


def array_of(device: Device, mapping, layout: Layout) -> Array:
    rng, dtype = np.random.default_rng(1), np.float64
    array = Array.fabricate(device, mapping, layout, Reading(), None, rng=rng, dtype=dtype)
    array.program(np.zeros((SIDE, SIDE)), rng=np.random.default_rng(2))
    return array


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
@pytest.mark.parametrize(("mapping", "copies", "size"), [
    (Offset(w_max=1.0), 1, None), (DifferentialPair(w_max=1.0), 1, (50, 40)),
    (DifferentialPair(w_max=1.0), 3, None),
])  # fmt: skip
def test_an_array_gives_the_foretold_pulses_and_follows_its_cells(
    device, mapping, copies, size
) -> None:
    layout = Layout(rows=SIDE, cols=SIDE, copies=copies, size=size)
    array = array_of(device, mapping, layout)
    before = [c.g.copy() for c in array.cells]
    x, d, step = X[None].astype(float), D[None, :, None].astype(float), device.quantum
    step *= len(array.cells)
    given = array.pulses(x, d, step, rng=np.random.default_rng(5))
    tally, offered = array.change(x, d, step, rng=np.random.default_rng(5))
    assert offered == np.count_nonzero(X) * np.count_nonzero(D)
    assert tally.pulses == sum(one.sum() for one in given) > 0
    asked = np.round(np.abs(OFFERED)) if not device.rounding.stochastic else np.abs(OFFERED)
    expected = np.minimum(asked, device.max_pulses).sum() * len(before) * copies
    error = 6 * np.sqrt(SPREAD.sum() * len(before)) * copies if device.rounding.stochastic else 0.0
    assert abs(tally.pulses - expected) <= error
    moved = sum(np.count_nonzero(c.g != g) for c, g in zip(array.cells, before, strict=True))
    assert tally.changed == moved
    for cells, g, (up, down) in zip(array.cells, before, given, strict=True):
        np.testing.assert_array_equal(cells.g != g, up + down > 0)
        each = np.reshape(up - down, (copies, SIDE, SIDE))
        np.testing.assert_array_equal(each, np.broadcast_to(each[0], each.shape))
    if device.max_pulses == 2:
        uncut = array_of(replace(device, max_pulses=9), mapping, layout)
        asked = uncut.pulses(x, d, step, rng=np.random.default_rng(5))
        assert tally.saturated == sum(np.count_nonzero(one.sum(axis=0) > 2) for one in asked) > 0
    lines, groups = array.lines[0], [c.g for c in array.cells]
    total, signed = sum(groups), groups[0] - (groups[1] if len(groups) > 1 else 0.0)
    sums = np.stack([total[:, k].sum(axis=1) for k in layout.col_slices()])
    np.testing.assert_allclose(lines.row_total, sums, rtol=1e-12)
    sums = np.stack([total[r].sum(axis=0) for r in layout.row_slices()])
    np.testing.assert_allclose(lines.col_total, sums, rtol=1e-12)
    np.testing.assert_allclose(lines.seen, signed, rtol=0, atol=1e-12 * total.max())


def test_the_spread_of_every_pulse_is_its_own() -> None:
    """One-pulse steps of cells far from their bounds: moments, and none goes with the next."""
    sigma = 0.3
    device = Memristor(step=Constant(dw_min=1e-4), sigma_c2c=sigma, sigma_d2d=0.0)
    cells = device.fabricate((2 * SIDE, SIDE), rng=np.random.default_rng(1), dtype=np.float64)
    low, middle, high = device.window
    cells.program(np.full((2 * SIDE, SIDE), middle), rng=np.random.default_rng(2))
    sums = alone(cells.g.T)._replace(starts=np.array([0, SIDE, 2 * SIDE]))  # two copies
    sums = sums._replace(col_total=np.zeros((2, SIDE)))
    updates, rng, steps = CellUpdates(cells, sums), np.random.default_rng(3), []
    x = np.where(np.abs(X) <= 0.02, X, 0.0)[None].astype(float)
    d = np.full((1, SIDE, 1), 1e-3 * device.quantum)
    d[0, 60] = -15 * device.quantum  # nearly all pulses are on one bit line
    tally = Tally()
    for _ in range(300):
        before = cells.g.copy()
        updates.change((x, d, 1.0, 1.0), tally, updates.key(rng), rng=rng)
        moved = (cells.g - before).reshape(2, SIDE, SIDE).transpose(0, 2, 1)
        steps.append(moved[:, moved[0] != 0])
    z = (np.abs(np.hstack(steps)) / (1e-4 * (high - low)) - 1) / sigma
    n = z.shape[1]
    assert 2 * n == tally.pulses > 5000
    limit = stats.norm.isf(RARE / 20) / np.sqrt(n)
    assert np.all(np.abs(z.mean(axis=1)) < limit)
    assert np.all(np.abs(z.var(axis=1) - 1) < limit * np.sqrt(2))
    for a, b in [(z[0], z[1]), (z[0, 1:], z[0, :-1]), (z[0, 1:], z[1, :-1])]:
        assert abs(np.corrcoef(a, b)[0, 1]) < limit
