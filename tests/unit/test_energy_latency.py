"""Copies of the convolution array against cycles, time and cells."""

import functools
import json
from dataclasses import replace

import pytest

from crossbar.data import Ends
from crossbar.energy import NETWORK, Cost, Delays, Path, latency, latency_table, own_latency
from crossbar.errors import ConfigError
from crossbar.runs import experiment
from crossbar.runs.latency import latencies
from crossbar.sources import assumed, published

# SI values lie far below the absolute tolerance that pytest adds by itself.
near = functools.partial(pytest.approx, abs=0.0)

PATH = Path(slot=Cost(value=320e-12, unit="s", source=published("LETI 2026, slot of 320 ps")))


@pytest.mark.parametrize(
    ("copies", "cycles"), [(1, 625), (2, 313), (5, 125), (25, 25), (125, 5), (624, 2), (625, 1)]
)
def test_cycles_are_windows_over_copies_rounded_up(copies, cycles):
    assert latency(625, copies, 320e-12) == (cycles, cycles * 320e-12)


def test_table_of_the_published_network():
    rows = latency_table(NETWORK, path=PATH)
    assert [row.copies for row in rows] == [1, 5, 25, 125, 625]
    assert [row.shared_cycles for row in rows] == [625, 125, 25, 5, 1]
    assert [row.cycles for row in rows] == [627, 127, 27, 7, 3]  # and two fully connected reads
    assert [row.cells for row in rows] == [120_128 + 48 * row.copies for row in rows]
    assert rows[0].arrays == near(200.64e-9, rel=1e-12)


def test_latency_is_the_sum_of_all_that_settles_and_not_of_the_arrays_alone():
    one, *_, many = latency_table(NETWORK, path=PATH)
    rest = 3 * 8.9e-9 + 0.153e-9 + 3.00e-6  # three normalisers, a rectifier, the softmax
    assert one.seconds == near(627 * 320e-12 + rest, rel=1e-12)
    assert many.seconds == near(3 * 320e-12 + rest, rel=1e-12)
    assert one.seconds / many.seconds < 1.07  # the arrays alone: 209
    for row in (one, many):
        assert row.seconds == near(sum(part.seconds for part in row.parts), rel=1e-12)
        assert all(part.source for part in row.parts)
    record = one.record()
    assert json.loads(json.dumps(record)) == record


def seconds(value):
    return Cost(value=value, unit="s", source=assumed(f"{value:g} s for this test"))


def test_converters_take_their_time_in_every_cycle():
    converters = Delays(dac=seconds(2e-9), adc=seconds(7e-9))
    plain, converted = (
        latency_table(NETWORK, path=path)[0]
        for path in (PATH, replace(PATH, converters=converters))
    )
    assert converted.seconds - plain.seconds == near(627 * (2e-9 + 7e-9), rel=1e-12)
    assert [part.name for part in converted.parts][:3] == ["arrays", "DAC", "ADC"]


def test_a_matrix_with_converters_of_its_own_takes_their_time_in_its_cycles():
    usual, own = Delays(adc=seconds(7e-9)), Delays(adc=seconds(1e-9))
    for layers, added in (({"conv": own}, 625 * 1e-9 + 2 * 7e-9), ({"fc": Delays()}, 626 * 7e-9)):
        path = replace(PATH, converters=usual, layers=layers)
        parts = latency_table(NETWORK, path=path)[0].parts
        assert sum(part.seconds for part in parts if part.name == "ADC") == near(added, rel=1e-12)


def test_pairs_hold_two_cells_a_weight_and_no_copy_stands_idle():
    small = [("conv", 9, 2, 4), ("out", 8, 2, 1)]
    few, many = latency_table(small, path=PATH, copies=(4, 100), cells_per_weight=2)
    assert few.cells == many.cells == 2 * (9 * 2 * 4 + 16)
    assert few.cycles == many.cycles == 2


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ((0, 1, 1e-9), "latency.positions"),
        ((625, 0, 1e-9), "latency.copies"),
        ((625, 1, 0.0), "latency.t_cycle"),
    ],
)
def test_sizes_and_time_are_positive(arguments, where):
    with pytest.raises(ConfigError, match=where):
        latency(*arguments)


@pytest.mark.parametrize("copies", [{}, {"conv": 0, "fc": 1, "out": 1}, {"conv": 2.5}])
def test_copies_of_every_matrix_are_asked_for_by_its_name(copies):
    with pytest.raises(
        ConfigError, match=r"own_latency\.copies\['conv'\]: expected a whole number"
    ):
        own_latency(NETWORK, copies, path=PATH)


def test_a_wrong_number_of_cells_is_named_where_it_is_given():
    with pytest.raises(ConfigError, match=r"own_latency\.cells_per_weight: expected a whole"):
        own_latency(NETWORK, {}, path=PATH, cells_per_weight=0)


@pytest.mark.parametrize(("kind", "steps"), [("serial", 6), ("pulse-width", 31)])
def test_inputs_in_time_and_shared_adcs_take_their_steps_in_every_cycle(kind, steps):
    """625 windows through 3 columns, then 64 and 2 columns: lines of an ADC wait for each other."""
    tile = {"dac": {"kind": kind, "bits": 6}, "adc": {"bits": 6, "shared": 8},
            "reading": {"t_read": 2e-9}}  # fmt: skip
    plan = experiment({"device": {"kind": "reram"}, "tile": tile})
    (row,) = latencies(plan, Ends((28, 28), 2), (1,))
    took = {name: sum(p.seconds for p in row.parts if p.name == name)
            for name in ("arrays", "DAC", "ADC")}  # fmt: skip
    assert took["arrays"] == near(627 * 2e-9, rel=1e-12)
    assert took["DAC"] == near(627 * (steps - 1) * 2e-9, rel=1e-12)
    assert took["ADC"] == near((625 * 3 + 8 + 2) * 7e-9, rel=1e-12)  # 1 ns a bit and one more
