"""Every device of the library against what was published of it, within the printed precision."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.polynomial.polynomial import polyval

from crossbar.devices import PRESETS, Memristor, OwnBounds, PublishedCurve, Shown, SingleShot
from crossbar.devices.drift import PowerLaw
from crossbar.devices.library.fits import neurosim_steps
from crossbar.devices.statistics import drift_exponents, programmed, read_noise, steps

CURVES = [
    pytest.param(p.device, curve, id=f"{name}, {curve.of.name.lower()}")
    for name, p in PRESETS.items()
    for curve in p.published
]
CELLS = 4000
FALSE = 5.0  # standard errors, 6e-7 of false alarms for each number


def relative(device: Memristor, g: np.ndarray) -> np.ndarray:
    return (g - device.g_min) / (device.g_max - device.g_min)


def computed(device: Memristor, curve: PublishedCurve) -> np.ndarray:
    """Return what the laws of the device give at the points of the curve."""
    g, span, top = np.array(curve.x), device.g_max - device.g_min, device.g_max
    match curve.of:
        case Shown.SET_STEP:
            return span * device.step.set_mean(relative(device, g))
        case Shown.RESET_STEP:
            return span * device.step.reset_mean(relative(device, g))
        case Shown.PROGRAMMING_ERROR if isinstance(device.programming_law, SingleShot):
            return span * polyval(relative(device, g), device.sigma_program)
        case Shown.PROGRAMMING_ERROR:
            law = device.programming_law
            return law.amplitude * top * (1 - np.exp(-g / top / law.scale))
        case Shown.READ_NOISE:
            still = replace(device, drift=None, spread=OwnBounds(below=0.01, above=0.1))
            ages, rng = np.array([curve.at]), np.random.default_rng(0)
            return read_noise(still, g, ages, 2, rng=rng)[0]
        case Shown.DRIFT:
            return device.drift_law.exponents(g / top, np.zeros_like(g))
        case Shown.DRIFT_SPREAD:
            law, one = device.drift_law, np.ones_like(g)
            return (law.exponents(g / top, one) - law.exponents(g / top, -one)) / 2
    raise AssertionError(curve.of)


@pytest.mark.parametrize(("device", "curve"), CURVES)
def test_laws_equal_what_was_published(device, curve) -> None:
    """To the digits of a formula (1e-9); where two fits of one figure differ, by as much."""
    y = np.array(curve.y)
    assert np.abs(computed(device, curve) - y).max() <= (curve.within + 1e-8) * np.abs(y).max()


def test_every_device_with_published_numbers_has_a_curve() -> None:
    """But codes, whose numbers stand alone."""
    for name, preset in PRESETS.items():
        kinds = {source.kind for source in preset.sources.values()}
        own = bool(kinds - {"assumed"})
        assert bool(preset.published) == own or name == "cmos"


def test_what_we_computed_is_not_called_published() -> None:
    """Means and differences of printed laws, numbers in other units, and those of no paper."""
    for name in ("reram-array-om", "reram-array-hfo2", "taox", "fefet"):
        assert {curve.source.kind for curve in PRESETS[name].published} == {"derived"}
    assert PRESETS["reram-wan"].sources["drift.day"].kind == "derived"
    assert PRESETS["constant"].sources["step.dw_min"].kind == "assumed"
    for name in ("pcm", "pcm-training"):  # Joshi et al. read after 27.36 s
        assert PRESETS[name].device.t0 == 20.0
        assert "Joshi" not in PRESETS[name].sources["t0"].text


NARROW = {  # cells that are all alike, so that means need few of them
    name: p.device
    for name, p in PRESETS.items()
    if isinstance(p.device, Memristor) and any(c.of is Shown.SET_STEP for c in p.published)
}


def along(pulses: int, a: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return steps of G = (1 - exp(-P / A)) / (1 - exp(-1 / a)), A = a ``pulses``, forth and back.

    Of both at P = 0 and at P = ``pulses``, the ends of the range.
    """
    before, low, after, near, high, far = (
        (1 - math.exp(-p / (a * pulses))) / (1 - math.exp(-1 / a))
        for p in (-1, 0, 1, pulses - 1, pulses, pulses + 1)
    )
    return (after - low, far - high), (low - before, high - near)


