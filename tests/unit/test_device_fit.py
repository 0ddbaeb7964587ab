"""Devices fitted to measured pulses: hidden parameters come back, and doubts are said."""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from crossbar.cli.commands import app
from crossbar.devices import (
    DeviceFit,
    Estimate,
    Exponential,
    Linear,
    Memristor,
    PulseTrains,
    SoftBounds,
    Step,
    Trace,
    fit_device,
    read_device_file,
)
from crossbar.devices.fitting.candidate import candidates
from crossbar.devices.fitting.curvature import curvature
from crossbar.devices.fitting.mode import Mode, most_probable
from crossbar.devices.fitting.model import Model
from crossbar.devices.fitting.observations import Observations
from crossbar.devices.laws.steps import STEPS, Constant
from crossbar.devices.measured import pulse_csv
from crossbar.errors import ConfigError, DataError
from crossbar.runs import experiment
from crossbar.sources import numbers
from crossbar.types import Floats
from crossbar.units import quantity

LAWS = (Constant(dw_min=0.04), Linear(dw_min=0.04, slope=0.5), SoftBounds(dw_min=0.04),
        Exponential(dw_min=0.04, steepness=4.0))  # fmt: skip
TRUE = Memristor(
    g_min=6e-6, g_max=50e-6, asymmetry=0.1, sigma_d2d=0.2, sigma_asymmetry_d2d=0.08,
    sigma_bounds_d2d=0.03, sigma_c2c=0.3, sigma_read=0.01,
)  # fmt: skip
CELLS, PULSES, REPEATS = 6, 40, 2
NORMAL = 3.29  # standard deviations, in the interval of 90 % of a normal number


def measured(
    device: Memristor, seed: int, cells: int = CELLS, pulses: int = PULSES, cycles: int = 1
) -> PulseTrains:
    """Return noisy reads of fabricated cells, after a reset train that is not recorded."""
    rng = np.random.default_rng(seed)
    state = device.fabricate((cells, 1), rng=rng, dtype=np.float64)
    one, traces = np.ones((cells, 1), np.int64), []
    for _ in range(pulses):
        state.pulse(-one, rng=rng)
    for cycle in range(cycles):
        for rising in (True, False):
            reads = [state.g[:, 0].copy()]
            for _ in range(pulses):
                state.pulse(one if rising else -one, rng=rng)
                reads.append(state.g[:, 0].copy())
            every = np.array(reads)
            every += device.read_noise[0] * rng.standard_normal(every.shape)
            traces += [Trace(k, cycle, rising, every[:, k]) for k in range(cells)]
    return PulseTrains.of(traces, "a.csv")


@functools.cache
def fitted(law: Step, seed: int) -> DeviceFit:
    trains = measured(replace(TRUE, step=law), seed)
    rivals = () if isinstance(law, SoftBounds) else (type(law), Linear, SoftBounds)
    laws = tuple(dict.fromkeys(rivals))  # the nearest: all would take twice the time
    return fit_device(trains, rng=np.random.default_rng(seed), laws=laws, progress=False)


def of_cells(device: Memristor, seed: int) -> dict[str, float]:
    """Return numbers of ``device``, with means and spreads of the cells that were fabricated."""
    rng, (low, _, high) = np.random.default_rng(seed), device.window
    drawn = device.spread_law.draw(
        device.window, lambda: rng.standard_normal((CELLS, 1), np.float32).astype(np.float64)
    )
    lower, upper, size = drawn.low.mean(), drawn.high.mean(), drawn.size.mean()
    edges = np.concatenate([drawn.low - lower, drawn.high - upper])
    width, free = upper - lower, CELLS - 1
    return numbers(device) | {
        "step.dw_min": device.step.dw_min * size * (high - low) / width,
        "sigma_d2d": drawn.size.std(ddof=1) / size,
        "asymmetry": device.asymmetry + drawn.tilt.mean(),
        "sigma_asymmetry_d2d": drawn.tilt.std(ddof=1),
        "g_min": lower,
        "g_max": upper,
        "sigma_bounds_d2d": math.sqrt((edges**2).sum() / (2 * free)) / width,
    }


def deviation(one: Estimate, truth: float) -> float:
    """Return by how many standard deviations of the posterior a value is off.

    Of the logarithm where all of a wide interval is positive: those of scales are skew.
    """
    ends = np.array([one.low, one.value, one.high, truth])
    if one.low > 0 and one.high > 1.5 * one.low:
        ends = np.log(ends)
    return abs(ends[1] - ends[3]) / ((ends[2] - ends[0]) / NORMAL)


