"""Where the trained chips of a run lose what floating point has: the error of every layer."""

from __future__ import annotations

from pathlib import Path

from crossbar.nn import layer_errors
from crossbar.progress import silent
from crossbar.runs import build
from crossbar.runs.conditions import UNCHANGED, Conditions, conditioned
from crossbar.runs.experiment import Experiment
from crossbar.runs.trained import learned_chip, written
from crossbar.substrates.digital import Digital
from crossbar.types import Record

ERRORS = "layer_errors"  # in records of tests
MOST = 100  # samples


def layer_records(plan: Experiment, run: Path, conditions: Conditions = UNCHANGED) -> list[Record]:
    """Return the errors of the layers of the first chip under ``plan`` and ``conditions``.

    Each has the fields of :class:`crossbar.nn.LayerError`.

    The other chip has its weights in digital memory. Both read up to a hundred samples of the test
    part.
    """
    seed = plan.common.seed[0]
    dataset = build.samples(plan.common.data)
    parts = build.parts_of(plan.common.data, dataset, seed)
    under, streams = conditions.stressed(plan), conditions.streams(plan, seed)
    chip = conditioned(under, run, seed, dataset, conditions).chip
    build.ranged(chip, parts, streams)
    _, learned = learned_chip(run, seed, dataset)
    whole, weights = learned.network, learned.trained()
    if list(chip.layers) != list(learned.layers):  # normalisations are in the weights
        whole, weights = written(learned, fold=True)
    exact = whole.build(Digital(), streams, loss=learned.loss, weights=weights, progress=silent)
    x = parts.test[0][:MOST]
    errors = layer_errors(chip, exact, x, rng=streams("layers", when="test"))
    return [one._asdict() for one in errors]
