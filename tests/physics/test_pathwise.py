"""Reads with the way back: equal to the compiled ones, and derivatives equal to differences."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from crossbar.circuit import Blocks, DifferentialPair, Offset, Reading, SynapticElement
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import CIRCUIT, Normaliser
from crossbar.circuit.mapping import MAPPINGS
from crossbar.circuit.pathwise import PathwiseRead, ReadState, by_cells, contracted
from crossbar.circuit.pathwise.laws import excesses
from crossbar.circuit.pathwise.stages import rounded, tabulated
from crossbar.converters import PulseWidthDac, SarAdc, SerialDac, nearest
from crossbar.devices import Memristor, Sinh
from crossbar.kernels.settings import ADC_REACH, ADC_TOP, FULL
from crossbar.substrates import Tile
from crossbar.substrates.pathwise import Pathwise
from crossbar.wires import Wires

ERRORS = Blocks(
    element=SynapticElement(
        errors=Errors(gain_error=0.02, offset=0.01, noise=0.03, saturation=1.1)
    ),
    normaliser=Normaliser(
        errors=Errors(gain_error=-0.03, offset=0.02, noise=0.02, saturation=0.95)
    ),
)
WIRES = Wires(r_wl=10.0, r_bl=20.0)
SPLIT = (3, 2)
SINH = Memristor(conduction=Sinh(v0=0.1))
NOISY_SINH = Memristor(conduction=Sinh(v0=0.1), sigma_read=0.05)
PLAIN = {
    "pair": {},
    "offset": {"mapping": Offset()},
    "split": {"mapping": Offset(), "size": SPLIT},
    "converters": {"mapping": Offset(), "size": SPLIT, "adc": SarAdc(bits=6)},
    "serial": {"adc": SarAdc(bits=4), "dac": SerialDac(bits=5)},
    "pulses": {"dac": PulseWidthDac(bits=4), "wires": WIRES},
    "wires": {"wires": WIRES},
    "wires, split": {"wires": WIRES, "mapping": Offset(), "size": SPLIT},
    "circuit": {"blocks": CIRCUIT},
    "law": {"device": SINH, "mapping": Offset(), "size": SPLIT},
    "slices": {"mapping": MAPPINGS.resolve("slices", "")(), "adc": SarAdc(bits=6)},
}
NOISY = {
    "pair": {"blocks": ERRORS},
    "offset": {"mapping": Offset()},
    "split": {"mapping": Offset(), "size": SPLIT, "blocks": ERRORS},
    "wires": {"wires": WIRES, "blocks": ERRORS},
    "law": {"device": NOISY_SINH, "blocks": ERRORS},
    "law, split": {"device": SINH, "mapping": Offset(), "size": SPLIT},
    "wires, split": {"wires": WIRES, "mapping": Offset(), "size": SPLIT},
    "slices": {"mapping": MAPPINGS.resolve("slices", "")()},
}


def with_copies(cases):
    """The names of ``cases``, alone and, where the matrix stands on one array, with 4 copies."""
    return [
        (name, n) for name, parts in cases.items() for n in (1, 4) if n == 1 or "size" not in parts
    ]


def programmed(copies=1, *, noisy=False, **parts):
    """A tile of 7 x 4 weights."""
    reading = Reading(temperature=300, fano=0.4) if noisy else Reading(temperature=0)
    device = Memristor(sigma_read=0.05) if noisy else Memristor()
    whole = {"device": device, "mapping": DifferentialPair(), "reading": reading} | parts
    weights = np.random.default_rng(1).normal(size=(7, 4))
    tile = Tile(**whole, dtype=np.float64)
    return tile.program(weights, rng=np.random.default_rng(3), copies=copies)


def samples():
    """Five samples of six vectors, one of them of zeros."""
    x = np.random.default_rng(2).normal(size=(5, 6, 7))
    x[0, 0] = 0.0
    return x


@pytest.mark.parametrize(("name", "copies"), with_copies(PLAIN))
def test_reads_and_energies_are_those_of_the_compiled_loops(name, copies):
    tile, x = programmed(copies, **PLAIN[name]), samples()
    y = tile.read(x, rng=np.random.default_rng(4))
    energy = tile.activity.total("read_energy")
    read = Pathwise(tile)
    np.testing.assert_allclose(read.read(x, rng=np.random.default_rng(5)), y, atol=1e-13)
    assert read.energy == pytest.approx(energy, rel=1e-12)


@pytest.mark.parametrize("name", NOISY)
def test_noise_has_the_spread_of_the_compiled_loops(name):
    tile, count = programmed(noisy=True, **NOISY[name]), 4000
    x = np.tile(samples()[1:2], (count, 1, 1))
    compiled = tile.read(x, rng=np.random.default_rng(4))
    own = Pathwise(tile).read(x, rng=np.random.default_rng(5))
    # 24 spreads of relative error 1/sqrt(2 n) each: the ratio of two is within 5 sigma of 1, which
    # a right twin misses once in 70 000 runs. One amplifier can be at its limit; none is here.
    ratio = own.std(axis=0) / compiled.std(axis=0)
    assert np.abs(ratio - 1).max() < 5 / np.sqrt(count)
    error = np.sqrt(2 / count) * compiled.std(axis=0)
    assert (np.abs(own.mean(axis=0) - compiled.mean(axis=0)) < 5 * error).all()


@pytest.mark.parametrize(("name", "copies"), with_copies(NOISY))
def test_derivatives_are_differences_with_the_same_random_numbers(name, copies):
    tile, x = programmed(copies, noisy=True, **NOISY[name]), samples()
    rng = np.random.default_rng(9)
    state = ReadState.of(tile.array, tile.sensing, apart=tile.apart)
    d, energy = rng.normal(size=(5, 6, 4)), 1e12

    def read(state, x):
        return PathwiseRead.of(state, x, rng=np.random.default_rng(7))

    def value(state, x):
        one = read(state, x)
        return (one.out * d).sum() + energy * one.energy

    by = state.zeros()
    by_x = read(state, x).back(d, energy, by)
    both = []
    for side in (1e-6, -1e-6):
        other = copy.deepcopy(state)
        along = np.random.default_rng(11)
        for numbers in other.numbers:
            numbers *= 1 + side * along.normal(size=numbers.shape)
        both.append(other)
    high, low = both
    # 1e-6 of a change leaves 1e-12 of curvature and 1e-10 of rounding.
    assert contracted(by, high, low) == pytest.approx(value(high, x) - value(low, x), rel=1e-7)
    step = 1e-6 * rng.normal(size=x.shape) * (x != 0)
    change = value(state, x + step) - value(state, x - step)
    assert 2 * (by_x * step).sum() == pytest.approx(change, rel=1e-7)


@pytest.mark.parametrize(("name", "copies"), with_copies(NOISY))
def test_derivatives_by_cells_are_those_by_what_follows_from_them(name, copies):
    tile, x = programmed(copies, noisy=True, **NOISY[name]), samples()
    rng, array = np.random.default_rng(9), tile.array

    def state():
        array.renew()
        return ReadState.of(array, tile.sensing, apart=tile.apart)

    here = state()
    by = here.zeros()
    read = PathwiseRead.of(here, x, rng=np.random.default_rng(7))
    read.back(rng.normal(size=(5, 6, 4)), 1e12, by)
    steps = [1e-4 * cells.g * rng.normal(size=cells.g.shape) for cells in array.cells]
    expected = 2 * sum((d * step).sum() for d, step in zip(by_cells(array, by), steps, strict=True))
    both = []
    for side in (1, -1):
        for cells, step in zip(array.cells, steps, strict=True):
            cells.g += side * step
        both.append(state())
        for cells, step in zip(array.cells, steps, strict=True):
            cells.g -= side * step
    if array.wiring is not None:  # whose noise is held
        both = [one._replace(noise=here.noise) for one in both]
    # 1e-4 of a change leaves 1e-8 of curvature in the operators of wired arrays.
    assert contracted(by, *both) == pytest.approx(expected, rel=1e-6)


def test_shot_noise_beyond_thermal_noise_and_its_slopes():
    v, inverse = np.array([-0.3, -1e-5, 1e-4, 0.02, 0.5, 7.0]), 19.34
    x = inverse * np.abs(v)
    value, slope, by_inverse = excesses(v, inverse)
    series = np.abs(v) * (x / 3 - x**3 / 45)
    closed = np.abs(v) * (1 / np.tanh(x) - 1 / x)
    np.testing.assert_allclose(value, np.where(x < 0.01, series, closed), rtol=1e-8)
    h = 1e-4  # the differences leave h^2 of curvature
    change = excesses(v + h * v, inverse)[0] - excesses(v - h * v, inverse)[0]
    np.testing.assert_allclose(slope, change / (2 * h * v), rtol=1e-7)
    change = excesses(v, inverse * (1 + h))[0] - excesses(v, inverse * (1 - h))[0]
    np.testing.assert_allclose(by_inverse, change / (2 * h * inverse), rtol=1e-7, atol=1e-12)


def test_what_rounding_adds_is_held_in_steps():
    """Of y = s (y/s + r), with r held: dy/dy = 1, dy/ds = r; beyond the range y is its end."""
    settings, by = np.zeros(22), np.zeros(22)
    settings[ADC_TOP] = 4.0
    y, full = np.array([[0.1, 0.35, -0.62, 3.0]]), 1.2
    level, back = rounded(y, full, settings, ADC_TOP)
    np.testing.assert_allclose(level, [[0.0, 0.3, -0.6, 1.2]])
    d = np.array([[1.0, 2.0, 3.0, 4.0]])
    by_y, by_full = back(d, by)
    np.testing.assert_allclose(by_y, [[1.0, 2.0, 3.0, 0.0]])
    added = (d * (level - y))[0, :3].sum()  # s times d r
    assert by_full == pytest.approx(added / full + 4.0)
    assert by[ADC_TOP] == pytest.approx(-added / 4.0)
    table = nearest(np.arange(-4, 5) / 4).of_lines("ADC", 1)
    same, back = tabulated(y, full, table, np.zeros(1, int))
    np.testing.assert_allclose(same, level)
    assert back(d, by)[1] == pytest.approx(by_full)
    np.testing.assert_allclose(back(d, by)[0], by_y)


def test_the_range_of_an_adc_has_the_derivative_of_the_mean_where_noise_dithers():
    """With noise of a step and more straight-through derivatives are right, cut signals too."""
    adc = SarAdc(bits=5, reach=0.15)
    tile = programmed(noisy=True, adc=adc, blocks=ERRORS)
    x, count = np.tile(samples()[1:2, :1], (20_000, 1, 1)), 20_000
    state = ReadState.of(tile.array, tile.sensing, apart=tile.apart)
    read, by = PathwiseRead.of(state, x, rng=np.random.default_rng(0)), state.zeros()
    read.back(np.ones_like(read.out) / count, 0.0, by)
    means = []
    for reach in (0.1515, 0.1485):
        settings = state.settings.copy()
        settings[ADC_REACH] = reach
        own = PathwiseRead.of(state._replace(settings=settings), x, rng=np.random.default_rng(0))
        means.append(own.out.sum(axis=(1, 2)))
    change = (means[0] - means[1]) / 0.003
    error = change.std() / np.sqrt(count)
    assert abs(by.settings[ADC_REACH] - change.mean()) < 5 * error
    assert abs(change.mean()) > 10 * error


def test_power_goes_as_the_square_of_the_read_voltage():
    for dac in (None, SerialDac(bits=6), PulseWidthDac(bits=5)):
        tile, x = programmed(dac=dac), samples()
        state = ReadState.of(tile.array, tile.sensing, apart=tile.apart)
        read, by = PathwiseRead.of(state, x, rng=np.random.default_rng(0)), state.zeros()
        read.back(np.zeros_like(read.out), 1.0, by)
        assert by.settings[FULL] == pytest.approx(2 * read.energy / state.settings[FULL])
