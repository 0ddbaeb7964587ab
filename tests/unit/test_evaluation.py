"""Decisions and how much they are worth."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.nn.evaluation import Evaluation, effective_number, wilson


def test_windows_of_one_recording_that_agree_are_worth_one() -> None:
    rng = np.random.default_rng(0)
    of_recording = rng.random(400) < 0.7
    right = np.repeat(of_recording, 10)
    groups = np.repeat(np.arange(400), 10)
    # Whole recordings are right or wrong: 400 independent decisions, up to G/(G-1).
    assert effective_number(right, groups) == pytest.approx(400, rel=0.005)


def test_independent_windows_are_worth_themselves() -> None:
    rng = np.random.default_rng(1)
    right = rng.random(20_000) < 0.7
    groups = np.repeat(np.arange(2_000), 10)
    # The variance estimate from 2 000 groups has a relative deviation of sqrt(2/2000) = 3.2 %.
    assert effective_number(right, groups) == pytest.approx(20_000, rel=5 * 0.032)
    assert effective_number(right, None) == 20_000


def test_all_right_is_worth_the_number_of_recordings() -> None:
    assert effective_number(np.ones(30, bool), np.repeat(np.arange(3), 10)) == 3


def test_the_record_widens_the_interval_by_what_recordings_share() -> None:
    labels = np.repeat([0, 1], 50)
    p = np.where(np.repeat(np.arange(10) % 5 > 0, 10)[:, None], np.eye(2)[labels], 0.5)
    p[:, 1] += 1e-9
    narrow = Evaluation(p, labels, 1.0).record()
    wide = Evaluation(p, labels, 1.0, np.repeat(np.arange(10), 10)).record()
    assert narrow["accuracy"] == wide["accuracy"]
    assert narrow["accuracy_ci95"] == wilson(narrow["accuracy"], 100)
    assert wide["accuracy_ci95"][0] < narrow["accuracy_ci95"][0]
