"""Repairs of aged chips: what each restores in closed form, and what it counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import CmosSynapse, Constant, Memristor, WriteVerify
from crossbar.errors import ConfigError, ConvergenceError
from crossbar.nn import (
    REPAIRS,
    BatchNormalisation,
    Chip,
    ColumnFactors,
    Convolution,
    Correction,
    Dense,
    Flatten,
    GlobalFactor,
    Host,
    LastLayer,
    Network,
    Refresh,
    Relu,
    Renormalisation,
    Training,
    evaluate,
    fit,
    repaired,
)
from crossbar.nn.repairs.factors import READS
from crossbar.random import Streams
from crossbar.substrates.compensated import Compensated
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

QUIET = Reading(temperature=0.0)
AGE = 1e5
ROWS, COLS = 60, 8
ONE_LAYER = Network(input_shape=(ROWS,), layers={"out": Dense(units=COLS)})
WEIGHTS = {"out": np.random.default_rng(3).uniform(-1, 1, (ROWS, COLS))}
MAPPINGS = (DifferentialPair(), OneSidedPair(), Offset())


def tile(device, mapping: Mapping | None = None, **parts) -> Tile:
    mapping = DifferentialPair() if mapping is None else mapping
    return Tile(device=device, mapping=mapping, reading=QUIET, dtype=np.float64, **parts)


def chip_of(device, mapping: Mapping | None = None, seed: int = 1, **parts) -> Chip:
    return ONE_LAYER.build(tile(device, mapping, **parts), Streams(seed), weights=WEIGHTS)


def test_every_repair_has_a_case() -> None:
    kinds = {REPAIRS.resolve(name, "repair") for name in REPAIRS.names}
    assert kinds == {
        GlobalFactor,
        ColumnFactors,
        Refresh,
        Renormalisation,
        LastLayer,
        Correction,
    }


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_columns_that_drift_by_exponents_of_their_own_are_restored(mapping: Mapping) -> None:
    """Cells of column j keep k_j: column factors are 1 / k_j, and one factor leaves errors."""
    chip = chip_of(Memristor(), mapping)
    kept = np.linspace(0.4, 0.9, COLS)
    later = chip.copy()
    array = later.held["out"].tile.array
    for cells in array.cells:
        cells.g *= kept
    if array.reference is not None:  # a reference follows one mean; here it keeps all columns apart
        middle = array.device.window[1]
        for cells in array.cells:
            cells.g += middle * (1 - kept)
    array.renew()
    host = Host(programmed=chip)
    better, _ = repaired(later, ColumnFactors(), host, streams=Streams(2))
    np.testing.assert_allclose(better.held["out"].factor, 1 / kept, rtol=1e-9)
    np.testing.assert_allclose(better.held["out"].weights, chip.held["out"].weights, rtol=1e-9)
    once, _ = repaired(later, GlobalFactor(), host, streams=Streams(2))
    left = once.held["out"].weights / chip.held["out"].weights
    assert np.ptp(left, axis=None) > 0.3
    np.testing.assert_allclose(left / left[0, 0, 0], np.tile(kept / kept[0], (1, ROWS, 1)))


def test_one_exponent_gives_every_column_the_same_factor() -> None:
    """(t/t0)^nu, as the global factor; exponents are kept in single precision."""
    chip = chip_of(Memristor(nu=0.07, t0=20.0))
    better, _ = repaired(chip.aged(AGE), ColumnFactors(), Host(programmed=chip), streams=Streams(2))
    np.testing.assert_allclose(better.held["out"].factor, (AGE / 20.0) ** 0.07, rtol=1e-6)


def test_two_compensations_have_the_product_of_their_factors() -> None:
    chip = chip_of(Memristor(nu=0.07, t0=20.0))
    once, _ = repaired(chip.aged(AGE), GlobalFactor(), Host(programmed=chip), streams=Streams(2))
    later = once.aged(100 * AGE)
    twice, _ = repaired(later, ColumnFactors(), Host(programmed=chip), streams=Streams(3))
    compensation = twice.held["out"].compensation
    np.testing.assert_allclose(compensation, np.full(COLS, (100 * AGE / 20.0) ** 0.07), rtol=1e-6)


def test_a_column_without_weights_has_no_factor_and_one_that_lost_them_is_refused() -> None:
    given = {"out": WEIGHTS["out"] * (np.arange(COLS) > 0)}
    chip = ONE_LAYER.build(tile(Memristor(nu=0.05)), Streams(1), weights=given)
    better, _ = repaired(chip.aged(AGE), ColumnFactors(), Host(programmed=chip), streams=Streams(2))
    assert better.held["out"].factor[0] == 1.0
    lost = chip.copy()
    for cells in lost.held["out"].tile.array.cells:
        cells.g[:, 2] = 10e-6
    lost.held["out"].tile.array.renew()
    with pytest.raises(ConvergenceError, match="ColumnFactors of 'out': expected a calibration"):
        repaired(lost, ColumnFactors(), Host(programmed=chip), streams=Streams(2))


def test_reads_and_updates_belong_to_weights_whose_columns_are_scaled() -> None:
    """W = held diag(f): forward, transposed, rows, updates, checkpoint."""
    state = tile(Memristor(step=Constant(dw_min=1e-9), max_pulses=1_000_000)).program(
        WEIGHTS["out"], rng=np.random.default_rng(1))  # fmt: skip
    held = Compensated(state, np.linspace(0.5, 2.0, COLS))
    rng = np.random.default_rng(2)
    w = held.weights[0].copy()
    quanta = 6 * 1e-9 * 39e-6 / state.array.scale * 2.0  # whole pulses of two cells, 3 updates
    np.testing.assert_allclose(w, state.weights[0] * held.factor, rtol=1e-12)
    x, d = rng.normal(size=(3, ROWS)), rng.normal(size=(3, COLS))
    np.testing.assert_allclose(held.matvec(x, rng=rng), x @ w, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(held.rmatvec(d, rng=rng), d @ w.T, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(held.rows([[0, 3]], rng=rng)[0], w[0] + w[3], atol=1e-9)
    before = held.weights[0].copy()
    held.update(x, d, 1e-5, rng=rng)
    held.refresh()
    np.testing.assert_allclose(held.weights[0] - before, -1e-5 * x.T @ d, atol=quanta)
    before = held.weights[0].copy()
    held.offer(d.T[None, :, :1] * np.ones((1, COLS, ROWS)), 1e-5, rng=rng)
    held.refresh()
    np.testing.assert_allclose(
        held.weights[0] - before, np.tile(-1e-5 * d[0], (ROWS, 1)), atol=2e-8
    )
    again = Compensated(state.copy(), np.ones(COLS))
    again.restore(held.arrays())
    np.testing.assert_array_equal(again.weights, held.weights)


@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize("known", [True, False])
def test_refresh_writes_the_targets_anew_with_errors_of_the_same_spread(mapping, known) -> None:
    """Errors about the targets: mean 0 and the programming sigma, 5 sigma over all cells.

    The host knows the targets of a programmed chip, else it has its conductances of that time.
    """
    device = Memristor(nu=0.05, sigma_nu=0.02, sigma_program=(0.02,), g_min=1e-6, g_max=41e-6)
    network = Network(input_shape=(200,), layers={"out": Dense(units=50)})
    weights = {"out": np.random.default_rng(4).uniform(-0.9, 0.9, (200, 50))}
    exact = network.build(tile(Memristor(g_min=1e-6, g_max=41e-6), mapping), Streams(1),
                          weights=weights)  # fmt: skip
    chip = network.build(tile(device, mapping), Streams(1), weights=weights)
    host = Host(programmed=chip, weights=weights if known else None)
    better, _ = repaired(chip.aged(AGE), Refresh(), host, streams=Streams(2))
    aim = exact if known else chip
    checked = 0
    for cells, target, first in zip(*(c.held["out"].tile.array.groups for c in (better, aim, chip)),
                                    strict=True):  # fmt: skip
        free = (target.g > 6e-6) & (target.g < 36e-6)  # no error is cut at a bound
        error = (cells.g - target.g)[free] / 40e-6
        if error.size < 1000:  # reference lines have 200 and 50 cells
            continue
        checked += 1
        assert abs(error.mean()) < 5 * 0.02 / math.sqrt(error.size)
        assert abs(error.std() / 0.02 - 1) < 5 / math.sqrt(2 * error.size)
        assert cells.elapsed == 0.0
        if known:  # other errors than at first
            r = np.corrcoef(error, (first.g - target.g)[free])[0, 1]
            assert abs(r) < 5 / math.sqrt(error.size)
    assert checked >= 1
    fresh = better.aged(20.0)  # drifts as a new chip
    ratio = np.abs(fresh.held["out"].weights).sum() / np.abs(better.held["out"].weights).sum()
    assert ratio == pytest.approx(20.0**-0.05, rel=0.02)


def test_refresh_goes_the_way_of_the_chip_and_counts_it() -> None:
    verify = WriteVerify(tolerance=0.02)
    device = Memristor(nu=0.05, step=Constant(dw_min=0.01), programming=verify)
    chip = chip_of(device)
    better, counts = repaired(
        chip.aged(AGE), Refresh(), Host(programmed=chip, weights=WEIGHTS), streams=Streams(2)
    )
    for event in ("program_pulses", "program_reads", "program_energy", "program_time"):
        assert counts.total(event) > 0
    exact = chip_of(Memristor())
    span = exact.held["out"].tile.array.device.window
    gap = [np.abs(a.g - b.g) for a, b in zip(*(c.held["out"].tile.array.groups
                                               for c in (better, exact)), strict=True)]  # fmt: skip
    assert max(g.max() for g in gap) <= 0.02 * (span[2] - span[0]) * (1 + 1e-9)


NORMALISED = Network(
    input_shape=(6, 6),
    layers={
        "conv": Convolution(kernel=3, filters=4),
        "norm": BatchNormalisation(),
        "relu": Relu(),
        "flat": Flatten(),
        "fc": Dense(units=10),
        "norm2": BatchNormalisation(),
        "relu2": Relu(),
        "out": Dense(units=3),
    },
)


def samples(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images of three classes, each with a bright pair of rows, in noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    x = rng.normal(0, 0.9, (n, 6, 6))
    for k in range(3):
        x[labels == k, 2 * k : 2 * k + 2] += 1.0
    return x, labels


@pytest.fixture(scope="module")
def learned() -> Chip:
    chip = NORMALISED.build(Digital(dtype=np.float64), Streams(3))
    rule = Training(epochs=6, gamma=0.01, batch=10)
    fit(chip, samples(300, 1), samples(30, 2), rule, streams=Streams(4), progress=False)
    return chip


@pytest.fixture(scope="module")
def worn(learned: Chip) -> tuple[Chip, Host]:
    """Return a programmed chip after uneven drift, with what its host keeps."""
    device = Memristor(g_min=1e-6, g_max=41e-6, nu=0.05, sigma_nu=0.015, sigma_program=(0.01,),
                       step=Constant(dw_min=0.002), max_pulses=1000)  # fmt: skip
    chip = NORMALISED.build(tile(device), Streams(5), weights=learned.trained())
    x, y = samples(300, 1)
    return chip.aged(1e7), Host(programmed=chip, weights=learned.trained(), x=x, targets=y)


def test_recalibration_takes_the_statistics_of_the_drifted_activations(worn) -> None:
    """The first normalisation sees y of the drifted weights; the second the recalibrated first."""
    later, host = worn
    better, counts = repaired(later, Renormalisation(samples=300), host, streams=Streams(6))
    x, _ = host.samples(Renormalisation(), 300, streams=Streams(6))
    patches = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2)).reshape(300, 16, 9)
    y = patches @ later.held["conv"].weights[0]
    norm = better.layers["norm"]
    np.testing.assert_allclose(norm.running["mean"], y.mean(axis=(0, 1)), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(norm.running["variance"], y.var(axis=(0, 1)), rtol=1e-6)
    spread = np.sqrt(y.var(axis=(0, 1)) + 1e-5)
    z = norm.parameters["scale"] * (y - y.mean(axis=(0, 1))) / spread + norm.parameters["shift"]
    second = np.maximum(z, 0).reshape(300, -1) @ later.held["fc"].weights[0]
    running = better.layers["norm2"].running
    np.testing.assert_allclose(running["mean"], second.mean(axis=0), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(running["variance"], second.var(axis=0), rtol=1e-6)
    assert counts.total("images") == 300
    assert later.layers["norm"].running["mean"][0] != norm.running["mean"][0]


def test_recalibration_needs_normalisations_in_digital_memory() -> None:
    chip = chip_of(Memristor(nu=0.05))
    host = Host(programmed=chip, x=np.ones((4, ROWS)))
    with pytest.raises(ConfigError, match=r"Renormalisation: expected a chip with normalisations"):
        repaired(chip, Renormalisation(), host, streams=Streams(1))
    with pytest.raises(ConfigError, match=r"Renormalisation: expected training samples, got none"):
        repaired(chip, Renormalisation(), Host(programmed=chip), streams=Streams(1))


@pytest.mark.parametrize(
    "repair", [Renormalisation(), LastLayer(samples=100, epochs=5, gamma=0.03)]
)
def test_samples_win_back_decisions(repair, worn, learned) -> None:
    """The loss of this chip, of fixed seeds, falls by more than a third of what drift cost."""
    later, host = worn
    tests = samples(400, 9)
    losses = [evaluate(one, *tests, rng=np.random.default_rng(0)).loss
              for one in (host.programmed, later)]  # fmt: skip
    better, _ = repaired(later, repair, host, streams=Streams(6))
    loss = evaluate(better, *tests, rng=np.random.default_rng(0)).loss
    assert losses[0] < loss < losses[1] - (losses[1] - losses[0]) / 3


def test_the_last_layer_learns_by_the_plain_rule_and_no_other_changes(worn) -> None:
    """One sample: W <- W - gamma x d^T, x what drives the layer in inference, d the error."""
    later, host = worn
    better, counts = repaired(later, LastLayer(samples=1, epochs=1), host, streams=Streams(6))
    x, y = host.samples(LastLayer(), 1, streams=Streams(6))
    probe = later.copy()
    outputs = probe.outputs(x, rng=np.random.default_rng(0))
    d = outputs - np.eye(3)[y]
    wanted = -0.01 * probe.layers["out"].x.T @ d
    for name in ("conv", "fc"):
        np.testing.assert_array_equal(better.held[name].weights, later.held[name].weights)
    moved = (better.held["out"].weights - later.held["out"].weights)[0]
    quantum = 0.002 * 40e-6 / later.held["out"].tile.array.scale
    np.testing.assert_allclose(moved, wanted, atol=2.01 * quantum)  # whole pulses of two cells
    assert counts.total("images") == 1
    assert counts.total("pulses", "out") == counts.total("pulses") > 0
    bare = Host(programmed=host.programmed, x=host.x)
    with pytest.raises(ConfigError, match=r"LastLayer: expected targets of the samples"):
        repaired(later, LastLayer(), bare, streams=Streams(1))
    scores = Network(input_shape=(ROWS,), layers={"out": Dense(units=3), "relu": Relu()})
    chip = scores.build(tile(Memristor()), Streams(1))
    with pytest.raises(ConfigError, match=r"LastLayer: expected a last layer that learns"):
        repaired(chip, LastLayer(), host, streams=Streams(1))


def test_a_repair_leaves_the_chip_and_the_host_and_counts_calibrations_of_both_times() -> None:
    chip = chip_of(Memristor(nu=0.05))
    later = chip.aged(AGE)
    before = later.held["out"].weights.copy()
    for repair in (GlobalFactor(), ColumnFactors()):
        better, counts = repaired(later, repair, Host(programmed=chip), streams=Streams(2))
        assert counts.total("mac_forward") == 2 * READS * ROWS * COLS
        assert counts.total("images") == 0
        assert better.activity.total("mac_forward") == counts.total("mac_forward")
    np.testing.assert_array_equal(later.held["out"].weights, before)
    assert later.activity.counts == chip.activity.counts


def test_latches_need_no_refresh_and_digital_weights_have_none() -> None:
    chip = chip_of(CmosSynapse())
    same, _ = repaired(chip, Refresh(), Host(programmed=chip, weights=WEIGHTS), streams=Streams(2))
    np.testing.assert_array_equal(same.held["out"].weights, chip.held["out"].weights)
    chip = ONE_LAYER.build(Digital(), Streams(1))
    with pytest.raises(ConfigError, match="Refresh: expected weights that cells hold"):
        repaired(chip, Refresh(), Host(programmed=chip), streams=Streams(2))
