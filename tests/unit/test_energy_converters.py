"""Converter models against the check values of their sources, and what they refuse."""

import functools

import pytest

from crossbar.energy import (
    adc_models,
    andrulis,
    isaac_adc,
    isaac_dac,
    murmann_floor,
    neurosim_sar,
)
from crossbar.errors import ConfigError

# SI values lie far below the absolute tolerance that pytest adds by itself.
near = functools.partial(pytest.approx, abs=0.0)

DIGITS = 0.005  # check values carry two to three digits


def test_murmann_floor():
    assert murmann_floor(8).value == near(0.277e-12, rel=DIGITS)


def test_murmann_floor_is_thermal_at_many_bits():
    # Noise-limited: 4 times the energy for each bit, to 0.267 pJ / (0.1446 aJ 4^16) = 4e-4.
    assert murmann_floor(17).value / murmann_floor(16).value == near(4.0, rel=1e-3)


@pytest.mark.parametrize(
    ("bits", "picojoules"),
    [(4, 0.92), (5, 0.94), (6, 1.06), (7, 1.31), (8, 1.71), (10, 3.30), (12, 29.0)],
)
def test_andrulis(bits, picojoules):
    assert andrulis(bits).value == near(picojoules * 1e-12, rel=DIGITS)


@pytest.mark.parametrize(("bits", "femtojoules"), [(4, 177), (5, 225), (6, 278), (8, 397)])
def test_neurosim_sar(bits, femtojoules):
    assert neurosim_sar(bits).value == near(femtojoules * 1e-15, rel=DIGITS)


def test_neurosim_sar_scales_with_node_and_temperature():
    assert neurosim_sar(8, node=32e-9).value < neurosim_sar(8).value
    ratio = neurosim_sar(8, temperature=310.0).value / neurosim_sar(8).value
    assert ratio == near(1.013, rel=1e-12)


def test_isaac_adc():
    assert isaac_adc(8).value == near(1.667e-12, rel=DIGITS)
    assert isaac_adc(8).source.kind == "derived"
    assert isaac_adc(9).source.kind == "assumed"


def test_isaac_dac_drives_bit_after_bit():
    assert isaac_dac(1).value == 0.417e-12
    assert isaac_dac(8).value == near(8 * 0.417e-12, rel=1e-12)


def test_models_differ_by_six_times_and_say_who_they_are():
    models = adc_models(8)
    values = [cost.value for cost in models.values()]
    assert values == sorted(values)
    assert 6.0 < values[-1] / values[0] < 6.5
    for cost, name in zip(
        models.values(), ("Murmann", "NeuroSim", "ISAAC", "Andrulis"), strict=True
    ):
        assert cost.source.text.startswith(name)
        assert "8 bit" in cost.source.text


@pytest.mark.parametrize("bits", [3, 8.0, True, 25])
def test_bits_out_of_range_are_refused(bits):
    with pytest.raises(ConfigError, match=r"andrulis\.bits"):
        andrulis(bits)


@pytest.mark.parametrize(
    ("model", "arguments", "where"),
    [
        (andrulis, {"rate": 0.0}, "andrulis.rate"),
        (andrulis, {"node": -1.0}, "andrulis.node"),
        (neurosim_sar, {"node": 28e-9}, "neurosim_sar.node"),
        (neurosim_sar, {"r_column": 0.0}, "neurosim_sar.r_column"),
        (neurosim_sar, {"v_read": 0.0}, "neurosim_sar.v_read"),
        (neurosim_sar, {"temperature": 0.0}, "neurosim_sar.temperature"),
    ],
)
def test_arguments_out_of_range_are_refused(model, arguments, where):
    with pytest.raises(ConfigError, match=where):
        model(8, **arguments)
