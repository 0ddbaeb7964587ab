"""Retention, read noise and current against voltage: what is found in traces that hide it.

Intervals are at 1 - 1e-6, so that a true value outside one is a false alarm of 1e-6.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from crossbar.devices import IVSweeps, Ohmic, Power, ReadTraces, Retention, RetentionTraces, Sinh
from crossbar.devices.measured.estimates import mean_of, spread_of
from crossbar.devices.measured.robust import robust
from crossbar.errors import CrossbarError

SURE = 1.0 - 1e-6


def test_a_robust_line_has_the_error_that_it_states() -> None:
    """400 lines with normal residuals, a twentieth of them ten times as large."""
    rng, x = np.random.default_rng(0), np.linspace(-1.0, 1.0, 60)
    slopes, errors = [], []
    for _ in range(400):
        size = np.where(rng.random(60) < 0.05, 10.0, 1.0)
        y = 0.3 + 2.0 * x + 0.1 * size * rng.standard_normal(60)
        fit = robust(lambda p, y=y: y - p[0] - p[1] * x, np.zeros(2))
        slopes.append(fit.values[1])
        errors.append(fit.errors[1])
    scatter = float(np.std(slopes, ddof=1))
    assert np.mean(slopes) == pytest.approx(2.0, abs=5 * scatter / math.sqrt(400))
    # A standard deviation of 400 is known to 1 / sqrt(800) = 3.5 %; five of them, and 5 % for
    # what few residuals hide of the tails.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(scatter, rel=0.23)
    plain = 0.1 * math.sqrt(1 + 99 * 0.05) / math.sqrt(np.sum(x**2))
    assert scatter < 0.75 * plain  # of least squares


def test_mean_and_spread_over_cells_cover_the_truth() -> None:
    """2000 sets of twelve cells: 90 % intervals cover 90 +- 5 sqrt(0.9 0.1 / 2000) = 3.4 %."""
    rng, hits = np.random.default_rng(1), np.zeros(2)
    for _ in range(2000):
        errors = np.full(12, 0.004)
        values = 0.05 + 0.012 * rng.standard_normal(12) + errors * rng.standard_normal(12)
        for k, (estimate, truth) in enumerate(
            ((mean_of(values, errors, 0.9), 0.05), (spread_of(values, errors, 0.9), 0.012))
        ):
            hits[k] += estimate.low <= truth <= estimate.high
    np.testing.assert_allclose(hits / 2000, 0.9, atol=0.034)


def aged(cells: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cells that drift with exponents of their own, 1 % read noise and a fiftieth of outliers."""
    rng, times = np.random.default_rng(2), np.logspace(0.0, 5.0, 21)
    nu = 0.06 + 0.015 * rng.standard_normal(cells)
    device, t = np.repeat(np.arange(cells), 21), np.tile(times, cells)
    g = 2e-5 * t ** -nu[device] * np.exp(0.01 * rng.standard_normal(t.size))
    g[rng.random(t.size) < 0.02] *= 1.5
    return device, t, g, nu


def test_drift_exponents_and_their_spread(tmp_path: Path) -> None:
    device, t, g, nu = aged()
    path = tmp_path / "retention.csv"
    rows = [f"{d};{a};{b}".replace(".", ",") for d, a, b in zip(device, t, 1e6 * g, strict=True)]
    path.write_text("cell;Time (s);Conductance (uS)\n" + "\n".join(rows))
    traces = RetentionTraces.from_csv(path)
    fit = traces.drift(level=SURE)
    # Of this sample of cells, whose mean and spread are known but for the errors of the slopes.
    assert fit.nu.value == pytest.approx(nu.mean(), abs=5 * fit.errors.mean() / math.sqrt(60))
    assert fit.sigma_nu.value == pytest.approx(nu.std(ddof=1), rel=0.05)
    assert fit.nu.low < 0.06 < fit.nu.high
    assert fit.sigma_nu.low < 0.015 < fit.sigma_nu.high
    assert fit.law.nu == fit.nu.value
    assert fit.t0 == pytest.approx(1.0)
    assert len(repr(fit)) < 120
    assert repr(traces).startswith("<RetentionTraces: 60 cells, 1260 reads, 1 s to 100 ks, ")


