"""Common random numbers: points of a sweep differ by what is swept, and by no draw.

The same seed gives the same split, initial weights, fabricated spread (z-scores), stuck cells
(nested with their rate), programming errors and read noise, whatever the other settings are.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crossbar.data import Ends
from crossbar.nn import Chip
from crossbar.random import Streams
from crossbar.runs import Conditions, Experiment, experiment, override, train
from crossbar.runs.build import chip, parts_of
from crossbar.runs.conditions import conditioned

SEED = 4
SETTINGS = {
    "data": {"clips": 6, "preset": "hard"},
    "network": {"hidden": 8},
    "train": {"epochs": 1},
    "seed": [SEED],
}
ANY = ("device.sigma_read=0.1", "faults.p_on=0.05", "faults.p_off=0.02", "tile.adc.bits=6")
RATES = (0.01, 0.05, 0.2)


def plan_of(kind: str, *changes: str) -> Experiment:
    return experiment(override(SETTINGS | {"device": {"kind": kind}}, list(changes)))


def chip_of(kind: str, *changes: str) -> Chip:
    return chip(plan_of(kind, *changes), Ends((28, 28), 2), Streams(SEED))


def cells(made: Chip, layer: str = "fc"):
    return made.held[layer].array.cells[0]


def branch_scores(made: Chip) -> np.ndarray:
    """z-scores (bits, cols, rows) of the branches of CMOS synapses."""
    held = cells(made)
    units = 2.0 ** np.arange(held.spec.bits)[:, None, None]
    return (held.branches / (held.spec.quantum * units) - 1) * np.sqrt(units) / held.spec.sigma_unit


@pytest.mark.parametrize("changes", [(), ("device.bits=5",), ANY])
def test_the_split_is_that_of_the_seed(changes) -> None:
    windows = plan_of("cmos").common.data.dataset()
    parts = parts_of(plan_of("cmos", *changes).common.data, windows, SEED)
    digital = parts_of(plan_of("float").common.data, windows, SEED)
    np.testing.assert_array_equal(parts.test_index, digital.test_index)
    np.testing.assert_array_equal(parts.train[0], digital.train[0])


@pytest.mark.parametrize("bits", [4, 6, 9])
def test_initial_weights_are_those_of_the_float_network_to_half_a_code(bits) -> None:
    digital = chip_of("float")
    made = chip_of("cmos", f"device.bits={bits}", "device.sigma_unit=0", "device.sigma_read=0.1")
    for name, held in made.held.items():
        step = held.spec.device.quantum / held.array.scale
        error = np.abs(held.weights[0] - digital.held[name].weights[0]).max()
        assert error <= 0.5 * step * 1.001  # single precision of conductances


@pytest.mark.parametrize("change", ["device.bits=4", "device.bits=9", *ANY])
def test_branches_of_a_synapse_scatter_alike_at_any_width(change) -> None:
    """To the single precision of a branch, 6e-8 of it, over its smallest relative spread."""
    reference, other = branch_scores(chip_of("cmos")), branch_scores(chip_of("cmos", change))
    shared = min(len(reference), len(other))
    np.testing.assert_allclose(other[:shared], reference[:shared], atol=1e-4)


def exponents(cells) -> np.ndarray:
    return cells.spec.drift_law.exponents(cells.origin, cells.restlessness)


@pytest.mark.parametrize("change", ["device.sigma_program=0.02", "device.nu=0.2", *ANY])
def test_exponents_and_bounds_of_memristors_scatter_alike(change) -> None:
    constant = ("device.drift=none", "device.nu=0.05", "device.sigma_nu=0.02")
    spread = ("device.spread=none", "device.sigma_bounds_d2d=0.05", *constant)
    reference, other = cells(chip_of("pcm", *spread)), cells(chip_of("pcm", *spread, change))
    np.testing.assert_allclose(other.high, reference.high, rtol=1e-6)
    shift = other.spec.nu - reference.spec.nu
    nu = exponents(reference)
    free = nu > 0  # the others are cut at zero
    np.testing.assert_allclose(exponents(other)[free] - shift, nu[free], atol=1e-6)
    wide = cells(chip_of("pcm", *spread, "device.sigma_nu=0.01"))  # half the spread
    z = (exponents(wide) - wide.spec.nu) / 0.01
    np.testing.assert_allclose(z[free], (nu[free] - 0.05) / 0.02, atol=1e-4)


@pytest.mark.parametrize("layer", ["conv", "fc", "out"])
@pytest.mark.parametrize("kind", ["cmos", "pcm"])
def test_stuck_cells_stay_stuck_at_higher_rates_and_other_settings(kind, layer) -> None:
    others = {"cmos": ("device.bits=5",), "pcm": ("device.drift=none", "device.sigma_nu=0.1")}[kind]
    for rate in ("faults.p_on", "faults.p_off"):
        stuck = [~cells(chip_of(kind, f"{rate}={p}"), layer).free for p in RATES]
        for few, many in pairwise(stuck):
            assert many[few].all()
            assert many.sum() > few.sum() or few.size < 200
        changed = chip_of(kind, f"{rate}={RATES[1]}", "device.sigma_read=0.1", *others)
        np.testing.assert_array_equal(~cells(changed, layer).free, stuck[1])


def test_programming_errors_are_scaled_by_their_deviation() -> None:
    none, small, large = (
        cells(chip_of("pcm", f"device.sigma_program={sigma}")).g.astype(np.float64)
        for sigma in (0.0, 0.01, 0.02)
    )
    span = 24.9e-6  # single precision of 25 uS, over errors of 1 % of the range
    np.testing.assert_allclose((large - none) / span, 2 * (small - none) / span, atol=1e-6)
    assert (small - none).std() == pytest.approx(0.01 * span, rel=0.05)


def test_read_noise_is_scaled_by_its_deviation_also_where_cells_are_stuck() -> None:
    x = np.random.default_rng(3).standard_normal((4, 28, 28)).astype(np.float32)
    for faults in ((), ("faults.p_on=0.05",)):
        quiet = ("tile.reading.temperature=0", *faults)
        outputs = []
        for sigma in (0.0, 0.01, 0.02):
            made = chip_of("cmos", *quiet, f"device.sigma_read={sigma}")
            held = made.held["conv"]
            low, _, high = held.spec.device.window
            assert held.array.noise.absolute == pytest.approx(sigma * (high - low), rel=1e-12)
            outputs.append(made.layers["conv"].infer(x, rng=np.random.default_rng(8)))
        none, small, large = outputs
        scale = np.abs(small - none).max()
        assert scale > 0
        np.testing.assert_allclose(large - none, 2 * (small - none), atol=1e-4 * scale)


@pytest.mark.parametrize("number", [None, 0, 7])
def test_a_tested_chip_is_the_same_chip_at_every_other_setting(number, tmp_path: Path) -> None:
    """Spread and stuck cells of the chip that learned, and of newly fabricated chips."""
    run, conditions = tmp_path / "run", Conditions(chip=number)
    train(plan_of("cmos"), run)
    windows = plan_of("cmos").common.data.dataset()
    chips = [
        conditioned(plan_of("cmos", *changes), run, SEED, windows, conditions).chip
        for changes in ((), ("faults.p_on=0.01",), ("faults.p_on=0.1", "device.sigma_read=0.1"))
    ]
    reference = branch_scores(chips[0])
    for other in chips[1:]:
        np.testing.assert_array_equal(branch_scores(other), reference)
    few, many = (~cells(other).free for other in chips[1:])
    assert 0 < few.sum() < many.sum()
    assert many[few].all()
    own = np.array_equal(branch_scores(chip_of("cmos")), reference)
    assert own == (number is None)
    narrow = conditioned(plan_of("cmos", "device.bits=5"), run, SEED, windows, conditions).chip
    np.testing.assert_allclose(branch_scores(narrow), reference[:5], atol=1e-4)
