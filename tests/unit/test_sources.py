"""Every number is published, derived or assumed, and says which."""

from dataclasses import fields

import pytest

from crossbar.circuit.blocks import CIRCUIT, Blocks
from crossbar.circuit.blocks import sources as block_sources
from crossbar.devices import PRESETS, Exponential, Memristor
from crossbar.devices.equations import MEMRISTORS
from crossbar.devices.library import Preset
from crossbar.energy import Costs, adc_models, isaac_dac
from crossbar.errors import ConfigError
from crossbar.runs.experiment import experiment, sources
from crossbar.runs.hardware import usual
from crossbar.sources import (
    KINDS,
    Source,
    assumed,
    defaults,
    derived,
    listed,
    numbers,
    published,
    sourced,
    unlisted,
)
from crossbar.spice.sources import circuits
from crossbar.spice.synapse.circuit import Synapse


@pytest.mark.parametrize("name", PRESETS)
def test_every_number_of_a_device_and_of_its_reading_has_its_kind(name):
    kind = usual(name)
    places = {"device": kind.device, "tile.reading": kind.tile.reading}
    for place, part in places.items():
        for number in numbers(part):
            assert kind.sources[f"{place}.{number}"].kind in KINDS


def test_every_cost_has_its_kind():
    costs = [*Costs().table().values(), *adc_models(8).values(), isaac_dac(8)]
    assert {type(cost.source) for cost in costs} == {Source}
    assert {entry.name for entry in fields(Costs)} == {*Costs().table(), "layers"}


@pytest.mark.parametrize("blocks", [Blocks(), CIRCUIT])
def test_every_number_of_a_block_has_its_kind(blocks):
    assert block_sources(blocks).keys() == numbers(blocks).keys()


def test_what_was_chosen_for_the_cmos_synapse_is_not_called_published():
    cmos = usual("cmos").sources
    for number in ("device.g_full", "tile.reading.v_read"):
        assert cmos[number].kind == "assumed"
        assert "87.36 fJ" in cmos[number].text
    assert cmos["tile.reading.t_read"].kind == "published"


@pytest.mark.parametrize("name", ["cmos_synapse", "vteam", "yakopcic", "stanford_pku"])
def test_every_number_of_a_circuit_has_its_kind(name):
    circuit = Synapse() if name == "cmos_synapse" else MEMRISTORS[name]()
    found = circuits()[name]
    assert numbers(circuit).keys() <= found.keys()
    kinds_found = {source.kind for source in found.values()}
    assert {"published", "assumed"} <= kinds_found <= set(KINDS)


def test_what_was_chosen_for_the_circuit_is_not_called_published():
    found = circuits()["cmos_synapse"]
    assert {found[name].kind for name in ("r_u", "v_in", "sense.gbw", "mismatch.a_vt")} == {
        "assumed"
    }
    assert {found[name].kind for name in ("v_dd", "slot")} == {"published"}


def test_a_number_without_a_source_is_refused():
    device = Memristor(step=Exponential(dw_min=0.01), g_max=30e-6)
    with pytest.raises(ConfigError, match=r"Preset.given: .* got none of g_max"):
        Preset(device, {"step.dw_min": assumed("a guess")}, "nothing")
    with pytest.raises(ConfigError, match=r"Preset.given: expected names of numbers, got 'g_off'"):
        Preset(device, {"g_off g_max step.dw_min": assumed("a guess")}, "nothing")
    told = {"g_max step.dw_min": assumed("a guess"), "g_max": published("a paper")}
    with pytest.raises(ConfigError, match=r"Preset.given: expected one source of g_max"):
        Preset(device, told, "nothing")


def test_a_default_that_nobody_names_is_assumed():
    found = sourced(Memristor(g_max=30e-6), {"g_max": published("a paper")})
    assert {name for name, source in found.items() if source.kind != "assumed"} == {"g_max"}
    assert found["t_write"] == assumed("default of Memristor")


@pytest.mark.parametrize("text", ["", "measured: by us", "assumed", "assumed: ", "assumed: a; b"])
def test_a_source_names_one_of_three_kinds(text):
    with pytest.raises(ConfigError, match="ource"):
        Source.parse(text)


def test_sources_survive_a_record():
    told = {"a": published("X (Y et al.), 2020"), "b c": derived("a: twice"), "d": assumed("us")}
    each = {name: source for names, source in told.items() for name in names.split()}
    assert unlisted(listed(each)) == each
    assert unlisted("a record of an earlier version") == {}


def test_a_number_set_for_a_run_has_no_source_of_the_preset():
    plan = experiment({"device": {"kind": "cmos", "sigma_read": 0.1}, "blocks": "circuit"})
    told = unlisted(sources(plan))
    assert "device.sigma_read" not in told
    assert told["device.g_full"].kind == "assumed"
    assert told["blocks.multiplier.errors.noise"].kind == "derived"
    assert "tile.reading.t_read" in told


def test_sources_of_no_number_are_refused():
    said = r"Memristor\.sources: expected names of numbers, got 'g_mni'\. Did you mean 'g_min'"
    with pytest.raises(ConfigError, match=said):
        defaults(Memristor(), {"g_mni g_max": assumed("a guess")})


def test_a_preset_holds_a_device_and_sources():
    with pytest.raises(ConfigError, match=r"Preset\.device: expected a Device, got the class"):
        Preset(Memristor, {}, "this test")
    with pytest.raises(ConfigError, match=r"Preset\.given: expected a source of g_max, got 'a g"):
        Preset(Memristor(), {"g_max": "a guess"}, "this test")
