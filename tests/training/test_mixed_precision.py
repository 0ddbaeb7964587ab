"""Mixed precision: no gradient is lost, and whole pulses are written."""

from __future__ import annotations

import numpy as np

from crossbar.circuit import Offset, Reading
from crossbar.devices import Constant, Memristor
from crossbar.nn import Dense, MixedPrecision, Network, SquaredError
from crossbar.random import Streams
from crossbar.substrates import Digital, Tile

NETWORK = Network(input_shape=(4,), layers={"out": Dense(units=3)})
RNG = np.random.default_rng(0)
X, WANTED = RNG.standard_normal((40, 4)), RNG.standard_normal((40, 3))
RATE, BATCH = 0.01, 2


def learned(substrate, rule=None):
    """Return the chip, its first weights, what the rule kept and the sum of all gradients."""
    chip = NETWORK.build(substrate, Streams(1), loss=SquaredError())
    rule, rng = rule or MixedPrecision(), np.random.default_rng(2)
    before, total = chip.held["out"].weights[0].astype(float), 0.0
    memory = rule.memory(chip)
    for k in range(0, len(X), BATCH):
        part = slice(k, k + BATCH)
        args = chip, X[part], WANTED[part], RATE, memory
        rule.step(*args, rng=rng, masks=rng, writes=rng)
        total += gradient(chip)
    return chip, before, memory, total


def gradient(chip):
    """Return the gradient of the last batch from what drove the matrix and its error."""
    ((x, d),) = chip.layers["out"].pairs().values()
    return x.astype(float).T @ d.astype(float)


def tile(dw_min):
    device = Memristor(step=Constant(dw_min=dw_min))
    return Tile(device=device, mapping=Offset(w_max=2.0), reading=Reading(temperature=0.0))


def test_what_is_not_written_stays_in_chi():
    """W + chi follows plain descent exactly; chi stays below the step."""
    for threshold in (1, 3):
        chip, before, memory, total = learned(tile(0.002), MixedPrecision(threshold=threshold))
        (chi,), held = memory.values(), chip.held["out"]
        moved = held.weights[0] - before
        np.testing.assert_allclose(moved + chi, -RATE * total, rtol=0, atol=1e-5)
        pulses = moved / held.step[0]
        np.testing.assert_allclose(pulses, np.rint(pulses), atol=2e-3)
        np.testing.assert_allclose(np.rint(pulses) % threshold, 0)
        assert np.abs(chi).max() < threshold * held.step[0] < np.abs(moved).max()


def test_gradients_that_cancel_each_other_are_not_written():
    """As many updates by stochastic rounding give far more pulses."""
    counts = [learned(tile(0.02), rule)[0].activity.total("pulses") for rule in
              (MixedPrecision(threshold=1), MixedPrecision(threshold=4))]  # fmt: skip
    assert 0 < counts[1] < counts[0]


def test_weights_that_take_any_change_learn_at_once():
    chip, before, memory, total = learned(Digital(dtype=np.float64))
    np.testing.assert_allclose(chip.held["out"].weights[0], before - RATE * total, atol=1e-12)
    assert not any(array.any() for array in memory.values())


def test_sums_and_comparisons_are_counted():
    chip, _, memory, _ = learned(tile(0.002))
    (chi,), steps = memory.values(), len(X) / BATCH
    assert chip.activity.total("scaling", "out") >= steps * chi.size
    assert chip.activity.total("comparison", "out") == steps * chi.size
    assert chip.activity.total("update_adc", "out") >= len(X)
