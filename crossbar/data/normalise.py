"""Scaling of samples to the inputs of a network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from crossbar.array_checks import require_array
from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import DataError, ShapeError, fail, message, shown
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats, Integers

Scaling = Callable[[Floats], Floats]
SAMPLES = 2  # least axes: the first counts samples
REMEDY = "Constant samples carry no information: check the data."


class Normalisation(Specification):
    """How samples are scaled: constants from the training part, then the same for all samples."""

    words: ClassVar[str] = ""
    """How, in a report: ``normalised ...``."""

    @abstractmethod
    def fit(self, x: Floats) -> Scaling:
        """Return what scales samples like the training samples ``x`` (n, ...)."""

    def scaled(self, x: Floats, training: Integers) -> Floats:
        """Return all samples ``x`` (n, ...), scaled by those of the indices ``training``."""
        scaling = answer(self, "fit", x[training])
        if not callable(scaling):
            remedy = "Return a function of samples, such as Affine(offset, unit)."
            fail(named(self, "fit"), "a function that scales samples", shown(scaling), remedy)
        with np.errstate(all="ignore"):
            scaled = require_numbers(named(self, "fit"), scaling(x), x.shape)
        single: Floats = scaled.astype(np.float32, copy=False)
        return single


NORMALISATIONS = Registry(
    Normalisation, "normalisations", "scaling of samples", setting="data.normalise"
)


@dataclass(frozen=True)
class Affine:
    """``(x - offset) / unit``, in single precision.

    Parameters
    ----------
    offset, unit
        Numbers, or one a feature of a sample.
    """

    offset: float | Floats
    unit: float | Floats

    def __call__(self, x: Floats) -> Floats:
        """Return the scaled samples."""
        scaled: Floats = (_samples("Affine.x", x) - self.offset) / self.unit
        return scaled.astype(np.float32)


@NORMALISATIONS.register("zscore")
@dataclass(frozen=True)
class ZScore(Normalisation):
    """``(x - mean) / std`` with one mean and deviation, of all training values; signed.

    Examples
    --------
    >>> ZScore().fit(np.arange(8, dtype=np.float32).reshape(2, 2, 2)).offset
    3.5
    """

    words: ClassVar[str] = "by mean and standard deviation of the training part (zscore)"

    def fit(self, x: Floats) -> Affine:
        """Return the scaling to mean 0 and deviation 1 over all values of ``x``."""
        values = _varied("ZScore.fit", x)
        return Affine(float(values.mean()), float(values.std()))


@NORMALISATIONS.register("unit")
@dataclass(frozen=True)
class Unit(Normalisation):
    """``(x - min) / (max - min)`` with the least and greatest value of the training part.

    The training part fills [0, 1]; other samples may lie outside and are not cut.
    """

    words: ClassVar[str] = "so that the training part fills 0 to 1 (unit)"

    def fit(self, x: Floats) -> Affine:
        """Return the scaling that takes the values of ``x`` to [0, 1]."""
        values = _varied("Unit.fit", x)
        low = float(values.min())
        return Affine(low, float(values.max()) - low)


@NORMALISATIONS.register("features")
@dataclass(frozen=True)
class Features(Normalisation):
    """``(x - mean) / std`` of each feature by itself, for columns of different units.

    A feature that is constant in the training part has deviation 0; it is shifted alone.
    """

    words: ClassVar[str] = (
        "feature by feature, by mean and standard deviation of the training part (features)"
    )

    def fit(self, x: Floats) -> Affine:
        """Return the scaling to mean 0 and deviation 1 of every feature of ``x``."""
        values = _varied("Features.fit", x)
        std = values.std(axis=0)
        return Affine(values.mean(axis=0), np.where(std > 0, std, 1.0))


@NORMALISATIONS.register("none")
@dataclass(frozen=True)
class Unscaled(Normalisation):
    """Samples as they are."""

    words: ClassVar[str] = "not at all (none)"

    def fit(self, x: Floats) -> Affine:
        """Return the scaling that changes nothing."""
        return Affine(0.0, 1.0)


@NORMALISATIONS.register("db80")
@dataclass(frozen=True)
class Db80(Normalisation):
    """``(dB - max) / 80 + 1`` of each sample, clipped to [0, 1]; for spectrograms [dB].

    The clip is the definition: what lies more than 80 dB below the loudest pixel becomes 0.
    """

    words: ClassVar[str] = "to the 80 dB below its own maximum (db80)"

    def fit(self, x: Floats) -> Scaling:
        """Return the scaling, which has no constants to fit."""
        return below_loudest


def below_loudest(x: Floats) -> Floats:
    """Return spectrograms [dB] scaled as :class:`Db80` says."""
    x = _samples("Db80.x", x)
    loudest = x.max(axis=tuple(range(1, x.ndim)), keepdims=True)
    scaled: Floats = np.clip((x - loudest) / 80 + 1, 0, 1).astype(np.float32)
    return scaled


def _samples(where: str, x: Floats) -> Floats:
    """Return ``x``, or raise unless it holds samples (n, ...) of finite numbers."""
    x = require_array(where, x)
    if x.ndim < SAMPLES:
        raise ShapeError(message(where, "samples of shape (n, ...)", x.shape, "Give one a row."))
    return x


def _varied(where: str, x: Floats) -> npt.NDArray[np.float64]:
    """Return ``x`` in double precision, or raise if all values are the same."""
    values = _samples(where, x).astype(np.float64)
    if values.min() == values.max():
        got = f"{values.max():g} everywhere"
        raise DataError(message(where, "samples that vary", got, REMEDY))
    return values
