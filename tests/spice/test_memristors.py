"""Memristors: equations by hand and in closed form, ngspice against SciPy, what loops show."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from crossbar.devices.equations import MEMRISTORS, CircuitCell, Sine, StanfordPku, Vteam, Yakopcic
from crossbar.errors import ConfigError
from crossbar.spice.engine import models
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number
from crossbar.spice.memristors.datasheet import retention
from crossbar.spice.memristors.hysteresis import (
    TOLERANCES,
    Loop,
    area,
    crossings,
    integrate,
    loop,
    loop_errors,
    on_off,
    pinch,
    thresholds,
)

CELLS = [cell() for cell in MEMRISTORS.values()]
every_cell = pytest.mark.parametrize("cell", CELLS, ids=MEMRISTORS)
ngspice = pytest.mark.ngspice


def test_every_cell_is_registered() -> None:
    assert set(MEMRISTORS.values()) == set(CircuitCell.__subclasses__())


@every_cell
def test_the_subcircuit_has_the_parameters_of_the_specification(cell: CircuitCell) -> None:
    header = models.model(cell.model).parameters
    assert {n: float(p.default) for n, p in header.items()} == cell.parameters()
    units = {f.name: f.metadata.get("unit", "") or "1" for f in fields(cell)}
    assert {name: p.unit for name, p in header.items()} == units
    line = models.path(cell.model).read_text().replace("\n+", "")
    subckt = next(text for text in line.splitlines() if text.startswith(".subckt"))
    given = dict(word.split("=") for word in subckt.split() if "=" in word)
    assert {name: float(value) for name, value in given.items()} == cell.parameters()
    assert set(cell.spreads) <= set(cell.parameters())


@every_cell
def test_no_voltage_no_current_and_power_is_never_given(cell: CircuitCell) -> None:
    v, x = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(0, 1, 11))
    assert np.all(cell.current(0.0, x) == 0)
    assert np.all(cell.current(v, x) * v >= 0)


@every_cell
def test_the_state_stays_within_its_range(cell: CircuitCell) -> None:
    v = np.linspace(-1.5, 1.5, 41)
    assert np.all(cell.rate(v, 0.0) >= 0)
    assert np.all(cell.rate(v, 1.0) <= 0)
    direction = math.copysign(1.0, cell.pulses.v_set)
    assert cell.rate(direction * 1.5, 0.0) > 0  # no state is stuck at a bound
    assert cell.rate(-direction * 1.5, 1.0) < 0
    np.testing.assert_array_equal(cell.rate(v, 1.3), cell.rate(v, 1.0))


def test_vteam_by_hand() -> None:
    cell = Vteam()
    # w = 1.5 nm: R = 525 ohm.
    assert cell.current(0.21, 0.5) == pytest.approx(0.4e-3, rel=1e-12)
    # -0.3 V: (1.5 - 1)^3 x 10 m/s / 3 nm; 0.06 V: (3 - 1) x 5e-4 m/s / 3 nm; between, nothing.
    assert cell.rate(-0.3, 0.5) == pytest.approx(0.125 * 10 / 3e-9, rel=1e-12)
    assert cell.rate(0.06, 0.5) == pytest.approx(-2 * 5e-4 / 3e-9, rel=1e-12)
    assert np.all(cell.rate(np.array([-0.2, -0.1, 0.0, 0.02]), 0.5) == 0)


def test_yakopcic_by_hand() -> None:
    cell = Yakopcic(a2=0.34)
    assert cell.current(2.0, 0.5) == pytest.approx(0.17 * 0.5 * 0.1001667500198, rel=1e-12)
    assert cell.current(-2.0, 0.5) == pytest.approx(-0.34 * 0.5 * 0.1001667500198, rel=1e-12)
    over = 4000 * (math.exp(0.3) - math.exp(0.16))
    assert cell.rate(0.3, 0.2) == pytest.approx(over, rel=1e-12)
    # x = 0.65, half of the way from xp = 0.3 to 1: exp(-0.35) x 0.5.
    assert cell.rate(0.3, 0.65) == pytest.approx(over * math.exp(-0.35) / 2, rel=1e-12)
    under = 4000 * (math.exp(0.3) - math.exp(0.15))
    # x = 0.25, half of the way from 1 - xn = 0.5 to 0: exp(-5 x 0.25) x 0.5.
    assert cell.rate(-0.3, 0.25) == pytest.approx(-under * math.exp(-1.25) / 2, rel=1e-12)
    assert np.all(cell.rate(np.array([-0.15, 0.0, 0.16]), 0.5) == 0)


def test_stanford_pku_by_hand() -> None:
    cell = StanfordPku(f_min=0.0)
    # x = 0.5: gap 0.95 nm. exp(-3.8) = 0.0223707719, sinh(0.4) = 0.4107523258 at 0.1 V.
    assert cell.current(0.1, 0.5) == pytest.approx(1e-3 * 0.0223707719 * 0.4107523258, rel=1e-8)
    # gamma = 16 - 0.8 x 0.857375 = 15.3141; V I = 0.919 uW heats by 1.93 mK.
    t = 298 + 0.1 * 9.18884e-6 * 2.1e3
    kt = 8.617333262e-5 * t
    field = 15.3141 * (0.25 / 12) * 0.1 / kt
    expected = 10 / 1.5e-9 * math.exp(-0.6 / kt) * math.sinh(field)
    assert cell.temperature(0.1, 0.5) == pytest.approx(t, rel=1e-9)
    assert cell.rate(0.1, 0.5) == pytest.approx(expected, rel=1e-6)
    assert cell.rate(-0.1, 0.5) == pytest.approx(-expected, rel=1e-6)


@pytest.mark.parametrize("x", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_gap_stands_below_the_least_field(x: float, sign: float) -> None:
    """Zero where gamma |v| / tox < f_min, half way at 1.01 of it, as without it from 1.02 on."""
    cell, free = StanfordPku(), StanfordPku(f_min=0.0)
    gap = 1.7 - 1.5 * x
    least = 1.4e9 * 12e-9 / (16 - 0.8 * gap**3)
    assert 1.05 < least < 1.4
    for volts in (0.1, 0.5, 0.999 * least):
        assert cell.rate(sign * volts, x) == 0
        assert free.rate(sign * volts, x) * sign > 0
    middle = sign * 1.01 * least
    assert cell.rate(middle, x) == pytest.approx(free.rate(middle, x) / 2, rel=1e-6)
    beyond = sign * 1.021 * least
    assert cell.rate(beyond, x) == free.rate(beyond, x)


def test_vteam_moves_on_a_straight_line_and_dies_out_exponentially() -> None:
    cell, v = Vteam(x0=0.2), -0.24
    slope = 0.2**3 * 10 / 3e-9
    reach = 0.79 / slope  # to x = 0.99, where the ramp begins
    times = np.linspace(0, 1.1 * reach, 301)
    state = integrate(cell, lambda _: np.asarray(v), times)
    linear = times <= reach
    np.testing.assert_allclose(state[linear], 0.2 + slope * times[linear], atol=1e-6)
    rest = 0.01 * np.exp(-slope / 0.01 * (times[~linear] - reach))
    np.testing.assert_allclose(1 - state[~linear], rest, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (Vteam, {"r_on": 2000.0}),
        (Vteam, {"v_on": 0.2}),
        (Vteam, {"a_off": 0.5}),
        (Vteam, {"x0": 1.5}),
        (Yakopcic, {"eta": -1.0}),
        (Yakopcic, {"xp": 1.0}),
        (StanfordPku, {"gap_min": 2e-9}),
        (StanfordPku, {"ea": float("nan")}),
    ],
)
def test_parameters_out_of_range_are_named(kind: type[CircuitCell], changed: dict) -> None:
    with pytest.raises(ConfigError, match=rf"^{kind.__name__}\.{next(iter(changed))[:3]}"):
        kind(**changed)


def test_measures_of_loops_in_closed_form() -> None:
    """A cell of 2 mS on the way out and 1 mS on the way back, mirrored below zero."""
    v = np.concatenate([np.linspace(0, 1, 501), np.linspace(1, -1, 1001), np.linspace(-1, 0, 501)])
    back = np.r_[False, np.diff(np.abs(v)) < 0]
    i = np.where(back, 1e-3, 2e-3) * v
    positive, negative = area(v, i)
    # (2 mS - 1 mS) x (1 V)^2 / 2; the jump at 1 V is one step of the grid.
    assert positive == pytest.approx(0.5e-3, rel=0.01)
    assert negative == pytest.approx(0.5e-3, rel=0.01)
    assert pinch(v, i) == pytest.approx(0.0, abs=1e-12)
    assert pinch(v, i + 1e-5) == pytest.approx(1e-5 / 2.01e-3, rel=1e-3)
    assert crossings(v, i, 0.5005) == pytest.approx([1.001e-3, 0.5005e-3])
    state = np.maximum.accumulate(np.maximum(v, 0)) - np.maximum.accumulate(np.maximum(-v, 0))
    drawn = Loop(Vteam(), Sine(amplitude=1, frequency=1, periods=1), np.linspace(0, 1, len(v)), v,
                 i, state)  # fmt: skip
    assert on_off(drawn, 0.5) == pytest.approx(2.0, rel=1e-3)
    set_at, reset_at = thresholds(drawn, share=0.25)
    assert set_at == pytest.approx(0.25, abs=0.01)
    assert reset_at == pytest.approx(-0.25, abs=0.01)


@ngspice
@every_cell
def test_ngspice_integrates_like_scipy(cell: CircuitCell) -> None:
    """Tolerances: largest state error 5e-3, rms current 1e-3, pinched 1e-6 (found: a tenth)."""
    drawn = loop(cell)
    swing = np.ptp(drawn.last.state)
    assert swing > 0.4  # the loop says something
    for name, error, tolerance in zip(
        TOLERANCES._fields, loop_errors(drawn), TOLERANCES, strict=True
    ):
        assert error < tolerance, name


@ngspice
def test_parameters_reach_the_subcircuit() -> None:
    """Every parameter changed by 3 %: ngspice must follow the changed equations."""
    for cell in CELLS:
        names = [n for n in cell.parameters() if n not in ("ramp", "x0", "eta")]
        changed = cell.scaled(dict.fromkeys(names, 1.03) | {"x0": 1.1})
        errors = loop_errors(loop(changed))
        assert errors.state < TOLERANCES.state, cell.model
        assert errors.current < TOLERANCES.current, cell.model


@ngspice
def test_ngspice_moves_vteam_on_the_straight_line() -> None:
    deck = Deck("vteam under a constant voltage")
    deck.add(f"Vbias top 0 {number(-0.24)}")
    deck.instance("xcell", "vteam", "top", "0", "state", x0=0.2)
    deck.tran(step=1e-10, stop=2e-8, longest=1e-10, uic=True)
    deck.save("v(state)")
    waves = run(deck)
    line = 0.2 + 0.2**3 * 10 / 3e-9 * waves.axis
    np.testing.assert_allclose(waves["v(state)"], line, atol=1e-4)  # first step of 1 ps


@ngspice
@every_cell
def test_loops_shrink_as_the_drive_grows_faster(cell: CircuitCell) -> None:
    """The fingerprint of a memristor: at high frequency only a (bent) line is left."""
    slow, fast = (
        loop(cell, replace(cell.sine, frequency=factor * cell.sine.frequency)) for factor in (1, 50)
    )
    relative = [
        sum(area(one.last.voltage, one.last.current)) / np.abs(one.last.current).max()
        for one in (slow, fast)
    ]
    assert relative[1] < 0.25 * relative[0]
    assert np.ptp(fast.last.state) < 0.25 * np.ptp(slow.last.state)


@ngspice
def test_thresholds_of_vteam_lie_beyond_those_of_its_rate() -> None:
    v_set, v_reset = thresholds(loop(Vteam()))
    assert -0.25 < v_set < -0.2
    assert 0.02 < v_reset < 0.25


@ngspice
def test_retention_without_and_with_a_read_voltage() -> None:
    for cell in CELLS:
        held = retention(cell, bias=0.0, start=0.5, seconds=1.0)
        assert held.change < 1e-7  # the shunt of 1e15 ohm alone: 1 s of 1e9 s
        assert held.ten_percent == math.inf
    read = retention(StanfordPku(), bias=1.0, start=0.5, seconds=0.1)  # below the least field
    assert read.change < 1e-7
    cell = StanfordPku(f_min=0.0)
    disturbed = retention(cell, bias=0.1, start=0.5, seconds=0.1)
    # The gap must close by g0 ln 1.1; gamma grows by 1 % on the way.
    closing = cell.g0 * math.log(1.1) / (cell.gap_max - cell.gap_min)
    expected = closing / float(cell.rate(0.1, 0.5 + closing / 2))
    assert disturbed.ten_percent == pytest.approx(expected, rel=0.01)
