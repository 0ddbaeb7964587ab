"""Costs, counts and conventions of the energy model: what is refused, what is reported."""

import functools
import json
import math
from dataclasses import replace

import pytest

from crossbar.activity import EVENTS, Activity
from crossbar.energy import (
    NETWORK,
    TABLE1,
    TABLE2,
    Cost,
    Costs,
    OperationCounts,
    circuit_costs,
    conventions,
    leti_2026,
    physical,
    rescaled,
)
from crossbar.energy.costs import JOULES
from crossbar.errors import ConfigError
from crossbar.sources import KINDS, assumed

# SI values lie far below the absolute tolerance that pytest adds by itself.
near = functools.partial(pytest.approx, abs=0.0)

COUNTS = OperationCounts.of(NETWORK)


def activity(images=4.0, **events):
    counts = {("chip", "images"): images} | {("fc", e): n for e, n in events.items()}
    return Activity({k: v for k, v in counts.items() if v})


INFERENCE = activity(mac_forward=400.0, read_energy=8e-12, sense=40.0)
TRAINING = activity(
    mac_forward=400.0,
    mac_transposed=200.0,
    mac_outer=400.0,
    read_energy=8e-12,
    read_energy_transposed=4e-12,
    code_steps=12.0,
    cells_changed=10.0,
)

ONCE = "spent once, before any image, and counted by the chip that is programmed"

# Events that take no energy of their own, and why.
FREE = {
    "images": "what the others are divided by",
    "cycles": "time, not energy",
    "mac_forward": "done by the cells: counted in read_energy",
    "mac_transposed": "done by the cells: counted in read_energy_transposed",
    "update_weights": "an offer; its conversion is update_adc, its effect pulses or code_steps",
    "cells_changed": "the effect of pulses or code_steps",
    "saturated": "a change that did not happen",
    "overrange": "a signal that was cut, charged where it was made",
    "program_pulses": ONCE,
    "program_missed": ONCE,
    "program_faulty": ONCE,
    "program_clipped": ONCE,
    "program_reads": ONCE,
    "program_energy": ONCE,
    "program_time": ONCE,
    "refreshed": "counted in refresh_energy",
    "refresh_pulses": "counted in refresh_energy",
    "refresh_missed": "the effect of refresh_pulses",
    "refresh_faulty": "the effect of refresh_reads",
    "refresh_reads": "counted in refresh_energy",
    "refresh_time": "time, not energy",
}


def test_every_event_is_joules_or_has_a_cost_or_a_reason_for_none():
    priced = set(Costs.events())
    classes = (set(JOULES), priced, set(FREE))
    assert set().union(*classes) == set(EVENTS)
    assert sum(len(c) for c in classes) == len(EVENTS)
    assert all(EVENTS[event].unit == "J" for event in JOULES)
    assert all(EVENTS[event].unit == "1" for event in priced - {"neuron_time"})
    unlike = {event for event in FREE if EVENTS[event].unit != "1"}
    assert unlike == {"program_energy", "program_time", "refresh_time"}  # in no image, or no joules
    assert all(FREE.values())


@pytest.mark.parametrize("source", ["", "assumed: a text without its type", None])
def test_a_cost_without_a_source_cannot_be_made(source):
    with pytest.raises(ConfigError, match=r"Cost\.source"):
        Cost(value=1e-12, source=source)


@pytest.mark.parametrize("value", [-1e-15, float("nan"), float("inf"), "cheap"])
def test_a_cost_is_a_number_of_joules(value):
    with pytest.raises(ConfigError, match=r"Cost\.value"):
        Cost(value=value, source=assumed("test"))


@pytest.mark.parametrize("adc", [1e-12, Cost(value=1e-12, unit="W", source=assumed("test"))])
def test_costs_take_only_costs_in_joules(adc):
    with pytest.raises(ConfigError, match=r"Costs\.adc: expected a Cost in J"):
        Costs(adc=adc)


def test_default_costs_say_assumed_where_nothing_is_published():
    table = Costs().table()
    assert table["code_steps"].source.kind == "published"
    blocks = ("sense", "normaliser", "relu", "activation", "softmax", "difference", "mac_outer")
    for event in blocks:
        assert table[event].source.kind == "assumed"
        assert table[event].value == near(87.36e-15, rel=1e-12)  # one operation


def test_digital_arithmetic_is_priced_by_its_publication():
    """Horowitz, ISSCC 2014, 45 nm: 0.9 and 3.7 pJ in floating point, 0.1 pJ a whole number."""
    table = Costs().table()
    costs = {event: table[event].value for event in ("addition", "scaling", "comparison")}
    assert costs == near({"addition": 0.9e-12, "scaling": 4.6e-12, "comparison": 0.1e-12})
    assert table["comparison"].source.kind == "derived"


def test_counts_of_the_published_network():
    assert COUNTS.forward == 150_128
    assert (COUNTS.transposed, COUNTS.outer) == (120_128, 150_128)
    assert (COUNTS.backward, COUNTS.training) == (270_256, 420_384)
    assert COUNTS.writes == 120_176


def test_one_matrix_takes_no_transposed_read():
    counts = OperationCounts.of([("out", 784, 10, 1)])
    assert (counts.forward, counts.transposed, counts.outer) == (7840, 0, 7840)


def test_matrices_without_a_learner_before_them_take_no_transposed_read():
    counts = OperationCounts.of([("a", 4, 3, 2), ("b", 4, 3, 1), ("c", 3, 2, 1)], {"a", "b"})
    assert (counts.forward, counts.transposed, counts.outer) == (42, 6, 42)


