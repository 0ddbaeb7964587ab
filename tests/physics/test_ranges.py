"""Rules for the full scale of an ADC, on currents whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.blocks import Blocks
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.converters import (
    Currents,
    Largest,
    LeastError,
    LogarithmicAdc,
    Percentile,
    SarAdc,
)
from crossbar.devices import PRESETS
from crossbar.substrates.tile import Tile

WIDTH = 2 ** (1 / 64)  # of a bin


def currents(values: np.ndarray) -> Currents:
    seen = Currents()
    for part in np.array_split(values, 3):
        seen.add(np.abs(part))
    return seen


@pytest.fixture(scope="module")
def normal() -> np.ndarray:
    return 0.1 * np.random.default_rng(0).standard_normal(300_000)


def test_nothing_is_cut_at_the_largest(normal):
    assert Largest().reach(currents(normal), SarAdc().transfer) == np.abs(normal).max()


@pytest.mark.parametrize("below", [0.5, 0.9, 0.999, 1.0])
def test_a_percentile_is_that_of_the_currents(normal, below):
    reach = Percentile(below=below).reach(currents(normal), SarAdc().transfer)
    assert reach == pytest.approx(np.quantile(np.abs(normal), below), rel=WIDTH - 1)


@pytest.mark.parametrize("adc", [SarAdc(bits=3), SarAdc(bits=4), SarAdc(bits=6),
                                 LogarithmicAdc(bits=5)])  # fmt: skip
def test_the_least_error_is_the_least_of_all_full_scales(normal, adc):
    """Every signal is converted at every full scale; histogram and grid cost under 1 % of error."""
    thresholds, levels = adc.transfer()

    def error(full: float) -> float:
        converted = full * levels[np.searchsorted(thresholds, normal / full, side="right")]
        return float(np.mean((converted - normal) ** 2))

    reach = LeastError().reach(currents(normal), adc.transfer)
    best = min(error(full) for full in np.geomspace(0.05, 0.6, 120))
    assert error(reach) < 1.01 * best


def test_fewer_bits_cut_more(normal):
    """Of a normal signal, by integration: 2.474 deviations at 4 bits, 3.92 at 8.

    The grid of full scales has steps of 2 %, and the least is flat.
    """
    seen = currents(normal)
    reaches = [LeastError().reach(seen, SarAdc(bits=bits).transfer) / 0.1 for bits in (3, 4, 6, 8)]
    assert reaches == sorted(reaches)
    assert reaches[1] == pytest.approx(2.474, rel=0.03)
    assert reaches[3] == pytest.approx(3.92, rel=0.03)


def test_a_tile_is_calibrated_by_the_rule_of_its_adc():
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((200, 30)), rng.uniform(-1, 1, (30, 20))
    reaches = {}
    for rule in (Largest(), Percentile(below=0.99), LeastError()):
        spec = Tile(
            device=PRESETS["ideal"].device, mapping=DifferentialPair(w_max=1.0), blocks=Blocks(),
            reading=Reading(temperature=0.0), adc=SarAdc(bits=4, calibration=rule),
        )  # fmt: skip
        state = spec.program(w, rng=np.random.default_rng(2))
        used = state.calibrate(x, rng=rng)
        reaches[type(rule)] = state.sensing.reach[0]
        assert used * state.sensing.reach[0] == pytest.approx(reaches[Largest], rel=1e-6)
    assert reaches[LeastError] < reaches[Largest]
    assert reaches[Percentile] < reaches[Largest]


def test_idle_copies_are_no_currents():
    """5 positions on 4 copies leave three idle in the second cycle: no reach depends on them."""
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal((40, 5, 12)), rng.uniform(-1, 1, (12, 6))
    spec = Tile(
        device=PRESETS["ideal"].device, mapping=DifferentialPair(w_max=1.0), dtype=np.float64,
        reading=Reading(temperature=0.0), adc=SarAdc(bits=6, calibration=Percentile(below=0.5)),
    )  # fmt: skip
    reaches = []
    for copies in (1, 2, 4, 8):
        state = spec.program(w, rng=np.random.default_rng(4), copies=copies)
        state.calibrate(x, rng=rng)
        reaches.append(state.sensing.reach[0])
    assert reaches == [reaches[0]] * 4
