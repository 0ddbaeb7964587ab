"""A learning rule from outside, used from Python, from TOML, in a sweep and in a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossbar.nn import Dense, Network, Training, fit
from crossbar.random import Streams
from crossbar.substrates import Digital

RULE = """
[learner]
kind = "learner:Accumulated"
quantum = 0.002

[train]
gamma = 0.01
"""
LONGEST = 60


def test_it_is_as_short_as_it_is_said_to_be():
    assert len(Path(__file__).with_name("learner.py").read_text().splitlines()) <= LONGEST


def test_from_python_a_resumed_training_keeps_what_the_rule_kept(tmp_path):
    from learner import Accumulated

    rng = np.random.default_rng(0)
    samples = rng.standard_normal((30, 5)), rng.integers(0, 3, 30)
    ends = []
    for name, stops in (("whole", (4,)), ("resumed", (1, 3, 4))):
        for epochs in stops:
            chip = Network(input_shape=(5,), layers={"out": Dense(units=3)}).build(
                Digital(dtype=np.float64), Streams(1)
            )
            start = chip.held["out"].weights[0].copy()
            rule = Training(epochs=epochs, gamma=0.05, batch=3)
            path = tmp_path / f"{name}.npz"
            own = Accumulated(quantum=0.01)
            fit(chip, samples, samples, rule, learner=own, streams=Streams(2), path=path)
        ends.append(chip.held["out"].weights[0])
    np.testing.assert_array_equal(*ends)
    steps = (ends[0] - start) / 0.01
    assert np.abs(steps).max() > 1
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)


def test_from_toml_and_in_a_report(lab):
    lab.train(RULE)
    activity = lab.detail()["activity"]
    assert any(row["event"] == "update_weights" for row in activity["training"])
    assert "Accumulated" in lab.report()


def test_in_a_sweep_of_its_own_field(lab):
    frame = lab.sweep(RULE, {"learner.quantum": [0.001, 0.1]})
    assert sorted(frame["learner.quantum"]) == [0.001, 0.1]
    assert frame.loss.nunique() == 2
    assert "learner.quantum" in lab.sweep_report()
