"""Copies of the convolution array against cycles, time and cells."""

import functools

import pytest

from crossbar.energy import NETWORK, latency, latency_table
from crossbar.errors import ConfigError

# SI values lie far below the absolute tolerance that pytest adds by itself.
near = functools.partial(pytest.approx, abs=0.0)


@pytest.mark.parametrize(
    ("copies", "cycles"), [(1, 625), (2, 313), (5, 125), (25, 25), (125, 5), (624, 2), (625, 1)]
)
def test_cycles_are_windows_over_copies_rounded_up(copies, cycles):
    assert latency(625, copies, 320e-12) == (cycles, cycles * 320e-12)


def test_table_of_the_published_network():
    rows = latency_table(NETWORK, t_cycle=320e-12)
    assert [row.copies for row in rows] == [1, 5, 25, 125, 625]
    assert [row.shared_cycles for row in rows] == [625, 125, 25, 5, 1]
    assert [row.cycles for row in rows] == [627, 127, 27, 7, 3]  # and two fully connected reads
    assert [row.cells for row in rows] == [120_128 + 48 * row.copies for row in rows]
    assert rows[0].seconds == near(200.64e-9, rel=1e-12)


def test_pairs_hold_two_cells_a_weight_and_no_copy_stands_idle():
    small = [("conv", 9, 2, 4), ("out", 8, 2, 1)]
    few, many = latency_table(small, t_cycle=1e-9, copies=(4, 100), cells_per_weight=2)
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
