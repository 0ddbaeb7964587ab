"""Noise of line currents: the same distribution as drawing every cell of every read.

Bounds are 5 sigma of each estimate unless said otherwise: one false alarm in 1.7 million.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mappings import of_one_plane
from scipy import stats

from crossbar.circuit.array import Array
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, SynapticElement
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, PcmFlicker, ReadNoise, SaturatingNoise
from crossbar.kernels import products
from crossbar.substrates.tile import Tile

K_B, Q_E = 1.380649e-23, 1.602176634e-19  # SI, exact
N, ROWS, COLS = 20_000, 6, 4
MAPPINGS = [Offset(w_max=1.0), DifferentialPair(w_max=1.0), OneSidedPair(w_max=1.0)]
KINDS = {
    "absolute": {"sigma_read": 0.02},
    "relative": {"sigma_read_value": 0.05},
    "both": {"sigma_read": 0.02, "sigma_read_value": 0.05},
}
QUIET = Reading(temperature=0.0)
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)


def test_every_mapping_has_a_case():
    """Those of several planes: test_planes."""
    assert {type(m) for m in MAPPINGS} == of_one_plane()


def build(mapping, noise, reading=QUIET, *, copies=1, size=None) -> Array:
    device = replace(PRESETS["reram"].device, **({"sigma_read": 0.0} | noise))
    layout = Layout(rows=ROWS, cols=COLS, copies=copies, size=size)
    rng = np.random.default_rng(1)
    array = Array.fabricate(device, mapping, layout, reading, None, rng=rng, dtype=np.float64)
    array.program(np.random.default_rng(2).uniform(-1, 1, (ROWS, COLS)), rng=rng)
    return array


def voltages(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).uniform(-0.2, 0.2, shape)


def reads(array: Array, v: np.ndarray) -> np.ndarray:
    """N reads (N, copies, cols) with the same voltages (copies, rows)."""
    return array.currents(np.repeat(v[None], N, axis=0), rng=np.random.default_rng(4))


def references(array: Array, *, back: bool = False) -> list[np.ndarray]:
    """Conductances of the reference line of a read: (rows, 1), or (1, cols) of a transposed one."""
    if array.reference is None:
        return []
    return [(array.reference.rows[0] if back else array.reference.column).g]


def sigma(array: Array, g: np.ndarray) -> np.ndarray:
    """Standard deviation of a read of cells ``g`` [S]."""
    device = array.device
    span = device.g_max - device.g_min
    return np.hypot(device.sigma_read * span, device.sigma_read_value * g)


def every_cell(array: Array, v: np.ndarray, *, back: bool = False) -> np.ndarray:
    """N reads in which every cell is drawn, the reference column last."""
    rng = np.random.default_rng(5)

    def drawn(g: np.ndarray) -> np.ndarray:
        return g + sigma(array, g) * rng.standard_normal((N, *g.shape))

    planes = zip(array.mapping.signs, array.cells, strict=True)
    total = sum(sign * drawn(cells.g) for sign, cells in planes)
    for g in references(array, back=back):
        total = total - drawn(g)  # (N, rows, 1) or (N, 1, cols): one draw for all that it serves
    return total @ v if back else np.einsum("i,nij->nj", v, total)


def assert_covariance(samples: np.ndarray, expected: np.ndarray) -> None:
    found = np.cov(samples, rowvar=False)
    diagonal = np.diag(expected)
    spread = np.sqrt((np.outer(diagonal, diagonal) + expected**2) / len(samples))
    assert np.all(np.abs(found - expected) < 5 * spread)


def covariance(array: Array, v: np.ndarray) -> np.ndarray:
    """Covariance of the columns that the noise of the cells predicts [A^2]."""
    own = sum(v**2 @ sigma(array, cells.g) ** 2 for cells in array.cells)
    shared = sum(v**2 @ sigma(array, g) ** 2 for g in references(array))
    return np.diag(own) + shared * np.ones((COLS, COLS))


@every_mapping
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_forward_reads_are_distributed_as_if_every_cell_was_drawn(mapping, kind):
    array, v = build(mapping, kind), voltages(ROWS)
    lines, cells = reads(array, v[None])[:, 0], every_cell(array, v)
    expected = covariance(array, v)
    mean = v @ array.signed
    for samples in (lines, cells):
        assert np.all(np.abs(samples.mean(axis=0) - mean) < 5 * np.sqrt(np.diag(expected) / N))
        assert_covariance(samples, expected)
    for j in range(COLS):
        assert stats.ks_2samp(lines[:, j], cells[:, j]).pvalue > 1e-6


@every_mapping
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_transposed_reads_are_distributed_as_if_every_cell_was_drawn(mapping, kind):
    array, v = build(mapping, kind), voltages(COLS)
    lines = array.currents(
        np.repeat(v[None, None], N, axis=0), forward=False, rng=np.random.default_rng(4)
    )[:, 0]
    cells = every_cell(array, v, back=True)
    own = sum(sigma(array, c.g) ** 2 @ v**2 for c in array.cells)
    shared = sum(sigma(array, g) ** 2 @ v**2 for g in references(array, back=True))
    for samples in (lines, cells):
        assert_covariance(samples, np.diag(own) + shared * np.ones((ROWS, ROWS)))
    for i in range(ROWS):
        assert stats.ks_2samp(lines[:, i], cells[:, i]).pvalue > 1e-6


def test_every_law_of_flicker_noise_has_a_case():
    own = {law for law in ReadNoise.__subclasses__() if law.__module__ == ReadNoise.__module__}
    assert own == {PcmFlicker, SaturatingNoise}  # the second: tests/physics/test_library.py


@every_mapping
def test_flicker_noise_grows_with_the_time_since_each_cell_was_written(mapping):
    """Published size for cells of two ages in one array, one column of which was pulsed late."""
    device = replace(PRESETS["pcm"].device, sigma_program=(0.02,))
    layout, rng = Layout(rows=ROWS, cols=COLS), np.random.default_rng(1)
    array = Array.fabricate(device, mapping, layout, QUIET, None, rng=rng, dtype=np.float64)
    array.program(np.random.default_rng(2).uniform(-0.8, 0.8, (ROWS, COLS)), rng=rng)
    start = [c.g.copy() for c in array.groups]
    array = array.aged(1e6)
    d = np.array([0.0, 0.3, 0.0, 0.0]).reshape(1, COLS, 1)
    array.change(np.ones((1, ROWS)), d, array.scale, rng=rng)
    late = [cells.written > 0 for cells in array.groups]
    assert late[0][:, 1].any()
    assert not late[0][:, [0, 2, 3]].any()
    for g, cells, pulsed in zip(start, array.groups, late, strict=True):
        g[pulsed] = cells.g[pulsed]
    array = array.aged(2e6)

    def spread(k: int) -> np.ndarray:
        x, t = np.maximum(start[k] / 25e-6, 1e-30), np.where(late[k], 1e6, 2e6)
        q = np.minimum(0.0088 * x**-0.65, 0.2)
        return q * np.sqrt(np.log((t + 250e-9) / 500e-9)) * array.groups[k].g

    v = voltages(ROWS)
    own = sum(v**2 @ spread(k) ** 2 for k in range(len(array.cells)))
    shared = 0.0 if array.reference is None else (v**2 @ spread(1) ** 2).item()
    samples = reads(array, v[None])[:, 0]
    assert_covariance(samples, np.diag(own) + shared * np.ones((COLS, COLS)))


def test_published_flicker_noise_is_a_few_percent_of_the_range():
    """1.6 to 5 % of 25 uS from 20 s to ten years, over the conductances from 2 uS on."""
    x, law = np.linspace(0.08, 1.0, 50), PcmFlicker()
    first, last = (law.relative(x, np.array(t)) * x for t in (20.0, 3.156e8))
    assert first.min() > 0.014
    assert last.max() < 0.052
    np.testing.assert_allclose(last / first, 1.395, rtol=1e-3)
    assert law.relative(np.array(1.0), np.array(20.0)) == pytest.approx(0.0368, rel=1e-2)


def test_flicker_noise_follows_cells_that_learn():
    tile = Tile(device=PRESETS["pcm"].device, mapping=Offset(w_max=1.0), reading=QUIET, follow=5)
    state = tile.program(np.zeros((ROWS, COLS)), rng=np.random.default_rng(1))
    before = state.array.flicker[0].copy()
    x, d = np.ones((1, ROWS)), np.full((1, COLS), -0.1)
    for _ in range(5):
        np.testing.assert_array_equal(state.array.flicker[0], before)
        state.update(x, d, 1.0, rng=np.random.default_rng(2))
    np.testing.assert_array_equal(state.array.flicker[0], state.array.cells[0].flicker())
    assert state.array.flicker[0].mean() > 1.1 * before.mean()


def thermal(total: np.ndarray, reading: Reading) -> np.ndarray:
    return 4 * K_B * reading.temperature * total / (2 * reading.t_read)


@every_mapping
def test_thermal_noise_is_that_of_all_conductance_on_the_line_without_any_voltage(mapping):
    reading = Reading(temperature=350.0, t_read=5e-9)
    array = build(mapping, {}, reading)
    own = thermal(sum(c.g.sum(axis=0) for c in array.cells), reading)
    shared = sum(thermal(g.sum(), reading) for g in references(array))
    samples = reads(array, np.zeros((1, ROWS)))[:, 0]
    assert_covariance(samples, np.diag(own) + shared * np.ones((COLS, COLS)))
    zero = np.zeros((N, 1, COLS))
    back = array.currents(zero, forward=False, rng=np.random.default_rng(4))[:, 0]
    own = thermal(sum(c.g.sum(axis=1) for c in array.cells), reading)
    shared = sum(thermal(g.sum(), reading) for g in references(array, back=True))
    assert_covariance(back, np.diag(own) + shared * np.ones((ROWS, ROWS)))


def test_thermal_noise_of_one_cell_has_its_textbook_size():
    """25 uS at 300 K read in 10 ns: sqrt(4 k T G / 20 ns) = 4.55 nA."""
    reading = Reading(temperature=300.0, t_read=10e-9)
    assert np.sqrt(thermal(25e-6, reading)) == pytest.approx(4.55e-9, rel=1e-3)


@every_mapping
@pytest.mark.parametrize("fano", [1.0, 0.3])
def test_shot_noise_is_that_of_the_current_of_every_cell(mapping, fano):
    reading = Reading(temperature=0.0, fano=fano)
    array, v, back = build(mapping, {}, reading), voltages(ROWS), voltages(COLS)
    unit = 2 * Q_E * fano / (2 * reading.t_read)
    own = sum(np.abs(v) @ c.g for c in array.cells)
    shared = sum((np.abs(v) @ g).item() for g in references(array))
    samples = reads(array, v[None])[:, 0]
    assert_covariance(samples, unit * (np.diag(own) + shared * np.ones((COLS, COLS))))
    drawn = array.currents(
        np.repeat(back[None, None], N, axis=0), forward=False, rng=np.random.default_rng(4)
    )[:, 0]
    own = sum(c.g @ np.abs(back) for c in array.cells)
    shared = sum((g @ np.abs(back)).item() for g in references(array, back=True))
    assert_covariance(drawn, unit * (np.diag(own) + shared * np.ones((ROWS, ROWS))))


@every_mapping
@pytest.mark.parametrize("fano", [0.3, 1.0])
@pytest.mark.parametrize("volts", [0.0, 1e-6, 0.005, 0.05, 0.2])
def test_noise_of_a_cell_is_one_formula_at_every_bias(mapping, fano, volts):
    """2 e I coth(e V / 2 k T) F + 4 k T G (1 - F): thermal noise is not counted twice."""
    reading = Reading(temperature=300.0, fano=fano)
    array, x = build(mapping, {}, reading), Q_E * volts / (2 * K_B * 300.0)
    unit = 4 * K_B * 300.0 * (fano * (x / np.tanh(x) if x else 1.0) + 1 - fano)
    unit /= 2 * reading.t_read
    own = sum(c.g.sum(axis=0) for c in array.cells)
    shared = sum(g.sum() for g in references(array))
    samples = reads(array, np.full((1, ROWS), volts))[:, 0]
    assert_covariance(samples, unit * (np.diag(own) + shared * np.ones((COLS, COLS))))


def test_excess_of_shot_noise_has_both_limits():
    """|v| L(x): |v| x / 3 for small x = |v| e / 2 k T, |v| less 2 k T / e for large."""
    v, inverse = np.geomspace(1e-12, 10.0, 4000)[None], Q_E / (2 * K_B * 300.0)
    x = inverse * v
    exact = v * np.where(x < 0.01, x / 3 - x**3 / 45, 1 / np.tanh(x) - 1 / x)
    np.testing.assert_allclose(products.excesses(-v, inverse), exact, rtol=1e-5)
    np.testing.assert_allclose(products.excesses(-v, 1e23), v, rtol=1e-6)
    assert products.excesses(np.zeros((1, 1)), 1e23) == 0


@every_mapping
def test_each_copy_has_the_noise_of_its_own_cells(mapping):
    array, v = build(mapping, KINDS["relative"], copies=3), voltages(3, ROWS)
    samples = reads(array, v)
    for k in range(3):
        rows = slice(k * ROWS, (k + 1) * ROWS)
        own = sum(v[k] ** 2 @ sigma(array, c.g[rows]) ** 2 for c in array.cells)
        shared = sum(v[k] ** 2 @ sigma(array, g[rows]) ** 2 for g in references(array))
        expected = np.diag(own) + shared * np.ones((COLS, COLS))
        assert_covariance(samples[:, k], expected)
    assert abs(np.corrcoef(samples[:, 0, 0], samples[:, 1, 0])[0, 1]) < 5 / np.sqrt(N)
    u = voltages(3, COLS)
    back = array.currents(
        np.repeat(u[None], N, axis=0), forward=False, rng=np.random.default_rng(4)
    )
    for k in range(3):
        rows = slice(k * ROWS, (k + 1) * ROWS)
        own = sum(sigma(array, c.g[rows]) ** 2 @ u[k] ** 2 for c in array.cells)
        shared = sum(sigma(array, g[k]) ** 2 @ u[k] ** 2 for g in references(array, back=True))
        assert_covariance(back[:, k], np.diag(own) + shared * np.ones((ROWS, ROWS)))


@every_mapping
@pytest.mark.parametrize("errors", [Errors(), Errors(saturation=1e9)], ids=["added", "apart"])
def test_arrays_of_a_split_matrix_have_noise_and_references_of_their_own(mapping, errors):
    """Also where line currents are sensed apart: then the parts are drawn apart and added."""
    device = replace(PRESETS["reram"].device, sigma_read=0.02)
    blocks = Blocks(element=SynapticElement(errors=errors))
    parts = {"mapping": mapping, "reading": QUIET, "size": (4, 3), "blocks": blocks}
    tile = Tile(device=device, dtype=np.float64, **parts)
    state = tile.program(np.full((ROWS, COLS), 0.3), rng=np.random.default_rng(1))
    x = np.random.default_rng(3).uniform(-1, 1, ROWS)
    x[2] = 1.0  # the normaliser then scales by the read voltage alone
    y = state.matvec(np.repeat(x[None], N, axis=0), rng=np.random.default_rng(4))
    unit = (0.02 * (device.g_max - device.g_min) / state.array.scale) ** 2 * np.sum(x**2)
    shares = np.kron(np.eye(2), np.ones((3, 3)))[:COLS, :COLS] * mapping.reference
    assert_covariance(y, unit * (len(state.array.cells) * np.eye(COLS) + shares))
    assert np.all(np.abs(y.mean(axis=0) - x @ state.weights[0]) < 5 * np.sqrt(2 * unit / N))
    d = np.array([0.4, -1.0, 0.1, 0.7])
    back = state.rmatvec(np.repeat(d[None], N, axis=0), rng=np.random.default_rng(4))
    unit *= np.sum(d**2) / np.sum(x**2)
    shares = np.kron(np.eye(2), np.ones((4, 4)))[:ROWS, :ROWS] * mapping.reference
    assert_covariance(back, unit * (len(state.array.cells) * np.eye(ROWS) + shares))


def test_without_any_noise_a_read_repeats():
    array, v = build(Offset(w_max=1.0), {}), voltages(1, ROWS)
    samples = reads(array, v)
    np.testing.assert_array_equal(samples, np.broadcast_to(samples[0], samples.shape))
