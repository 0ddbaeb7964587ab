"""A training step in circuit against the chip."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from crossbar import DifferentialPair, Offset, Streams, Tile
from crossbar.activity import EVENT
from crossbar.circuit.blocks import CIRCUIT
from crossbar.circuit.mapping import Mapping
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, Deterministic, Stochastic
from crossbar.errors import ConfigError, ShapeError
from crossbar.nn import Chip, Convolution, Dense, Layer, LayerState, Network, Relu, leti_cnn
from crossbar.spice import run
from crossbar.spice.training import Learner, Ranges, step_deck
from crossbar.spice.training.forward import place_forward
from crossbar.spice.training.learning import latched

pytestmark = pytest.mark.ngspice

CMOS = replace(PRESETS["cmos"].device, sigma_read=0.0, rounding=Deterministic())
READING = Reading(v_read=0.35, temperature=0.0)
SMALL = Network(
    input_shape=(4, 4),
    layers={
        "conv": Convolution(filters=2, kernel=3),
        "fc": Dense(units=4),
        "relu": Relu(),
        "out": Dense(units=2),
    },
)


def build(network: Network, mapping: Mapping) -> Chip:
    blocks = CIRCUIT.quiet
    tile = Tile(device=CMOS, mapping=mapping, reading=READING, blocks=blocks, dtype=np.float64)
    return network.build(tile, Streams(0), blocks=blocks)


def still() -> np.random.Generator:
    return np.random.default_rng(5)


def codes(chip: Chip) -> np.ndarray:
    found = [c.code.ravel() for held in chip.held.values() for c in held.array.cells]
    return np.concatenate(found).astype(int)


@pytest.mark.parametrize("mapping", [Offset(), DifferentialPair()], ids=["offset", "pair"])
def test_codes_after_a_step_are_those_of_the_chip(mapping):
    chip = build(SMALL, mapping)
    x, labels = np.random.default_rng(1).standard_normal((3, 4, 4)), np.array([0, 1, 1])
    ranges = Ranges.of(chip, x, labels, rng=still())
    for k in (0, 1):
        before, twin = codes(chip), chip.copy()
        p = twin.learn(x[k : k + 1], labels[k : k + 1], 0.01, rng=still(), masks=still())[0]
        found = Learner(chip, ranges).learn(x[k], int(labels[k]), 0.01, masks=still())
        # The softmax block errs by 1 % of full scale, of which its fit takes a part.
        assert found == pytest.approx(p, abs=0.015)
        assert np.count_nonzero(codes(twin) != before) >= 10  # of 58 weights
        # The bend of the multiplier, which no gain fits, moves some changes across half a code.
        difference = np.abs(codes(chip) - codes(twin))
        assert difference.max() <= 1
        assert np.mean(difference == 0) >= 0.95


def test_a_code_saturates_at_its_end():
    chip = build(SMALL, Offset())
    cells = chip.held["out"].array.cells[0]
    cells.code[...] = [[128, 128], [255, 0], [128, 128], [0, 255]]
    cells.g[...] = cells.conductance(cells.code)
    chip.held["out"].array.renew()
    x, label = np.random.default_rng(1).standard_normal((1, 4, 4)), np.array([0])
    twin = chip.copy()
    ranges = Ranges.of(chip, x, label, rng=still())
    twin.learn(x, label, 0.5, rng=still(), masks=still())
    assert twin.activity.of("out")[EVENT["saturated"]] == 2
    Learner(chip, ranges).learn(x[0], 0, 0.5, masks=still())
    found, wanted = (c.held["out"].array.cells[0].code.astype(int) for c in (chip, twin))
    assert np.array_equal(found[1], [255, 0])
    assert np.abs(found - wanted).max() <= 1
    assert not np.array_equal(found[3], [0, 255])


def test_amplifiers_follow_the_range_of_the_device():
    # With the feedback of another range these amplifiers would saturate in silence.
    wide = replace(CMOS, g_full=8 * CMOS.g_full)
    tile = Tile(device=wide, mapping=Offset(headroom=1.0), reading=READING, dtype=np.float64)
    chip = SMALL.build(tile, Streams(0), blocks=CIRCUIT.quiet)
    x, label = np.random.default_rng(1).standard_normal((1, 4, 4)), np.array([0])
    ranges = Ranges.of(chip, x, label, rng=still())
    plan = step_deck(chip, x[0], 0, 1e-6, ranges=ranges, masks=still())
    lines = [f"v(conv_p{p}_y{f})" for p in range(4) for f in range(2)]
    plan.deck.save(*lines)
    waves = run(plan.deck)
    found = np.array([waves.at(line, 10e-6) for line in lines]) / ranges.x["fc"]
    wanted = chip.layers["conv"].forward(x, rng=still()).ravel()
    # The virtual ground of a gain of 1000 takes (1 + r_f G)/1000, here 1 %.
    assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()


def test_images_with_channels_learn_too():
    network = Network(
        input_shape=(3, 3, 2),
        layers={"conv": Convolution(filters=2, kernel=2), "out": Dense(units=2)},
    )
    chip = build(network, Offset())
    x, label = np.random.default_rng(1).standard_normal((1, 3, 3, 2)), np.array([1])
    twin = chip.copy()
    ranges = Ranges.of(chip, x, label, rng=still())
    twin.learn(x, label, 0.01, rng=still(), masks=still())
    Learner(chip, ranges).learn(x[0], 1, 0.01, masks=still())
    assert np.abs(codes(chip) - codes(twin)).max() <= 1


def test_a_stuck_cell_keeps_its_code():
    chip = build(SMALL, Offset())
    cells = chip.held["fc"].array.cells[0]
    cells.free[:, 1] = False
    x, label = np.random.default_rng(1).standard_normal((1, 4, 4)), np.array([0])
    ranges = Ranges.of(chip, x, label, rng=still())
    plan = step_deck(chip, x[0], 0, 0.1, ranges=ranges, masks=still())
    waves = run(plan.deck)
    after = latched(waves, plan.crossings[1].groups[0].nodes()).reshape(cells.code.shape)
    assert np.array_equal(after[:, 1], cells.code[:, 1])
    assert not np.array_equal(after, cells.code)


def test_same_step_same_text():
    chip = build(leti_cnn(classes=2, input_shape=(8, 8), hidden=8), Offset())
    x, labels = np.ones((1, 8, 8)), np.array([0])
    ranges = Ranges.of(chip, x, labels, rng=still())
    texts = {
        step_deck(chip, x[0], 0, 0.1, ranges=ranges, masks=still()).deck.text for _ in range(2)
    }
    assert len(texts) == 1


def test_what_has_no_circuit_is_refused():
    x, labels = np.ones((1, 4, 4)), np.array([0])
    chip = build(SMALL, Offset())
    ranges = Ranges.of(chip, x, labels, rng=still())
    with pytest.raises(ShapeError, match=r"an image \(4, 4\) of class 0 to 1, got \(4, 4\) of cl"):
        step_deck(chip, x[0], 2, 0.1, ranges=ranges, masks=still())
    tile = Tile(device=PRESETS["reram"].device, mapping=Offset(), reading=READING)
    with pytest.raises(ConfigError, match=r"CMOS synapses.*Use device.kind = cmos"):
        step_deck(SMALL.build(tile, Streams(0)), x[0], 0, 0.1, ranges=ranges, masks=still())
    drawing = replace(CMOS, rounding=Stochastic())
    tile = Tile(device=drawing, mapping=Offset(), reading=READING)
    with pytest.raises(ConfigError, match=r"rounded to the nearest.*device.rounding"):
        step_deck(SMALL.build(tile, Streams(0)), x[0], 0, 0.1, ranges=ranges, masks=still())
    tile = Tile(device=CMOS, mapping=Offset(), reading=Reading(v_read=0.2, temperature=0.0))
    with pytest.raises(ConfigError, match=r"reads at 0.35 V, got 0.2 V"):
        step_deck(SMALL.build(tile, Streams(0)), x[0], 0, 0.1, ranges=ranges, masks=still())


@dataclass(frozen=True, kw_only=True)
class Wire(Layer):
    """A layer from outside that passes signals on."""

    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place):
        return WireState(place)


class WireState(LayerState):
    def forward(self, *inputs, rng):
        return inputs[0]

    def backward(self, d, *, rng):
        return (d,)


def test_a_layer_from_outside_has_a_part_in_a_step_once_it_is_registered():
    *first, out = SMALL.layers.items()
    x, labels = np.random.default_rng(1).standard_normal((1, 4, 4)), np.array([0])

    wired = dict([*first, ("wire", Wire()), out])

    def lines(layers):
        chip = build(Network(input_shape=(4, 4), layers=layers), Offset())
        ranges = Ranges.of(chip, x, labels, rng=still())
        return step_deck(chip, x[0], 0, 0.1, ranges=ranges, masks=still()).deck.lines

    with pytest.raises(ConfigError, match=r"train-step 'wire': expected a layer with a circuit"):
        lines(wired)
    place_forward.register(Wire, lambda layer, state, plan, signal: signal)
    assert lines(wired) == lines(SMALL.layers)
