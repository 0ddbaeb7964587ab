"""Raw files as ngspice writes them, and measurements on waveforms with closed forms."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crossbar.errors import SimulationError
from crossbar.spice import Waveforms
from crossbar.spice.engine import measure
from crossbar.spice.engine.waveforms import read_raw

R, C, V = 1e3, 1e-12, 0.8  # an RC of 1 ns, charged at once from t = 0
TAU = R * C


def plot(
    table: np.ndarray,
    names: list[str],
    *,
    plotname: str = "Transient Analysis",
    flags: str = "real",
    body: str = "Binary",
) -> bytes:
    """Return one plot as ngspice writes it."""
    variables = "".join(f"\t{k}\t{name}\tvoltage\n" for k, name in enumerate(names))
    head = (
        f"Title: the circuit\nDate: Sat Jan  1 00:00:00  2000\nPlotname: {plotname}\n"
        f"Flags: {flags}\nNo. Variables: {len(names)}\nNo. Points: {len(table)}       \n"
        f"Variables:\n{variables}{body}:\n"
    )
    return head.encode() + table.tobytes()


TABLE = np.array([[0.0, 1.0, 2.0], [1e-9, 1.5, 2.5], [3e-9, 2.0, 3.5]])
NAMES = ["time", "V(Out)", "i(@m1[id])"]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "out.raw"


def test_vectors_come_back_by_name(raw: Path) -> None:
    raw.write_bytes(plot(TABLE, NAMES))
    waves = read_raw(raw)
    assert waves.title == "the circuit"
    assert len(waves) == 3
    np.testing.assert_array_equal(waves.axis, TABLE[:, 0])
    np.testing.assert_array_equal(waves["v(out)"], TABLE[:, 1])
    np.testing.assert_array_equal(waves["V(OUT)"], TABLE[:, 1])
    np.testing.assert_array_equal(waves["@m1[id]"], TABLE[:, 2])
    assert "v(out)" in waves
    assert "v(in)" not in waves
    assert waves.at("v(out)", 2e-9) == pytest.approx(1.75)
    with pytest.raises(SimulationError, match=r"Did you mean 'v\(out\)'"):
        waves["v(outt)"]


def test_of_several_plots_the_last_counts(raw: Path) -> None:
    # A byte of the first plot may well be a newline, or spell a head: its length counts alone.
    first = np.frombuffer(b"Binary:\nTitle: x\n       " * 3).reshape(3, 3)
    op = plot(first, ["v(a)", "v(b)", "v(c)"], plotname="Operating Point")
    raw.write_bytes(op + plot(TABLE, NAMES))
    np.testing.assert_array_equal(read_raw(raw).axis, TABLE[:, 0])
    raw.write_bytes(op + b"\n" + op)
    waves = read_raw(raw)
    np.testing.assert_array_equal(waves["v(b)"], first[:, 1])
    np.testing.assert_array_equal(waves.axis, np.zeros(3))


def test_a_sweep_has_its_voltage_as_axis(raw: Path) -> None:
    raw.write_bytes(plot(TABLE, ["v(v-sweep)", "a", "b"], plotname="DC transfer characteristic"))
    np.testing.assert_array_equal(read_raw(raw).axis, TABLE[:, 0])


WHOLE = plot(TABLE, NAMES)
CUT = {
    "nothing": (b"", "a raw file, got none, or an empty one"),
    "in its head": (WHOLE[:90], "a binary raw file, got an ASCII one, or one cut off in its head"),
    "before a number": (WHOLE[:-8], "72 bytes for 3 points of 3 vectors, got 64 bytes: .* cut off"),
    "in a number": (WHOLE[:-1], "got 71 bytes: the file is cut off"),
    "after its head": (WHOLE[:-72], "got 0 bytes: the file is cut off"),
    "in the second plot": (WHOLE + WHOLE[:-30], "got 42 bytes: the file is cut off"),
    "no points yet": (plot(TABLE[:0], NAMES), "0 points of 3 vectors, got 0 bytes"),
    "no names": (WHOLE.replace(b"Plotname", b"Plotnote"), "Title, Plotname, Flags, No. Points"),
    "no count": (WHOLE.replace(b"No. Points: 3", b"No. Points: x"), "no raw file of ngspice"),
    "ASCII": (plot(TABLE, NAMES, body="Values"), "got an ASCII one"),
    "complex": (plot(TABLE.astype(complex), NAMES, flags="complex"), "real vectors, got complex"),
    "not a number": (plot(np.where(TABLE == 1.5, np.nan, TABLE), NAMES), r"V\(Out\): .*finite"),
    "infinite": (plot(np.where(TABLE == 3.5, np.inf, TABLE), NAMES), r"m1\[id\]\): .*finite"),
}


@pytest.mark.parametrize(("data", "said"), CUT.values(), ids=CUT)
def test_what_is_cut_or_strange_is_refused(raw: Path, data: bytes, said: str) -> None:
    raw.write_bytes(data)
    with pytest.raises(SimulationError, match=said) as caught:
        read_raw(raw)
    assert "\n" not in str(caught.value)
    assert str(raw) in str(caught.value)


def test_no_file_is_refused(raw: Path) -> None:
    with pytest.raises(SimulationError, match="a raw file, got none"):
        read_raw(raw)


def charging(points: int = 4001) -> Waveforms:
    """An RC charging through R, on a grid that is dense early, as a simulator's would be."""
    time = 20 * TAU * np.linspace(0.0, 1.0, points) ** 2
    i = V / R * np.exp(-time / TAU)
    vectors = {"v(vdd)": np.full(points, V), "i(vdd)": -i, "v(out)": V - R * i}
    return Waveforms("charging", time, vectors)


