"""Devices and their parts from outside: their own laws, and what a chip of them does."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import Constant, Memristor, NoisyReads, drifts
from crossbar.substrates.tile import Tile

HERE = Path(__file__).parent
LENGTHS = {
    "device_by_law": 40, "device_with_state": 60, "read_noise_law": 25, "drift_law": 25,
    "programming_law": 25,
}  # fmt: skip
SHAPE = (200, 100)
QUIET = Reading(temperature=0.0)


def taken(reference: str) -> Any:
    """Return what ``module:name`` is, imported as the settings import it."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


@pytest.mark.parametrize("name", LENGTHS)
def test_files_are_as_short_as_they_are_to_be(name: str) -> None:
    assert len((HERE / f"{name}.py").read_text().splitlines()) <= LENGTHS[name]


def cells_of(device, u: float = 0.3):
    cells = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    low, _, high = device.window
    cells.program(np.full(SHAPE, low + u * (high - low)), rng=np.random.default_rng(2))
    return cells, cells.g.copy(), high - low


@pytest.mark.parametrize("sign", [1, -1])
def test_a_law_of_ones_own_moves_cells_by_its_mean_and_spread(sign: int) -> None:
    """5 sigma of mean and spread over 20 000 cells; the table of 257 points is off by 2e-5."""
    cells, before, span = cells_of(taken("device_by_law:CELL").device)
    cells.pulse(np.full(SHAPE, sign), rng=np.random.default_rng(3))
    steps, u = sign * (cells.g - before) / span, 0.3 if sign > 0 else 0.7
    mean, noise = 2 * 0.004 * np.cos(np.pi * u / 2) ** 2, 0.001
    assert abs(steps.mean() - mean) < 5 * noise / np.sqrt(steps.size) + 2e-5 * mean
    assert abs(steps.std() - noise) < 5 * noise / np.sqrt(2 * steps.size)


def test_pulses_tire_a_cell_and_rest_restores_it_also_after_a_checkpoint() -> None:
    device = taken("device_with_state:TiringCell")(step=0.01, loss=0.2, tau=10.0)
    cells, before, span = cells_of(device)
    counts = np.zeros(SHAPE, int)
    counts[:, 1], counts[:, 2] = 5, -3
    tally = cells.pulse(counts, rng=np.random.default_rng(3))
    steps = 0.01 * np.exp(-0.2 * np.arange(5))
    np.testing.assert_allclose((cells.g - before)[:, 1] / span, steps.sum(), rtol=1e-12)
    np.testing.assert_allclose((cells.g - before)[:, 2] / span, -steps[:3].sum(), rtol=1e-12)
    assert tally.pulses == 8 * SHAPE[0]
    cells.age(20.0)
    again = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    again.restore({name: array.copy() for name, array in cells.arrays().items()})
    at = cells.g.copy()
    for one in (cells, again):
        one.pulse(counts, rng=np.random.default_rng(4))
    np.testing.assert_array_equal(cells.g, again.g)
    left = np.exp(-0.2 * (5 * np.exp(-2.0) + np.arange(5)))
    np.testing.assert_allclose((cells.g - at)[:, 1] / span, 0.01 * left.sum(), rtol=1e-12)


@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)])
def test_a_tile_counts_the_pulses_and_the_energy_of_cells_with_state(mapping) -> None:
    """What the reads see afterwards are the cells: w = v @ g, and V^2 t G of what pulses met."""
    device = taken("device_with_state:TiringCell")()
    tile = Tile(device=device, mapping=mapping, reading=QUIET, dtype=np.float64, size=(5, 4))
    state = tile.program(np.zeros((9, 7)), rng=np.random.default_rng(1), copies=1)
    rng = np.random.default_rng(2)
    x, d = rng.normal(size=(3, 9)), rng.normal(size=(3, 7))
    given = state.pulses(x, d, 0.2, rng=np.random.default_rng(3))
    state.update(x, d, 0.2, rng=np.random.default_rng(3))
    counts = state.activity.counts
    assert counts["tile", "pulses"] == sum(one.sum() for one in given) > 0
    met = counts["tile", "write_energy"] / (1.5**2 * 50e-9) / counts["tile", "pulses"]
    assert device.g_min < met < device.g_max
    assert counts["tile", "cells_changed"] > 0
    groups = [c.g for c in state.array.cells]
    signed = groups[0] - (groups[1] if len(groups) > 1 else state.array.reference.column.g[:, :1])
    np.testing.assert_allclose(state.matvec(np.eye(9), rng=rng) * state.array.scale, signed,
                               rtol=0, atol=1e-9 * device.g_max)  # fmt: skip


def test_read_noise_follows_its_law() -> None:
    """Variance of 4000 reads of one cell beside the law, 5 sigma."""
    device = Memristor(flicker=taken("read_noise_law:Telegraph")(amplitude=0.2))
    tile = Tile(device=device, mapping=Offset(w_max=1.0), reading=QUIET, dtype=np.float64)
    state = tile.program(np.array([[0.5]]), rng=np.random.default_rng(1))
    reads = state.matvec(np.ones((4000, 1)), rng=np.random.default_rng(2)) * state.array.scale
    cell, reference = state.array.cells[0].g.item(), state.array.reference.column.g.item()
    sigma = np.hypot(*(g * 0.2 / (1 + g / device.g_max / 0.2) for g in (cell, reference)))
    assert abs(reads.std() - sigma) < 5 * sigma / np.sqrt(2 * 4000)


