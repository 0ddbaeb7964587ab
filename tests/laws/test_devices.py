"""Laws of cells, over every published device and every kind of device."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import norm

from crossbar.circuit.updates import CellUpdates
from crossbar.devices import (
    PRESETS,
    Cells,
    CmosSynapse,
    Deterministic,
    Device,
    ExponentialFloor,
    IdealCell,
    Memristor,
    NoisyReads,
    PcmExponent,
    SoftBounds,
    Step,
    StuckAt,
    Tally,
)
from crossbar.devices.altered import Altered
from crossbar.devices.compiled import alone
from crossbar.devices.memristor_cells import MemristorCells
from crossbar.errors import CrossbarError

DEVICES: dict[str, Device] = {name: preset.device for name, preset in PRESETS.items()} | {
    "stuck reram": StuckAt(PRESETS["reram"].device, p_on=0.1, p_off=0.2),
    "stuck cmos": StuckAt(PRESETS["cmos"].device, p_on=0.1, p_off=0.2),
    "drifting": Memristor(nu=0.05, sigma_nu=0.02, tau_leak=100.0, sigma_bounds_d2d=0.1),
    "drifting as PCM": Memristor(drift=PcmExponent(), t0=20.0, sigma_bounds_d2d=0.1),
    "coarse cmos": CmosSynapse(bits=3, g_unit=1e-6),
    "noisy reram": NoisyReads(PRESETS["reram"].device, sigma=0.1),
}
SHAPE = (30, 20)
every_device = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
every_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def healthy(device: Device) -> Device:
    return device.device if isinstance(device, Altered) else device


def leaves(kind: type) -> set[type]:
    """Return the classes of the package that derive from ``kind`` and have none below them."""
    below = [k for k in kind.__subclasses__() if k.__module__.startswith("crossbar.")]
    return set().union(*map(leaves, below)) if below else {kind}


def test_every_kind_of_device_has_a_case():
    assert {type(device) for device in DEVICES.values()} == leaves(Device)


def fabricate(device: Device, dtype=np.float32, seed: int = 1) -> Cells:
    return device.fabricate(SHAPE, rng=np.random.default_rng(seed), dtype=dtype)


def offers(device: Device, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rank-one offers of a few steps, or of a tenth of the range where there are no steps."""
    low, _, high = device.window
    unit = device.quantum or 0.1 * (high - low)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2.0, 2.0, (n, SHAPE[0]))
    return x, unit * rng.uniform(-2.0, 2.0, (n, SHAPE[1], 1))


def change(cells: Cells, x, d, *, sign: float = 1.0, seed: int = 2) -> Tally:
    """Offer conductance changes ``x d`` [S] to all cells."""
    dtype, updates = cells.g.dtype, CellUpdates(cells, alone(cells.g.T))
    tally, rng = Tally(), np.random.default_rng(seed)
    share = x.astype(dtype), d.astype(dtype), 1.0, sign
    updates.change(share, tally, updates.key(rng), rng=rng)
    return tally


def whole(device: Device, pulses: float, shape: tuple[int, int], n: int = 1):
    """``n`` offers of the same number of pulses to every cell of ``shape``."""
    rows, cols = shape
    return np.ones((n, rows)), np.full((n, cols, 1), pulses * device.quantum)


def targets(device: Device, seed: int = 3) -> np.ndarray:
    low, _, high = device.window
    return np.random.default_rng(seed).uniform(low, high, SHAPE)