# Steps of set and of reset pulses at the lower and at the upper end of the range, then the standard
# deviations of both from pulse to pulse (one number: everywhere), relative to the range, from the
# numbers as the sources print them. Most have weights over a range of 2: theirs count half.
E5 = math.exp(-5)
OM, HFO2 = 0.0949 * math.exp(0.7829**2 / 2), 0.4622 * math.exp(0.7125**2 / 2)  # log-normal means
PRINTED: dict[str, tuple[tuple[float, float] | float | None, ...]] = {
    "reram": (
        (0.002 * (1 + 0.75 / 1.25) / 2, 0.0), (0.0, 0.002 * (1 + 1.25 / 0.75) / 2),
        3.75 * 0.002 / 2, 3.75 * 0.002 / 2,
    ),
    "reram-exponential": (
        (0.00135 * 2.18445 / 2, 0.00135 * (1 + 1.18445 * E5) / 2),
        (0.00135 * 0.740641 * 1.081404 / 2, 0.00135 * 0.740641 * (1 + 0.081404 / E5) / 2),
        (5 * 0.00135 * 2.18445 / 2, 5 * 0.00135 * (1 + 1.18445 * E5) / 2),
        (5 * 0.00135 * 0.740641 * 1.081404 / 2, 5 * 0.00135 * 0.740641 * (1 + 0.081404 / E5) / 2),
    ),
    "reram-array-om": (
        (OM, 0.0), (0.0, OM), 0.4158 * OM / 2, 0.4158 * OM / 2,
    ),
    "reram-array-hfo2": (
        (HFO2, 0.0), (0.0, HFO2),
        0.2174 * HFO2 / 2, 0.2174 * HFO2 / 2,
    ),
    "taox": (along(128, 31.5668)[0], along(128, -1.9973)[1], 0.037, 0.037),
    "pcm-training": (
        (0.01 * 28.235 / 2, 0.01 * (1 + 27.235 * E5) / 2),
        None,
        (0.6 * (0.01 * 28.235 + 0.042) / 2,
         0.6 * (0.01 * (1 + 27.235 * E5) + 0.042 + 0.108 * 2) / 2),
        None,
    ),
    "ecram": (
        (0.002 * (1 + 0.1153 * 0.8276 / 1.1724) / 2, 0.002 * (1 - 0.1153) / 2),
        (0.002 * (1 - 0.5085) / 2, 0.002 * (1 + 0.5085 * 1.1724 / 0.8276) / 2),
        (0.3 * 0.002 * (1 + 0.1153 * 0.8276 / 1.1724) / 2, 0.3 * 0.002 * (1 - 0.1153) / 2),
        (0.3 * 0.002 * (1 - 0.5085) / 2, 0.3 * 0.002 * (1 + 0.5085 * 1.1724 / 0.8276) / 2),
    ),
    "ecram-metal-oxide": (
        (2.8214e-4 * (1 + 0.4152 * 0.8286 / 1.1714) / 2, 2.8214e-4 * (1 - 0.4152) / 2),
        (2.8214e-4 * (1 - 0.7342) / 2, 2.8214e-4 * (1 + 0.7342 * 1.1714 / 0.8286) / 2),
        (2.8214e-4 * (1 + 0.4152 * 0.8286 / 1.1714), 2.8214e-4 * (1 - 0.4152)),  # 2 steps
        (2.8214e-4 * (1 - 0.7342), 2.8214e-4 * (1 + 0.7342 * 1.1714 / 0.8286)),
    ),
    "capacitor": (
        (0.005 * 1.05 / 2, 0.005 * 0.95 / 2), (0.005 * 0.95 / 2, 0.005 * 1.05 / 2),
        0.3 * 0.005 / 2, 0.3 * 0.005 / 2,
    ),
    "fefet": (along(32, 0.7021)[0], along(32, 0.8487)[1], 0.003, 0.003),
}  # fmt: skip