@pytest.mark.parametrize("flicker", [False, True])
def test_any_device_is_read_with_the_noise_of_a_stress(flicker: bool) -> None:
    """Its own law stays and its cells are the same; 4000 reads, 5 sigma of their variance."""
    law = taken("read_noise_law:Telegraph")(amplitude=0.2)
    device = Memristor(flicker=law) if flicker else taken("device_with_state:TiringCell")()
    noisy = NoisyReads(device, sigma=0.05)
    tiles = [Tile(device=one, mapping=Offset(w_max=1.0), reading=QUIET, dtype=np.float64)
             for one in (device, noisy)]  # fmt: skip
    same, state = (tile.program(np.array([[0.5]]), rng=np.random.default_rng(1)) for tile in tiles)
    cell, reference = state.array.cells[0].g.item(), state.array.reference.column.g.item()
    assert same.array.cells[0].g.item() == cell
    assert noisy.without_read_noise() == device.without_read_noise()
    reads = state.matvec(np.ones((4000, 1)), rng=np.random.default_rng(2)) * state.array.scale
    own = [flicker * g * 0.2 / (1 + g / device.g_max / 0.2) for g in (cell, reference)]
    sigma = np.hypot(np.hypot(*own), np.sqrt(2) * 0.05 * (device.g_max - device.g_min))
    assert abs(reads.std() - sigma) < 5 * sigma / np.sqrt(2 * 4000)


def test_drift_follows_its_law_in_steps_and_at_once() -> None:
    device = Memristor(drift=taken("drift_law:Logarithmic")(loss=0.05))
    one, before, _ = cells_of(device)
    two = one.copy()
    one.age(1e4)
    for t in (0.5, 30.0, 1e4):
        two.age(t)
    np.testing.assert_allclose(one.g, 0.8 * before, rtol=1e-12)
    np.testing.assert_allclose(two.g, one.g, rtol=1e-12)


def test_a_report_says_of_any_device_whether_it_drifts() -> None:
    """By what its cells do, not by the names of fields."""
    assert drifts(Memristor(drift=taken("drift_law:Logarithmic")(loss=0.05)))
    assert drifts(NoisyReads(Memristor(tau_leak=1.0)))
    assert not drifts(taken("device_with_state:TiringCell")())


def test_programming_writes_in_its_way() -> None:
    levels = taken("programming_law:Levels")(levels=5)
    device = Memristor(step=Constant(), programming=levels, g_min=1e-6, g_max=5e-6)
    cells = device.fabricate((1, 5), rng=np.random.default_rng(1), dtype=np.float64)
    cells.program(np.array([[1.0, 1.4, 2.6, 4.4, 5.0]]) * 1e-6, rng=np.random.default_rng(2))
    np.testing.assert_allclose(cells.g, np.array([[1, 1, 3, 4, 5]]) * 1e-6, rtol=1e-12)


LAWS = """
[device]
kind = "constant"
flicker = "read_noise_law:Telegraph"
drift = { kind = "drift_law:Logarithmic", loss = 0.05 }
programming = { kind = "programming_law:Levels", levels = 64 }
"""


def test_a_device_by_law_trains_and_is_reported(lab) -> None:
    result = lab.train('[device]\nkind = "device_by_law:CELL"\nstep = { dw = "0.8 %" }\n')
    assert result["device"] == "device_by_law:CELL"
    assert "a range of 2 to 50 uS" in result["device_source"]
    assert "device_by_law:CELL" in lab.report()
    assert 0 <= lab.evaluate("device.step.noise=0.01")["accuracy"] <= 1


def test_a_device_with_state_trains_and_its_fatigue_is_swept(lab) -> None:
    frame = lab.sweep('[device]\nkind = "device_with_state:TiringCell"\n',
                      {"device.loss": [0.0, 0.5]})  # fmt: skip
    assert sorted(frame["device.loss"]) == [0.0, 0.5]
    assert frame["energy_training"].nunique() == 2  # tired cells meet other conductances
    assert "device_with_state:TiringCell" in lab.sweep_report()


@pytest.mark.parametrize("settings", ['[device]\nkind = "device_with_state:TiringCell"\n', LAWS])
def test_what_comes_from_outside_is_stressed(lab, settings: str) -> None:
    lab.train(f"{settings}[train]\nepochs = 4\n")
    scores = lab.stress()
    assert (scores.groupby("stress").accuracy.nunique() > 1)["read_noise"]


def test_laws_of_read_noise_drift_and_programming_are_set_in_toml(lab) -> None:
    lab.train(LAWS)
    page = lab.report()
    assert "read_noise_law:Telegraph" in page
    settings = dict(re.findall(r"<td>device\.(drift|flicker|programming)</td>\s*<td>(\w+)", page))
    assert settings == {"drift": "Logarithmic", "flicker": "Telegraph", "programming": "Levels"}
    noisy = lab.evaluate("device.flicker.amplitude=0.5", "device.drift.loss=0.1")
    assert 0 <= noisy["accuracy"] <= 1
