"""Splitting samples into training, validation and test parts.

The split decides what an accuracy means. Samples of one group (windows of one recording) resemble
each other: a split by sample measures memory of the groups, a split by group generalisation.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from crossbar.checks import check_fields, require_generator, require_part
from crossbar.contracts import answer, named
from crossbar.data.dataset import Dataset
from crossbar.data.words import Words
from crossbar.errors import DataError, fail, message, shown
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Rng
from crossbar.units import quantity

Indices = npt.NDArray[np.int64]
Parts = tuple[Indices, Indices, Indices]
SIDES = 3  # training, validation, test


class Split(Specification):
    """How samples are divided into a training, a validation and a test part."""

    drawn: ClassVar[bool] = True
    """Whether every seed draws parts of its own."""

    @abstractmethod
    def split(self, data: Dataset, *, rng: Rng) -> Parts:
        """Return the sorted indices of the training, validation and test samples."""

    def parts(self, data: Dataset, *, rng: Rng) -> Parts:
        """Return :meth:`split`, or raise unless it gives three parts that share no sample."""
        where, parts = named(self, "split"), answer(self, "split", data, rng=rng)
        if not isinstance(parts, (tuple, list)) or len(parts) != SIDES:
            fail(where, "training, validation and test indices", shown(parts), "Return all three.")
        for part in parts:
            if not isinstance(part, np.ndarray) or part.dtype.kind not in "iu" or not part.size:
                remedy = "np.flatnonzero(mask) gives them."
                fail(where, "an array of one index or more a part", shown(part), remedy)
        each = np.concatenate(parts)
        if len(np.unique(each)) < len(each) or not 0 <= each.min() <= each.max() < len(data):
            got = f"{len(each)}, of which {len(np.unique(each))} differ, up to {each.max()}"
            remedy = "A sample belongs to one part at most."
            fail(where, f"different indices below {len(data)}", got, remedy)
        training, validation, test = parts
        return training, validation, test

    @abstractmethod
    def of(self, data: Dataset) -> str:
        """Return what ``data`` are split by, in a word that stands beside every accuracy."""


SPLITS = Registry(
    Split, "splits", "how samples are divided for training and test", setting="data.split"
)


@dataclass(frozen=True, kw_only=True)
class Drawn(Split):
    """Sides that are drawn at random within each class, in given parts.

    Parameters
    ----------
    fractions
        Training, validation and test part of the samples of each class; their sum is 1.
    """

    fractions: tuple[float, float, float] = quantity((0.8, 0.1, 0.1), above=0, below=1)

    def __post_init__(self) -> None:
        check_fields(self)
        if not math.isclose(sum(self.fractions), 1, abs_tol=1e-9):
            where, remedy = f"{type(self).__name__}.fractions", "Such as (0.8, 0.1, 0.1)."
            fail(where, "three fractions above 0 whose sum is 1", self.fractions, remedy)


@SPLITS.register("window")
@SPLITS.register("sample")
@dataclass(frozen=True, kw_only=True)
class BySample(Drawn):
    """Samples drawn at random within each class; one group may stand on all sides."""

    def of(self, data: Dataset) -> str:
        """Return the word for a sample."""
        return data.words.sample

    def split(self, data: Dataset, *, rng: Rng) -> Parts:
        """Return the sorted indices of the training, validation and test samples.

        Raises
        ------
        DataError
            If a class has fewer than three samples.
        """
        require_samples("BySample.split", data, rng)
        side = np.empty(len(data), dtype=np.int64)
        for label, name in enumerate(data.counts()):
            members = rng.permutation(np.flatnonzero(data.strata == label))
            if len(members) < SIDES:
                where, expected = class_name(data, name), f"at least 3 {data.words.sample}s"
                raise DataError(message(where, expected, len(members), "Give more."))
            held_out = [max(1, round(part * len(members))) for part in self.fractions[1:]]
            side[members] = 0
            side[members[: held_out[0]]] = 1
            side[members[held_out[0] : sum(held_out)]] = 2
        return parts_of_sides(side)


@SPLITS.register("recording")
@SPLITS.register("group")
@dataclass(frozen=True, kw_only=True)
class ByGroup(Drawn):
    """Whole groups drawn at random within each class; none stands on two sides.

    Groups go, in random order, to the side that lacks most samples, and every side gets at least
    one group of each class; so the parts come near ``fractions`` to about one group. Without groups
    every sample is its own.
    """

    def of(self, data: Dataset) -> str:
        """Return the word for a group, or that for a sample if there are no groups."""
        return data.words.sample if data.groups is None else data.words.group

    def split(self, data: Dataset, *, rng: Rng) -> Parts:
        """Return the sorted indices of the training, validation and test samples.

        Raises
        ------
        DataError
            If a class has too few groups for three sides.
        """
        require_samples("ByGroup.split", data, rng)
        groups = data.belonging
        side_of: dict[int, int] = {}
        for label, name in enumerate(data.counts()):
            names, counts = np.unique(groups[data.strata == label], return_counts=True)
            if len(names) < SIDES:
                raise _too_few(data, name, len(names))
            order = rng.permutation(len(names))
            own = dict(zip(names[order].tolist(), counts[order].tolist(), strict=True))
            if not self._assign(own, side_of):
                raise _too_few(data, name, len(names))
        names, index = np.unique(groups, return_inverse=True)
        return parts_of_sides(np.array([side_of[name] for name in names.tolist()])[index])

    def _assign(self, size: dict[int, int], side_of: dict[int, int]) -> bool:
        """Add the sides of one class's groups to ``side_of``, which may hold some already.

        ``size`` has the samples of each, in random order. Return whether every side has one.
        """
        lacking = np.array(self.fractions) * sum(size.values())
        empty = set(range(SIDES))
        for name in size.keys() & side_of.keys():
            lacking[side_of[name]] -= size[name]
            empty.discard(side_of[name])
        free = [name for name in size if name not in side_of]
        if len(free) < len(empty):
            return False
        for position, name in enumerate(free):
            forced = len(free) - position == len(empty)
            choices = sorted(empty) if forced else range(SIDES)
            side = max(choices, key=lambda candidate: float(lacking[candidate]))
            side_of[name] = side
            lacking[side] -= size[name]
            empty.discard(side)
        return True


def require_samples(where: str, data: Dataset, rng: Rng) -> None:
    """Raise unless there are samples, and a generator to draw with."""
    require_part(f"{where}.data", data, Dataset)
    require_generator(where, rng)


def class_name(data: Dataset, name: str) -> str:
    """Return the class ``name``, or all samples where there are no classes, for an error."""
    return name if data.regression else f"class {name}"


def _too_few(data: Dataset, name: str, count: int) -> DataError:
    words: Words = data.words
    one = words.sample if data.groups is None else words.group
    remedy = f"Add {one}s"
    if data.groups is not None:
        remedy += f", or use split = {words.sample}, which says nothing about new {one}s"
    return DataError(message(class_name(data, name), f"at least 3 {one}s", count, f"{remedy}."))


def parts_of_sides(side: Indices) -> Parts:
    """Return the indices of the samples whose ``side`` is 0, 1 and 2."""
    train, validation, test = (np.flatnonzero(side == index) for index in range(SIDES))
    return train, validation, test