def test_hidden_parameters_come_back_and_laws_are_known() -> None:
    """2 devices of each of 4 laws, against means and spreads of the cells themselves.

    What is then left is the error of the measurement: 5.5 sd, 4e-8 for each of 76 numbers, 3e-6 in
    all. Laws that are known in 97 %, as benchmarks/fit_coverage.py measures, are missed in 5 or
    more of 8 fits: 1e-6. How often intervals cover the device is measured there too.
    """
    known = 0
    for law in LAWS:
        for seed in range(REPEATS):
            fit, truth = fitted(law, seed), of_cells(replace(TRUE, step=law), seed)
            if fit.law == STEPS.name_of(type(law)):
                known += 1
                for name, one in {**fit.parameters, **fit.spread}.items():
                    assert one.low <= one.value <= one.high
                    assert deviation(one, truth[name]) < 5.5, (name, one, truth[name])
                    assert one.high - one.low < 5 * abs(truth[name])
            assert not fit.goodness.poor
    assert known > 3


def test_a_simpler_law_is_taken_where_it_predicts_as_well() -> None:
    """Soft bounds are a linear step of slope 1, and nearly an exponential one."""
    fit = fitted(LAWS[2], 0)
    assert set(fit.heldout) == {one.name for one in candidates(())}
    assert abs(fit.heldout["linear"] - fit.heldout["soft-bounds"]) < 5
    assert fit.law == "soft-bounds"
    assert "devices that were held out" in fit.reason


def test_gradients_are_those_of_the_density() -> None:
    """Of Mode against central differences of the density; both leave out small terms."""
    data = Observations.of(measured(replace(TRUE, step=LAWS[1]), 5).traces)
    mode = most_probable(Model(data, next(c for c in candidates(()) if c.name == "linear"), True))
    theta = mode.theta + 0.3 / np.sqrt(np.diag(mode.information))
    settled = Mode.at(mode.model, theta, mode.cells.phi)
    for _ in range(4):
        settled = Mode.at(mode.model, theta, settled.moved(0 * theta, 1.0))
    for k in range(len(theta)):
        ends = []
        for sign in (1, -1):
            change = np.zeros_like(theta)
            change[k] = sign * 1e-3
            near = Mode.at(mode.model, theta + change, settled.moved(change, 1.0))
            ends.append(Mode.at(mode.model, theta + change, near.moved(0 * theta, 1.0)).density)
        slope = (ends[0] - ends[1]) / 2e-3
        scale = np.sqrt(mode.information[k, k])
        assert slope / scale == pytest.approx(settled.gradient[k] / scale, abs=0.15)


def test_the_information_is_the_variance_of_the_gradient() -> None:
    """Over data of known cells: 2 x 200 cells, and a chi-square of 5.5 sd of its estimate."""
    device = replace(TRUE, step=LAWS[2], sigma_d2d=0, sigma_asymmetry_d2d=0, sigma_bounds_d2d=0)
    trains = measured(device, 3, cells=200)
    data = Observations.of(trains.traces)
    model = Model(data, next(c for c in candidates(()) if c.name == "soft-bounds"), True)
    ends = (np.array([device.g_min, device.g_max]) - data.zero) / data.span
    width = float(np.diff(ends)[0])
    phi = np.array([np.log(0.04 * width), 0.1, *ends])
    theta = np.concatenate([np.log([0.3, 0.01 * width]), phi, np.log([0.1, 0.1, 0.1])])
    seen = curvature(model, theta[None], np.tile(phi, (1, 200, 1)), deep=True)
    gradient, information = seen.gradient[0], seen.information[0].mean(axis=0)
    for k in range(4):
        ratio = gradient[:, k].var() / information[k, k]
        assert ratio == pytest.approx(1.0, abs=5.5 * np.sqrt(2 / 200))


