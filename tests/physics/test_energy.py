"""Energy against circuit laws: power of the sources, conservation, and the printed figures."""

import functools
import math

import numpy as np
import pytest

from crossbar.activity import Activity
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, CmosSynapse, IdealCell
from crossbar.energy import (
    NETWORK,
    Costs,
    OperationCounts,
    breakdown,
    conventions,
    digital,
    exact,
    leti_2026,
    physical,
    rescaled,
    table1,
)
from crossbar.nn import leti_cnn
from crossbar.random import Streams
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

# SI values lie far below the absolute tolerance that pytest adds by itself.
near = functools.partial(pytest.approx, abs=0.0)

COUNTS = OperationCounts.of(NETWORK)
WIRES = Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=200.0)
READING = Reading(v_read=0.3, t_read=5e-9, temperature=0.0)
ROWS, COLS, READS = 7, 4, 3


@pytest.fixture(params=[Offset(), DifferentialPair()], ids=lambda m: type(m).__name__)
def mapping(request):
    return request.param


def program(mapping, wires):
    tile = Tile(
        device=IdealCell(g_min=1e-6, g_max=60e-6),
        mapping=mapping,
        reading=READING,
        wires=wires,
        dtype=np.float64,
    )
    weights = np.random.default_rng(1).uniform(-1, 1, (ROWS, COLS))
    return tile.program(weights, rng=np.random.default_rng(2))


def physical_array(state):
    """Conductances as they lie: cells of a weight side by side, reference lines on the edges."""
    own = np.stack([cells.g for cells in state.array.cells], axis=2).reshape(ROWS, -1)
    reference = state.array.reference
    if reference is None:
        return own
    foot = np.append(reference.rows[0].g[0], 0.0)
    return np.vstack([np.hstack([own, reference.column.g]), foot])


def drive(state, x):
    """Word-line voltages: each sample scaled to the read voltage, the reference line at 0 V."""
    v = READING.v_read * x / np.abs(x).max(axis=1, keepdims=True)
    return v if state.array.reference is None else np.hstack([v, np.zeros((len(v), 1))])


def drive_back(state, d):
    """Bit-line voltages: minus cells see -v, the reference line is at 0 V."""
    v = READING.v_read * d / np.abs(d).max(axis=1, keepdims=True)
    own = (v[:, :, None] * np.array(state.spec.mapping.signs)).reshape(len(v), -1)
    return own if state.array.reference is None else np.hstack([own, np.zeros((len(v), 1))])


def test_read_energy_is_the_power_of_the_sources(mapping):
    """Tellegen: what all resistors dissipate, found by sparse nodal analysis, is what is drawn."""
    state = program(mapping, WIRES)
    x = np.random.default_rng(3).standard_normal((READS, ROWS))
    state.matvec(x, rng=np.random.default_rng(4))
    solution = WIRES.solve(physical_array(state), drive(state, x))
    expected = solution.power.sum() * READING.t_read
    # Elimination against sparse LU; both are exact to about 1e-12 at r g = 0.02.
    assert state.activity.total("read_energy") == near(expected, rel=1e-9)


def test_transposed_read_energy_is_the_power_of_the_sources(mapping):
    state = program(mapping, WIRES)
    d = np.random.default_rng(5).standard_normal((READS, COLS))
    state.rmatvec(d, rng=np.random.default_rng(6))
    turned = Wires(r_wl=WIRES.r_bl, r_bl=WIRES.r_wl, r_driver=WIRES.r_sense, r_sense=WIRES.r_driver)
    u = drive_back(state, d)
    solution = turned.solve(physical_array(state)[::-1, ::-1].T, u[:, ::-1])
    expected = solution.power.sum() * READING.t_read
    assert state.activity.total("read_energy_transposed") == near(expected, rel=1e-9)


