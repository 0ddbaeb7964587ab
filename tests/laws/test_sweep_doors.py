"""Doors of sweeps and searches: what cannot be is refused before any file is made."""

from __future__ import annotations

import re

import pytest

from crossbar.errors import CrossbarError
from crossbar.runs.search import AtLeast, Goal, Maximise, search
from crossbar.runs.sweep import sweep

FORM = re.compile(r"^[^:]+: expected .+, got .+\. .+\.$", re.DOTALL)
SETTINGS = {"device": {"kind": "ideal"}, "data": {"clips": 3}, "train": {"epochs": 1}}
GOAL = Goal(Maximise("device.sigma_read"), (AtLeast("accuracy", 0.9),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"experiment": None},
        {"experiment": 3},
        {"parameters": None},
        {"parameters": [1]},
        {"parameters": {"device.sigma_read": 0.1}},
        {"parameters": {3: [1]}},
        {"store": None},
        {"store": 3},
        {"store": ""},
        {"seeds": 3},
        {"seeds": [0.5]},
        {"seeds": ["a"]},
        {"seeds": [-1]},
        {"sampling": 3},
        {"sampling": "sobol"},
        {"executor": 3},
        {"jobs": 0},
        {"jobs": 1.5},
        {"jobs": "2"},
        {"show": 3},
        {"progress": 3},
    ],
    ids=str,
)
def test_sweep_and_search_refuse_wrong_arguments_before_anything_is_made(tmp_path, wrong):
    good = {"experiment": SETTINGS, "parameters": {"device.sigma_read": [0.0, 0.1]}}
    good |= {"store": tmp_path / "s.db"}
    with pytest.raises(CrossbarError, match=FORM):
        sweep(**good | wrong)
    if "sampling" not in wrong:
        with pytest.raises(CrossbarError, match=FORM):
            search(**good | wrong, goal=GOAL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": None},
        {"goal": "accuracy"},
        {"points": 0},
        {"points": 2.5},
        {"tolerance": "x"},
        {"tolerance": 0},
        {"sampler_seed": -1},
        {"sampler_seed": 0.5},
    ],
    ids=str,
)
def test_a_search_refuses_wrong_goals_before_anything_is_made(tmp_path, wrong):
    good = {"experiment": SETTINGS, "parameters": {"device.sigma_read": [0.0, 0.1]}, "goal": GOAL}
    with pytest.raises(CrossbarError, match=FORM):
        search(**good | {"store": tmp_path / "s.db"} | wrong)
    assert not list(tmp_path.iterdir())