@pytest.mark.parametrize("matrices", [[], [("fc", 0, 3, 1)], [("fc", 3, 3, 0)]])
def test_counts_need_matrices_with_sizes(matrices):
    with pytest.raises(ConfigError, match=r"OperationCounts\.of"):
        OperationCounts.of(matrices)


def test_conventions_come_under_their_names_and_survive_json():
    figures = conventions(COUNTS, INFERENCE, TRAINING, Costs())
    assert list(figures) == ["leti-2026", "exact", "physical", "circuit", "digital"]
    for f in figures.values():
        record = f.record()
        assert json.loads(json.dumps(record)) == record
        assert record["sources"]
        assert record["notes"]
        assert record["power_training"] == f.energy_training * 3000.0
        assert record["efficiency"] * record["energy_per_op"] == near(1.0, rel=1e-12)
    assert figures["physical"].record()["breakdown"][0]["event"] == "read_energy"


def test_the_published_rule_serves_other_networks_and_says_so():
    figures = leti_2026(OperationCounts.of([("fc", 10, 5, 1), ("out", 5, 2, 1)]))
    assert (figures.ops_inference, figures.ops_training) == (60, 120)
    assert any("another network" in note for note in figures.notes)


def test_print_is_annotated_with_what_it_leaves_out():
    notes = " ".join(leti_2026(COUNTS).notes)
    assert "current of a weight change" in notes
    assert "softmax, neurons and audio front end are omitted" in notes


def test_physical_says_what_it_does_not_contain():
    notes = " ".join(physical(INFERENCE, TRAINING, Costs()).notes)
    for missing in ("front end", "clocking", "control", "leakage"):
        assert missing in notes


def test_physical_says_when_no_cell_was_read():
    digital = activity(mac_forward=400.0, relu=8.0)
    notes = physical(digital, TRAINING, Costs()).notes
    assert any("no energy of cells" in note for note in notes)


@pytest.mark.parametrize(
    ("inference", "training", "message"),
    [
        (activity(images=0.0, mac_forward=1.0), TRAINING, "energy of inference"),
        (INFERENCE, activity(images=0.0, mac_forward=1.0), "energy of training"),
        (activity(sense=4.0), TRAINING, "multiplications"),
    ],
)
def test_an_activity_without_images_or_multiplications_is_refused(inference, training, message):
    with pytest.raises(ConfigError, match=message):
        conventions(COUNTS, inference, training, Costs())


def test_a_chip_of_which_nothing_costs_energy_takes_none():
    figures = conventions(COUNTS, activity(mac_forward=4.0), activity(mac_outer=4.0), Costs())
    assert figures["physical"].energy_inference == 0.0
    assert figures["physical"].efficiency == math.inf


def test_rate_must_be_positive():
    with pytest.raises(ConfigError, match=r"EnergyFigures\.rate"):
        conventions(COUNTS, INFERENCE, TRAINING, Costs(), rate=0.0)


def test_a_replaced_cost_moves_only_its_own_rows():
    costs = Costs()
    dearer = replace(costs, sense=Cost(value=10 * costs.sense.value, source=assumed("test")))
    plain, changed = (physical(INFERENCE, TRAINING, c) for c in (costs, dearer))
    for a, b in zip(plain.breakdown, changed.breakdown, strict=True):
        assert b.energy == near(a.energy * (10 if a.event == "sense" else 1), rel=1e-12)


def test_the_circuit_set_charges_what_the_circuits_take():
    figures = conventions(COUNTS, INFERENCE, TRAINING, Costs())
    plain, own = figures["physical"], figures["circuit"]
    products, steps = 100.0, 3.0  # an image
    more = products * (11.97e-6 * 127e-9 - 87.36e-15) + steps * (8.0e-15 - 87.36e-15)
    assert own.energy_training - plain.energy_training == near(more, rel=1e-9)
    assert own.energy_inference == plain.energy_inference  # no softmax in this activity
    assert all(source.partition(":")[0] in KINDS for source in own.sources)


def test_costs_of_the_user_stand_in_both_sets():
    mine = Cost(value=1e-12, source=assumed("test"))
    assert circuit_costs(Costs(mac_outer=mine)).mac_outer == mine
    assert circuit_costs(Costs()).softmax.value == near(0.267e-6 * 3.00e-6, rel=1e-12)


def test_energy_elsewhere_follows_from_the_cells_alone():
    figures = physical(INFERENCE, TRAINING, Costs())
    assert rescaled(figures.breakdown, 1.0) == near(
        (figures.energy_inference, figures.energy_training)
    )
    inference, training = rescaled(figures.breakdown, 3.0)
    assert inference - figures.energy_inference == near(2 * 2e-12, rel=1e-9)  # 2 pJ an image
    assert training - figures.energy_training == near(2 * 3e-12, rel=1e-9)


def test_printed_tables_are_plain_data():
    assert len(TABLE1) == 9
    assert all(json.dumps(row.record()) for row in TABLE1)
    assert [system.training_on_chip for system in TABLE2] == ["yes"] + 5 * ["no"]
    assert len({system.name for system in TABLE2}) == 6


def test_an_event_that_is_not_counted_is_named():
    for method, given in (("add", ("fc", "adcs", 1)), ("total", ("adcs",))):
        with pytest.raises(ConfigError, match=rf"Activity\.{method}: .*got 'adcs'\. .* 'adc'\?"):
            getattr(Activity(), method)(*given)
