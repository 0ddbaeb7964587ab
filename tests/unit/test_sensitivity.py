"""What a chip whose settings move refuses, and by which name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from crossbar.errors import ConfigError
from crossbar.nn import Dense, Layer, LayerState, Network
from crossbar.nn.pathwise import PathwiseChip
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import experiment
from crossbar.runs.sensitivity import SensitiveChip
from crossbar.substrates import Digital
from crossbar.toml import placed

SETTINGS = {
    "data": {"kind": "yin-yang", "samples": 34},
    "network": {"layers": [{"name": "out", "kind": "dense", "units": 3}]},
    "device": {"kind": "cmos"},
}


def sensitive(settings=SETTINGS):
    plan = experiment(settings)
    dataset = build.samples(plan.common.data)
    return SensitiveChip(plan, build.chip(plan, dataset.ends, plan.streams(0)), 0, dataset)


@pytest.mark.parametrize(
    ("changes", "name", "line"),
    [
        ({}, "device.g_ful", "device.g_ful: expected a setting of the hardware that has a value"),
        ({}, "train.gamma", "train.gamma: expected a setting of the hardware: device, tile"),
        ({"train.gamma": 0.1}, "device.g_full", "train.gamma: expected a setting of the hardware"),
        ({}, "tile.scaling", "tile.scaling: expected a setting that is a number, got 'layer'"),
        ({}, "tile.mismatch", "tile.mismatch: expected a value other than 0"),
        ({}, "tile.mapping.w_max", "tile.mapping.w_max: expected a setting that has a value"),
        (
            {"tile.adc.kind": "logarithmic", "tile.adc.bits": 5},
            "tile.adc.smallest",
            "tile.adc.smallest: expected a setting that keeps arrays, tables",
        ),
        (
            {},
            "blocks.softmax.errors.saturation",
            "blocks.softmax.errors.saturation: expected a block",
        ),
        (
            {"blocks.multiplier.errors.noise": 0.1},
            "device.g_full",
            "blocks.multiplier.errors.noise",
        ),
        (
            {"device.kind": "reram-array-om"},
            "device.spread.corrupt",
            "device.spread.corrupt: expected a setting that cells follow smoothly, got a limit",
        ),
        (
            {"device.kind": "reram", "layers.out.device.kind": "cmos"},
            "tile.mapping.headroom",
            "tile.mapping.headroom: expected a setting with one value in all layers, got others",
        ),
        ({"tile.reading.v_read": "3 A"}, "device.g_full", "tile.reading.v_read: expected"),
    ],
)
def test_settings_that_cannot_move_are_refused_by_name(changes, name, line):
    with pytest.raises(ConfigError) as error:
        sensitive().at(changes, [name])
    assert str(error.value).startswith(line)


def test_a_setting_at_its_end_moves_to_the_side_that_it_can():
    at = sensitive().at({"tile.adc.kind": "sar", "tile.adc.bits": 16}, ["tile.adc.bits"])
    assert at.by["latency"]["tile.adc.bits"] > 0


def test_chips_without_derivatives_say_why():
    with pytest.raises(ConfigError, match=r"SensitiveChip\.plan: expected an analog device"):
        sensitive(SETTINGS | {"device": {"kind": "float"}})
    law = placed(SETTINGS, "device", {"kind": "reram", "conduction": {"kind": "sinh"}})
    at = sensitive(law).at({}, ["device.g_max"])
    assert at.by["energy_inference"]["device.g_max"] > 0
    line = "'out': expected ohmic cells there, got Sinh cells with Wires"
    with pytest.raises(ConfigError, match=line):
        sensitive(law).at({"tile.wires.r_wl": 1.0, "tile.wires.r_bl": 1.0}, ["device.g_max"])
    with pytest.raises(ConfigError, match=r"device\.conduction\.v0: expected a setting that keeps"):
        sensitive(law).at({}, ["device.conduction.v0"])
    chip = sensitive()
    with pytest.raises(ConfigError, match=r"by_weights\.metric: expected one of loss, accuracy"):
        chip.by_weights("acuracy")
    with pytest.raises(ConfigError, match="tile: expected cells that depend on their own weight"):
        chip.by_weights(changes={"tile.scaling": "column"})


@pytest.mark.parametrize(
    ("settings", "draws", "line"),
    [
        ("device.g_max", 1, r"SensitiveChip\.at, settings: expected a list of dotted names"),
        ([5], 1, r"SensitiveChip\.at, settings: expected a list of dotted names"),
        ([], 0, r"SensitiveChip\.at, draws: expected"),
        (["tile.batch"], 1, r"tile\.batch: expected a setting of the hardware"),
    ],
)
def test_what_is_asked_for_is_checked(settings, draws, line):
    with pytest.raises(ConfigError, match=line) as error:
        sensitive().at({}, settings, draws=draws)
    assert "train." not in str(error.value)


def test_rows_on_lines_that_are_chosen_have_no_derivatives_by_weights():
    chip = sensitive()
    spare = {"tile.spare_rows": 2, "tile.remap.limit": 0.2}
    with pytest.raises(ConfigError, match=r"tile: .* got rows on lines that are chosen"):
        chip.by_weights(changes=spare)


def test_reads_of_a_chip_that_goes_back_change_nothing():
    chip = sensitive().held.chip(experiment(SETTINGS))
    before = chip.activity.total("images"), chip.held["out"].weights.copy()
    read = PathwiseChip(chip)
    scores = read.present(np.zeros((2, 4)), rng=np.random.default_rng(0))
    assert scores.shape == (2, 3)
    assert chip.activity.total("images") == before[0]
    np.testing.assert_array_equal(chip.held["out"].weights, before[1])
    weights = read.chip.held["out"]
    rng, one = np.random.default_rng(0), np.ones((1, 4))
    for call in (
        lambda: weights.change(one, one[:, :3], 0.1, rng=rng),
        lambda: weights.products(one, one[:, :3], rng=rng),
        lambda: weights.offer(one[None], 0.1, rng=rng),
        lambda: weights.aged(1.0),
        lambda: weights.rewrite(one, rng=rng),
        lambda: weights.restore({}),
        lambda: weights.read_rows(one, rng=rng),
    ):
        with pytest.raises(ConfigError, match="'out'"):
            call()


class HalvedState(LayerState):
    """Passes samples on in training, and half of them in inference."""

    def infer(self, *inputs, rng):
        return 0.5 * inputs[0]

    def forward(self, *inputs, rng):
        return inputs[0]

    def backward(self, d, *, rng):
        return (d,)


class WayBackState(HalvedState):
    """The same, with its way back."""

    def passed(self, *inputs, rng):
        return self.infer(*inputs, rng=rng), lambda d: (0.5 * d,)


@dataclass(frozen=True, kw_only=True)
class Halved(Layer):
    """Halves signals in inference."""

    state_of: type = HalvedState

    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place):
        return self.state_of(place)


def test_a_layer_that_infers_otherwise_has_to_know_its_way_back():
    """A gradient of training would be wrong in silence."""
    x, rng = np.full((2, 4), 0.5), np.random.default_rng(0)

    def chip(state):
        layers = {"half": Halved(state_of=state), "out": Dense(units=3)}
        return Network(input_shape=(4,), layers=layers).build(Digital(dtype=np.float64), Streams(0))

    with pytest.raises(ConfigError, match="derivatives of layer 'half': expected a way back"):
        PathwiseChip(chip(HalvedState)).present(x, rng=rng)
    whole = chip(WayBackState)
    scores = PathwiseChip(whole).present(x, rng=rng)
    np.testing.assert_allclose(scores, whole.scores(x, rng=rng), rtol=1e-12)


def test_a_setting_of_0_moves_relative_to_its_scale():
    name = "device.sigma_read"
    chip = sensitive(placed(SETTINGS, "device.kind", "reram"))
    zero, small = (chip.at({name: v}, [name], scales={name: 0.1}) for v in (0.0, 1e-6))
    assert zero.values["loss"] == pytest.approx(small.values["loss"], rel=1e-6)
    assert zero.by["energy_inference"][name] == pytest.approx(0.0, abs=1e-18)
    with pytest.raises(ConfigError, match=r"sigma_read: expected a value other than 0.*a scale of"):
        chip.at({name: 0.0}, [name])