def bounds(device: Device, cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest conductance that each cell can be written to [S]."""
    low, _, high = device.window
    kinds = {
        IdealCell: lambda c: (np.full(SHAPE, low), np.full(SHAPE, high)),
        Memristor: lambda c: (c.low, c.high),
        CmosSynapse: lambda c: (np.zeros(SHAPE), c.branches.sum(axis=0).T),
    }
    return kinds[type(healthy(device))](cells)


@every_device
@every_type
def test_cells_start_unprogrammed_at_the_middle_in_the_type_asked_for(device, dtype):
    cells = fabricate(device, dtype)
    low, middle, high = device.window
    assert cells.g.dtype == dtype
    assert low < middle < high
    assert cells.g.shape == cells.free.shape == SHAPE
    start = fabricate(healthy(device), dtype).g
    np.testing.assert_array_equal(cells.g[cells.free], start[cells.free])
    if not isinstance(healthy(device), CmosSynapse):
        np.testing.assert_allclose(start, middle, rtol=1e-6)


@every_device
@every_type
def test_conductances_stay_inside_the_bounds_of_each_cell(device, dtype):
    cells = fabricate(device, dtype)
    low, high = bounds(device, cells)
    margin = 1e-6 * high.max()  # rounding of float32
    for k in range(5):
        cells.program(targets(device, k), rng=np.random.default_rng(k))
        free = cells.free
        assert np.all((cells.g >= low - margin)[free] & (cells.g <= high + margin)[free])
        tally = change(cells, *offers(device, 60, k), sign=(-1.0) ** k, seed=k)
        assert tally.changed > 0
        assert np.all((cells.g >= low - margin)[free] & (cells.g <= high + margin)[free])
    assert np.all(cells.g > 0) or device.window[0] == 0
    for sign in (1.0, -1.0):  # all the way to one end
        x = np.ones((40, SHAPE[0]))
        d = np.full((40, SHAPE[1], 1), sign * 127 * offers(device, 1, 0)[1].max())
        assert change(cells, x, d).saturated > 0
        assert np.all((cells.g >= low - margin)[free] & (cells.g <= high + margin)[free])


@every_device
def test_stuck_cells_never_move_and_faults_shift_no_other_draw(device):
    faulty = StuckAt(healthy(device), p_on=0.2, p_off=0.3)
    held, free = fabricate(faulty), fabricate(healthy(device))
    stuck, before = ~held.free, held.g.copy()
    _, high = bounds(faulty, held)
    count = stuck.size
    for p, where in [(0.2, before > device.window[1]), (0.3, before < device.window[1])]:
        # 5 sigma of a binomial: one false alarm in 1.7 million.
        assert abs((where & stuck).sum() - p * count) < 5 * np.sqrt(count * p * (1 - p))
    for cells in (held, free):
        cells.program(targets(device), rng=np.random.default_rng(4))
        change(cells, *offers(device, 20, 5), seed=6)
        cells.age(1e4)
        change(cells, *offers(device, 20, 7), seed=8)
    np.testing.assert_array_equal(held.g[stuck], before[stuck])
    np.testing.assert_array_equal(held.g[~stuck], free.g[~stuck])
    assert np.any(held.g[~stuck] != before[~stuck])
    if isinstance(healthy(device), CmosSynapse):
        np.testing.assert_allclose(before[stuck & (before > 0)], high[stuck & (before > 0)], 1e-6)
    else:
        ends = np.where(before > device.window[1], device.window[2], device.window[0])
        np.testing.assert_allclose(before[stuck], ends[stuck], rtol=1e-6)


@pytest.mark.parametrize("name", PRESETS)
def test_stuck_cells_are_asked_what_healthy_ones_are(name) -> None:
    device = PRESETS[name].device
    asked = [n for n, one in vars(Device).items() if isinstance(one, property)]
    assert len(asked) > 8
    assert {n: getattr(StuckAt(device), n) for n in asked} == {n: getattr(device, n) for n in asked}
    assert StuckAt(device).without_read_noise().read_noise == (0.0, 0.0)


def test_cells_stuck_at_a_low_rate_stay_stuck_at_a_higher_one():
    device = PRESETS["reram"].device
    few, many = (fabricate(StuckAt(device, p_on=p, p_off=p)) for p in (0.05, 0.2))
    assert np.all(few.free | ~many.free)
    assert np.all((few.g == many.g)[~few.free])


@every_device
def test_one_seed_makes_one_chip(device):
    a, b, other = fabricate(device), fabricate(device), fabricate(device, seed=2)
    for cells in (a, b, other):
        cells.program(targets(device), rng=np.random.default_rng(4))
        change(cells, *offers(device, 5, 5), seed=6)
    np.testing.assert_array_equal(a.g, b.g)
    drawn = [c for c in (a, other) if isinstance(c, MemristorCells)]
    both = zip(*((c.up, c.low, c.high) for c in drawn), strict=True)
    alike = bool(drawn) and all(np.array_equal(one, two) for one, two in both)
    assert isinstance(device, IdealCell) or alike or np.any(a.g != other.g)


@every_device
def test_state_survives_a_checkpoint(device):
    kept = fabricate(device)
    kept.program(targets(device), rng=np.random.default_rng(4))
    kept.age(1e3)
    saved = {name: array.copy() for name, array in kept.arrays().items()}
    again = fabricate(device)
    again.restore(saved)
    for cells in (kept, again):
        change(cells, *offers(device, 5, 5), seed=6)
        cells.age(1e4)
    np.testing.assert_array_equal(kept.g, again.g)


def test_codes_beyond_the_bits_are_refused():
    cells = CmosSynapse(bits=4).fabricate((2, 2), rng=np.random.default_rng(0), dtype=np.float64)
    arrays = {name: array.copy() for name, array in cells.arrays().items()}
    for code in (-1, 16):
        arrays["code"] = np.full((2, 2), code, np.int16)
        with pytest.raises(CrossbarError, match=r"'code': expected values in \[0, 15\]"):
            cells.restore(arrays)


MEMRISTORS = {n: p.device for n, p in PRESETS.items() if isinstance(p.device, Memristor)}


FORMS = {  # set steps at mid-range of one; reset steps by (1 - u)
    "Constant": lambda s, u, up: np.ones_like(u),
    "Linear": lambda s, u, up: 1 + (s.slope if up else s.slope_reset or s.slope) * (1 - 2 * u),
    "SoftBounds": lambda s, u, up: 2 * (1 - u),
    "Exponential": lambda s, u, up: np.expm1(s.steepness * (1 - u)) / np.expm1(s.steepness / 2),
}


def nominal(step: Step, u: np.ndarray, sign: float) -> np.ndarray:
    """Mean step at u, written out apart from the package."""
    up, at = sign > 0, u if sign > 0 else 1 - u
    if isinstance(step, ExponentialFloor):
        floor, rise, a = (
            (step.floor, step.rise, step.steepness)
            if up
            else (step.floor_reset, step.rise_reset, step.steepness_reset)
        )
        return floor * (1 + rise * np.exp(-a * at))
    size = step.dw_min if up else getattr(step, "dw_min_reset", None) or step.dw_min
    return size * FORMS[type(step).__name__](step, at, up)


def still(device: Memristor) -> Memristor:
    """The device without spread from pulse to pulse."""
    own = {"spread", "noise", "noise_reset", "noise_floor", "noise_slope"} & {
        f.name for f in fields(device.step)
    }
    step = replace(device.step, **dict.fromkeys(own, 0.0))
    return replace(device, step=step, sigma_c2c=0.0)


def sizes(device: Memristor, sign: float, seed: int = 1) -> np.ndarray:
    """Step of each cell relative to the nominal one, found from one pulse at its conductance."""
    quiet = replace(still(device), rounding=Deterministic())
    shape = (200, 200)
    cells = quiet.fabricate(shape, rng=np.random.default_rng(seed), dtype=np.float64)
    before = cells.g.copy()
    change(cells, *whole(device, sign, shape))
    u = (before - cells.low) / (cells.high - cells.low)
    return (
        sign * (cells.g - before) / ((device.g_max - device.g_min) * nominal(device.step, u, sign))
    )


LOG_NORMAL = {name: device for name, device in MEMRISTORS.items() if device.spread is None}


@pytest.mark.parametrize("device", LOG_NORMAL.values(), ids=LOG_NORMAL)
def test_spreads_from_cell_to_cell_have_their_moments(device):
    """5 sigma over 40 000 cells. Set and reset step are size (1 +- tilt), size log-normal.

    Closed forms are good to 1e-6 (single precision), tables of 257 points to 2e-5 of a step.
    """
    cells = device.fabricate((200, 200), rng=np.random.default_rng(1), dtype=np.float64)
    n = cells.g.size
    digits = 3e-5 if device.step.straight is None else 2e-6

    def check(z: np.ndarray, mean: float, sigma: float, digits: float) -> None:
        assert abs(z.mean() - mean) <= 5 * sigma / np.sqrt(n) + digits
        assert abs(z.std() - sigma) <= 5 * sigma / np.sqrt(2 * n) + digits

    up, down = (sizes(device, sign) for sign in (1.0, -1.0))
    s = np.sqrt(np.log1p(device.sigma_d2d**2))
    check(np.log((up + down) / 2), -s * s / 2, s, digits)
    check((up - down) / (up + down), device.asymmetry, device.sigma_asymmetry_d2d, digits)
    mean = ((up + down) / 2).mean()
    assert abs(mean - 1) <= 5 * device.sigma_d2d / np.sqrt(n) + digits
    span = device.g_max - device.g_min
    check((cells.high - device.g_max) / span, 0.0, device.sigma_bounds_d2d, 1e-7)
    # The lower bound and the drift exponent are cut near zero: compare what is not cut.
    quantile = (device.g_min - np.quantile(cells.low, 0.6)) / span
    assert abs(quantile + 0.2533 * device.sigma_bounds_d2d) <= 0.02 * device.sigma_bounds_d2d + 1e-8
    x = np.array(device.window[1] / device.g_max)
    typical, wide = (device.drift_law.exponents(x, np.array(z)) for z in (0.0, 1.0))
    nu = device.drift_law.exponents(cells.origin, cells.restlessness)
    assert abs(np.median(nu) - typical) <= 5 * 1.2533 * (wide - typical) / np.sqrt(n) + 1e-8


def test_a_pair_of_seeds_gives_independent_spreads():
    device = PRESETS["reram"].device
    a, b = (np.log(sizes(device, 1.0, seed)) for seed in (1, 2))
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / np.sqrt(a.size)


def plain(device: Memristor, **changes) -> Memristor:
    """The device without spread from cell to cell and without programming error."""
    spreads = dict.fromkeys(("sigma_d2d", "sigma_asymmetry_d2d", "sigma_bounds_d2d"), 0.0)
    exact = {
        "sigma_program": (0.0,),
        "rounding": Deterministic(),
        "spread": None,
        "programming": None,
    }
    return replace(device, **(spreads | exact | changes))


def one_pulse(device: Memristor, u: float, pulses: float, n: int = 200) -> np.ndarray:
    """Changes of conductance by offers of ``pulses`` at u, relative to the range."""
    span = device.g_max - device.g_min
    cells = device.fabricate((n, n), rng=np.random.default_rng(1), dtype=np.float64)
    cells.program(np.full((n, n), device.g_min + u * span), rng=np.random.default_rng(2))
    before = cells.g.copy()
    change(cells, *whole(device, pulses, (n, n)))
    return (cells.g - before) / span


@pytest.mark.parametrize("device", MEMRISTORS.values(), ids=MEMRISTORS)
@pytest.mark.parametrize("u", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_pulse_moves_the_mean_by_the_closed_form_and_scatters_by_sigma_c2c(device, u, sign):
    """5 sigma over 40 000 cells. The 257-point table is off by a^2 / (8 256^2) < 2e-5."""
    bare = plain(device)
    steps = sign * one_pulse(bare, u, sign)
    mean = nominal(device.step, np.array(u), sign) * (1 + sign * device.asymmetry)
    own = device.step.set_spread if sign > 0 else device.step.reset_spread
    sigma = float(np.hypot(own(np.array(u)), device.sigma_c2c * mean))
    ahead, behind = (1 - u, u) if sign > 0 else (u, 1 - u)
    # Bounds cut large steps: moments of a normal number between them, at even probabilities.
    cut = np.clip(mean + sigma * norm.ppf((np.arange(100_000) + 0.5) / 100_000), -behind, ahead)
    away, off = cut - cut.mean(), 1e-4 * mean
    error = np.sqrt(np.maximum(np.mean(away**4) - cut.var() ** 2, 0.0)) / (2 * cut.std() + 1e-30)
    assert abs(steps.mean() - cut.mean()) < 5 * cut.std() / 200 + off
    assert abs(steps.std() - cut.std()) <= 5 * error / 200 + off


def test_spread_of_several_pulses_grows_with_the_square_root_of_their_number():
    device = plain(MEMRISTORS["constant"], sigma_c2c=0.5)
    one, nine = one_pulse(device, 0.5, 1.0), one_pulse(device, 0.5, 9.0)
    assert abs(nine.mean() / one.mean() - 9) < 5 * 9 * 0.5 / 200
    assert abs(nine.std() / one.std() - 3) < 5 * 3 * np.sqrt(2 / (2 * 40_000))


def test_soft_bounds_are_symmetric_in_the_middle_and_alternate_pulses_lead_there():
    device = plain(Memristor(step=SoftBounds(dw_min=0.001)))
    up, down = one_pulse(device, 0.5, 1.0, n=1), one_pulse(device, 0.5, -1.0, n=1)
    np.testing.assert_allclose(up, -down, rtol=1e-9)
    cells = device.fabricate((1, 2), rng=np.random.default_rng(0), dtype=np.float64)
    span = device.g_max - device.g_min
    cells.program(device.g_min + span * np.array([[0.1, 0.9]]), rng=np.random.default_rng(0))
    d = device.quantum * np.where(np.arange(4000) % 2, -1.0, 1.0)
    change(cells, np.ones((4000, 1)), np.repeat(d, 2).reshape(4000, 2, 1))
    # After a reset pulse the fixed point lies half a step, dw_min / 2, below the middle.
    np.testing.assert_allclose((cells.g - device.g_min) / span, 0.5, atol=0.0011)


def test_pulses_beyond_the_most_are_counted_as_cut():
    device = plain(MEMRISTORS["constant"], max_pulses=5)
    cells = device.fabricate((3, 4), rng=np.random.default_rng(0), dtype=np.float64)
    tally = change(cells, *whole(device, 7.0, (3, 4)))
    assert (tally.pulses, tally.changed, tally.saturated) == (5 * 12, 12, 12)
    g = device.window[1] + np.arange(5) * device.quantum
    assert tally.conductance == pytest.approx(12 * g.sum(), rel=1e-6)  # added up as float32
