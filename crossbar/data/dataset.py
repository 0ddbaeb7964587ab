"""Samples with their classes or targets, ready to be split, scaled and learned."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from crossbar.array_checks import Array, require_array
from crossbar.brief import brief
from crossbar.data.targets import targets
from crossbar.data.words import Words
from crossbar.errors import DataError, ShapeError, message
from crossbar.types import Floats, Integers

ANY = "all samples"
SHOWN = 4  # samples of a regression that pictures show


class Ends(NamedTuple):
    """What a network joins: the shape of one sample, and how many numbers it answers.

    ``values`` says whether the numbers are values to predict; else they are scores of classes.
    """

    input_shape: tuple[int, ...]
    outputs: int
    values: bool = False


class Files(NamedTuple):
    """The files that samples come from.

    Attributes
    ----------
    names
        The same wherever the data set is kept.
    digests
        What tells the content of each from any other, the same on every machine.
    owner : (n,)
        File of each sample.
    """

    names: tuple[str, ...]
    digests: tuple[str, ...]
    owner: Integers


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Samples, with one class or some numbers to predict for each.

    Parameters
    ----------
    x
        (n, ...) samples of any shape, not normalised; kept in single precision.
    y
        (n,) whole numbers from 0, the classes; or (n,) or (n, outputs) real numbers to predict,
        whose type distinguishes them from classes.
    groups
        (n,) whole numbers, equal for samples that belong together, such as the windows of one
        recording; None if every sample stands alone.
    classes
        Names of the classes; None for their numbers.
    folds
        (n,) fold of each sample, or None.
    source
        Where the samples came from, for reports.
    words
        What samples are called there.
    limits
        What results on these samples do not show, a sentence each.
    dropped
        Silent windows that were omitted.
    skipped
        Which files were not read, and why, a sentence a reason.
    examples
        More about the first sample of every class, for pictures: arrays by name.
    files
        Files that the samples come from; None if they were not read from one file each.

    Raises
    ------
    DataError, ShapeError
        If samples are not finite numbers, or classes, groups or folds no whole numbers, one a
        sample.

    Examples
    --------
    >>> Dataset(x=[[0.0, 1.0], [2.0, 3.0]], y=[0, 1]).counts()
    {'0': (1, 1), '1': (1, 1)}
    """

    x: Floats
    y: Any
    groups: Integers | None = None
    classes: tuple[str, ...] | None = None
    folds: Integers | None = None
    source: str = "arrays in memory"
    words: Words = field(default_factory=Words)
    limits: tuple[str, ...] = ()
    dropped: int = 0
    skipped: tuple[str, ...] = ()
    examples: dict[str, Array] = field(default_factory=dict)
    files: Files | None = None

    __repr__ = brief

    def __post_init__(self) -> None:
        x = require_array("Dataset.x", self.x)
        if x.ndim < 2:
            remedy = "Give one row a sample: x.reshape(-1, 1) where a sample is one number."
            raise ShapeError(message("Dataset.x", "samples of shape (n, ...)", x.shape, remedy))
        count, y = len(x), require_array("Dataset.y", self.y)
        if y.dtype.kind not in "iu" and y.dtype.kind != "f":
            got = f"numbers of type {y.dtype}"
            raise DataError(message("Dataset.y", "classes or numbers", got, "Use y.astype(int)."))
        if len(y) != count or y.ndim > (2 if y.dtype.kind == "f" else 1):
            got = f"shape {y.shape} for {count} samples"
            raise ShapeError(message("Dataset.y", "one entry a sample", got, "Give one a sample."))
        settled: dict[str, Any] = {"x": _single(x)}
        settled |= targets(y, self.classes)
        for name in ("groups", "folds"):
            if getattr(self, name) is not None:
                settled[name] = _whole(f"Dataset.{name}", getattr(self, name), count)
        for name, value in settled.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.x)

    @property
    def regression(self) -> bool:
        """Whether numbers are to be predicted, not classes."""
        return bool(self.y.dtype.kind == "f")

    @property
    def ends(self) -> Ends:
        """Shape of a sample, and outputs: one a class, or one a number to predict."""
        columns = 1 if self.y.ndim == 1 else self.y.shape[1]
        if self.regression:
            return Ends(self.x.shape[1:], columns, values=True)
        return Ends(self.x.shape[1:], len(self.names))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes; none if numbers are predicted."""
        return self.classes or ()

    @cached_property
    def strata(self) -> Integers:
        """Class of each sample, (n,); 0 everywhere if numbers are predicted."""
        return np.zeros(len(self), np.int64) if self.regression else self.y

    @cached_property
    def belonging(self) -> Integers:
        """Group of each sample, (n,); without groups every sample is its own."""
        return np.arange(len(self)) if self.groups is None else self.groups

    @cached_property
    def example_index(self) -> Integers:
        """The first sample of every class, (classes,); some samples if numbers are predicted."""
        if self.regression:
            return np.arange(min(SHOWN, len(self)))
        return np.array([int(np.argmax(self.y == k)) for k in range(len(self.names))])

    @property
    def seen(self) -> str:
        """What distinguishes the classes."""
        return self.words.seen or _shape(self.x.shape[1:])

    @property
    def form(self) -> str:
        """What a sample is for the network."""
        return self.words.form or _shape(self.x.shape[1:])

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return the numbers of samples and of groups of each class."""
        names = self.names or (ANY,)
        members = {name: self.strata == index for index, name in enumerate(names)}
        return {
            name: (int(own.sum()), len(np.unique(self.belonging[own])))
            for name, own in members.items()
        }

    @cached_property
    def origin(self) -> Files:
        """The files; without any, the samples of every class as one, by their content."""
        if self.files is not None:
            return self.files
        names = tuple(f"class {name}" for name in self.names) or (ANY,)
        digests = []
        for label in range(len(names)):
            own, digest = self.strata == label, hashlib.sha256()
            for array in (self.x[own], self.y[own], self.belonging[own]):
                digest.update(f"{array.shape}{array.dtype.str}".encode())
                digest.update(np.ascontiguousarray(array).data)
            digests.append(digest.hexdigest()[:16])
        return Files(names, tuple(digests), self.strata)


def _single(x: Array) -> Floats:
    """Return ``x`` in single precision, or raise if a number is too large for it."""
    with np.errstate(over="ignore"):
        single = np.ascontiguousarray(x, np.float32)
    beyond = np.isinf(single)
    if beyond.any():
        at = tuple(int(k) for k in np.argwhere(beyond)[0])
        got, remedy = f"{x[at]:g} at {at}", "Divide them by a common scale."
        raise DataError(message("Dataset.x", "numbers of single precision", got, remedy))
    return single


def _whole(where: str, value: Any, count: int) -> Integers:
    """Return ``value`` as one whole number a sample."""
    array = require_array(where, value)
    if array.dtype.kind not in "iu":
        remedy = "Number them: np.unique(names, return_inverse=True)[1]."
        got = f"numbers of type {array.dtype}"
        raise DataError(message(where, "whole numbers", got, remedy))
    if array.shape != (count,):
        raise ShapeError(message(where, f"shape ({count},)", array.shape, "Give one a sample."))
    return array.astype(np.int64)


def _shape(shape: tuple[int, ...]) -> str:
    """Return the shape of a sample in words.

    Examples
    --------
    >>> _shape((64,)), _shape((8, 8))
    ('64 numbers', '8 x 8 numbers')
    """
    return f"{' x '.join(map(str, shape))} number{'' if shape == (1,) else 's'}"
