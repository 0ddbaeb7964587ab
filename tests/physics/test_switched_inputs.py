"""Inputs in time, bit after bit or as long as the number: exact for any law of the cells."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from crossbar.activity import Activity
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import PulseWidthDac, SerialDac, StringDac, Switched
from crossbar.devices import (
    Conduction,
    IdealCell,
    IVTable,
    Ohmic,
    Power,
    Sinh,
    TransistorSelector,
)
from crossbar.errors import ConfigError
from crossbar.spice.tiles import tile_of
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

V, T = 0.3, 2e-9
QUIET = Reading(v_read=V, t_read=T, temperature=0.0)
DACS = {"serial": SerialDac(bits=6), "pulse-width": PulseWidthDac(bits=6)}
TOP = 31
LAWS = {
    "ohmic": Ohmic(),
    "sinh": Sinh(v0=0.1, v_ref=V),
    "sinh at rest": Sinh(v0=0.1),
    "power": Power(p=1.7),
    "transistor": TransistorSelector(i_sat=2e-5),
    "table": IVTable(v=(0.1, 0.2, 0.4), i=((1e-7, 3e-7, 1e-6), (4e-6, 9e-6, 3e-5))),
}
every_dac = pytest.mark.parametrize("dac", DACS.values(), ids=DACS)
every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
ROWS, COLS = 5, 3
WEIGHTS = np.random.default_rng(1).uniform(-1, 1, (ROWS, COLS))
X = np.array([1.0, -0.4, 0.03, 0.0, -1.0])


def tile(law: Conduction, dac: Any, mapping: Any = None, **parts: Any) -> Tile:
    usual: dict[str, Any] = {"reading": QUIET, "dtype": np.float64, "dac": dac}
    device = IdealCell(g_min=1e-6, g_max=40e-6, conduction=law)
    return Tile(device=device, mapping=mapping or DifferentialPair(w_max=1.0), **(usual | parts))


def program(law: Conduction, dac: Any, **parts: Any):
    return tile(law, dac, **parts).program(
        WEIGHTS, rng=np.random.default_rng(2), activity=Activity()
    )


def read(state, x=X, *, back: bool = False) -> np.ndarray:
    method = state.rmatvec if back else state.matvec
    return method(np.atleast_2d(x), rng=np.random.default_rng(3))[0]


def rounded(x: np.ndarray) -> np.ndarray:
    return np.rint(x * TOP) / TOP


@every_dac
def test_steps_add_up_to_the_number_and_to_the_time_that_lines_are_driven(dac: Switched) -> None:
    x = np.random.default_rng(4).uniform(-1, 1, (7, 50))
    steps = list(dac.steps(x))
    np.testing.assert_allclose(sum(s.weight * s.x for s in steps), rounded(x), atol=1e-12)
    np.testing.assert_allclose(sum(s.long * np.abs(s.x) for s in steps), dac.on(x), atol=1e-12)
    assert sum(s.long for s in steps) <= dac.slots
    each = [s.weight / s.long for s in dac.steps(np.linspace(0, 1, TOP + 1)) for _ in range(s.long)]
    np.testing.assert_allclose(dac.averaging, sum(each) ** 2 / sum(w * w for w in each))


@every_dac
def test_steps_of_a_dac_from_outside_are_tried(dac: Switched) -> None:
    dac.prove()

    @dataclass(frozen=True, kw_only=True)
    class Halved(type(dac)):
        def steps(self, x):
            yield from (step._replace(weight=step.weight / 2) for step in super().steps(x))

    with pytest.raises(ConfigError, match=r"^Halved\.steps: expected steps that add up to the num"):
        Halved(bits=5).prove()


@every_law
def test_amplitudes_are_bent_by_the_law_of_the_cells(law: Conduction) -> None:
    """One line at a time, in closed form: (i(g+, x V) - i(g-, x V)) / (k V)."""
    state = program(law, StringDac(bits=6))
    plus, minus = (g.g for g in state.array.cells)
    v = V * rounded(X)[:, None]
    currents = law.current(plus, v)[0] - law.current(minus, v)[0]
    np.testing.assert_allclose(read(state), currents.sum(axis=0) / (state.array.scale * V))


def test_small_inputs_of_sinh_cells_are_too_small_by_the_closed_form() -> None:
    """Exactly sinh(a x) / (x sinh(a)), a = V / v0, of a single input beside one of full scale."""
    law, weights = LAWS["sinh"], np.array([[0.0], [0.8]])
    spec = tile(law, StringDac(bits=10))
    state = spec.program(weights, rng=np.random.default_rng(2))
    for x in (0.1, 0.5, 0.9):
        whole = np.rint(511 * x) / 511
        bent = math.sinh(3 * whole) / math.sinh(3)
        assert read(state, np.array([1.0, x]))[0] == pytest.approx(0.8 * bent, rel=1e-9)


@every_law
@every_dac
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_numbers_in_time_are_multiplied_by_what_cells_conduct_at_one_voltage(law, dac, back):
    """Exact but for the rounding of the number; of cells that are a product, by the weights."""
    state = program(law, dac)
    plus, minus = (g.g for g in state.array.cells)
    gain = state.array.scale * V
    if law is not LAWS["ohmic"]:
        low, _, high = state.spec.device.window
        gain = state.array.scale * law.reach(low, high, V)
    at = np.array([V])
    held = (law.current(plus, at)[0] - law.current(minus, at)[0]) / gain
    x = rounded(X[:COLS] if back else X)
    expected = x @ (held.T if back else held)
    np.testing.assert_allclose(read(state, x, back=back), expected, rtol=1e-9, atol=1e-12)
    if law.shape(at) is not None:
        exact = x @ (WEIGHTS.T if back else WEIGHTS)
        np.testing.assert_allclose(read(state, x, back=back), exact, rtol=1e-9, atol=1e-12)


def by_steps(law: Conduction, dac: Switched, back: bool, **parts: Any) -> tuple[np.ndarray, float]:
    """Return what a tile without DAC gives for the steps one by one, weighted, and their energy."""
    total, energy = 0.0, 0.0
    for step in dac.steps(np.atleast_2d(X[:COLS] if back else X)):
        state = program(law, None, **parts)
        full = np.abs(step.x).max() > 0
        total = total + step.weight * read(state, step.x[0], back=back) * full
        event = "read_energy_transposed" if back else "read_energy"
        energy += step.long * state.activity.total(event)
    return total, energy


@every_dac
@pytest.mark.parametrize("law", ["ohmic", "sinh", "transistor", "table"])
@pytest.mark.parametrize("wires", [None, Wires(r_wl=30.0, r_bl=20.0)], ids=["ideal", "wires"])
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_a_read_is_that_of_its_steps_one_after_the_other(dac, law, wires, back) -> None:
    """Currents and energy, against reads of an array that is driven step by step."""
    law = LAWS[law]
    state = program(law, dac, wires=wires)
    got = read(state, X[:COLS] if back else X, back=back)
    expected, energy = by_steps(law, dac, back, wires=wires)
    seen = 1.0 if law.ohmic else law.reach(1e-6, 40e-6, V) / V
    np.testing.assert_allclose(got * seen, expected, rtol=1e-6, atol=1e-9)
    event = "read_energy_transposed" if back else "read_energy"
    assert state.activity.total(event) == pytest.approx(energy, rel=1e-6)


@every_dac
def test_windows_take_the_energy_of_the_vectors_that_they_are(dac: Switched) -> None:
    """The compiled read of all windows against windows that are laid out, in both counts."""
    kernel, images = 2, np.random.default_rng(5).normal(size=(3, 5, 4))
    weights = np.random.default_rng(6).uniform(-1, 1, (4, 3))
    energies = []
    for laid in (False, True):
        spec = tile(Ohmic(), dac, Offset(w_max=1.0))
        state = spec.program(weights, rng=np.random.default_rng(2), activity=Activity())
        if laid:
            views = np.lib.stride_tricks.sliding_window_view(images, (kernel, kernel), (1, 2))
            # all samples have the peak of their windows, which here is that of the image
            y = state.matvec(views.reshape(3, -1, 4), rng=np.random.default_rng(3))
        else:
            assert state.sliding is not None
            y = state.sliding(images, kernel, rng=np.random.default_rng(3))
        energies.append((y, state.activity.total("read_energy")))
    np.testing.assert_allclose(energies[0][0], energies[1][0], rtol=1e-9, atol=1e-12)
    assert 0 < energies[0][1] == pytest.approx(energies[1][1], rel=1e-9)


@pytest.mark.parametrize("law", ["ohmic", "sinh"])
@every_dac
def test_thermal_noise_averages_over_the_steps(dac: Switched, law: str) -> None:
    """The variance of 4000 reads of lines at rest, Nyquist's over the whole read: 5.5 sigma."""
    n, k_b = 4000, 1.380649e-23
    spec = tile(LAWS[law], dac, reading=replace(QUIET, temperature=300.0))
    state = spec.program(WEIGHTS, rng=np.random.default_rng(2))
    i = state.array.currents(np.zeros((n, 1, ROWS)), rng=np.random.default_rng(3))[:, 0]
    ((_, _, _, g),) = state.array.physical()
    slope = LAWS[law].current(g, np.zeros(()))[1].sum(axis=0).reshape(COLS, 2).sum(axis=1)
    expected = 4 * k_b * 300 * slope / (2 * T * dac.averaging)
    spread = np.log(i.var(axis=0, ddof=1) / expected)
    assert (np.abs(spread) < 5.5 * math.sqrt(2 / (n - 1))).all()


