"""Spikes are in order, on lines that exist, at times that can be."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import Spikes

TIMES, LINES = np.array([0.0, 1.0, 1.0, 3.0]), np.array([2, 1, 0, 2])


@pytest.mark.parametrize(
    ("times", "lines", "says"),
    [
        ([0.0, np.nan], [0, 1], "Spikes.times: expected finite numbers, got nan at (1,)."),
        ([0.0, np.inf], [0, 1], "Spikes.times: expected finite numbers, got inf at (1,)."),
        ([-1.0, 0.0], [0, 1], "Spikes.times: expected times from 0, got -1 s."),
        ([1.0, 0.5], [0, 1], "Spikes.times: expected times in order, got 0.5 s after 1 s."),
        ([0.0, 1.0], [0, 3], "Spikes.lines: expected lines from 0 to 2, got 0 to 3."),
        ([0.0, 1.0], [-1, 0], "Spikes.lines: expected lines from 0 to 2, got -1 to 0."),
        ([0.0, 1.0], [0.0, 1.0], "Spikes.lines: expected whole numbers, got numbers of type float"),
        ([0.0, 1.0], [0], "Spikes.lines: expected a line a time, (n,), got (2,) and (1,)."),
        ("ab", [0], "Spikes.times: expected an array of real numbers"),
        ([[0.0]], [[0]], "Spikes.lines: expected a line a time, (n,), got (1, 1) and (1, 1)."),
    ],
)
def test_what_cannot_be_is_refused(times, lines, says):
    assert refused(Spikes, times, lines, 3).startswith(says)


@pytest.mark.parametrize("width", [0, -1, 2.0, None, True])
def test_a_width_is_a_whole_number_from_1(width):
    assert refused(Spikes, [], [], width).startswith("Spikes.width: expected a whole number")


def test_spikes_in_any_order_are_sorted_and_ties_stay_in_the_order_given():
    spikes = Spikes.in_order([3.0, 1.0, 0.0, 1.0], [2, 1, 2, 0], 3)
    np.testing.assert_array_equal(spikes.times, TIMES)
    np.testing.assert_array_equal(spikes.lines, LINES)


def test_counts_and_first_times_are_those_of_each_line():
    spikes = Spikes(TIMES, LINES, 4)
    assert spikes.counts().tolist() == [1, 1, 2, 0]
    assert spikes.first().tolist() == [1.0, 1.0, 0.0, np.inf]
    assert spikes.on(2).tolist() == [0.0, 3.0]
    assert spikes.where(spikes.lines != 2).times.tolist() == [1.0, 1.0]
    assert len(Spikes.none(4)) == 0
    assert refused(spikes.on, 4).startswith("Spikes.on: expected a whole number from 0 to 3")


def test_spikes_stay_as_they_are():
    times = TIMES.copy()
    spikes = Spikes(times, LINES, 3)
    times[0] = 9.0
    assert spikes.times[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        spikes.times[0] = 1.0


def test_spikes_that_follow_are_not_before_the_last():
    spikes = Spikes(TIMES, LINES, 3)
    both = spikes.followed(Spikes([3.0, 4.0], [0, 1], 3))
    assert both.lines.tolist() == [2, 1, 0, 2, 0, 1]
    assert "got 2 s after 3 s" in refused(spikes.followed, Spikes([2.0], [0], 3))
    assert "expected 3 lines, got 2 lines" in refused(spikes.followed, Spikes([4.0], [0], 2))
