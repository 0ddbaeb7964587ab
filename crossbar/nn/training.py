"""Training on chip, epoch by epoch, with checkpoints."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from crossbar.array_checks import require_array
from crossbar.checks import Checked, require_part
from crossbar.contracts import named, outside
from crossbar.displayed import Displayed
from crossbar.errors import ConvergenceError, SolverError, fail, message
from crossbar.errors import shown as written
from crossbar.nn import checkpoint
from crossbar.nn.checkpoint import Epoch
from crossbar.nn.chip import PLAIN, Chip
from crossbar.nn.evaluation import evaluate
from crossbar.nn.learners.base import Learner
from crossbar.nn.learners.contract import begin
from crossbar.nn.losses import Loss
from crossbar.nn.pace import Pace
from crossbar.nn.ranges import calibrate
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.substrates.masters import InCells, MasterWeights
from crossbar.types import Floats
from crossbar.units import quantity

Samples = tuple[Floats, Any]
SLOWER = "Lower train.gamma, or the noise of reads if it learns without."
DIVERGED = 10.0  # mean loss of an epoch, relative to that of guessing


@dataclass(frozen=True, kw_only=True)
class Training(Checked, Displayed):
    """How long and how fast a chip learns.

    Parameters
    ----------
    epochs
        Epochs, passes over the training set.
    gamma
        Learning rate, of eq 16 (plain gradient descent).
    batch
        Samples a step, presented at one state of the weights; 1 as on the chip.
    loss
        Loss, what the outputs mean, and their error; None for that of the chip.
    weights
        What holds the weights while they learn: the cells of the chip, or digital memory, with
        which a chip is programmed afterwards.

    Source: LETI 2026 trains about 30 epochs, sample by sample; gamma 0.0005 suits ``zscore``
    inputs and 0.002 ``db80``, where 0.01 diverges (measured).
    """

    epochs: int = quantity(30, low=0, high=1_000_000, remedy="30 are usual.")
    gamma: float = quantity(0.0005, low=1e-30, high=1e9, remedy="0.0005 is usual.")
    batch: int = quantity(1, low=1, high=1_000_000, remedy="The chip has 1.")
    loss: Loss | None = None
    weights: MasterWeights = field(default_factory=InCells)


class Rule(NamedTuple):
    """A learning rule and what it keeps."""

    learner: Learner
    memory: dict[str, Floats]


@reporting
def fit(
    chip: Chip, train: Samples, validation: Samples, training: Training, *, streams: Streams,
    learner: Learner = PLAIN, progress: Progress = shown, path: Path | None = None,
    about: dict[str, Any] | None = None,
) -> list[Epoch]:  # fmt: skip
    """Train ``chip`` and return its history, one record an epoch.

    Parameters
    ----------
    train, validation
        Samples (n, *input_shape), and labels (n,) or, for a loss of values, values (n, outputs).
    streams
        Source of order and dropout, which all chips of a seed share, and of noise: every epoch has
        its own, so that a resumed training equals an uninterrupted one bit for bit.
    learner
        Learning rule, what follows after the samples of a step; as many updates by default.
    progress
        Called with (task, images done, images in all, text); see :mod:`crossbar.progress`.
    path
        Checkpoint, written after every epoch and resumed from if it exists.
    about
        What the checkpoint keeps of the samples and settings, in plain values.

    Raises
    ------
    DivergenceError, SolverError
        If the mean loss of an epoch is not finite or ten times that of guessing, or the currents of
        an array are not found; the message names gamma and epoch, or the array.
    DataError, ShapeError
        If samples or labels cannot be, or the checkpoint is damaged or of another chip.
    """
    require_part("fit.chip", chip, Chip)
    require_part("fit.training", training, Training)
    require_part("fit.streams", streams, Streams)
    require_part("fit.learner", learner, Learner)
    train = _samples("fit.train", chip, train)
    validation = _samples("fit.validation", chip, validation)
    if training.loss not in (None, chip.loss):
        remedy = "Give it to Network.build, or omit it."
        fail("Training.loss", f"that of the chip, {chip.loss!r}", written(training.loss), remedy)
    learner = learner.over(max(1, training.epochs * -(-len(train[0]) // training.batch)))
    memory = begin(learner, chip, *train, training.gamma)
    rule, history = Rule(learner, memory), checkpoint.resumed(path, chip, memory)
    pace = Pace(chip, (training.epochs - len(history)) * len(train[0]))
    # Overflow is not hidden: a loss that is not finite ends the training.
    with threadpool_limits(1, "blas"), np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(len(history), training.epochs):
            calibrate(chip, *train, rng=streams("calibrate", epoch=epoch))
            learned, speed = _epoch(chip, train, training, rule, epoch, streams, progress, pace)
            seen = evaluate(chip, *validation, rng=streams("validate", epoch=epoch))
            history.append(Epoch(epoch, *learned, seen.loss, seen.score, speed))
            if path is not None:
                checkpoint.save(path, chip, history, about or {}, memory)
            done, total = (n * len(train[0]) for n in (epoch + 1, training.epochs))
            progress("training", done, total, f"epoch {epoch + 1}, loss {learned[0]:.3f}")
    if path is not None and not path.exists():  # no epoch was asked for
        checkpoint.save(path, chip, history, about or {}, memory)
    return history


def _samples(where: str, chip: Chip, part: Samples) -> Samples:
    """Return samples and targets as ``chip`` can take them, or raise."""
    if not isinstance(part, (tuple, list)) or len(part) != 2:
        fail(where, "samples and their targets", written(part), "Give the pair (x, targets).")
    x = require_array(f"{where}, samples", part[0], ("n", *chip.network.input_shape))
    chip.wanted(where, part[1], len(x))
    return x, np.asarray(part[1])


class DivergenceError(ConvergenceError):
    """A training diverged, at the rate ``gamma`` in ``epoch``, counted from 0."""

    gamma: float
    epoch: int


def divergence(gamma: float, epoch: int, remedy: str) -> DivergenceError:
    """Return the error that names gamma and the epoch."""
    where = f"train.gamma = {gamma:g} in epoch {epoch + 1}"
    expected = "a loss near that of guessing or below"
    error = DivergenceError(message(where, expected, "far more", remedy))
    error.gamma, error.epoch = gamma, epoch
    return error


def _epoch(
    chip: Chip,
    train: Samples,
    training: Training,
    rule: Rule,
    epoch: int,
    streams: Streams,
    progress: Progress,
    pace: Pace,
) -> tuple[tuple[float, float], float]:
    """Present every sample once; return mean loss and score, and samples per second."""
    x, loss = train[0], chip.loss
    order = streams.share("order", epoch=epoch).permutation(len(x))
    wanted = chip.wanted("fit.train", train[1], len(x))[order]
    draws = {"masks": streams.share("masks", epoch=epoch), "writes": streams("writes", epoch=epoch)}
    draws["rng"] = streams("train", epoch=epoch)
    outputs = np.empty((len(x), chip.network.outputs))
    start = shown_at = time.perf_counter()
    pace.begin()
    for first in range(0, len(x), training.batch):
        batch = slice(first, min(first + training.batch, len(x)))
        try:
            outputs[batch] = rule.learner.step(
                chip, x[order[batch]], wanted[batch], training.gamma, rule.memory, **draws
            )
        except SolverError:
            raise
        except ConvergenceError:
            raise divergence(training.gamma, epoch, SLOWER) from None
        pace.see(batch.stop - first)
        if time.perf_counter() - shown_at > 0.2:
            shown_at = time.perf_counter()
            recent = slice(max(0, batch.stop - 200), batch.stop)
            mean = loss.values(outputs[recent], wanted[recent]).mean()
            text = f"epoch {epoch + 1}, loss {mean:.3f}"
            progress("training", epoch * len(x) + batch.stop, training.epochs * len(x), text)
    chip.refresh()
    mean = float(loss.values(outputs, wanted).mean())
    if math.isnan(mean) and outside(type(loss)):
        remedy = "Clip what a logarithm or a root takes."
        fail(named(loss, "values"), "the loss of finite outputs", "NaN", remedy)
    if not mean < DIVERGED * loss.guessing(wanted):
        raise divergence(training.gamma, epoch, SLOWER)
    speed = len(x) / (time.perf_counter() - start)
    return (mean, loss.score(outputs, wanted)), speed