def test_temperatures_are_fitted_one_at_a_time(tmp_path: Path) -> None:
    t = np.logspace(0, 3, 8)
    rows = [f"{c},{k},{a:.9g},{2e1 * a ** -nu:.9g}" for c, nu in ((27, 0.03), (85, 0.09))
            for k in range(3) for a in t]  # fmt: skip
    path = tmp_path / "hot.csv"
    path.write_text("T [\N{DEGREE SIGN}C],device,t_s,g_uS\n" + "\n".join(rows), encoding="utf-8")
    traces = RetentionTraces.from_csv(path)
    assert traces.drift(temperature=300.15).nu.value == pytest.approx(0.03, rel=1e-6)
    assert traces.drift(temperature=358.15).nu.value == pytest.approx(0.09, rel=1e-6)
    with pytest.raises(CrossbarError, match=r"one temperature, got 300.15 K, 358.15 K"):
        traces.drift()
    with pytest.raises(CrossbarError, match=r"a temperature of the file, .*got 400 K"):
        traces.drift(temperature=400.0)


def test_temperatures_below_freezing_are_read(tmp_path: Path) -> None:
    """Limits hold in kelvin, not in the unit of the column."""
    path = tmp_path / "cold.csv"
    path.write_text("T [degC],device,t_s,g_uS\n-40,0,1,20\n-40,0,2,19\n")
    np.testing.assert_allclose(RetentionTraces.from_csv(path).temperature, 233.15, rtol=1e-12)
    path.write_text("T [degC],device,t_s,g_uS\n-300,0,1,20\n")
    with pytest.raises(CrossbarError, match=r"csv:2, column 1: .*>= 0 K .*got '-300'"):
        RetentionTraces.from_csv(path)


def test_what_is_lost_at_several_temperatures_has_an_activation_energy() -> None:
    """A stretched exponential, 1.1 eV, rates that spread by 0.5: 20 cells at each of 3."""
    rng, t = np.random.default_rng(5), np.logspace(2.0, 6.0, 17)
    law = Retention(rate=3e-9, beta=0.6, activation=1.1, sigma_rate=0.5)
    device, kelvin = np.arange(60), np.repeat([398.0, 423.0, 448.0], 20)
    z = rng.standard_normal(60)
    faster = np.array([law.acceleration(one) for one in kelvin])
    times = np.outer(faster, t)
    x = np.ones(times.shape)
    kept = law.factor(x, np.repeat(z[:, None], t.size, 1), 1e-30 * x, times)
    g = 2e-5 * kept * (1 + 0.01 * rng.standard_normal(x.shape))
    g[rng.random(g.shape) < 0.02] *= 1.3
    each = np.repeat(device, t.size), np.tile(t, 60), g.ravel(), np.repeat(kelvin, t.size)
    fit = RetentionTraces(*each).relaxation(level=SURE)
    for estimate, truth in ((fit.beta, 0.6), (fit.activation, 1.1), (fit.sigma_rate, 0.5),
                            (fit.log_rate, math.log(3e-9))):  # fmt: skip
        assert estimate.low < truth < estimate.high
    assert fit.beta.error < 0.02
    assert fit.activation.error < 0.1
    assert fit.law(g_max=40e-6).activation == fit.activation.value
    assert len(repr(fit)) < 160
    with pytest.raises(CrossbarError, match="two temperatures or more, got 398 K alone"):
        RetentionTraces(*(one[: 20 * t.size] for one in each)).relaxation()
    with pytest.raises(CrossbarError, match="expected a column temperature"):
        RetentionTraces(*each[:3]).relaxation()
    with pytest.raises(CrossbarError, match="a loss of 1 % or more towards rest, got 0 %"):
        RetentionTraces(each[0], each[1], np.full(g.size, 1e-5), each[3]).relaxation()


def test_two_cells_say_the_activation_energy_as_well_as_their_reads_do() -> None:
    """A line through two points leaves no rest: errors are those of ln k, and cover the truth."""
    law, t = Retention(rate=3e-9, beta=0.6, activation=1.1), np.logspace(2.0, 6.0, 17)
    kelvin, rng = np.repeat([398.0, 448.0], t.size), np.random.default_rng(6)
    faster = np.array([law.acceleration(one) for one in kelvin])
    x = np.ones(34)
    kept = law.factor(x, 0 * x, 1e-30 * x, faster * np.tile(t, 2))
    g = 2e-5 * kept * (1 + 0.01 * rng.standard_normal(34))
    traces = RetentionTraces(np.repeat([0, 1], t.size), np.tile(t, 2), g, kelvin)
    fit = traces.relaxation(level=SURE)
    assert 0 < fit.activation.error < 0.1
    assert fit.activation.low < 1.1 < fit.activation.high
    assert fit.log_rate.low < math.log(3e-9) < fit.log_rate.high
    assert math.isnan(fit.sigma_rate.value)
    assert fit.law(g_max=40e-6).sigma_rate == 0.0
    with pytest.raises(CrossbarError, match=r"device 0: .*above rest, got .* rest = 1"):
        traces.relaxation(rest=1e-4)