# Trapezoids on 4 001 points, quadratic in time: 2e-6 of the energy, as halving the step confirms.
GRID = 1e-5


def test_the_source_of_a_charged_capacitor_gives_c_v_squared() -> None:
    waves = charging()
    found = measure.energy(waves, "vdd", node="vdd", start=0.0, stop=20 * TAU)
    assert found == pytest.approx(C * V**2, rel=GRID)
    assert measure.energy(charging(8001), "vdd", node="vdd", start=0.0, stop=20 * TAU) == (
        pytest.approx(C * V**2, rel=GRID / 4)
    )


def test_energies_of_parts_add_up_wherever_they_are_cut() -> None:
    waves = charging()
    cuts = [0.0, 0.31 * TAU, 1.77 * TAU, 20 * TAU]
    parts = [measure.energy(waves, "vdd", node="vdd", start=a, stop=b) for a, b in pairwise(cuts)]
    expected = [C * V**2 * (np.exp(-a / TAU) - np.exp(-b / TAU)) for a, b in pairwise(cuts)]
    np.testing.assert_allclose(parts, expected, rtol=10 * GRID)
    total = measure.energy(waves, "vdd", node="vdd", start=0.0, stop=20 * TAU)
    # The ends are interpolated on both, so that only the curvature inside one step differs.
    assert sum(parts) == pytest.approx(total, rel=1e-6)


def test_the_mean_current_is_charge_over_time() -> None:
    found = measure.mean_current(charging(), "vdd", start=0.0, stop=2 * TAU)
    assert found == pytest.approx(C * V * (1 - np.exp(-2)) / (2 * TAU), rel=GRID)


@pytest.mark.parametrize("tolerance", [0.1, 0.01, 0.001])
def test_a_first_order_settles_in_tau_times_the_logarithm(tolerance: float) -> None:
    found = measure.settling(
        charging(), "v(out)", start=0.0, stop=20 * TAU, tolerance=tolerance, final=V
    )
    assert found == pytest.approx(-TAU * np.log(tolerance), rel=1e-4)


def test_settling_counts_the_last_exit_of_a_ringing() -> None:
    # 1 - exp(-t) cos(20 t): within 5 % for good after its last excursion, found on a finer grid.
    time = np.linspace(0.0, 20.0, 20001)
    ringing = 1 - np.exp(-time) * np.cos(20 * time)
    waves = Waveforms("ringing", time, {"v(out)": ringing})
    found = measure.settling(waves, "v(out)", start=0.0, stop=20.0, tolerance=0.05, final=1.0)
    fine = np.linspace(0.0, 20.0, 2000001)
    outside = np.abs(np.exp(-fine) * np.cos(20 * fine)) > 0.05
    assert found == pytest.approx(fine[np.flatnonzero(outside)[-1]], abs=1e-4)
    assert found > -np.log(0.05) - np.pi / 20


def test_what_does_not_settle_is_refused_and_what_does_not_move_has() -> None:
    waves = charging()
    with pytest.raises(SimulationError, match=r"a settled end, got .* Simulate longer"):
        measure.settling(waves, "v(out)", start=0.0, stop=2 * TAU, final=V)
    assert measure.settling(waves, "v(vdd)", start=0.0, stop=20 * TAU) == 0.0


@pytest.mark.parametrize(("start", "stop"), [(-1e-9, 1e-9), (1e-9, 1e-9), (1e-9, 1e-6)])
def test_a_window_must_lie_inside(start: float, stop: float) -> None:
    with pytest.raises(SimulationError, match=r"measure: expected a window inside 0 to 2e-08 s"):
        measure.mean_current(charging(), "vdd", start=start, stop=stop)


def test_linearity_of_a_line_is_none() -> None:
    values = 3.0 - 0.25 * np.arange(16)
    np.testing.assert_allclose(measure.inl(values), 0, atol=1e-12)
    np.testing.assert_allclose(measure.dnl(values), 0, atol=1e-12)


def test_one_wide_step_is_its_dnl_and_the_sum_of_dnl_is_inl() -> None:
    # 15 steps of one, the eighth of 1 + d: the mean step grows to 1 + d/15.
    d = 0.3
    steps = np.ones(15)
    steps[7] += d
    values = np.concatenate([[0.0], np.cumsum(steps)])
    lsb = 1 + d / 15
    assert measure.dnl(values)[7] == pytest.approx((1 + d) / lsb - 1, rel=1e-12)
    assert measure.dnl(values)[0] == pytest.approx(1 / lsb - 1, rel=1e-12)
    assert measure.inl(values)[8] == pytest.approx((8 + d) / lsb - 8, rel=1e-12)
    np.testing.assert_allclose(np.cumsum(measure.dnl(values)), measure.inl(values)[1:], atol=1e-12)


def test_inl_of_a_parabola_is_its_sagitta() -> None:
    # x + 4 h x (1 - x) deviates by h at the middle, in units of 1/64 for 65 levels.
    x, h = np.linspace(0.0, 1.0, 65), 0.01
    found = measure.inl(x + 4 * h * x * (1 - x))
    assert found[32] == pytest.approx(64 * h, rel=1e-12)
    assert found[[0, -1]] == pytest.approx([0.0, 0.0], abs=1e-12)
    np.testing.assert_allclose(measure.inl(-(x + 4 * h * x * (1 - x))), found, atol=1e-12)
