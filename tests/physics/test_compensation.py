"""Global drift compensation: exact for one exponent, of the predicted size for many."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import CmosSynapse, IdealCell, Memristor
from crossbar.errors import ConvergenceError
from crossbar.nn import Chip, Convolution, Dense, GlobalFactor, Host, Network, Relu, repaired
from crossbar.nn.layers.windows import windows
from crossbar.nn.repairs.factors import READS
from crossbar.random import Streams
from crossbar.substrates.compensated import Compensated
from crossbar.substrates.digital import Digital
from crossbar.substrates.port import Substrate
from crossbar.substrates.tile import Tile

QUIET = Reading(temperature=0.0)
AGE = 1e5
MAPPINGS = (DifferentialPair(), OneSidedPair(), Offset())
SMALL = Network(
    input_shape=(6, 6),
    layers={
        "conv": Convolution(kernel=3, copies=2),
        "fc": Dense(units=12),
        "relu": Relu(),
        "out": Dense(units=3),
    },
)
ROWS, COLS = 256, 64
ONE_LAYER = Network(input_shape=(ROWS,), layers={"out": Dense(units=COLS)})


def chip_of(network: Network, device, mapping: Mapping, reading: Reading = QUIET, **tile) -> Chip:
    hardware: Substrate = Tile(
        device=device, mapping=mapping, reading=reading, dtype=np.float64, **tile
    )
    return network.build(hardware, Streams(1))


def compensated(chip: Chip, seconds: float, *, streams: Streams) -> Chip:
    later, _ = repaired(chip.aged(seconds), GlobalFactor(), Host(programmed=chip), streams=streams)
    return later


def factors(chip: Chip) -> dict[str, float]:
    held = {n: one for n, one in chip.held.items() if isinstance(one, Compensated)}
    return {name: one.factor.item() for name, one in held.items()}


def scores(chip: Chip, shape: tuple[int, ...]) -> np.ndarray:
    x = np.random.default_rng(5).standard_normal(shape)
    return chip.scores(x, rng=np.random.default_rng(6))


@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize("size", [None, (9, 3)])
def test_one_exponent_is_compensated_exactly(mapping, size) -> None:
    """The closed form (t/t0)^-nu cancels: scores to rounding, factors to that of the exponent.

    Exponents are kept in single precision, 6e-8 of nu times 8.5 e-folds of time.
    """
    nu, t0 = 0.07, 20.0
    chip = chip_of(SMALL, Memristor(nu=nu, t0=t0), mapping, size=size)
    later = compensated(chip, AGE, streams=Streams(2))
    wanted, left = scores(chip, (4, 6, 6)), scores(chip.aged(AGE), (4, 6, 6))
    np.testing.assert_allclose(scores(later, (4, 6, 6)), wanted, rtol=1e-9)
    np.testing.assert_allclose(left, wanted * (AGE / t0) ** (-3 * nu), rtol=1e-5)
    assert factors(later) == pytest.approx(
        dict.fromkeys(("conv", "fc", "out"), (AGE / t0) ** nu), rel=1e-6
    )


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_transposed_reads_and_updates_belong_to_the_compensated_weights(mapping) -> None:
    """An update changes what the outputs show by -rate x^T d, in ideal steps of any size."""
    later = compensated(chip_of(ONE_LAYER, IdealCell(), mapping), AGE, streams=Streams(2))
    (held,) = later.held.values()
    assert isinstance(held, Compensated)
    held.factor = np.array([3.0])
    before, rng = held.weights[0].copy(), np.random.default_rng(1)
    x, d = rng.standard_normal((2, ROWS)), rng.standard_normal((2, COLS))
    np.testing.assert_allclose(held.matvec(x, rng=rng), x @ before, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(held.rmatvec(d, rng=rng), d @ before.T, rtol=1e-9, atol=1e-9)
    held.update(x, d, 1e-4, rng=rng)
    np.testing.assert_allclose(held.weights[0], before - 1e-4 * x.T @ d, atol=1e-12)
    kept, other = held.arrays(), held.copy()
    other.update(x, d, 1e-4, rng=rng)
    other.factor = np.ones(1)
    other.restore(kept)
    held.refresh()  # what the lines see, without the rounding of following it
    np.testing.assert_array_equal(other.weights, held.weights)


def test_updates_by_windows_belong_to_the_compensated_weights() -> None:
    """The kernel changes by -rate times windows^T d, summed over the windows, on both copies."""
    later = compensated(chip_of(SMALL, IdealCell(), Offset()), AGE, streams=Streams(2))
    held = later.held["conv"]
    assert isinstance(held, Compensated)
    held.factor = np.array([3.0])
    before, rng = held.weights.copy(), np.random.default_rng(1)
    x, d = rng.standard_normal((2, 6, 6)), rng.standard_normal((2, 4, 4, 3))
    layer = later.layers["conv"]
    layer.forward(x, rng=rng)
    layer.d = d
    layer.update(1e-3, rng=rng)
    change = np.einsum("npi,npj->ij", windows(x, 3), d.reshape(2, 16, 3))
    np.testing.assert_allclose(held.weights, before - 1e-3 * change, atol=1e-12)


EVEN, UNEVEN = np.ones(COLS), np.geomspace(1.0, 0.01, COLS)


@pytest.mark.parametrize("columns", [EVEN, UNEVEN], ids=["even", "uneven"])
def test_spread_of_the_exponent_leaves_the_predicted_error(columns) -> None:
    """Cells keep d = T^-nu of their own, log-normal: mean m and variance s^2.

    A calibration output y of column j, of rms r_j, becomes normal of mean m y and variance V_j =
    s^2 sum g^2 / k^2 over its cells, so the factor is sum r_j / sum sqrt(m^2 r_j^2 + V_j), and
    compensated outputs err by (f m - 1) y with the deviation f sqrt(V_j). Both to 8 %: 5 sigma of
    means over 4096 outputs, and of the squares of the errors of 16 384 weights (false alarm 1e-6).
    """
    nu, sigma, span = 0.1, 0.015, math.log(AGE)
    tile = Tile(device=Memristor(nu=nu, sigma_nu=sigma), mapping=DifferentialPair(headroom=3.0),
                reading=QUIET, dtype=np.float64)  # fmt: skip
    weights = np.random.default_rng(3).uniform(-1, 1, (ROWS, COLS)) * columns
    chip = ONE_LAYER.build(tile, Streams(1), weights={"out": weights})
    later = compensated(chip, AGE, streams=Streams(2))
    (held,) = chip.held.values()
    mean = math.exp(-nu * span + (sigma * span) ** 2 / 2)
    variance = mean**2 * math.expm1((sigma * span) ** 2)
    squares = sum(cells.g**2 for cells in held.array.cells).sum(axis=0) / held.array.scale**2
    lost, signal = variance * squares, (held.weights[0] ** 2).sum(axis=0)
    factor = np.sqrt(signal).sum() / np.sqrt(mean**2 * signal + lost).sum()
    assert factors(later)["out"] == pytest.approx(factor, rel=0.08)
    x = np.random.default_rng(7).choice([-1.0, 1.0], (200, ROWS))
    y = chip.scores(x, rng=np.random.default_rng(0))
    error = later.scores(x, rng=np.random.default_rng(0)) - y
    predicted = math.sqrt(np.mean((factor * mean - 1) ** 2 * signal + factor**2 * lost))
    assert math.sqrt(np.mean(error**2)) == pytest.approx(predicted, rel=0.08)
    equal = math.sqrt(signal.mean() / (mean**2 * signal.mean() + lost.mean()))
    assert (factor < 0.8 * equal) == (columns is UNEVEN)  # what equal columns would have


def test_a_latch_gets_a_factor_of_one_within_read_noise() -> None:
    """Noise of each of 2 x 64 x 64 outputs, independent in a pair, enters a sum with its sign.

    5 sigma: false alarm 6e-7. What noise adds to |y| on average is the same in both sums.
    """
    device = CmosSynapse(sigma_read=0.02)
    later = compensated(chip_of(ONE_LAYER, device, DifferentialPair()), AGE, streams=Streams(2))
    (held,) = later.held.values()
    assert isinstance(held, Compensated)
    noise = device.read_noise[0] * math.sqrt(2 * ROWS) / held.held.array.scale
    rms = math.sqrt((held.weights**2).sum(axis=1).mean())
    outputs = READS * COLS
    bound = 5 * math.sqrt(2 * outputs) * noise / (outputs * rms * math.sqrt(2 / math.pi))
    assert 0 < abs(held.factor.item() - 1) < bound < 0.05


def test_digital_weights_need_no_factor() -> None:
    chip = ONE_LAYER.build(Digital(), Streams(1))
    assert factors(compensated(chip, AGE, streams=Streams(2))) == {"out": 1.0}


def test_calibration_is_counted_twice_over_every_copy_and_leaves_the_chip() -> None:
    chip = chip_of(SMALL, Memristor(nu=0.1), Offset(), reading=Reading())
    counts = chip.activity.counts
    later = compensated(chip, AGE, streams=Streams(2))
    assert chip.activity.counts == counts
    for name, (copies, rows, cols) in {n: w.weights.shape for n, w in chip.held.items()}.items():
        reads = 2 * READS * copies
        assert later.activity.total("mac_forward", name) == reads * rows * cols
        assert later.activity.total("read_energy", name) > 0
    before = later.activity.total("images")
    scores(later, (4, 6, 6))
    assert later.activity.total("images") == before + 4


def test_a_factor_changes_no_decision_of_rectifiers_without_biases() -> None:
    """Scores are scaled by the product of the factors; read noise is scaled with its signal."""
    device = Memristor(nu=0.05, sigma_nu=0.02, sigma_read=0.02)
    chip = chip_of(SMALL, device, DifferentialPair())
    later = compensated(chip, AGE, streams=Streams(2))
    gain = math.prod(factors(later).values())
    assert gain > 1.2
    plain = scores(chip.aged(AGE), (50, 6, 6))
    np.testing.assert_allclose(scores(later, (50, 6, 6)), gain * plain, rtol=1e-9)


def test_a_layer_that_lost_its_weights_has_no_factor() -> None:
    device = Memristor(tau_leak=1e-3)
    with pytest.raises(ConvergenceError, match="GlobalFactor of 'conv': expected a calib"):
        compensated(chip_of(SMALL, device, Offset()), 1e3, streams=Streams(2))