def test_read_energy_on_ideal_lines_is_the_sum_over_cells(mapping):
    state = program(mapping, None)
    rng = np.random.default_rng(7)
    x, d = rng.standard_normal((READS, ROWS)), rng.standard_normal((READS, COLS))
    state.matvec(x, rng=rng)
    state.rmatvec(d, rng=rng)
    g, v, u = physical_array(state), drive(state, x), drive_back(state, d)
    cells = [(n, i, k) for n in range(READS) for i in range(len(g)) for k in range(g.shape[1])]
    forward = math.fsum(v[n, i] ** 2 * g[i, k] * READING.t_read for n, i, k in cells)
    back = math.fsum(u[n, k] ** 2 * g[i, k] * READING.t_read for n, i, k in cells)
    # Products in another order: a few roundings of float64.
    assert state.activity.total("read_energy") == near(forward, rel=1e-12)
    assert state.activity.total("read_energy_transposed") == near(back, rel=1e-12)


@pytest.fixture(scope="module")
def chip_activities():
    """Activity of three inferences and of three training steps of the CMOS chip."""
    tile = Tile(
        device=PRESETS["cmos"].device,
        mapping=Offset(),
        reading=Reading(v_read=0.35, t_read=320e-12),
    )
    streams = Streams(8)
    chip = leti_cnn().build(tile, streams)
    x = streams("images").standard_normal((3, 28, 28)).astype(np.float32)
    chip.outputs(x, rng=streams("infer"))
    inference = chip.activity.copy()
    for k in range(3):
        chip.learn(x[[k]], np.array([k % 2]), 0.0005, rng=streams("learn", step=k))
    return inference, chip.activity.since(inference)


def quiet_activities(ohm, volts):
    """Activity of a quiet CMOS chip with the branch ``ohm`` at ``volts``, the same draws."""
    device = CmosSynapse(g_full=256 / ohm)
    reading = Reading(v_read=volts, t_read=320e-12, temperature=0.0)
    chip = leti_cnn(hidden=8).build(
        Tile(device=device, mapping=Offset(), reading=reading), Streams(8)
    )
    x = Streams(8)("images").standard_normal((2, 28, 28)).astype(np.float32)
    chip.outputs(x, rng=Streams(8)("infer"))
    inference = chip.activity.copy()
    chip.learn(x[:1], np.array([1]), 0.0005, rng=Streams(8)("learn"))
    return inference, chip.activity.since(inference)


@pytest.mark.parametrize(("ohm", "volts"), [(60e3, 0.1), (20e3, 0.35), (240e3, 0.35)])
def test_energy_at_another_choice_of_branch_and_voltage_is_what_a_chip_there_takes(ohm, volts):
    here = physical(*quiet_activities(60e3, 0.35), Costs())
    there = physical(*quiet_activities(ohm, volts), Costs())
    expected = rescaled(here.breakdown, (volts / 0.35) ** 2 * 60e3 / ohm)
    # Single precision, summed over 150 000 cells.
    assert (there.energy_inference, there.energy_training) == near(expected, rel=1e-5)


def test_breakdown_adds_up_to_the_totals(chip_activities):
    inference, training = chip_activities
    figures = physical(inference, training, Costs())
    for phase, total in (
        ("inference", figures.energy_inference),
        ("training", figures.energy_training),
    ):
        rows = [row.energy for row in figures.breakdown if row.phase == phase]
        assert math.fsum(rows) == near(total, rel=1e-12)
        assert min(rows) > 0


def test_total_is_joules_plus_costs_times_counts(chip_activities):
    _, training = chip_activities
    costs = Costs()
    joules = sum(
        training.total(event) for event in ("read_energy", "read_energy_transposed", "write_energy")
    )
    blocks = sum(cost.value * training.total(event) for event, cost in costs.table().items())
    rows = breakdown(training, costs, phase="training")
    expected = (joules + blocks) / training.total("images")
    assert math.fsum(row.energy for row in rows) == near(expected, rel=1e-12)