def test_wrong_reads_do_not_ruin_a_fit() -> None:
    """One read in 50 is anywhere: the fit keeps its law, and moves by less than its intervals."""
    clean, rng = fitted(LAWS[2], 1), np.random.default_rng(7)
    traces = []
    for trace in clean.trains.traces:
        g, low, high = trace.g.copy(), *clean.trains.range
        wrong = rng.random(len(g)) < 0.02
        g[wrong] = rng.uniform(low, high, int(wrong.sum()))
        traces.append(replace(trace, g=g))
    fit = fit_device(PulseTrains.of(traces), rng=rng, laws=[SoftBounds], progress=False)
    for name, one in clean.parameters.items():
        assert one.low < fit.parameters[name].value < one.high
    assert fit.spread["sigma_read"].value < 2 * clean.spread["sigma_read"].value
    assert 0.005 < fit.goodness.wrong < 0.04


@dataclass(frozen=True, kw_only=True)
class Root(Step):
    """A step of one's own: a root of the distance to the bound."""

    size_at_middle: float = quantity(0.01, low=1e-6, high=0.5)
    power: float = quantity(1.0, low=0.1, high=4)

    def set_mean(self, u: Floats) -> Floats:
        return self.size_at_middle * (2 * (1 - u)) ** self.power


def test_a_law_of_ones_own_is_fitted_by_its_fields() -> None:
    device = replace(TRUE, step=Root(size_at_middle=0.04, power=0.5))
    fit = fit_device(
        measured(device, 2), rng=np.random.default_rng(0), laws=[Root, SoftBounds], progress=False
    )
    assert fit.law.endswith(":Root")
    assert fit.parameters["step.power"].low < 0.5 < fit.parameters["step.power"].high
    assert isinstance(fit.device().step, Root)


def test_a_search_begins_on_all_sides_of_a_law_of_many_shapes() -> None:
    """Of 4 x 4 x 3 starts 9 are taken, of 4 all; every value of every number is in some of them."""

    @dataclass(frozen=True, kw_only=True)
    class Waves(Step):
        """A step with three numbers for its shape."""

        size_at_middle: float = quantity(0.01)
        a: float = quantity(0.1, low=-1, high=1)
        b: float = quantity(0.1, low=-2, high=2)
        c: float = quantity(1.0, low=0.2, high=8)

        def set_mean(self, u: Floats) -> Floats:
            bent = self.a * np.sin(6 * (u - 0.5)) + self.b * (u - 0.5) ** 3
            return self.size_at_middle * np.exp(bent) * (1 + (u - 0.5) ** 2) ** self.c

    (law,) = candidates([Waves])
    starts = np.array(law.starts()) * law.unit
    assert starts.shape == (9, 3)
    for column, values in zip(starts.T, ([-1, -0.4, 0.4, 1], [-2, -0.8, 0.8, 2], [0.25, 1, 2]),
                              strict=True):  # fmt: skip
        np.testing.assert_allclose(np.unique(column.round(12)), values)
    linear = next(one for one in candidates(()) if one.name == "linear")
    assert [float(one[0] * linear.unit[0]) for one in linear.starts()] == pytest.approx(
        [-1, -0.4, 0.4, 1]
    )


def test_a_law_that_nothing_scales_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Offset(Step):
        """Two numbers, of which none scales the step."""

        a: float = quantity(0.01)
        b: float = quantity(0.01)

        def set_mean(self, u: Floats) -> Floats:
            return self.a + self.b * (1 - u)

    with pytest.raises(ConfigError, match=r"Offset: expected a number that scales the step"):
        candidates([Offset])
    with pytest.raises(ConfigError, match=r"laws: expected a law whose .*, got 'jumps\.csv'"):
        candidates(["jumps.csv"])


def test_where_no_law_is_good_enough_the_table_is_the_law() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Hump(Step):
        """Steps that are largest in the middle, as no registered law has them."""

        def set_mean(self, u: Floats) -> Floats:
            return 0.01 + 0.05 * np.exp(-(((u - 0.5) / 0.25) ** 2))

    device = Memristor(step=Hump(), g_min=5e-6, g_max=50e-6, sigma_c2c=0.1, sigma_read=0.001)
    trains = measured(device, 0, cells=4, pulses=60)
    fit = fit_device(trains, rng=np.random.default_rng(0), progress=False)
    assert fit.law == "table"
    assert fit.reason.startswith("no law is good enough: ")
    u = np.linspace(0.2, 0.8, 7)
    span = (fit.device().g_max - fit.device().g_min) / 45e-6
    np.testing.assert_allclose(span * fit.device().step.set_mean(u), Hump().set_mean(u), rtol=0.3)


