"""The presets of the circuit blocks: by name in settings, and without noise."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.blocks import CIRCUIT, Blocks
from crossbar.errors import ConfigError
from crossbar.runs import experiment
from crossbar.toml import override

NAMES = ("element", "softmax", "difference", "multiplier", "normaliser")


@pytest.mark.parametrize("assignment", ["blocks=circuit", "blocks.kind=circuit"])
def test_a_name_chooses_the_blocks(assignment):
    assert experiment(override({}, [assignment])).common.blocks == CIRCUIT
    assert experiment({}).common.blocks == Blocks()


def test_one_error_of_a_preset_can_be_replaced():
    found = experiment(override({"blocks": "circuit"}, ["blocks.multiplier.errors.noise=0"]))
    assert found.common.blocks.multiplier.errors.noise == 0
    assert found.common.blocks.softmax == CIRCUIT.softmax


def test_quiet_blocks_keep_their_static_errors_and_draw_nothing():
    quiet = CIRCUIT.quiet
    for name in NAMES:
        loud, still = getattr(CIRCUIT, name).errors, getattr(quiet, name).errors
        assert still.noise == 0
        assert still.gain_error == loud.gain_error
        assert still.offset == loud.offset
        assert still.saturation == loud.saturation
    rng = np.random.default_rng(1)
    before = rng.bit_generator.state
    quiet.softmax(np.zeros((1, 2)), rng=rng)
    assert rng.bit_generator.state == before


def test_unknown_names_and_float_weights_are_refused():
    with pytest.raises(ConfigError, match="Did you mean 'circuit'"):
        experiment({"blocks": "circuits"})
    with pytest.raises(ConfigError, match=r"blocks\.kind: .*no hardware"):
        experiment({"blocks": "circuit", "device": {"kind": "float"}})
