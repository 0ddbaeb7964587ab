"""Decisions and how much they are worth."""

from __future__ import annotations

import numpy as np

from crossbar.intervals import wilson
from crossbar.nn.evaluation import Decisions


def test_the_record_widens_the_interval_by_what_recordings_share() -> None:
    labels = np.repeat([0, 1], 50)
    p = np.where(np.repeat(np.arange(10) % 5 > 0, 10)[:, None], np.eye(2)[labels], 0.5)
    p[:, 1] += 1e-9
    narrow = Decisions(p, labels, 1.0).record()
    wide = Decisions(p, labels, 1.0, np.repeat(np.arange(10), 10)).record()
    assert narrow["accuracy"] == wide["accuracy"]
    found = wilson(narrow["accuracy"], 100)
    assert narrow["accuracy_ci95"] == (found.low, found.high)
    assert wide["accuracy_ci95"][0] < narrow["accuracy_ci95"][0]


def test_outputs_that_are_no_probabilities_are_counted() -> None:
    p = np.array([[0.2, 0.8], [1.0, 0.0], [1.0 + 1e-7, 1e-7], [1.3, -0.3], [-0.1, 0.5]], np.float32)
    assert Decisions(p, np.zeros(5, int), 1.0).outside == 3
    assert Decisions(p[:3], np.zeros(3, int), 1.0).outside == 0
    assert Decisions(p[:3], np.zeros(3, int), 1.0).loss >= 0