@pytest.mark.parametrize("name", NARROW)
def test_steps_and_their_spread_are_the_printed_ones(name) -> None:
    device, u = NARROW[name], np.array([0.0, 1.0])
    law = device.step
    means = law.set_mean(u), law.reset_mean(u)
    spreads = (np.hypot(law.set_spread(u), device.sigma_c2c * means[0]),
               np.hypot(law.reset_spread(u), device.sigma_c2c * means[1]))  # fmt: skip
    for seen, printed in zip((*means, *spreads), PRINTED[name], strict=True):
        if printed is not None:
            np.testing.assert_allclose(seen, printed, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(("name", "printed"), [
    ("pcm", {12.5: 0.26348 + 1.9650 / 2 - 1.1731 / 4, 25: 0.26348 + 1.9650 - 1.1731}),
    ("pcm-joshi", {10: 0.28638599 + 0.7585724 - 0.178767, 20: 0.28638599 + 1.5171448 - 0.715068}),
    ("reram", {10: 1.053 + 2.374 - 1.167 + 0.1536, 30: 1.053 + 7.122 - 10.503 + 4.1472}),
    ("reram-exponential", {20: 1.053 + 4.748 - 4.668 + 1.2288}),
    ("reram-wan", {20: 0.348 + 16.030 / 2 - 43.853 / 4 + 45.393 / 8 - 16.815 / 16,
                   40: 0.348 + 16.030 - 43.853 + 45.393 - 16.815}),
    ("sonos", {1.763115: 0.1988665 * (1 - math.exp(-1)),
               16: 0.1988665 * (1 - math.exp(-16 / 1.763115))}),
])  # fmt: skip
def test_errors_of_programming_are_the_printed_ones(name, printed) -> None:
    """Standard deviations against conductances, both in uS."""
    device = PRESETS[name].device
    g = 1e-6 * np.array([*printed])
    window = device.g_max - device.g_min
    law = device.programming_law
    if isinstance(law, SingleShot):
        sigma = window * polyval(relative(device, g), device.sigma_program)
    else:
        sigma = law.amplitude * device.g_max * (1 - np.exp(-g / device.g_max / law.scale))
    np.testing.assert_allclose(1e6 * sigma, [*printed.values()], rtol=1e-6)


def test_drift_exponents_of_pcm_are_the_printed_ones() -> None:
    """Of 1, a tenth and a thousandth of full scale: mean from 0.049 to 0.1, spread to 0.045."""
    law, one = PRESETS["pcm"].device.drift_law, np.ones(3)
    g, log = np.array([1.0, 0.1, 0.001]), math.log(10)
    mean = law.exponents(g, 0 * one)
    np.testing.assert_allclose(mean, [0.049, 0.0155 * log + 0.0244, 0.1], rtol=1e-9)
    spread = law.exponents(g, one) - mean
    np.testing.assert_allclose(spread, [0.008, 0.0125 * log - 0.0059, 0.045], rtol=1e-9)


@pytest.mark.parametrize("name", NARROW)
def test_pulses_move_cells_by_the_published_steps(name) -> None:
    """One pulse of each kind, spread from pulse to pulse included, away from the ends."""
    alike = replace(NARROW[name], spread=None, sigma_d2d=0.0, sigma_asymmetry_d2d=0.0,
                    sigma_bounds_d2d=0.0, drift=None)  # fmt: skip
    for curve in PRESETS[name].published:
        if curve.of not in (Shown.SET_STEP, Shown.RESET_STEP):
            continue
        way = 0 if curve.of is Shown.SET_STEP else 1
        g, y = np.array(curve.x), np.array(curve.y)
        span, u = alike.g_max - alike.g_min, relative(alike, g)
        law = alike.step.set_spread if way == 0 else alike.step.reset_spread
        sd = np.hypot(span * law(u), alike.sigma_c2c * y)
        goal = g + (y, -y)[way]
        inside = np.minimum(goal - alike.g_min, alike.g_max - goal) > 5 * sd
        assert inside.sum() >= 2  # of 11; steps of reram-array-hfo2 are half of the range
        mean, seen = steps(alike, g, CELLS, rng=np.random.default_rng(3))[way]
        limit = FALSE * sd / np.sqrt(CELLS) + 1e-4 * y
        assert np.all(np.abs(mean - y)[inside] <= limit[inside])
        assert np.all(
            np.abs(seen - sd)[inside] <= (FALSE * sd / np.sqrt(2 * CELLS))[inside] + 1e-12
        )


@pytest.mark.parametrize("name", ["pcm", "pcm-joshi", "reram-wan", "sonos"])
def test_programmed_cells_have_the_published_error(name) -> None:
    """Where no bound cuts it, within five standard errors of mean and deviation."""
    preset = PRESETS[name]
    curve = next(c for c in preset.published if c.of is Shown.PROGRAMMING_ERROR)
    g, y = np.array(curve.x), np.array(curve.y)
    mean, sd = programmed(preset.device, g, CELLS, rng=np.random.default_rng(5))
    inside = g > 5 * y
    assert inside.sum() >= 8
    assert np.all(np.abs(mean - g)[inside] <= (FALSE * y / np.sqrt(CELLS))[inside])
    assert np.all(np.abs(sd - y)[inside] <= (FALSE * y / np.sqrt(2 * CELLS))[inside])


@pytest.mark.parametrize("name", ["pcm", "pcm-joshi", "pcm-training"])
def test_cells_drift_with_the_published_exponents(name) -> None:
    """Mean and deviation over cells; normal numbers below -5 deviations do not occur."""
    device = PRESETS[name].device
    assert isinstance(device.drift_law, PowerLaw)
    g = np.linspace(0.4, 1.0, 4) * device.g_max
    law, zero = device.drift_law, np.zeros(4)
    nu, spread = law.exponents(g / device.g_max, zero), law.exponents(g / device.g_max, zero + 1)
    quiet = replace(device, spread=OwnBounds(above=0.2))
    mean, sd = drift_exponents(quiet, g, CELLS, rng=np.random.default_rng(7))
    assert np.all(np.abs(mean - nu) <= FALSE * (spread - nu) / np.sqrt(CELLS) + 1e-6)
    assert np.all(np.abs(sd - (spread - nu)) <= FALSE * (spread - nu) / np.sqrt(2 * CELLS) + 1e-6)


@pytest.mark.parametrize(("up", "down"), [(31.5668, -1.9973), (0.7021, 0.8487)])
def test_steps_of_the_benchmark_table_follow_the_printed_curves(up, down) -> None:
    """Pulse by pulse from one end to the other, G = B (1 - exp(-P / A)) + G_min, to rounding."""
    step, pulses = neurosim_steps(64, up, down, 0.0), 64
    for a, way in ((up, 1), (down, -1)):
        p = np.arange(pulses + 1.0)
        curve = (1 - np.exp(-p / (a * pulses))) / (1 - np.exp(-1 / a))
        u, seen = (0.0 if way > 0 else 1.0), []
        for _ in range(pulses + 1):
            seen.append(u)
            law = step.set_mean if way > 0 else step.reset_mean
            u += way * float(law(np.array([u]))[0])
        np.testing.assert_allclose(seen, curve[::way], atol=1e-12)


def test_arrays_have_folded_bounds_and_their_share_of_corrupt_cells() -> None:
    preset = PRESETS["reram-array-om"]
    device, rng = preset.device, np.random.default_rng(1)
    cells = device.fabricate((200, 200), rng=rng, dtype=np.float64)
    n, middle, half = cells.g.size, device.window[1], (device.g_max - device.g_min) / 2
    still = cells.up == 0
    p = device.spread.corrupt
    assert abs(still.mean() - p) <= FALSE * np.sqrt(p * (1 - p) / n)
    assert np.abs(cells.low[still] - middle).max() <= 0.0101 * half
    above = (cells.high[~still] - middle) / half
    count = above.size
    folded = np.abs(1 + 2 * device.spread.sigma_upper * rng.standard_normal(10**6))
    assert abs(above.mean() - folded.mean()) <= FALSE * above.std() * np.sqrt(1 / count + 1e-6)
    before = cells.g.copy()
    cells.pulse(np.full((200, 200), 3, np.int64), rng=rng)
    assert np.all(cells.g[still] == before[still])