def test_physical_is_per_image(chip_activities):
    inference, training = chip_activities
    once = physical(inference, training, Costs())
    doubled = [Activity({k: 2 * v for k, v in a.counts.items()}) for a in chip_activities]
    twice = physical(*doubled, Costs())
    assert twice.energy_inference == near(once.energy_inference, rel=1e-12)
    assert twice.energy_training == near(once.energy_training, rel=1e-12)


def test_cells_in_mid_range_at_full_voltage_take_about_the_printed_energy():
    """Closed form: 0.35 V on 128 units of 60 kohm for 320 ps; 83.6 fJ against 87.36 in print."""
    reading = Reading(v_read=0.35, t_read=320e-12, temperature=0.0)
    tile = Tile(device=CmosSynapse(sigma_unit=0.0), mapping=Offset(), reading=reading)
    state = tile.program(np.zeros((ROWS, COLS)), rng=np.random.default_rng(0))
    state.matvec(np.ones((1, ROWS)), rng=np.random.default_rng(0))
    cell = 0.35**2 * 128 / 60e3 * 320e-12
    assert cell == near(87.36e-15, rel=0.05)  # how near the branch of 60 kohm comes
    # The reference column is one more cell a row; conductances are float32.
    expected = ROWS * (COLS + 1) * cell
    assert state.activity.total("read_energy") == near(expected, rel=1e-6)


def test_driven_multiplications_are_those_of_the_shapes(chip_activities):
    inference, training = chip_activities
    assert inference.total("mac_forward", "conv") == 3 * 30_000
    assert inference.total("mac_forward", "fc") == 3 * 120_000
    live, odd = divmod(inference.total("mac_forward", "out"), 2)
    assert odd == 0
    assert 0 < live < 3 * 64  # rectified neurons drive no line
    assert training.total("mac_outer", "conv") <= 3 * 30_000
    assert training.total("mac_outer", "fc") <= 3 * 32 * 1875  # half the neurons are dropped


def test_counts_from_shapes_are_those_of_a_dense_network():
    chip = leti_cnn().build(Digital(), Streams(9))
    chip.scores(np.ones((2, 28, 28), np.float32), rng=np.random.default_rng(0))
    assert chip.activity.total("mac_forward") == 2 * COUNTS.forward


@pytest.mark.parametrize(("printed", "value"), table1(leti_2026(COUNTS)), ids=lambda p: str(p)[:30])
def test_every_digit_of_table_1(printed, value):
    assert printed.digits_of(value) == printed.digits


def test_published_figures_before_rounding():
    figures = leti_2026(COUNTS)
    assert figures.energy_per_op == near(87.36e-15, rel=1e-12)
    assert figures.energy_inference == near(13.104e-9, rel=1e-12)
    assert figures.energy_training == near(26.208e-9, rel=1e-12)
    assert figures.efficiency == near(11.447e12, rel=5e-5)  # five digits
    assert figures.power_inference == near(39.312e-6, rel=1e-12)
    assert figures.power_training == near(78.624e-6, rel=1e-12)


def test_exact_charges_full_backpropagation_and_every_write():
    figures = exact(COUNTS)
    assert (figures.ops_inference, figures.ops_training) == (150_128, 420_384)
    assert figures.writes_training == 120_176
    assert figures.energy_training == near(540_560 * 87.36e-15, rel=1e-12)


def test_digital_inference_takes_690_nanojoules():
    assert digital(COUNTS).energy_inference == near(0.69e-6, rel=0.002)


def test_cmos_chip_takes_nanojoules_an_image(chip_activities):
    """Magnitude: within ten times of print, and far below 32-bit arithmetic."""
    figures = conventions(COUNTS, *chip_activities, Costs())
    happened, printed = figures["physical"], figures["leti-2026"]
    assert printed.energy_inference / 10 < happened.energy_inference < printed.energy_inference
    assert printed.energy_training / 10 < happened.energy_training < 10 * printed.energy_training
    assert happened.energy_training < figures["digital"].energy_training / 10
