"""Counting what happens on a chip while it classifies and while it learns."""

from __future__ import annotations

from crossbar.activity import Activity
from crossbar.experiment import build
from crossbar.experiment.settings import Experiment
from crossbar.nn import Chip, evaluate
from crossbar.random import Streams


def measure(
    plan: Experiment, chip: Chip, parts: build.Parts, streams: Streams
) -> dict[str, Activity]:
    """Return what happens in inference and in training of some images, on a copy of ``chip``."""
    count = min(plan.common.energy.images, len(parts.train[0]))
    x, labels = parts.train[0][:count], parts.train[1][:count]
    probe = chip.copy()
    before = probe.activity.copy()
    evaluate(probe, x, labels, rng=streams("energy"))
    inference = probe.activity.since(before)
    before = probe.activity.copy()
    rng = streams("energy", training=True)
    for k in range(count):
        probe.learn(x[k : k + 1], labels[k : k + 1], plan.common.train.gamma, rng=rng)
    return {"inference": inference, "training": probe.activity.since(before)}
