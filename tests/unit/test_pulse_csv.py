"""Pulse responses from traces and files: what is found in them, what is refused and where."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from crossbar.devices import Memristor, PulseTable, SoftBounds
from crossbar.devices.measured import pulse_csv
from crossbar.devices.measured.smoothing import local_linear
from crossbar.devices.measured.traces import (
    POINTS,
    Trace,
    reduced,
)
from crossbar.errors import ConfigError, CrossbarError, DataError
from crossbar.plots.pulses import response
from crossbar.report.limits import _extrapolated
from crossbar.runs import experiment
from crossbar.runs.plain import describe
from crossbar.spice.memristors.characterise import characterise
from crossbar.spice.memristors.datasheet import responses

SHIPPED = Path(__file__).parents[2] / "scripts" / "data" / "synthetic-pulse-traces.csv"
LOW, HIGH, SHARE, COUNT = 2e-6, 50e-6, 0.03, 80


def trains(
    device: int = 0,
    cycle: int = 0,
    *,
    size: float = 1.0,
    tilt: float = 0.0,
    sigma: float = 0.0,
    count: int = COUNT,
    rng: np.random.Generator | None = None,
) -> list[Trace]:
    """Soft-bounds trains: a set step is the share s of what is left to HIGH, mirrored for reset."""
    found = []
    z = np.zeros((2, count)) if rng is None else rng.standard_normal((2, count))
    start = HIGH - (HIGH - LOW) * (1 - SHARE) ** count  # where long trains turn around
    for rising, noise in zip((True, False), z, strict=True):
        g = [HIGH + LOW - start if rising else start]
        share = SHARE * size * (1 + tilt if rising else 1 - tilt)
        for one in noise:
            step = share * (HIGH - g[-1] if rising else g[-1] - LOW)
            step *= 1 + sigma * one
            g.append(g[-1] + step if rising else g[-1] - step)
        found.append(Trace(device, cycle, rising, np.array(g)))
    return found


def test_a_local_line_is_exact_on_a_line_and_a_mean_far_from_all_points() -> None:
    at, u = np.linspace(0.0, 1.0, 41), np.linspace(0.0, 1.0, 33)
    np.testing.assert_allclose(local_linear(at, 3 - 2 * at, u), 3 - 2 * u, rtol=1e-12)
    crowd = np.array([0.50, 0.501, 0.502])
    far = local_linear(crowd, np.array([1.0, 2.0, 3.0]), np.array([1.0]))[0]
    assert 1.0 < far < 3.0  # a line through the three would give 500


def test_steps_of_soft_bounds_are_found_exactly() -> None:
    found = reduced(trains())
    columns = found.columns
    assert columns.g_min is not None
    assert columns.g_max is not None
    g = columns.g_min + columns.u * (columns.g_max - columns.g_min)
    span = columns.g_max - columns.g_min
    # A step linear in the conductance is what local lines fit: rounding alone remains.
    np.testing.assert_allclose(columns.steps[0] * span, SHARE * (HIGH - g), rtol=1e-9)
    np.testing.assert_allclose(columns.steps[2] * span, SHARE * (g - LOW), rtol=1e-9)
    assert columns.steps[[1, 3]].max() < 1e-12
    assert (found.sigma_d2d, found.sigma_asymmetry_d2d, found.sigma_bounds_d2d) == (0, 0, 0)


def test_spreads_between_devices_and_between_pulses_are_told_apart() -> None:
    rng, devices, sigma = np.random.default_rng(5), 60, 0.2
    sizes = 1 + 0.1 * rng.standard_normal(devices)
    tilts = 0.05 * rng.standard_normal(devices)
    traces = [
        trace
        for d in range(devices)
        for c in range(4)
        for trace in trains(d, c, size=sizes[d], tilt=tilts[d], sigma=sigma, rng=rng, count=250)
    ]
    found = reduced(traces)
    # Trains of 250 pulses end at the bounds (0.05 % short). The sizes drawn are known, so that only
    # the estimate of each remains: 4 trains of some 100 steps of 20 %, 1.5 % of the size. In
    # squares it adds 1 % to the spread of 10 % of the sizes and 6 % to the 4 % of the tilts.
    assert found.sigma_d2d == pytest.approx(np.std(sizes, ddof=1), rel=0.1)
    assert found.sigma_asymmetry_d2d == pytest.approx(np.std(tilts, ddof=1), rel=0.15)
    assert found.sigma_bounds_d2d < 1e-3
    up, up_std = found.columns.steps[:2]
    # Above 1 000 steps in each band: 2 % for one standard error, 5 of them for 25 points; steps of
    # one band differ by up to 10 % of the middle one's, which adds 1 %.
    np.testing.assert_allclose(up_std[4:-4] / up[4:-4], sigma, rtol=0.12)


def test_a_table_in_siemens_survives_writing_and_reading(tmp_path: Path) -> None:
    columns = reduced(trains()).columns
    path = tmp_path / "folder" / "table.csv"
    pulse_csv.write(path, columns, ["source"])
    back = pulse_csv.read(path).columns
    np.testing.assert_allclose(back.u, columns.u, atol=1e-8)
    np.testing.assert_allclose(back.steps, columns.steps, rtol=1e-7, atol=1e-12)


def test_traces_survive_writing_and_reading(tmp_path: Path) -> None:
    traces = [*trains(0), *trains(1, size=1.2), *trains(1, 1, size=1.2)]
    path = tmp_path / "traces.csv"
    pulse_csv.write_traces(path, traces, ["source"])
    back, direct = pulse_csv.read(path), reduced(traces)
    assert back.sigma_d2d == pytest.approx(direct.sigma_d2d, rel=1e-6)
    np.testing.assert_allclose(back.columns.steps, direct.columns.steps, rtol=1e-5, atol=1e-9)


def test_the_shipped_traces_have_the_steps_of_their_closed_form() -> None:
    table = PulseTable.from_csv(SHIPPED)
    assert table.g_min == pytest.approx(2e-6, abs=0.5e-6)
    assert table.g_max == pytest.approx(50e-6, abs=0.5e-6)
    # dG = (G_min + B - G)(1 - exp(-1/A)) at the middle of the range, A = 60, B from P_max = 100.
    b = 1 / (1 - np.exp(-100 / 60))
    expected = (b - 0.5) * (1 - np.exp(-1 / 60))
    # 1 000 steps with a spread of 0.4 % of the range, a tenth of them in the band: 0.0004.
    assert table.size == pytest.approx(expected, abs=0.0016)
    middle = table.up_std[POINTS // 2]
    assert middle == pytest.approx(0.004, rel=0.3)  # 100 steps: 7 % a standard error


HEAD = "g,set,set_std,reset,reset_std\n"
ROWS = "1e-6,1e-7,1e-8,0,0\n2e-6,1e-7,1e-8,1e-7,1e-8\n3e-6,0,0,1e-7,1e-8\n"
PULSES = "cycle,pulse,polarity,g\n"


def train(polarity: str, values: list[float]) -> str:
    return "".join(f"0,{k},{polarity},{g}\n" for k, g in enumerate(values))


RISE, FALL = [1e-6, 2e-6, 3e-6, 4e-6, 5e-6], [5e-6, 4e-6, 3e-6, 2e-6, 1e-6]
BROKEN = {
    "missing column": (HEAD.replace("set_std", "spread") + ROWS, ":1.*no column set_std"),
    "unknown header": ("a,b\n1,2\n", ":1: expected columns .*got a,b"),
    "no number": (HEAD + ROWS.replace("3e-6", "three"), ":4.*column g, got 'three'"),
    "NaN": ("# measured\n" + HEAD + ROWS.replace("2e-6,1e-7", "2e-6,nan"), ":4.*set, got 'nan'"),
    "negative spread": (HEAD + ROWS.replace("1e-8,0,0", "-1e-8,0,0"), ":2.*>= 0 in column set_"),
    "conductance falls": (HEAD + ROWS.replace("3e-6", "1.5e-6"), ":4.*1.5e-06 after 2e-06"),
    "conductance twice": (HEAD + ROWS.replace("3e-6", "2e-6"), ":4.*rises from row to row"),
    "conductance zero": (HEAD + ROWS.replace("1e-6,1e-7", "0,1e-7"), ":2.*above 0"),
    "cell missing": (HEAD + ROWS.replace(",0,0", ",0"), ":2: expected 5 cells, got 4"),
    "too few rows": (HEAD + ROWS.split("\n")[0] + "\n", "expected 3 rows or more, got 1"),
    "u is not scaled": ("u,up,up_std,down,down_std\n0,1,0,1,0\n2,1,0,1,0\n", ":3.*u = 1"),
    "polarity": (PULSES + "0,0,up,1e-6\n", ":2, column 3: expected set or reset"),
    "pulse order": (PULSES + "0,1,set,1e-6\n0,1,set,2e-6\n", ":3.*rise within a train"),
    "half a pulse": (PULSES + "0,0.5,set,1e-6\n", ":2, column 2: .*whole number in column pulse"),
    "short train": (PULSES + train("set", RISE[:3]) + train("reset", FALL), "4 pulses or more"),
    "no reset": (PULSES + train("set", RISE), "expected a reset train of device 0"),
    "wrong way": (PULSES + train("set", FALL) + train("reset", RISE), "that rises over the set"),
    "no rows": (PULSES, "expected rows of numbers"),
    "empty": ("# nothing\n", "an empty file"),
}


@pytest.mark.parametrize(("text", "match"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, text: str, match: str) -> None:
    path = tmp_path / "pulses.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=match) as error:
        PulseTable.from_csv(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_mean_step_that_goes_back_is_refused() -> None:
    fall = np.linspace(5e-6, 1e-6, 40)
    hump = np.concatenate([np.linspace(1e-6, 5e-6, 20), np.linspace(5e-6, 3e-6, 20)])
    with pytest.raises(DataError, match=r"a monotone conductance in the set .* at its pulse 39"):
        reduced([Trace(0, 0, True, hump), Trace(0, 0, False, fall)])
    cliff = np.concatenate([np.linspace(1e-6, 4.6e-6, 4), np.linspace(4.59e-6, 4.05e-6, 20)])
    rises = [Trace(0, c, True, cliff) for c in range(9)]
    with pytest.raises(DataError, match=r"mean set step >= 0"):
        reduced([*rises, Trace(0, 0, False, fall)])


def test_a_table_becomes_the_step_of_a_memristor_and_gives_its_range() -> None:
    table = PulseTable.of(reduced(trains()).columns)
    cell = Memristor(table=table, sigma_d2d=0.1)
    assert cell.step is table
    assert (cell.g_min, cell.g_max) == (table.g_min, table.g_max)
    scaled = Memristor(table=table, g_min=1e-6, g_max=20e-6)
    assert (scaled.g_min, scaled.g_max) == (1e-6, 20e-6)
    with pytest.raises(ConfigError, match=r"Memristor\.table: expected a table without a step"):
        Memristor(table=table, step=SoftBounds(dw_min=0.003))
    with pytest.raises(ConfigError, match=r"PulseTable\.g_max"):
        PulseTable(u=(0, 1), up=(1, 1), up_std=(0, 0), down=(1, 1), down_std=(0, 0), g_min=1e-6)


def test_settings_take_the_range_from_a_file_in_siemens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pulses.csv"
    path.write_text(HEAD + ROWS)
    device = {"kind": "reram", "step": str(path)}
    settled = experiment({"device": device}).device
    assert isinstance(settled, Memristor)
    assert (settled.g_min, settled.g_max) == (1e-6, 3e-6)
    told = experiment({"device": device | {"g_max": "9 uS"}}).device
    assert isinstance(told, Memristor)
    assert (told.g_min, told.g_max) == (1e-6, pytest.approx(9e-6))
    monkeypatch.chdir(tmp_path)  # a run is gone on with from any folder
    named = experiment({"device": {"kind": "reram", "step": "pulses.csv"}}).settings
    assert named["device"]["step"] == str(path)
    path.write_text(HEAD)
    with pytest.raises(CrossbarError, match=r"pulses\.csv"):
        experiment({"device": device})


def scaled(text: str, factor: float) -> str:
    """Return a table of siemens with every number multiplied."""
    head, *rows = text.splitlines()
    cells = [[f"{float(cell) * factor:.12g}" for cell in row.split(",")] for row in rows]
    return "\n".join([head, *map(",".join, cells)]) + "\n"


@pytest.mark.parametrize(
    "unit", ["_uS", " [uS]", " (\u00b5S)", " (\u03bcS)", "/uS", "_mS", "_S", ""]
)
def test_units_are_read_from_the_header(tmp_path: Path, unit: str) -> None:
    plain, path = tmp_path / "plain.csv", tmp_path / "pulses.csv"
    plain.write_text(HEAD + ROWS)
    factor = 1e3 if "mS" in unit else 1.0 if unit in ("_S", "") else 1e6
    head = ",".join(f"{name}{unit}" for name in HEAD.strip().split(","))
    path.write_text(scaled(f"{head}\n{ROWS}", factor), encoding="utf-8")
    expected, found = PulseTable.from_csv(plain), PulseTable.from_csv(path)
    assert (found.g_min, found.g_max) == pytest.approx((1e-6, 3e-6), rel=1e-12)
    np.testing.assert_allclose(found.table(0.0), expected.table(0.0), rtol=1e-9, atol=1e-15)


def test_resistances_and_currents_of_single_pulses_become_conductances(tmp_path: Path) -> None:
    plain, path = tmp_path / "plain.csv", tmp_path / "pulses.csv"
    plain.write_text(PULSES + train("set", RISE) + train("reset", FALL))
    expected = PulseTable.from_csv(plain)
    ohm = train("set", [1e-3 / g for g in RISE]) + train("reset", [1e-3 / g for g in FALL])
    path.write_text(PULSES.replace("g\n", "R [k\u03a9]\n") + ohm, encoding="utf-8")
    np.testing.assert_allclose(PulseTable.from_csv(path).up, expected.up, rtol=1e-9, atol=1e-12)
    rows = (train("set", RISE) + train("reset", FALL)).replace("\n", ",-0.2\n")
    amperes = re.sub(r"(\S+),-0.2", lambda row: f"{_current(row[1])},-200", rows)
    path.write_text(PULSES.replace("g\n", "i_uA,v_mV\n") + amperes)
    np.testing.assert_allclose(PulseTable.from_csv(path).up, expected.up, rtol=1e-9, atol=1e-12)


def _current(row: str) -> str:
    """Return a row of siemens as microamperes at -0.2 V."""
    head, _, g = row.rpartition(",")
    return f"{head},{-0.2e6 * float(g):.12g}"


UNCLEAR = {
    "microsiemens as siemens": (HEAD + scaled(HEAD + ROWS, 1e6).split("\n", 1)[1], ":2.*1 S"),
    "pulses of 30": (PULSES + train("set", [30, 31, 32, 33, 34]), ":2.*up to 0.01 S, got 30 S"),
    "a factor of 1e7": (HEAD + ROWS.replace("3e-6", "30"), r":4.*up to 0.01 S, got 30 S.*g_uS"),
    "far apart": (HEAD + ROWS.replace("1e-6,", "1e-13,"), r":2.*1e\+06, got 1e-13 S here"),
    "a step beyond the range": (HEAD + ROWS.replace("2e-6,1e-7", "2e-6,0.1"), ":3.*got 0.1 S"),
    "half of the units": (HEAD.replace("g,", "g_uS,") + ROWS, ":1, column 2: .*set too, got none"),
    "no unit of g": (HEAD.replace("g,", "g [V],") + ROWS, ":1, column 1: .*unit of S .*got 'V'"),
    "seconds": (HEAD.replace("g,", "g [us],") + ROWS, ":1, column 1: .*unit of S"),
    "resistance without unit": (PULSES.replace("g\n", "r\n") + "0,0,set,1\n", ":1.*r_ohm"),
    "steps in ohm": (HEAD.replace("g,", "r_ohm,") + ROWS, ":1.*no column g"),
    "current without voltage": (PULSES.replace("g\n", "i_A\n") + "0,0,set,1\n", "no column g"),
    "voltage zero": (PULSES.replace("g\n", "i_A,v_V\n") + "0,0,set,1,0\n", ":2.*one sign"),
}


@pytest.mark.parametrize(("text", "match"), UNCLEAR.values(), ids=UNCLEAR)
def test_conductances_in_another_unit_are_asked_about(
    tmp_path: Path, text: str, match: str
) -> None:
    path = tmp_path / "pulses.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=match):
        PulseTable.from_csv(path)


def test_a_step_from_a_file_in_siemens_brings_its_range(tmp_path: Path) -> None:
    """50 pulses of 0.5 uS from 10 to 35 uS stay pulses of 0.5 uS: not 0.78 uS of 1 to 40 uS."""
    path = tmp_path / "pulses.csv"
    rows = "".join(f"{g},0.5,0,0.5,0\n" for g in range(10, 36))
    path.write_text(",".join(f"{name}_uS" for name in HEAD.strip().split(",")) + "\n" + rows)
    cell = Memristor(step=PulseTable.from_csv(path))
    assert (cell.g_min, cell.g_max) == pytest.approx((10e-6, 35e-6))
    assert cell.quantum == pytest.approx(0.5e-6)


def halves() -> list[Trace]:
    """Set steps that fall linearly from 10 to 50 uS; reset trains from 30 to 10 uS alone."""
    rising = [10e-6]
    while rising[-1] < 49.5e-6:
        rising.append(rising[-1] + 0.02 * (60e-6 - rising[-1]))
    falling = [30e-6]
    while falling[-1] > 10.5e-6:
        falling.append(falling[-1] - 0.02 * falling[-1])
    return [Trace(0, 0, True, np.array(rising)), Trace(0, 0, False, np.array(falling))]


def test_what_no_train_passed_is_extrapolated_by_name() -> None:
    """Reset steps above 30 uS are those at 30 uS, 0.60 uS; a mean of neighbours was 0.58."""
    columns = reduced(halves()).columns
    table = PulseTable.of(columns)
    assert columns.g_min is not None
    assert columns.g_max is not None
    span = columns.g_max - columns.g_min
    g = columns.g_min + columns.u * span
    down = columns.steps[2] * span
    seen = g <= 30e-6 + span / 64
    np.testing.assert_allclose(down[seen], 0.02 * g[seen], rtol=1e-9)
    np.testing.assert_allclose(down[~seen], down[seen][-1], rtol=1e-12)
    assert table.set_measured == (0, 1)
    assert table.reset_measured == (0, columns.u[seen][-1])
    (words,) = table.extrapolated
    assert re.match(r"reset steps are measured at 10\.\d uS to 30\.\d uS and extrapolated", words)
    assert words in repr(table)
    assert len(repr(table)) < 250


def test_a_file_says_what_was_measured_by_leaving_cells_empty(tmp_path: Path) -> None:
    columns = reduced(halves()).columns
    path = tmp_path / "table.csv"
    pulse_csv.write(path, columns, ["source"])
    assert path.read_text().rstrip().endswith(",,")
    back = pulse_csv.read(path).columns
    np.testing.assert_allclose(back.measured, columns.measured, atol=1e-7)
    np.testing.assert_allclose(back.steps, columns.steps, rtol=1e-6, atol=1e-12)
    path.write_text(HEAD + ROWS.replace("2e-6,1e-7,1e-8", "2e-6,,"))
    with pytest.raises(DataError, match=r":3: expected a number in column set, got ''"):
        pulse_csv.read(path)
    path.write_text(HEAD + ROWS.replace("2e-6,1e-7,1e-8", "2e-6,,1e-8"))
    with pytest.raises(DataError, match=r":3, column 2: .*number >= 0 in column set, got ''"):
        pulse_csv.read(path)
    path.write_text(HEAD + "1e-6,1e-7,0,,\n2e-6,1e-7,0,,\n3e-6,1e-7,0,1e-7,0\n")
    with pytest.raises(DataError, match=r":2: expected steps in column reset, got 1"):
        pulse_csv.read(path)


def test_trains_over_next_to_nothing_of_the_range_are_refused() -> None:
    rising, falling = halves()
    short = Trace(0, 0, True, np.linspace(49e-6, 49.5e-6, 9))
    with pytest.raises(DataError, match=r"expected set trains over the range, got 1\.\d % of it"):
        reduced([short, falling])
    reduced([rising, falling])


def test_reports_and_figures_say_what_is_extrapolated(tmp_path: Path) -> None:
    path = tmp_path / "traces.csv"
    pulse_csv.write_traces(path, halves(), [])
    seen = characterise(path)
    rows = {row.name: row for row in responses(seen)}
    assert rows["reset steps measured to"].value == pytest.approx(30e-6, rel=0.02)
    assert "extrapolated" in rows["reset steps measured to"].condition
    assert not [name for name in rows if name.startswith("set steps measured")]
    assert "Dotted: reset steps are measured at 10" in response(seen, "cell").caption
    sentence = "The reset steps of the device were measured from 0 to 50 % of its range"
    assert next(_extrapolated(describe(seen.device()))).startswith(sentence)
    assert not list(_extrapolated(describe(Memristor())))