def test_what_the_data_leave_open_is_said() -> None:
    """A tenth of the range tells nothing of its end; one device nothing of others."""
    far = replace(TRUE, step=SoftBounds(dw_min=0.002))
    fit = fit_device(measured(far, 1, pulses=25), rng=np.random.default_rng(0),
                     laws=[SoftBounds], progress=False)  # fmt: skip
    assert any("do not show the upper bound" in note for note in fit.notes)
    single = fit_device(measured(replace(TRUE, step=LAWS[2]), 1, cells=1),
                        rng=np.random.default_rng(0), progress=False)  # fmt: skip
    assert "one device says nothing of the spread from device to device" in single.notes
    assert "sigma_d2d" not in single.spread
    assert "Akaike" in single.reason


def test_cycles_of_few_devices_are_held_out() -> None:
    trains = measured(replace(TRUE, step=LAWS[3]), 4, cells=2, cycles=3)
    fit = fit_device(trains, rng=np.random.default_rng(0), progress=False)
    assert fit.law == "exponential"
    assert "cycles that were held out" in fit.reason


def test_errors_of_a_right_law_are_normal() -> None:
    """Kolmogorov's distance of some 5 000 errors, at a chance of 1e-7."""
    errors = np.concatenate([fitted(law, 0).goodness.errors for law in LAWS])
    assert stats.kstest(errors, "norm").pvalue > 1e-7
    assert np.mean(errors**2) == pytest.approx(1.0, abs=5.5 * np.sqrt(2 / len(errors)))


def test_a_fit_is_a_device_file_that_trains(tmp_path: Path) -> None:
    fit = fitted(LAWS[3], 0)
    path = fit.write(tmp_path)
    plan = experiment({"device": {"kind": str(path)}})
    assert plan.device == fit.device()
    drawn = read_device_file(path).drawn(3).device
    assert isinstance(drawn, Memristor)
    row = fit.posterior["g_max"].tolist().index(drawn.g_max)  # the file holds them in any order
    assert numbers(drawn)["step.steepness"] == fit.posterior["step.steepness"][row]
    source = read_device_file(path).sources["g_max"]
    assert str(source) == "derived: fit of exponential to a.csv, median of the posterior"


def test_the_command_writes_a_device_and_a_page(tmp_path: Path) -> None:
    file, out = tmp_path / "pulses.csv", tmp_path / "fit"
    trains = measured(replace(TRUE, step=LAWS[2]), 0, cells=4)
    pulse_csv.write_traces(file, trains.traces, [])
    words = ["device", "fit", str(file), "--law", "soft-bounds", "--law", "constant", "--json"]
    result = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["law"] == "soft-bounds"
    assert set(record["heldout"]) == {"soft-bounds", "constant"}
    assert set(record["parameters"]["g_max"]) == {"value", "low", "high", "error", "unit"}
    assert {"sigma_d2d", "sigma_c2c"} < set(record["spread"])
    assert (out / "device.toml").exists()
    assert "Fitted device" in (out / "report.html").read_text("utf-8")


def test_plots(tmp_path: Path) -> None:
    assert len(fitted(LAWS[2], 0).plot().axes) == 3


def spoilt(trains: PulseTrains, how: str) -> PulseTrains:
    traces = list(trains.traces)
    if how == "reset":
        return PulseTrains.of([trace for trace in traces if trace.rising], "a.csv")
    if how == "few":
        return PulseTrains.of([replace(trace, g=trace.g[:5]) for trace in traces], "a.csv")
    still = [replace(t, g=np.full_like(t.g, 1e-6)) if t.device == 2 else t for t in traces]
    return PulseTrains.of(still, "a.csv")


@pytest.mark.parametrize(("how", "words"), [
    ("reset", r"^a\.csv: expected 8 reset pulses or more of device 0, got 0\. "),
    ("few", r"^a\.csv: expected 8 set pulses or more of device 0, got 4\. "),
    ("still", r"^a\.csv: expected a conductance that changes, of device 2, got a constant one\. "),
])  # fmt: skip
def test_data_that_determine_no_device_are_refused(how: str, words: str) -> None:
    trains = measured(replace(TRUE, step=LAWS[0]), 0, cells=3)
    with pytest.raises(DataError, match=words):
        fit_device(spoilt(trains, how), rng=np.random.default_rng(0), progress=False)


def test_a_level_is_a_share() -> None:
    with pytest.raises(ConfigError, match=r"fit_device\.level: expected"):
        fit_device(fitted(LAWS[2], 0).trains, rng=np.random.default_rng(0), level=90)
