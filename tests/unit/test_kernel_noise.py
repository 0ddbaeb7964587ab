"""Noise of line currents equals its plain NumPy twin, alone and in the reads of arrays."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import twins

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, PcmFlicker
from crossbar.kernels.noise import add_noise

K_B, Q_E = 1.380649e-23, 1.602176634e-19
KEY = twins.halves(twins.KEY)


def normals(n: int, lines: int, key) -> np.ndarray:
    """Standard normals (n, lines): a key for as many rows as fit into a chunk."""
    rows = max(1, twins.CHUNK // lines)
    parts = [
        twins.normals(min(rows, n - first) * lines, twins.derived(key, first))
        for first in range(0, n, rows)
    ]
    return np.concatenate(parts).reshape(n, lines)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 7), (2, 3000), (700, 5), (2049, 1)])
@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize("more", [True, False])
def test_added_noise_equals_its_twin(dtype, shape, copies, more):
    """The noise is in single precision: 1e-4 of the largest of its spreads."""
    n, lines = shape
    rng = np.random.default_rng(1)
    square, floor, extra = rng.random(n), rng.random((copies, lines)), rng.random(shape)
    extra = extra if more else np.empty((0, 0))
    i = np.zeros(shape, dtype)
    args = (square.astype(dtype), dtype(2.0), floor.astype(dtype), extra.astype(dtype))
    add_noise(i, *args, KEY[0][0], KEY[1][0])
    variance = 2.0 * square[:, None] + floor[np.arange(n) % copies]
    sigma = np.sqrt(variance + extra if more else variance)
    np.testing.assert_allclose(i, sigma * normals(n, lines, KEY), atol=1e-4, rtol=0)


ROWS, COLS = 6, 5
KINDS = {
    "per cell": ({"sigma_read": 0.02}, Reading(temperature=0.0)),
    "relative": ({"sigma_read_value": 0.05}, Reading(temperature=0.0)),
    "thermal": ({}, Reading(temperature=300.0, t_read=1e-9)),
    "shot": ({}, Reading(temperature=0.0, fano=0.5)),
    "both": ({}, Reading(temperature=300.0, fano=0.7, t_read=1e-9)),
    "all": ({"sigma_read": 0.02, "sigma_read_value": 0.05}, Reading(fano=1.0)),
    "flicker": ({"flicker": PcmFlicker()}, Reading(temperature=0.0)),
    "flicker and all": (
        {"sigma_read": 0.02, "sigma_read_value": 0.05, "flicker": PcmFlicker()},
        Reading(fano=1.0),
    ),
    "none": ({}, Reading(temperature=0.0)),
}


def build(mapping, kind, dtype, **layout) -> Array:
    noise, reading = kind
    device = replace(PRESETS["reram"].device, **({"sigma_read": 0.0} | noise))
    args = (device, mapping, Layout(rows=ROWS, cols=COLS, **layout), reading, None)
    array = Array.fabricate(*args, rng=np.random.default_rng(1), dtype=dtype)
    weights = np.random.default_rng(2).uniform(-1, 1, (ROWS, COLS))
    array.program(weights, rng=np.random.default_rng(3))
    return array


def variance(array: Array, v: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Variance of the current of lines with cells ``g`` (inputs, lines), for each row of v."""
    device, reading = array.device, array.reading
    sigma = np.hypot(device.sigma_read * (device.g_max - device.g_min), device.sigma_read_value * g)
    if device.flicker is not None:
        slow = np.minimum(0.0088 * (g / device.g_max) ** -0.65, 0.2) * g
        sigma = np.hypot(sigma, slow * np.sqrt(np.log((device.t0 + 250e-9) / 500e-9)))
    band = 0.5 / reading.t_read
    thermal = 4 * K_B * reading.temperature * band * g.sum(axis=0)
    if not reading.fano:
        return v**2 @ sigma**2 + thermal
    # 2 e I coth(e V / 2 k T) F + 4 k T G (1 - F), and 2 e I F without a temperature.
    steep = 1.0
    if reading.temperature:
        steep = 1 / np.tanh(Q_E * np.abs(v) / (2 * K_B * reading.temperature))
    shot = 2 * Q_E * reading.fano * band * (np.abs(v) * steep) @ g
    return v**2 @ sigma**2 + (1 - reading.fano) * thermal + shot


def twin(array: Array, v: np.ndarray, *, back: bool) -> np.ndarray:
    """Currents (n, copies, lines) of reads ``v`` (n, copies, inputs), line by line."""
    key = twins.halves(np.uint64(np.random.default_rng(7).bit_generator.random_raw()))
    n, copies, _ = v.shape
    outputs = ROWS if back else COLS
    own, common = twins.derived(key, 1), twins.derived(key, 2)
    edges = [r.start for r in array.layout.row_slices()] if back else [
        c.start for c in array.layout.col_slices()
    ]  # fmt: skip
    edges = np.append(edges[: len(edges) if copies == 1 or not back else 1], outputs)
    lines = len(edges) - 1
    z = normals(n * copies, outputs, own).reshape(n, copies, outputs)
    z_common = normals(n * copies, lines, common).reshape(n, copies, lines)
    out = np.zeros((n, copies, outputs))
    for c in range(copies):
        rows = slice(c * ROWS, (c + 1) * ROWS)
        spread = 0.0
        for sign, cells in zip(array.mapping.signs, array.cells, strict=True):
            g = cells.g[rows].astype(float)
            g = g.T if back else g
            out[:, c] += sign * v[:, c] @ g
            spread = spread + variance(array, v[:, c], g)
        out[:, c] += np.sqrt(spread) * z[:, c]
        if array.reference is not None:
            r = array.reference
            g = (r.rows[0].g[[c]] if copies > 1 else r.rows[0].g).T if back else r.column.g[rows]
            g = g.astype(float)
            shared = v[:, c] @ g + np.sqrt(variance(array, v[:, c], g)) * z_common[:, c]
            out[:, c] -= np.repeat(shared, np.diff(edges), axis=1)
    return out


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)],
                         ids=["offset", "pair"])  # fmt: skip
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("layout", [{}, {"copies": 3}, {"size": (4, 3)}],
                         ids=["one", "copies", "arrays"])  # fmt: skip
def test_noisy_reads_of_arrays_equal_their_twin(dtype, mapping, kind, layout):
    """Forward and back; 1e-4 of the spread, and the rounding of the products."""
    array = build(mapping, kind, dtype, **layout)
    copies, rng = array.layout.copies, np.random.default_rng(4)
    for back, inputs in ((False, ROWS), (True, COLS)):
        v = rng.uniform(-0.2, 0.2, (30, copies, inputs)).astype(dtype)
        read = partial(array.currents, forward=not back)
        got = read(v, rng=np.random.default_rng(7))
        want = twin(array, v.astype(float), back=back)
        sigma = np.sqrt(variance(array, np.full((1, inputs), 0.2), np.full((inputs, 1), 4e-5)))
        rounding = 30 * np.finfo(dtype).eps * 0.2 * 4e-5 * inputs
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-4 * sigma.item() + rounding)
