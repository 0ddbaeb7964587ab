"""The CMOS synapse in transistors: cards, levels, energy, mismatch, arrays, sense amplifiers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp

from crossbar.devices.cmos import CmosSynapse
from crossbar.energy.published import A_AV, T_WRITE
from crossbar.errors import ConfigError
from crossbar.spice import Deck, run
from crossbar.spice.engine import measure, models
from crossbar.spice.engine.numbers import number, pulse, pwl, steps
from crossbar.spice.synapse.cell import (
    characterise,
    levels,
    on_resistance,
    quadrants,
    unit_conductance,
)
from crossbar.spice.synapse.characterise import characterise_synapse
from crossbar.spice.synapse.circuit import Card, Synapse, bench, bits_of, static
from crossbar.spice.synapse.energy import conditions, sweep
from crossbar.spice.synapse.mismatch import (
    Mismatch,
    Spread,
    behavioural_inl,
    branches,
    largest_inl,
    monte_carlo,
    sensitivities,
)
from crossbar.spice.synapse.slots import (
    Sense,
    column,
    measure_slots,
    random_codes,
    slots_deck,
)

pytestmark = pytest.mark.ngspice

NOMINAL = Synapse()
CODES = random_codes(8, 20, rng=np.random.default_rng(0))


def current(model: str, gate: float, drain: float) -> float:
    """Return the drain current of a transistor 1 um wide [A]."""
    deck = Deck("transistor")
    deck.add(f"Vg g 0 {gate}", f"Vd d 0 {drain}")
    deck.instance("X1", model, "d", "g", "0", "0", w=1e-6)
    deck.op()
    deck.save("i(vd)")
    return float(run(deck)["i(vd)"][0])


@pytest.fixture(scope="module")
def slots():
    return measure_slots(NOMINAL, CODES)


def test_cards_give_the_published_currents() -> None:
    # Zhao and Cao's 45 nm process; 2.5 % is what a card of two dozen parameters can do.
    assert current("nmos45", 0.7, 0.7) == pytest.approx(-586e-6, rel=0.025)
    assert current("nmos45", 1.0, 1.0) == pytest.approx(-1.49e-3, rel=0.025)
    assert current("nmos45", 0.0, 1.0) == pytest.approx(-10e-9, rel=0.05)
    assert current("pmos45", -0.7, -0.7) == pytest.approx(322e-6, rel=0.025)


def test_a_threshold_shift_is_a_shift_of_the_gate() -> None:
    deck = Deck("shift")
    deck.add("Vg g 0 0.1", "Vh h 0 0.15", "Vd d 0 0.7", "Ve e 0 0.7", "Vm m 0 -0.15")
    deck.add("Vf f 0 -0.7", "Vp p 0 -0.1", "Vq q 0 -0.7")
    deck.instance("X1", "nmos45", "d", "g", "0", "0")
    deck.instance("X2", "nmos45", "e", "h", "0", "0", dvt=0.05)
    deck.instance("X3", "pmos45", "f", "m", "0", "0", dvt=0.05)
    deck.instance("X4", "pmos45", "q", "p", "0", "0")
    deck.op()
    deck.save("i(vd)", "i(ve)", "i(vf)", "i(vq)")
    waves = run(deck)
    # Below threshold; 8 % of the current are 3 mV of gate voltage.
    assert waves["i(ve)"][0] == pytest.approx(waves["i(vd)"][0], rel=0.08)
    assert waves["i(vf)"][0] == pytest.approx(waves["i(vq)"][0], rel=0.08)


def test_levels_of_all_codes() -> None:
    g = levels(NOMINAL)
    assert g.shape == (256,)
    assert np.abs(measure.inl(g)).max() < 0.1
    assert np.abs(measure.dnl(g)).max() < 0.1
    step = (g[-1] - g[0]) / 255
    assert step == pytest.approx(1 / (NOMINAL.r_u + on_resistance(NOMINAL)), rel=0.01)
    # Branches between two held nodes do not know of each other: a code is the sum of its bits.
    zero = np.zeros((1, 8))
    bits = branches(NOMINAL, zero, zero)[0]
    codes = np.arange(256)
    # 1 % of a step: switches that are off leak 0.5 %.
    np.testing.assert_allclose(g, (codes[:, None] >> np.arange(8) & 1) @ bits, atol=0.01 * bits[0])


@pytest.mark.parametrize("bits", [1, 3, 10])
def test_levels_of_other_widths(bits: int) -> None:
    cell = Synapse(bits=bits)
    last = levels(cell)[-1]
    assert last == pytest.approx((2**bits - 1) * unit_conductance(cell), rel=1e-4)


def test_one_wide_switch_is_not_as_good_as_unit_switches() -> None:
    deck = Deck("wide")
    deck.add("Vg g 0 0.7", "Vr r 0 0.35", "Vc c 0 0", "Vd d 0 0")
    unit = NOMINAL.r_u / 128
    deck.instance("Xwide", "cmos_synapse_branch", "r", "c", "g", "0", r_u=unit, w=128 * 90e-9)
    deck.instance("Xunits", "cmos_synapse_branch", "r", "d", "g", "0", units=128)
    deck.op()
    deck.save("i(vc)", "i(vd)")
    waves = run(deck)
    excess = waves["i(vc)"][0] / waves["i(vd)"][0] - 1
    assert 128 * excess > 0.5  # steps


def test_a_held_code_takes_v_squared_g_t(slots) -> None:
    for _, held in slots:
        expected = NOMINAL.v_in**2 * unit_conductance(NOMINAL) * held.code * NOMINAL.slot
        # 0.1 fJ: leakage of the cell, and signals that settle.
        assert held.energy == pytest.approx(expected, rel=2e-3, abs=1e-16)
        assert held.level / NOMINAL.v_in == pytest.approx(
            held.code * unit_conductance(NOMINAL), rel=1e-3, abs=1e-7
        )


def test_energy_and_settling_at_the_published_operating_point(slots) -> None:
    written = [slot for slot, _ in slots]
    assert len(written) == 20
    assert A_AV / 1.5 < column(written, "energy").mean() < 1.5 * A_AV
    assert column(written, "settling").max() < T_WRITE


def test_a_write_takes_at_least_the_charge_of_the_gates() -> None:
    # From code 0 to 255 and back, the supply charges 255 gates once: C V^2 a cycle, C from the card
    # (oxide and overlap of 45 nm x 80 nm: 0.1 fF), with drivers and latches above it.
    there, back = (slot for slot, _ in measure_slots(NOMINAL, [0, 255, 0], v_in=0.0))
    oxide = 3.9 * 8.854e-12 / 1.25e-9 * 17.5e-9 * 80e-9 + 2 * 1.1e-10 * 80e-9
    least = 255 * oxide * NOMINAL.v_dd**2
    assert least < there.energy + back.energy < 15 * least


def test_energy_function_follows_the_simulation(slots) -> None:
    nothing = Spread(sigma_unit=0.0, error=0.0, inl=np.zeros(1))
    record = characterise(NOMINAL, CODES, nothing)
    simulated = column([slot for slot, _ in slots], "energy")
    predicted = record.energy(CODES[1:], NOMINAL.v_in, CODES[:-1])
    # Bits add up but for glitches and the enable that they share.
    assert predicted.mean() == pytest.approx(simulated.mean(), rel=0.02)
    assert np.abs(predicted / simulated - 1).max() < 0.15
    quiet = column([slot for slot, _ in measure_slots(NOMINAL, CODES, v_in=0.0)], "energy")
    assert record.write_energy(CODES[:-1], CODES[1:]).mean() == pytest.approx(
        quiet.mean(), rel=0.03
    )
    assert 0 < record.p_hold < 1e-7
    assert record.settling < record.slot


def test_an_array_holds_its_codes_and_equals_the_calibrated_cells() -> None:
    before = np.array([[200, 13], [77, 255]])
    codes = np.array([[3, 180], [128, 64]])
    volts = np.array([0.35, 0.12])
    waves = run(array_deck(NOMINAL, before, codes, volts))
    half = np.array([codes[0], before[1]])  # row 0 written, row 1 half-selected
    for slot, held in ((2, before), (3, half), (5, codes)):
        measured = [waves.at(f"i(vcol{j})", slot * NOMINAL.slot) for j in range(2)]
        np.testing.assert_allclose(measured, calibrated(held, volts), rtol=5e-4)


def array_deck(synapse, before, codes, volts):
    """Return an array that is written ``before``, then ``codes``, and read throughout.

    Each row has a write enable of its own and each column its data lines, so that a row is written
    per slot while the others keep their codes; one slot of hold follows.
    """
    rows, cols = codes.shape
    deck = bench(synapse, f"{rows} x {cols} array of {synapse.name}")
    deck.add(f"Vdd vdd 0 {number(synapse.v_dd)}", f"Vlow low 0 {number(synapse.v_low)}")
    levels = (synapse.v_low, synapse.v_dd)
    for j in range(cols):
        deck.add(f"Vcol{j} col{j} 0 0")
        deck.save(f"i(vcol{j})")
        for b in range(synapse.bits):
            values = [levels[bits_of(int(row[j]), synapse.bits)[b]] for row in (*before, *codes)]
            deck.add(f"Vd{j}_{b} d{j}_{b} 0 {pwl(steps(values, synapse.slot, synapse.edge))}")
    for i in range(rows):
        deck.add(f"Vrow{i} row{i} 0 {number(float(volts[i]))}")
        enable = [(0.0, 0.0)]
        for slot in (i, rows + i):
            at = slot * synapse.slot + 2 * synapse.edge  # after the data
            enable += pulse(at, synapse.edge, at + synapse.write, synapse.v_dd)
        deck.add(f"Vwe{i} we{i} 0 {pwl(enable)}")
        for j in range(cols):
            data = " ".join(f"d{j}_{b}" for b in range(synapse.bits))
            deck.add(f"Xcell{i}_{j} row{i} col{j} we{i} vdd low {data} {synapse.name}")
    stop = (2 * rows + 1) * synapse.slot
    deck.tran(step=synapse.slot / 100, stop=stop, longest=synapse.slot / 50)
    return deck


def calibrated(codes, volts):
    """Return the column currents of the same array of calibrated cells."""
    deck = Deck("calibrated")
    for j in range(codes.shape[1]):
        deck.add(f"Vcol{j} col{j} 0 0")
        deck.save(f"i(vcol{j})")
    for (i, j), code in np.ndenumerate(codes):
        deck.add(f"Vk{i}{j} k{i}{j} 0 {code}", f"Vr{i}{j} r{i}{j} 0 {volts[i]}")
        deck.instance(f"X{i}{j}", "synapse_calibrated", f"r{i}{j}", f"col{j}", f"k{i}{j}")
    deck.op()
    waves = run(deck)
    return [waves[f"i(vcol{j})"][0] for j in range(codes.shape[1])]


def test_calibration_is_that_of_the_transistors() -> None:
    parameters = models.model("synapse_calibrated").parameters
    zero, full = unit_conductance(NOMINAL, 0.02), unit_conductance(NOMINAL)
    loss = (1 - full / zero) / 0.33
    assert float(parameters["kv"].default.removesuffix("m")) == pytest.approx(1e3 * loss, rel=0.01)
    at_zero = zero / (1 - 0.02 * loss)
    assert float(parameters["g_u"].default.removesuffix("u")) == pytest.approx(
        1e6 * at_zero, rel=1e-4
    )


def test_a_negative_row_needs_a_negative_low_rail() -> None:
    negative = replace(NOMINAL, v_in=-0.35)
    unit = unit_conductance(NOMINAL)
    assert levels(negative)[0] > 0.1 * 255 * unit  # switches that are off conduct 16 %
    assert levels(replace(negative, v_low=-0.35))[0] < 1e-3 * 255 * unit


def test_a_transposed_read_has_less_gate_voltage() -> None:
    forward, _, transposed, below = quadrants(NOMINAL, [0.1])[0, :, 0]
    assert abs(forward - 1) < 1e-3
    assert 0.95 < transposed < 0.98
    assert 1.0 < below < 1.02
    # The calibrated cell has a law for it, with kc and kcc as its header tells them.
    for v, measured in ((0.1, transposed), (-0.1, below)):
        assert 1 + 7.4e-3 * v - 0.195 * v - 0.8 * v**2 == pytest.approx(measured, abs=0.002)


def test_monte_carlo_agrees_with_the_behavioural_mismatch() -> None:
    mismatch = Mismatch().for_unit(NOMINAL, 0.03)
    found = monte_carlo(NOMINAL, mismatch, 300, rng=np.random.default_rng(5))
    # 4 standard errors of 2400 branches: false alarm 6e-5 for normal deviations.
    assert found.sigma_unit == pytest.approx(0.03, abs=4 * found.error)
    cells = CmosSynapse(sigma_unit=0.03).fabricate(
        (100, 100), rng=np.random.default_rng(6), dtype=np.dtype(np.float64).type
    )
    behavioural = largest_inl(cells.branches.reshape(8, -1).T)
    # False alarm 1e-3.
    assert ks_2samp(found.inl, behavioural).pvalue > 1e-3
    assert 0.5 < np.quantile(behavioural, 0.95) < 0.7


def test_an_instance_takes_the_mismatch_of_its_branches() -> None:
    cell = Synapse(bits=2)
    dvt, dr = np.array([[0.03, -0.02]]), np.array([[-0.05, 0.04]])
    deck = bench(cell, "mismatch of an instance")
    deck.add("Vdd vdd 0 0.7", "Vrow row 0 0.35", "Vcol col 0 0")
    given = " ".join(f"dvt{b}={dvt[0, b]} dr{b}={dr[0, b]}" for b in range(2))
    deck.add(f"Xcell row col vdd vdd 0 vdd vdd {cell.name} {given}")
    deck.op()
    deck.save("i(vcol)")
    # 0.1 %: switches that are on do not leak, and nothing else differs.
    assert run(deck)["i(vcol)"][0] / 0.35 == pytest.approx(branches(cell, dvt, dr).sum(), rel=1e-3)


def test_sensitivity_to_resistor_and_threshold() -> None:
    by_volt, by_resistor = sensitivities(NOMINAL)
    g = unit_conductance(NOMINAL)
    # The switch changes a little with the voltage that the resistor leaves it.
    assert by_resistor == pytest.approx(-NOMINAL.r_u * g, rel=0.005)
    assert by_volt < 0
    with pytest.raises(ConfigError, match="share of the thresholds"):
        Mismatch(a_vt=2e-8).for_unit(NOMINAL, 0.03)


def test_a_foundry_card_by_path_replaces_the_transistors(tmp_path) -> None:
    card = tmp_path / "foundry.lib"
    lines = []
    for name in ("nmos45", "pmos45"):
        text = models.path(name).read_text()
        lines.append(text[text.index(".model") : text.index(".subckt")])
    card.write_text("".join(lines).replace("nmos45_card", "nch").replace("pmos45_card", "pch"))
    foundry = Synapse(bits=3, card=Card(path=card, nmos="nch", pmos="pch"))
    assert "nmos45.sub" not in bench(foundry, "bench").text
    np.testing.assert_allclose(levels(foundry), levels(Synapse(bits=3)), rtol=1e-9)


def test_conditions_reach_the_netlist() -> None:
    decks = {c.value: static(c.synapse).text for c in conditions(NOMINAL, sense=Sense())}
    assert "temp=85" in decks["85 C"]
    assert "dvtn=30m" in decks["SS"]
    assert "r_u=20k" in decks["20 kohm"]
    assert static(NOMINAL).text == static(Synapse()).text


def test_a_sweep_tells_what_supply_and_amplifier_do() -> None:
    wanted = [c for c in conditions(NOMINAL, sense=Sense()) if c.value in ("", "on the column")]
    slow = replace(NOMINAL, v_dd=0.5)
    wanted.append(replace(wanted[0], quantity="V_DD", value="0.5 V", synapse=slow))
    at, sensed, starved = sweep(wanted, transitions=6, seed=0, jobs=1)
    assert at.energy == pytest.approx(at.write + at.read)
    assert at.wrong == 0
    assert sensed.sense > 0.7 * 50e-6 * NOMINAL.slot
    assert sensed.energy == pytest.approx(at.energy, rel=0.02)
    assert starved.wrong > 0  # too slow for the slot, and said so


def test_sense_amplifiers() -> None:
    for name, gain, pins in (
        ("sense_ideal", 1.0, ("in", "out")),
        ("sense_finite", 1000 / 1001, ("in", "out", "supply")),
    ):
        deck = Deck(name)
        deck.add("Isource 0 in 0", "Vsupply supply 0 0.7")
        if name == "sense_ideal":
            deck.add("Rsupply supply 0 1k")
        deck.instance("X1", name, *pins)
        deck.dc("Isource", -3e-3, 3e-3, 1e-3)
        deck.save("v(out)", "i(vsupply)")
        waves = run(deck)
        assert waves.at("v(out)", 1e-3) == pytest.approx(200 * 1e-3 * gain, rel=0.06)
        assert np.allclose(waves["v(out)"], -waves["v(out)"][::-1], atol=1e-6)
        if name == "sense_finite":
            assert waves["v(out)"][-1] < 0.36  # saturates
            drawn = -waves.at("i(vsupply)", 1e-3)
            assert drawn == pytest.approx(50e-6 + 1e-3, rel=1e-3)


def test_shapes_and_ranges_are_checked() -> None:
    with pytest.raises(ConfigError, match=r"Synapse.bits: expected a whole number from 1 to 10"):
        Synapse(bits=11)
    with pytest.raises(ConfigError, match=r"Synapse.write.*edges"):
        Synapse(write=310e-12)
    assert "PWL" in slots_deck(NOMINAL, [1, 2]).text


def test_published_figures_stand_beside_eight_bits_only() -> None:
    for bits, beside in ((8, True), (2, False)):
        synapse, sense = Synapse(bits=bits), Sense()
        found = characterise_synapse(
            synapse, mismatch=Mismatch(), sense=sense, transitions=2, chips=2,
            wanted=conditions(synapse, sense=sense)[:2],
        )  # fmt: skip
        rows = {row.name: row for row in found.rows()}
        assert (rows["energy of a slot, random codes"].beside is not None) is beside
        assert (rows["mean current at V_DD"].beside is not None) is beside


def test_behavioural_inl_of_one_bit_is_none() -> None:
    rng = np.random.default_rng(0)
    assert not behavioural_inl(1, 0.03, 5, rng=rng).any()
    assert behavioural_inl(4, 0.03, 5, rng=rng).all()
