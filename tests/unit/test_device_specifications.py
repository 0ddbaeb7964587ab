"""Specifications of devices: what they refuse, how measured tables are read."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import SarAdc, SerialDac
from crossbar.devices import (
    PRESETS,
    CmosSynapse,
    Constant,
    Device,
    Exponential,
    ExponentialFloor,
    IdealCell,
    Jumps,
    JumpTable,
    Linear,
    Memristor,
    NoisyReads,
    PcmExponent,
    PcmFlicker,
    PulseTable,
    SoftBounds,
    Step,
    StuckAt,
)
from crossbar.devices.laws.linear import LinearForm
from crossbar.devices.laws.steps import POINTS, ClosedForm
from crossbar.errors import ConfigError, DataError
from crossbar.sources import numbers

NAN, INF = float("nan"), float("inf")
FORM = re.compile(r"^\w+(\.[\w +]+)?: expected .+, got .+\. .+\.$")
COLUMNS = {"u": (0.0, 0.4, 1.0), "up": (0.03, 0.02, 0.0), "up_std": (0.01, 0.01, 0.01)}
COLUMNS |= {"down": (0.0, 0.01, 0.02), "down_std": (0.002, 0.003, 0.004)}
STEPS = [
    Constant(dw_min=0.003),
    Linear(dw_min=0.002, slope=0.4),
    SoftBounds(dw_min=0.004),
    Exponential(dw_min=0.002, steepness=5.0),
    ExponentialFloor(noise=0.3, noise_floor=0.001, noise_slope=0.002),
    PulseTable(**COLUMNS),
    JumpTable(
        set=Jumps(u=(0, 1), change=(-0.01, 0.05), cdf=((0, 1), (0.1, 1))),
        reset=Jumps(u=(0, 1), change=(-0.05, 0.01), cdf=((0.2, 1), (0, 0.9))),
    ),
]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Memristor, {"g_min": 2e-5, "g_max": 1e-5}),
        (Memristor, {"g_min": 1e-5, "g_max": 1e-5}),
        (Memristor, {"g_max": NAN}),
        (Memristor, {"g_max": INF}),
        (Memristor, {"g_min": 0.0}),
        (Memristor, {"sigma_d2d": NAN}),
        (Memristor, {"sigma_c2c": -0.1}),
        (Memristor, {"sigma_read": INF}),
        (Memristor, {"sigma_program": (NAN,)}),
        (Memristor, {"sigma_program": (0.1, -0.2)}),
        (Memristor, {"asymmetry": 1.0}),
        (Memristor, {"sigma_bounds_d2d": 0.5}),
        (Memristor, {"max_pulses": 0}),
        (Memristor, {"max_pulses": 1.5}),
        (Memristor, {"nu": NAN}),
        (Memristor, {"t0": 0.0}),
        (Memristor, {"drift": PcmExponent(), "nu": 0.05}),
        (PcmExponent, {"nu": (0.0, 0.0, 0.2, 0.1)}),
        (PcmExponent, {"sigma_nu": (0.0, 0.0, -0.1, 0.1)}),
        (Memristor, {"tau_leak": NAN}),
        (Memristor, {"v_write": -1.0}),
        (IdealCell, {"g_min": 1e-5, "g_max": 1e-5}),
        (IdealCell, {"g_max": INF}),
        (IdealCell, {"g_max": NAN}),
        (IdealCell, {"sigma_read": NAN}),
        (CmosSynapse, {"bits": 1}),
        (CmosSynapse, {"bits": 15}),
        (CmosSynapse, {"bits": True}),
        (CmosSynapse, {"bits": 4.0}),
        (CmosSynapse, {"g_unit": 0.0}),
        (CmosSynapse, {"g_full": NAN}),
        (CmosSynapse, {"g_full": 1e-3, "g_unit": 1e-6}),
        (CmosSynapse, {"sigma_unit": 0.5}),
        (Constant, {"dw_min": 0.0}),
        (SoftBounds, {"dw_min": NAN}),
        (Linear, {"slope": 1.5}),
        (Exponential, {"steepness": 0.0}),
        (PulseTable, COLUMNS | {"up": (0.03, 0.02)}),
        (PulseTable, COLUMNS | {"up": (0.03, NAN, 0.0)}),
        (PulseTable, COLUMNS | {"up": (0.03, -0.02, 0.0)}),
        (PulseTable, COLUMNS | {"up": (0.0, 0.0, 0.0)}),
        (PulseTable, COLUMNS | {"u": (0.0, 0.7, 0.6)}),
        (PulseTable, COLUMNS | {"u": (0.1, 0.7, 1.0)}),
        (PulseTable, COLUMNS | {"down_std": (0.002, -0.003, 0.004)}),
        (PulseTable, dict.fromkeys(COLUMNS, (0.0,))),
        (Reading, {"v_read": 0.0}),
        (Reading, {"t_read": NAN}),
        (Reading, {"temperature": -1.0}),
        (Reading, {"fano": 1.1}),
        (Offset, {"w_max": 0.0}),
        (DifferentialPair, {"headroom": 0.5}),
        (SarAdc, {"bits": 1}),
        (SarAdc, {"reach": INF}),
        (SarAdc, {"reach": NAN}),
        (SerialDac, {"bits": 8.0}),
    ],
)
def test_values_out_of_range_are_named(kind, fields):
    with pytest.raises(ConfigError) as error:
        kind(**fields)
    text = str(error.value)
    assert FORM.match(text), text
    assert text.startswith(kind.__name__)
    if kind is not PulseTable and "g_min" not in fields:
        assert text.startswith(f"{kind.__name__}.{next(iter(fields))}: ")


def test_faults_out_of_range_are_named():
    device = IdealCell()
    for fields in ({"p_on": 1.1}, {"p_off": NAN}, {"p_on": 0.6, "p_off": 0.6}):
        with pytest.raises(ConfigError, match=FORM):
            StuckAt(device, **fields)


def test_every_step_has_a_case():
    bases = (Step, ClosedForm, LinearForm)
    leaves = {leaf for base in bases for leaf in base.__subclasses__()}
    own = {s for s in leaves if s.__module__.startswith("crossbar.")}
    assert {type(s) for s in STEPS} == {s for s in own if not inspect.isabstract(s)}


@pytest.mark.parametrize("step", STEPS, ids=lambda s: type(s).__name__)
def test_a_table_has_four_rows_that_are_never_negative_and_the_size_at_mid_range(step):
    table = step.table(0.3)
    assert table.shape == (4, POINTS)
    assert table.min() >= 0
    assert table[0, POINTS // 2] == pytest.approx(step.size, rel=1e-12)


@pytest.mark.parametrize("step", STEPS[:4], ids=lambda s: type(s).__name__)
def test_a_pulse_table_of_a_closed_form_equals_the_closed_form(step):
    up, up_std, down, down_std = (tuple(row) for row in step.table(0.3))
    u = tuple(np.linspace(0.0, 1.0, POINTS))
    table = PulseTable(u=u, up=up, up_std=up_std, down=down, down_std=down_std)
    assert table.size == pytest.approx(step.size, rel=1e-12)
    np.testing.assert_allclose(table.table(0.0), step.table(0.3), rtol=1e-12, atol=1e-18)


def test_cycle_spread_adds_to_the_measured_spread_in_squares():
    table, measured = STEPS[4].table(0.5), STEPS[4].table(0.0)
    np.testing.assert_array_equal(table[[0, 2]], measured[[0, 2]])
    expected = np.sqrt(measured[[1, 3]] ** 2 + (0.5 * measured[[0, 2]]) ** 2)
    np.testing.assert_allclose(table[[1, 3]], expected, rtol=1e-12)


@pytest.mark.parametrize("slope", [1e-40, 1e-17, 1e-12, -1e-9, 1e-6])
def test_steps_of_a_slight_slope_are_those_of_none(slope):
    device, counts = Memristor(step=Linear(slope=slope)), np.full((2, 3), 20, np.int32)
    cells = device.fabricate((2, 3), rng=np.random.default_rng(0), dtype=np.float64)
    before = cells.g.copy()
    cells.pulse(counts, rng=np.random.default_rng(1))
    np.testing.assert_allclose((cells.g - before) / device.quantum, counts, rtol=1e-6)


@pytest.mark.parametrize("pulses", [300, 1000, 2000, 100_000])
@pytest.mark.parametrize("share", [0.001, 0.05])
def test_many_pulses_lead_towards_their_own_bound(pulses, share):
    """Each leaves 1 - 2 dw_min of the distance to the bound: nothing of it after thousands."""
    device = Memristor(step=SoftBounds(dw_min=share))
    cells = device.fabricate((2, 3), rng=np.random.default_rng(0), dtype=np.float64)
    for sign, end in ((1, device.g_max), (-1, device.g_min)):
        away = cells.g - end
        cells.pulse(np.full((2, 3), sign * pulses, np.int32), rng=np.random.default_rng(1))
        expected = end + (1 - 2 * share) ** pulses * away
        np.testing.assert_allclose(cells.g, expected, rtol=0, atol=1e-6 * device.g_max)


def test_flicker_noise_of_cells_younger_than_a_read_is_refused():
    device = Memristor(flicker=PcmFlicker(t_r=1e-3), t0=1e-6)
    cells = device.fabricate((2, 3), rng=np.random.default_rng(0), dtype=np.float64)
    with pytest.raises(ConfigError, match=r"PcmFlicker\.t_r: expected at most .* 1e-06 s, got"):
        cells.flicker()


def csv(rows: str, header: str = "u,up,up_std,down,down_std") -> str:
    return f"{header}\n{rows}\n"


def test_a_pulse_table_is_read_from_csv_in_any_column_order(tmp_path):
    path = tmp_path / "pulses.csv"
    header = "down,u,up,down_std,up_std,cell"
    rows = "0.0,0,0.03,0.002,0.01,a\r\n0.01,0.4,0.02,0.003,0.01,a\n\n0.02,1,0.0,0.004,0.01,a"
    path.write_text(csv(rows, header))
    assert PulseTable.from_csv(path) == PulseTable(**COLUMNS)
    assert PulseTable.from_csv(str(path)) == PulseTable(**COLUMNS)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", DataError),
        ("u,up\n0,1\n", DataError),
        (csv("0,0.1,0.1,0.1,x"), DataError),
        (csv("0,0.1,0.1"), DataError),
        (csv(""), DataError),
        (csv("0,.1,.1,.1,.1\n1,.1,nan,.1,.1"), DataError),
        (csv("0,.1,.1,.1,.1\n0.9,.1,.1,.1,.1"), DataError),
    ],
)
def test_a_broken_pulse_table_is_refused(tmp_path, text, error):
    path = tmp_path / "pulses.csv"
    path.write_text(text)
    with pytest.raises(error, match=r": expected .*, got .*\. .*\.$"):
        PulseTable.from_csv(path)


def test_a_pulse_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"missing\.csv: expected columns"):
        PulseTable.from_csv(tmp_path / "missing.csv")


@pytest.mark.parametrize("name", PRESETS)
def test_presets_name_source_and_range(name):
    preset = PRESETS[name]
    assert preset.sources.keys() == numbers(preset.device).keys()
    assert len(preset.valid_for) > 5
    low, middle, high = preset.device.window
    assert 0 <= low < middle < high < 1e-1


@pytest.mark.parametrize("name", PRESETS)
def test_an_altered_device_is_otherwise_the_device(name: str) -> None:
    """By every property of the contract, so that a new one is passed on too."""
    device = PRESETS[name].device
    contract = {k for k, v in vars(Device).items() if isinstance(v, property)}
    assert len(contract) >= 10
    for altered, kept in (
        (StuckAt(device, p_on=0.1), contract),
        (NoisyReads(device), contract - {"read_noise"}),
    ):
        for one in kept:
            assert getattr(altered, one) == getattr(device, one), one