@every_dac
@pytest.mark.parametrize("law", ["ohmic", "sinh"])
def test_events_drive_lines_for_one_step_whatever_the_dac(dac: Switched, law: str) -> None:
    counts = []
    for one in (None, dac):
        state = program(LAWS[law], one)
        state.rows([[0, 2], []], rng=np.random.default_rng(3))
        counts.append(state.activity.total("read_energy"))
    assert 0 < counts[0] == pytest.approx(counts[1], rel=1e-9)


def test_noise_of_a_dac_in_bits_needs_ideal_lines_or_ohmic_cells() -> None:
    noisy, wires = SerialDac(bits=6, noise=0.01), Wires(r_wl=1.0, r_bl=1.0)
    with pytest.raises(ConfigError, match=r"^SerialDac\.noise: expected 0 where lines with res"):
        tile(LAWS["sinh"], noisy, wires=wires)
    tile(LAWS["sinh"], noisy)
    tile(LAWS["ohmic"], noisy, wires=wires)


def test_netlists_whose_lines_would_stand_at_other_voltages_are_refused() -> None:
    expected = r"^tile: expected ohmic cells, or a DAC of voltages, got SerialDac\. Take StringDac"
    with pytest.raises(ConfigError, match=expected):
        tile_of(program(LAWS["sinh"], DACS["serial"]), "tile")
    assert tile_of(program(LAWS["ohmic"], DACS["serial"]), "tile")
    assert tile_of(program(LAWS["sinh"], StringDac(bits=6)), "tile")
