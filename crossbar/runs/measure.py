"""Counting what happens on a chip while it classifies and while it learns."""

from __future__ import annotations

from crossbar.activity import Activity
from crossbar.nn import Chip, Evaluation, evaluate
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment


def tested(chip: Chip, parts: build.Parts, streams: Streams) -> Evaluation:
    """Return how ``chip`` does on the test part."""
    return evaluate(chip, *parts.test, rng=streams("test"), groups=parts.test_groups)


def inferred(plan: Experiment, chip: Chip, parts: build.Parts, streams: Streams) -> Activity:
    """Return what happens while some training images are classified, on a copy of ``chip``."""
    probe = chip.copy()
    before = probe.activity.copy()
    evaluate(probe, *examples(plan, parts), rng=streams("energy"))
    return probe.activity.since(before)


def learnt(plan: Experiment, chip: Chip, parts: build.Parts, streams: Streams) -> Activity:
    """Return what happens while a copy of ``chip`` learns some training images.

    Raises
    ------
    ConvergenceError, ConfigError
        If the signals of the chip run away.
    """
    probe = chip.copy()
    before = probe.activity.copy()
    x, labels = examples(plan, parts)
    rng = streams("energy", training=True)
    for k in range(len(x)):
        probe.learn(x[k : k + 1], labels[k : k + 1], plan.common.train.gamma, rng=rng)
    return probe.activity.since(before)


def examples(plan: Experiment, parts: build.Parts) -> build.Samples:
    """Return the training images that events are counted over."""
    count = min(plan.common.energy.images, len(parts.train[0]))
    return parts.train[0][:count], parts.train[1][:count]