def pink(n: int, dt: float, k: float, rng: np.random.Generator) -> np.ndarray:
    """Noise with the one-sided density k/f, a part of a record sixteen times as long."""
    whole = 16 * n
    f = np.fft.rfftfreq(whole, dt)
    size = np.zeros(len(f))
    size[1:] = np.sqrt(k / f[1:] * whole / dt / 2)
    z = rng.standard_normal((2, len(f))) / math.sqrt(2.0)
    return np.fft.irfft(size * (z[0] + 1j * z[1]), whole)[:n]


@pytest.mark.parametrize(("white", "flicker"), [(0.02, 0.01), (0.002, 0.02), (0.03, 0.001)])
def test_white_and_flicker_noise_are_told_apart(
    tmp_path: Path, white: float, flicker: float
) -> None:
    rng, n, dt = np.random.default_rng(3), 2048, 1e-3
    path = tmp_path / "reads.csv"
    rows = []
    for cell, g in enumerate((5.0, 20.0, 50.0)):
        noise = pink(n, dt, flicker**2, rng) + white * rng.standard_normal(n)
        rows += [f"{cell},{k * dt:.6f},{g * (1 + z):.9g}" for k, z in enumerate(noise)]
    path.write_text("device,t_s,g_uS\n" + "\n".join(rows))
    fit = ReadTraces.from_csv(path).noise(level=SURE)
    # The record is cut from a longer one, whose slow part leaks: 3 % beside the interval.
    assert fit.white.low * 0.97 < white < fit.white.high * 1.03
    assert fit.flicker.low * 0.97 < flicker < fit.flicker.high * 1.03
    law = fit.law(t_r=dt)
    # The variance of 1/f noise from 1/T to half of the sampling rate is K ln(T / (2 dt)).
    whole = law.relative(np.array([1.0]), np.array([n * dt]))[0]
    assert whole == pytest.approx(fit.flicker.value * math.sqrt(math.log(n / 2)), rel=1e-3)


VOLTS = np.concatenate([np.linspace(0, 1, 41), np.linspace(1, -1, 81)[1:], np.linspace(-1, 0, 41)])
CURVES = {
    "sinh": (1e-5 * 0.3 * np.sinh(VOLTS / 0.3), Sinh, 0.3),
    "power": (1e-5 * np.sign(VOLTS) * np.abs(VOLTS) ** 1.7, Power, 1.7),
    "ohmic": (1e-5 * VOLTS, Ohmic, None),
}


@pytest.mark.parametrize("name", CURVES)
def test_the_law_of_conduction_is_found(tmp_path: Path, name: str) -> None:
    """2 % of noise, and a twentieth of points ten times as far off."""
    current, kind, parameter = CURVES[name]
    rng = np.random.default_rng(4)
    noise = 0.02 * rng.standard_normal(len(VOLTS)) * np.where(rng.random(len(VOLTS)) < 0.05, 10, 1)
    path = tmp_path / "iv.csv"
    rows = [f"{1e3 * v:.6f}\t{i:.9g}" for v, i in zip(VOLTS, 1e6 * current * np.exp(noise),
                                                      strict=True)]  # fmt: skip
    path.write_text("Voltage (mV)\tCurrent (uA)\n" + "\n".join(rows))
    sweeps = IVSweeps.from_csv(path)
    assert repr(sweeps) == "<IVSweeps: 3 branches, 162 points, -1 V to 1 V>"
    assert sweeps.rising[[0, 60, -1]].tolist() == [True, False, True]
    fit = sweeps.fit(level=SURE)
    assert type(fit.law) is kind
    if parameter is not None:
        assert fit.parameter is not None
        assert fit.parameter.low < parameter < fit.parameter.high
        assert fit.parameter.error < 0.01 * parameter
    v = np.array([0.2, 0.7])
    expected = np.interp(v, VOLTS[:41], current[:41])
    np.testing.assert_allclose(fit.law.current(fit.g[0], v)[0], expected, rtol=0.02)
    assert len(repr(fit)) < 120


def test_the_measured_curve_is_a_law_too(tmp_path: Path) -> None:
    path, v = tmp_path / "iv.csv", np.linspace(0.1, 1.0, 10)
    rows = [f"{d},{a:.3f},{g * math.sinh(a):.9g}" for d, g in ((0, 2.0), (1, 1.0)) for a in v]
    path.write_text("device,v_V,i_uA\n" + "\n".join(rows))
    table = IVSweeps.from_csv(path).table()
    np.testing.assert_allclose(table.v, v)
    np.testing.assert_allclose(table.i, 1e-6 * np.outer([1.0, 2.0], np.sinh(v)), rtol=1e-8)


