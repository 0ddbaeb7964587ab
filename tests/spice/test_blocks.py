"""The circuit blocks in ngspice: closed forms, fits, and the stored preset made again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import CIRCUIT
from crossbar.energy import OPERATIONS, SETTLING
from crossbar.spice import Deck, number, run
from crossbar.spice.bench import Sweep
from crossbar.spice.benches import BENCHES, MULTIPLIER, SOFTMAX
from crossbar.spice.blocks import FULL, LOGIT, feedback, normaliser, softmax, supplies
from crossbar.spice.calibration import calibrated, fit, fitted, noise, settling

pytestmark = pytest.mark.ngspice

GAIN = 1000.0  # of the amplifiers, their default
Q = 1.602e-19  # C


def test_stored_preset_is_what_ngspice_gives():
    # Stored to 3 digits: half of the last one, and as much again for another version of ngspice.
    found = calibrated()
    for name in ("element", "softmax", "difference", "multiplier", "normaliser"):
        stored, measured = getattr(CIRCUIT, name).errors, getattr(found, name).errors
        assert measured.gain_error == pytest.approx(stored.gain_error, abs=5e-5), name
        assert measured.offset == pytest.approx(stored.offset, abs=2e-5), name
        assert measured.saturation == pytest.approx(stored.saturation, abs=1e-3), name
        assert measured.noise == pytest.approx(stored.noise, rel=0.01), name


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.name)
def test_fit_leaves_less_than_one_per_cent(bench):
    found = fit(bench)
    assert found.residual < 0.01
    assert found.worst < 0.06  # the corners of the multiplier, where both pairs bend
    assert found.sweep.ideal[found.sweep.inside].max() > 0.95  # the whole range was swept


def test_fit_recovers_known_errors_exactly():
    ideal = np.linspace(-1.5, 1.5, 301)
    errors = Errors(gain_error=0.02, offset=-0.01, saturation=1.2)
    measured = np.clip(1.02 * ideal - 0.01, -1.2, 1.2)
    found = fitted(Sweep(ideal=ideal, measured=measured, inside=np.abs(ideal) <= 1))
    assert found.gain_error == pytest.approx(errors.gain_error, abs=1e-12)
    assert found.offset == pytest.approx(errors.offset, abs=1e-12)
    assert found.saturation == errors.saturation
    inside = np.abs(ideal) <= 1
    tame = fitted(Sweep(ideal=ideal[inside], measured=measured[inside], inside=inside[inside]))
    assert math.isinf(tame.saturation)


def test_sensing_line_obeys_the_closed_form_of_its_loop():
    # sense = v r_f/R / (1 + (1 + r_f/R)/gain); at 1 mV the input pair bends it by 1e-9 only
    deck = Deck("one resistor into a sensing line")
    deck.add("Vin in 0 1m", "R1 in line 30", "Voff off 0 0", "Vd drive 0 0.2")
    deck.instance("x1", "line", "line", "drive", "off", "sense", r_f=60.0)
    deck.op()
    sense = run(deck)["v(sense)"][0]
    assert sense == pytest.approx(1e-3 * 2 / (1 + 3 / GAIN), rel=1e-6)


def test_cells_read_forward_and_transposed_are_the_same():
    # Rows and columns end in the same amplifier. Errors of the loops: (1 + r_f G)/gain < 0.5 %.
    g = np.array([[1e-3, 2.5e-3, 4e-3], [3e-3, 0.5e-3, 2e-3]])
    r_f = feedback(2, 4.25e-3)
    found = []
    for rows, columns in (("on", "off"), ("off", "on")):
        signals = np.zeros(g.shape)
        for driven in range(g.shape[rows == "off"]):
            deck = Deck("array of six cells")
            deck.add("Von on 0 1", "Voff off 0 0", "Vin in 0 0.1", "Vnone none 0 0")
            for side, mode, n in (("r", rows, 2), ("c", columns, 3)):
                for k in range(n):
                    drive = "in" if k == driven else "none"
                    nodes = (f"{side}{k}", drive, mode, f"{side}{k}s")
                    deck.instance(f"x{side}{k}", "line", *nodes, r_f=r_f)
            for i, j in np.ndindex(g.shape):
                deck.add(f"R{i}_{j} r{i} c{j} {number(1 / g[i, j])}")
            deck.op()
            waves = run(deck)
            if rows == "on":
                signals[driven] = [waves[f"v(c{j}s)"][0] for j in range(3)]
            else:
                signals[:, driven] = [waves[f"v(r{i}s)"][0] for i in range(2)]
        found.append(signals / (0.1 * r_f))
    np.testing.assert_allclose(found[0], g, rtol=0.006)
    np.testing.assert_allclose(found[0], found[1], rtol=0.006)


def test_difference_obeys_the_closed_form_of_its_loop():
    deck = Deck("difference")
    deck.add("Vp p 0 0.3", "Vf f 0 0.298")
    deck.instance("x1", "difference", "p", "f", "out")
    deck.op()
    assert run(deck)["v(out)"][0] == pytest.approx(2e-3 * GAIN / (1 + GAIN), rel=1e-6)


def test_amplifier_slews_and_is_clamped():
    # A step of 0.3 V steers the input pair fully: 2 pi gbw v_lin tanh(0.3/0.08) = 2.51 V/ns at
    # first; 2 %: it falls as the output follows, by tanh(0.2/0.08) = 0.987 at the second point.
    deck = Deck("followers")
    deck.add("Vin in 0 PWL(0 0 1n 0 1.001n 0.3)", "Vover over 0 0.6")
    deck.instance("x1", "opamp", "in", "out", "out")
    deck.instance("x2", "opamp", "over", "0", "high")
    deck.tran(step=1e-12, stop=3e-9, longest=2e-12)
    waves = run(deck)
    time = np.interp([0.02, 0.1], waves["v(out)"], waves.axis)
    assert 0.08 / (time[1] - time[0]) == pytest.approx(2 * math.pi * 5e9 * 0.08, rel=0.02)
    assert waves.at("v(out)", 3e-9) == pytest.approx(0.3 * GAIN / (1 + GAIN), rel=1e-4)
    # 80 mA of the pair, less what 1 kohm takes, through 0.1 ohm with a knee of 5 mV
    beyond = 5e-3 * math.log(math.expm1((80e-3 - 0.457e-3) * 0.1 / 5e-3))
    assert waves["v(high)"][-1] == pytest.approx(0.45 + beyond, abs=1e-5)


def test_softmax_is_exponential_over_two_decades_and_shares_one_current():
    deck = Deck("five classes")
    supplies(deck)
    levels = np.array([0.1, 0.1 - LOGIT, 0.1 - 2 * LOGIT, 0.1 - 3 * LOGIT, 0.1 - 4 * LOGIT])
    for k, level in enumerate(levels):
        deck.add(f"Vz{k} z{k} 0 {number(round(float(level), 6))}")
    softmax(deck, "s", [f"z{k}" for k in range(5)], [f"p{k}" for k in range(5)])
    deck.op()
    waves = run(deck)
    p = np.array([waves[f"v(p{k})"][0] for k in range(5)]) / FULL
    # 1 %: current of the tail and gain of the mirrors. Ratios: slope of weak inversion within 3 %,
    # as the legs pass into moderate inversion and the mirror is less exact at small currents.
    assert p.sum() == pytest.approx(1.0, abs=0.015)
    np.testing.assert_allclose(p[:-1] / p[1:], math.e, rtol=0.03)


def test_multiplier_is_the_product_of_two_hyperbolic_tangents():
    deck = Deck("transistors beside the calibrated source")
    supplies(deck)
    factors = np.linspace(-1, 1, 5)
    deck.add("Vx x 0 0")
    for k, y in enumerate(factors):
        deck.add(f"Vy{k} y{k} 0 {number(float(y * FULL))}")
        deck.instance(f"xt{k}", "multiplier", "x", f"y{k}", f"t{k}", "vdd", "vss")
        deck.instance(f"xc{k}", "multiplier_calibrated", "x", f"y{k}", f"c{k}")
    deck.dc("Vx", -FULL, FULL, FULL / 10)
    waves = run(deck)
    for k, y in enumerate(factors):
        product = y * waves.axis / FULL
        assert np.abs(waves[f"v(t{k})"] - waves[f"v(c{k})"]).max() < 0.012 * FULL
        np.testing.assert_allclose(waves[f"v(t{k})"] / FULL, product, atol=0.06)


@pytest.mark.parametrize("lines", [1, 8, 75])
@pytest.mark.parametrize("largest", [0.02, 1.0])
def test_normaliser_brings_the_largest_line_to_full_scale(lines, largest):
    # Gain at a largest value m: 1/(1 + 1/(4000 m)), so 1.2 % low at m = 0.02, and a peak that is
    # 20 knees of 10 uV out at the most (7 mV at m = 0.02: 2 %).
    deck = Deck("normaliser")
    shares = np.cos(np.arange(lines))
    for k, share in enumerate(shares):
        deck.add(f"Vx{k} x{k} 0 {number(round(float(share * largest * FULL), 9))}")
    normaliser(deck, "n", [f"x{k}" for k in range(lines)], [f"y{k}" for k in range(lines)])
    deck.op()
    waves = run(deck)
    y = np.array([waves[f"v(y{k})"][0] for k in range(lines)]) / FULL
    np.testing.assert_allclose(y, shares, atol=0.035 if largest < 1 else 0.003)


def test_normaliser_of_75_equal_or_silent_lines_converges():
    for level in (0.0, FULL):
        deck = Deck("equal lines")
        deck.add(f"Vx x 0 {number(level)}")
        normaliser(deck, "n", ["x"] * 75, [f"y{k}" for k in range(75)])
        deck.op()
        assert run(deck)["v(y74)"][0] == pytest.approx(level, abs=0.003 * FULL)


def test_rectifier_is_a_soft_corner_of_the_stated_width_and_gates_the_gradient():
    deck = Deck("rectifier")
    deck.add("Vx x 0 0")
    deck.instance("x1", "relu", "x", "y", "gate")
    deck.dc("Vx", -1e-3, 1e-3, 1e-5)
    waves = run(deck)
    knee = 40e-6
    exact = GAIN / (1 + GAIN) * knee * np.logaddexp(0, waves.axis / knee)
    np.testing.assert_allclose(waves["v(y)"], exact, rtol=1e-6, atol=1e-6)  # vntol of ngspice
    gate = waves["v(gate)"]
    assert gate[0] == pytest.approx(0.0, abs=1e-9)
    assert gate[-1] == pytest.approx(1.0, abs=1e-9)


def test_stored_power_and_slots_are_what_ngspice_gives():
    # Stored to 3 digits; the settling time depends on the steps that ngspice takes.
    for name, time in settling().items():
        assert time == pytest.approx(SETTLING[name].value, rel=0.05)
    for bench in (SOFTMAX, MULTIPLIER):
        stored = OPERATIONS[bench.name]
        assert fit(bench).power == pytest.approx(stored.power, rel=0.01)
        assert stored.slot == SETTLING[bench.name].value
        assert stored.cost().value == pytest.approx(stored.power * stored.slot)
        assert stored.cost(1e-6).value == pytest.approx(stored.power * 1e-6)


def test_noise_of_the_multiplier_is_the_shot_noise_of_its_currents():
    # Weak inversion: 2 q I of each transistor in the way, 4 x 1 uA and 6 x 2 uA, into the load; one
    # pole, whose time constant is the settling to 1 % over ln 100. Factor 1.3: flicker noise and
    # the load's own noise come on top, and the poles of the mirrors take some away.
    current, load, tau = 16e-6, 820e3, settling()[MULTIPLIER.name] / math.log(100)
    shot = math.sqrt(2 * Q * current / (4 * tau)) * load / FULL
    assert 1 / 1.3 < noise()[MULTIPLIER.name] / shot < 1.3
