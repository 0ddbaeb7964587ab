"""Laws fitted to one device with noisy reads: known parameters come back within their errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import crossbar
from crossbar.devices import (
    Exponential,
    Memristor,
    PulseTable,
    SoftBounds,
    Trace,
    fitted,
)
from crossbar.devices.measured import pulse_csv
from crossbar.devices.measured.fitting import noisy
from crossbar.devices.measured.train_fit import TrainFit
from crossbar.errors import DataError
from crossbar.plots.pulses import response
from crossbar.report.limits import _extrapolated
from crossbar.runs import experiment, train
from crossbar.runs.plain import describe
from crossbar.spice.memristors.characterise import characterise
from crossbar.spice.memristors.datasheet import responses

LOW, HIGH, TILT, COUNT = 5e-6, 30e-6, 0.1, 1000
NOISE = 5.0  # steps at mid-range
LAWS = {"soft": SoftBounds(dw_min=0.002), "steep": Exponential(dw_min=0.002, steepness=4.0)}


def device(
    law: SoftBounds | Exponential, seed: int, noise: float = NOISE, spread: float = 0.0
) -> list[Trace]:
    """Return 1 000 set and 1 000 reset pulses of a law, pulse by pulse as its formula says."""
    rng, u, found = np.random.default_rng(seed), 0.05, []
    a = law.steepness if isinstance(law, Exponential) else None
    for rising in (True, False):
        states = [u]
        for _ in range(COUNT):
            v = u if rising else 1 - u
            shape = 2 * (1 - v) if a is None else np.expm1(-a * (v - 1)) / np.expm1(a / 2)
            step = law.dw_min * shape * (1 + TILT if rising else 1 - TILT)
            step *= 1 + spread * rng.standard_normal()
            u = min(max(u + step if rising else u - step, 0.0), 1.0)
            states.append(u)
        reads = LOW + (HIGH - LOW) * np.array(states)
        reads += noise * law.dw_min * (HIGH - LOW) * rng.standard_normal(COUNT + 1)
        found.append(Trace(0, 0, rising, reads))
    return found


def test_the_formula_of_the_test_is_that_of_the_law() -> None:
    u = np.linspace(0.0, 1.0, 11)
    np.testing.assert_allclose(np.expm1(-4 * (u - 1)) / np.expm1(2.0), LAWS["steep"].form(u))


@pytest.mark.parametrize("name", LAWS)
def test_known_parameters_come_back_within_their_errors(name: str) -> None:
    """Sums of 4 squares (and 4 x 8 over seeds) of errors over standard errors.

    Of k standard normals that are correlated in each fit (so at the worst one counts for all),
    z^2 > 25 has a chance of 6e-7 each: 40 of them 2e-5 a law for all. Correlation of residuals is
    0 +- 1/sqrt(2000): 5.5 of these, 4e-8. The mean of 16 or more squares is 1: were the errors
    twice too small it would be 4; 4 is 8 standard deviations off for 32 independent ones.
    """
    law = LAWS[name]
    wanted = {"g_min": LOW, "g_max": HIGH, "dw_min": law.dw_min, "asymmetry": TILT}
    squares = []
    for seed in range(4):
        found = fitted(device(law, seed))
        assert type(found.step) is type(law)
        values = {"g_min": found.g_min, "g_max": found.g_max, "dw_min": found.step.dw_min,
                  "asymmetry": found.asymmetry}  # fmt: skip
        z = [(values[key] - wanted[key]) / found.errors[key] for key in wanted]
        if isinstance(law, Exponential) and isinstance(found.step, Exponential):
            z.append((found.step.steepness - law.steepness) / found.errors["steepness"])
        squares += [value**2 for value in z]
        assert abs(found.correlation) < 5.5 / np.sqrt(2 * COUNT)
        # A standard deviation from 2 002 values: 1.6 % each, 5.5 of these.
        assert found.noise == pytest.approx(NOISE * law.dw_min * (HIGH - LOW), rel=0.09)
        assert found.errors["dw_min"] < 0.1 * law.dw_min
    assert max(squares) < 25
    assert 0.2 < np.mean(squares) < 4


def test_without_noise_the_law_is_exact() -> None:
    found = fitted(device(LAWS["steep"], 0, noise=0.0))
    assert isinstance(found.step, Exponential)
    assert found.step.steepness == pytest.approx(4.0, rel=1e-5)
    assert found.step.dw_min == pytest.approx(0.002, rel=1e-5)
    assert (found.g_min, found.g_max) == (pytest.approx(LOW, rel=1e-5), pytest.approx(HIGH))


def test_only_noise_of_reads_asks_for_a_law() -> None:
    """What varies from pulse to pulse is averaged as before, however much it is."""
    law = LAWS["soft"]
    assert noisy(device(law, 1))
    assert not noisy(device(law, 1, noise=0.0))
    assert not noisy(device(law, 1, noise=0.0, spread=1.0))
    assert not noisy(device(law, 1, noise=0.05))


def test_a_step_that_varies_widens_the_errors() -> None:
    """Wandering from pulse to pulse is correlated noise: residuals say so, and errors grow."""
    steady, wandering = fitted(device(LAWS["soft"], 2)), fitted(device(LAWS["soft"], 2, 1.0, 3.0))
    assert abs(steady.correlation) < 0.15
    assert wandering.correlation > 0.5
    relative = [fit.errors["dw_min"] / fit.noise for fit in (steady, wandering)]
    assert relative[1] > 1.5 * relative[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "one.csv"
    pulse_csv.write_traces(path, device(LAWS["soft"], 3), ["one device"])
    return path


def test_a_file_of_one_noisy_device_is_fitted_and_described(file: Path, tmp_path: Path) -> None:
    assert isinstance(pulse_csv.read(file).fit, TrainFit)
    seen = characterise(file)
    rows = {row.name: row for row in responses(seen)}
    dw = rows["dw_min of soft bounds"]
    assert dw.value == pytest.approx(0.002, rel=0.1)
    assert dw.condition.startswith("+- ")
    assert "rms of residuals" in rows["noise of reads, cell and meter"].condition
    words = "soft bounds fitted to 2000 pulses of one device from 5."
    assert words in seen.source
    assert words in repr(PulseTable.from_csv(file))
    assert words in " ".join(_extrapolated(describe(seen.device())))
    assert "Black: the fitted law." in response(seen, "one").caption
    cell = seen.device()
    assert cell.sigma_read == pytest.approx(NOISE * 0.002, rel=0.1)
    table = cell.step.table(0.0)
    assert table[0, 128] == pytest.approx(0.0022, rel=0.1)
    assert table[2, 128] == pytest.approx(0.0018, rel=0.1)
    seen.to_csv(tmp_path / "table.csv")
    np.testing.assert_allclose(
        PulseTable.from_csv(tmp_path / "table.csv").table(0.0), table, rtol=1e-6, atol=1e-12
    )


def test_what_was_fitted_learns(file: Path, tmp_path: Path) -> None:
    """The loss of two classes is ln 2 = 0.69 before it learns."""
    fit = pulse_csv.read(file).fit
    assert fit is not None
    settings = {
        "data": {"clips": 20, "preset": "clear"},
        "train": {"epochs": 4},
        "network": {"hidden": 16},
        "device": {"kind": "reram", "step": str(file), "sigma_read": fit.sigma_read},
    }
    plan = experiment(settings)
    assert isinstance(plan.device, Memristor)
    assert plan.device.g_max == pytest.approx(fit.g_max)
    train(plan, tmp_path / "run")
    losses = list(crossbar.load(tmp_path / "run").history["loss"])
    assert losses[-1] < 0.55 < losses[0]


def test_several_noisy_devices_are_not_taken_as_one(tmp_path: Path) -> None:
    first, second = device(LAWS["soft"], 4), device(LAWS["soft"], 5)
    path = tmp_path / "two.csv"
    pulse_csv.write_traces(path, [*first, *(Trace(1, 0, t.rising, t.g) for t in second)], [])
    with pytest.raises(DataError, match=r"expected trains of one device, .* got several"):
        pulse_csv.read(path)


def test_trains_that_tell_neither_step_nor_range_are_refused() -> None:
    short = [Trace(0, 0, t.rising, t.g[:60]) for t in device(LAWS["soft"], 6)]
    with pytest.raises(DataError, match=r"expected trains that tell step and range, got .* \+- "):
        fitted(short)
    for seed in (0, 1, 6, 15):  # the first pulse passes all of the range
        sudden = device(Exponential(dw_min=0.0005, steepness=18.0), seed, noise=20.0)
        with pytest.raises(DataError, match=r"got step \+- inf %"):
            fitted(sudden)
    with pytest.raises(DataError, match="expected a reset train, got none"):
        fitted(short[:1])
