"""Reads of chosen rows: sums, noise, energy and counts of the driven rows alone."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit import ways
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Normaliser, SynapticElement
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.converters import SarAdc, SerialDac
from crossbar.devices import PRESETS, IdealCell, Memristor
from crossbar.errors import ConfigError
from crossbar.substrates import Compensated, Digital, Tile

ROWS, COLS = 9, 4
W = np.random.default_rng(2).uniform(-1, 1, (ROWS, COLS))
EVENTS = [[0, 3], [], [8], [1, 2, 4, 7]]
QUIET = Reading(temperature=0.0)
DOUBLE = {"dtype": np.float64}


def held(kind, **parts):
    if kind == "digital":
        return Digital(**DOUBLE).program(W, rng=np.random.default_rng(1))
    mapping = Offset() if kind == "offset" else DifferentialPair()
    tile = Tile(device=IdealCell(), mapping=mapping, reading=QUIET, **DOUBLE, **parts)
    state = tile.program(W, rng=np.random.default_rng(1))
    return Compensated(state, np.array([2.0])) if kind == "compensated" else state


@pytest.mark.parametrize("kind", ["digital", "offset", "pair", "compensated"])
def test_rows_add_up(kind):
    factor = 2.0 if kind == "compensated" else 1.0
    expected = factor * np.array([W[rows].sum(axis=0) for rows in EVENTS])
    got = held(kind).rows(EVENTS, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("parts", [{}, {"size": (4, 2)}], ids=["one", "sized"])
def test_only_driven_rows_draw_energy_and_multiply(parts):
    """V^2 G t of the cells on the driven word lines, at the full read voltage."""
    state = held("pair", **parts)
    state.rows(EVENTS, rng=np.random.default_rng(0))
    g = sum(cells.g for cells in state.array.cells).sum(axis=1)
    driven = sum(g[rows].sum() for rows in EVENTS)
    reading = state.spec.reading
    counts = state.activity
    energy = reading.v_read**2 * driven * reading.t_read
    assert counts.total("read_energy") == pytest.approx(energy, rel=1e-12)
    assert counts.total("mac_forward") == COLS * sum(map(len, EVENTS))
    assert counts.total("normaliser") == counts.total("dac") == 0
    arrays = -(-ROWS // 4) if parts else 1
    assert counts.total("sense") in (len(EVENTS) * COLS, len(EVENTS) * COLS * arrays)


def test_the_normaliser_and_the_dac_take_no_part():
    blocks = Blocks(normaliser=Normaliser(errors=Errors(gain_error=0.3, offset=0.2)))
    state = held("pair", blocks=blocks, dac=SerialDac(bits=2))
    expected = [W[rows].sum(axis=0) for rows in EVENTS]
    got = state.rows(EVENTS, rng=np.random.default_rng(0))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    assert state.activity.total("dac") == 0


def test_the_noise_of_a_step_is_that_of_its_driven_rows():
    """Variance k sigma^2 v^2 for k driven cells a line: 20 000 reads tell it to 1 %.

    The bound of 5.5 % is 5.5 standard deviations, one alarm in 2e7 for each of 12 lines.
    """
    cell = Memristor(g_min=1e-6, g_max=1e-4, sigma_read=0.02)
    tile = Tile(device=cell, mapping=Offset(), reading=QUIET, **DOUBLE)
    state = tile.program(W, rng=np.random.default_rng(1))
    sigma = 0.02 * (1e-4 - 1e-6) / state.array.scale
    for rows in ([0], [1, 4], [0, 2, 3, 5, 6, 8]):
        got = state.rows([rows] * 20_000, rng=np.random.default_rng(3))
        cells = 2 * len(rows)  # those of the weights, and those of the reference line
        np.testing.assert_allclose(got.var(axis=0), cells * sigma**2, rtol=0.055)
    quiet = state.rows([[]] * 100, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(quiet, 0.0)


NOISY = {
    "none": (QUIET, {}),
    "absolute": (QUIET, {"sigma_read": 0.02}),
    "relative": (QUIET, {"sigma_read_value": 0.05}),
    "thermal": (Reading(t_read=1e-9), {}),
    "shot": (Reading(t_read=1e-9, fano=0.5), {"sigma_read": 0.01}),
}
EVERY = [Offset(), DifferentialPair(), BitSlices(bits=2, slices=2), OffsetSlices(bits=3, slices=2)]


@pytest.mark.parametrize("noise", NOISY)
@pytest.mark.parametrize("mapping", EVERY, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("parts", [{}, {"size": (40, 3)}], ids=["one", "sized"])
@pytest.mark.parametrize("adc", [None, SarAdc(bits=5)], ids=["analog", "adc"])
def test_few_rows_are_read_as_all_lines_with_the_others_at_rest(
    noise, mapping, parts, adc, monkeypatch
):
    """Sums, noise drawn with the same numbers, codes and counts."""
    reading, cell = NOISY[noise]
    device = IdealCell(g_min=1e-6, g_max=1e-4, **cell)
    blocks = Blocks(element=SynapticElement(errors=Errors(gain_error=0.1, saturation=0.5)))
    rng, read = np.random.default_rng(1), []
    w = rng.normal(size=(100, COLS))
    for few in (32, 10**9):
        monkeypatch.setattr(ways, "FEW", few)
        tile = Tile(device=device, mapping=mapping, reading=reading, adc=adc, blocks=blocks,
                    **DOUBLE, **parts)  # fmt: skip
        state = tile.program(w, rng=np.random.default_rng(1))
        for events in ([[0, 99], [], [41]], [[]], [[7]]):
            got = state.rows(events, rng=np.random.default_rng(3))
            read.append((few, got, state.activity.of("tile").copy()))
    for (_, one, counts), (_, other, others) in zip(read[:3], read[3:], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(counts, others, rtol=1e-12)


def test_few_rows_of_cells_with_noise_by_their_age_are_read_alike(monkeypatch):
    read = []
    for few in (32, 10**9):
        monkeypatch.setattr(ways, "FEW", few)
        tile = Tile(device=PRESETS["pcm"].device, mapping=DifferentialPair(), **DOUBLE)
        w = np.random.default_rng(2).normal(size=(64, COLS))
        state = tile.program(w, rng=np.random.default_rng(1)).aged(3600.0)
        assert state.array.flickers
        read.append(state.rows([[3], [60]], rng=np.random.default_rng(3)))
    np.testing.assert_allclose(*read, rtol=1e-9)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([[0, 9]], "events[0]: expected different rows from 0 to 8, got [0, 9]."),
        ([[0], [-1]], "events[1]: expected different rows from 0 to 8"),
        ([[2, 2]], "events[0]: expected different rows from 0 to 8, got [2, 2]. A row is driven"),
        ([[0.5]], "events[0]: expected a list of whole numbers, got [0.5]."),
        ([3], "events[0]: expected a list of whole numbers, got 3."),
        ([], "events: expected at least one time step, got none."),
        ("ab", "events: expected a list of rows for every time step"),
        (None, "events: expected a list of rows for every time step, got None."),
    ],
)
def test_rows_that_are_not_there_are_refused(events, expected):
    with pytest.raises(ConfigError) as error:
        held("pair").rows(events, rng=np.random.default_rng(0))
    assert str(error.value).startswith("Tile 'tile', ")
    assert expected in str(error.value)


def test_presets_read_their_rows():
    """Every device can be read so; the mean of 400 noisy reads is near the sum."""
    for name, preset in PRESETS.items():
        tile = Tile(device=preset.device, mapping=DifferentialPair(), **DOUBLE)
        state = tile.program(W, rng=np.random.default_rng(1))
        got = state.rows([[0, 3]] * 400, rng=np.random.default_rng(0))
        spread = got.std(axis=0) / 20 + 1e-9
        want = state.weights[0][[0, 3]].sum(axis=0)
        assert np.all(np.abs(got.mean(axis=0) - want) < 6 * spread), name