def test_a_measured_curve_ends_where_its_branches_do(tmp_path: Path) -> None:
    """Of currents 1 uS v and 2 uS v, between whose points nothing is lost: i = g v at every v."""
    path = tmp_path / "iv.csv"
    ends = ((2e-6, (0.1, 0.3, 0.5, 0.8)), (1e-6, (0.2, 0.4, 0.6)))
    rows = [f"{k},{v},{g * v:.9g}" for k, (g, volts) in enumerate(ends) for v in volts]
    path.write_text("device,v_V,i_A\n" + "\n".join(rows))
    sweeps = IVSweeps.from_csv(path)
    for asked in (None, 0.7):
        with pytest.raises(
            CrossbarError, match=r"reach 0\.[87] V, got one up to 0\.6 V\. .*=0\.6\)"
        ):
            sweeps.table(v_max=asked)
    table = sweeps.table(v_max=0.6)
    assert table.v == (0.1, 0.3, 0.5, 0.6)
    np.testing.assert_allclose(table.i, np.outer([1e-6, 2e-6], table.v), rtol=1e-8)


EVEN = "".join(f"{k},{10 + k % 3}\n" for k in range(70))
BROKEN = {
    "no time": (RetentionTraces, "g_uS\n1\n", "csv:1: .*no column t.*'t=NAME"),
    "time without unit": (RetentionTraces, "t,g_uS\n1,1\n", r"csv:1, column 1: .*\[s\]"),
    "time zero": (RetentionTraces, "t_s,g_uS\n0,1\n1,1\n", "csv:2, column 1: .*above 0"),
    "time back": (RetentionTraces, "t_s,g_uS\n2,1\n1,1\n", "csv:3, column 1: .*1 s after 2 s"),
    "57 S": (RetentionTraces, "t_s,g_S\n1,57\n", "csv:2, column 2: .*got 57 S"),
    "NaN": (RetentionTraces, "t_s,g_uS\n1,nan\n", "csv:2, column 2: .*got 'nan'"),
    "no rows": (RetentionTraces, "t_s,g_uS\n", "expected rows of numbers, got none"),
    "few reads": (ReadTraces, "t_s,g_uS\n0,1\n1,1\n", "expected 64 reads or more, got 2"),
    "a gap": (ReadTraces, "t_s,g_uS\n" + EVEN.replace("\n40,", "\n40.5,"), "csv:42, column 1"),
    "no unit": (IVSweeps, "v,i_A\n1,1\n", r"csv:1, column 1: .*v \[V\]"),
    "no current": (IVSweeps, "v_V,x\n1,1\n", "csv:1: .*no column i.*are v_V, x"),
    "no number": (IVSweeps, "v_V,i_A\n1,one\n", "csv:2, column 2: .*'one'"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "match"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_by_place(
    tmp_path: Path, kind: type[ReadTraces], text: str, match: str
) -> None:
    path = tmp_path / "traces.csv"
    path.write_text(text)
    with pytest.raises(CrossbarError, match=match) as error:
        kind.from_csv(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_fits_refuse_what_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("t_s,g_uS\n1,1\n2,1\n")
    with pytest.raises(CrossbarError, match=r"few\.csv, device 0: expected 3 reads, got 2"):
        RetentionTraces.from_csv(path).drift()
    path.write_text("t_s,g_uS\n1,1\n2,2\n4,4\n")
    with pytest.raises(CrossbarError, match="expected conductances that fall, got an exponent"):
        RetentionTraces.from_csv(path).drift()
    path.write_text("v_V,i_A\n0.1,1e-6\n0.2,2e-6\n")
    with pytest.raises(CrossbarError, match="4 points of a branch, got fewer"):
        IVSweeps.from_csv(path).fit()
    path.write_text("v_V,i_A\n" + "".join(f"0.{k},{k - 3}e-6\n" for k in range(1, 8)))
    with pytest.raises(CrossbarError, match="current and voltage of one sign, got -2e-06 A at"):
        IVSweeps.from_csv(path).fit()
    path.write_text("v_V,i_A\n" + "".join(f"-0.{k},-{k}e-6\n" for k in range(1, 8)))
    with pytest.raises(CrossbarError, match="a rising branch above 0 V, got none"):
        IVSweeps.from_csv(path).table()
