"""Training on chip, epoch by epoch, with checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from threadpoolctl import threadpool_limits

from crossbar.checks import check_fields, require_array, require_labels, require_part
from crossbar.errors import ConvergenceError, fail, message, shown
from crossbar.nn import checkpoint
from crossbar.nn.checkpoint import Epoch
from crossbar.nn.evaluation import evaluate
from crossbar.nn.network import Chip, cross_entropy
from crossbar.nn.ranges import calibrate
from crossbar.random import Streams
from crossbar.types import Floats, Integers
from crossbar.units import quantity

Progress = Callable[[int, int, str], None]
Samples = tuple[Floats, Integers]
DIVERGED = 10.0  # mean loss of an epoch, relative to that of guessing


@dataclass(frozen=True, kw_only=True)
class Training:
    """How long and how fast a chip learns.

    Parameters
    ----------
    epochs
        Epochs, passes over the training set.
    gamma
        Learning rate, of eq 16 (plain gradient descent).
    batch
        Samples a step, presented at one state of the weights and followed by that many updates in
        sequence; 1 as on the chip.

    Source: LETI 2026 trains about 30 epochs, sample by sample; gamma 0.0005 suits ``zscore``
    inputs and 0.002 ``db80``, where 0.01 diverges (measured).
    """

    epochs: int = quantity(30, low=0, high=1_000_000, remedy="30 are usual.")
    gamma: float = quantity(0.0005, low=1e-30, high=1e9, remedy="0.0005 is usual.")
    batch: int = quantity(1, low=1, high=1_000_000, remedy="The chip has 1.")

    def __post_init__(self) -> None:
        check_fields(self)


def fit(
    chip: Chip,
    train: Samples,
    validation: Samples,
    training: Training,
    *,
    streams: Streams,
    progress: Progress | None = None,
    path: Path | None = None,
    about: dict[str, Any] | None = None,
) -> list[Epoch]:
    """Train ``chip`` and return its history, one record an epoch.

    Parameters
    ----------
    train, validation
        Samples (n, *input_shape) and labels (n,).
    streams
        Source of the order of the samples, of dropout and of noise: every epoch has its own, so
        that a resumed training equals an uninterrupted one bit for bit.
    progress
        Called with (images done, images in all, text) some times a second.
    path
        Checkpoint, written after every epoch and resumed from if it exists.
    about
        What the checkpoint keeps of the samples and settings, in plain values.

    Raises
    ------
    DivergenceError
        If the mean loss of an epoch is not finite or ten times that of guessing; the message
        names gamma and the epoch.
    DataError, ShapeError
        If samples or labels cannot be, or the checkpoint is damaged or of another chip.
    """
    require_part("fit.chip", chip, Chip)
    require_part("fit.training", training, Training)
    require_part("fit.streams", streams, Streams)
    train, validation = (
        _samples(f"fit.{name}", chip, part)
        for name, part in (("train", train), ("validation", validation))
    )
    history = checkpoint.load(path, chip) if path is not None and path.exists() else []
    # Overflow is not hidden: a loss that is not finite ends the training.
    with threadpool_limits(1, "blas"), np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(len(history), training.epochs):
            calibrate(chip, *train, rng=streams("calibrate", epoch=epoch))
            loss, hits, speed = _epoch(chip, train, training, epoch, streams, progress)
            if not loss < DIVERGED * math.log(chip.network.classes):
                _diverged(training, epoch)
            seen = evaluate(chip, *validation, rng=streams("validate", epoch=epoch))
            history.append(Epoch(epoch, loss, hits, seen.loss, seen.accuracy, speed))
            if path is not None:
                checkpoint.save(path, chip, history, about or {})
    if path is not None and not path.exists():  # no epoch was asked for
        checkpoint.save(path, chip, history, about or {})
    return history


def _samples(where: str, chip: Chip, part: Samples) -> Samples:
    """Return samples and labels as ``chip`` can take them, or raise."""
    if not isinstance(part, (tuple, list)) or len(part) != 2:
        fail(where, "samples and their labels", shown(part), "Give the pair (x, labels).")
    x = require_array(f"{where}, samples", part[0], ("n", *chip.network.input_shape))
    return x, require_labels(f"{where}, labels", part[1], chip.network.classes, len(x))


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


def _diverged(training: Training, epoch: int) -> NoReturn:
    """Raise :class:`DivergenceError`."""
    remedy = "Lower train.gamma, or the noise of reads if it learns without."
    raise divergence(training.gamma, epoch, remedy) from None


def _epoch(
    chip: Chip,
    train: Samples,
    training: Training,
    epoch: int,
    streams: Streams,
    progress: Progress | None,
) -> tuple[float, float, float]:
    """Present every sample once; return mean loss, share right and images per second."""
    x, labels = train
    order = streams("order", epoch=epoch).permutation(len(x))
    draws = {name: streams(name, epoch=epoch) for name in ("masks", "writes")}
    draws["rng"] = streams("train", epoch=epoch)
    p = np.empty((len(x), chip.network.classes))
    start = told = time.perf_counter()
    done = 0
    for first in range(0, len(x), training.batch):
        chosen = order[first : first + training.batch]
        try:
            p[done : done + len(chosen)] = chip.step(
                x[chosen], labels[chosen], training.gamma, **draws
            )
        except ConvergenceError:
            _diverged(training, epoch)
        done += len(chosen)
        if progress is not None and time.perf_counter() - told > 0.2:
            told = time.perf_counter()
            recent = slice(max(0, done - 200), done)
            loss = cross_entropy(p[recent], labels[order[recent]]).mean()
            text = f"epoch {epoch + 1}, loss {loss:.3f}"
            progress(epoch * len(x) + done, training.epochs * len(x), text)
    chip.refresh()
    shown = labels[order]
    loss = float(cross_entropy(p, shown).mean())
    return loss, float((p.argmax(axis=1) == shown).mean()), len(x) / (time.perf_counter() - start)
