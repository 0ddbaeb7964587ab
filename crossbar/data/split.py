"""Splitting windows into training, validation and test parts.

The split decides what an accuracy means: windows of one recording resemble each other, so a split
by window measures memory of the recordings, a split by recording measures generalisation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from crossbar.array_checks import require_array
from crossbar.checks import check_fields, require_generator
from crossbar.errors import DataError, fail, message
from crossbar.registry import Registry
from crossbar.units import quantity

Indices = npt.NDArray[np.int64]
Parts = tuple[Indices, Indices, Indices]
SIDES = 3  # training, validation, test


@runtime_checkable
class Split(Protocol):
    """What every split answers."""

    def split(
        self,
        labels: Indices,
        groups: Indices,
        *,
        rng: np.random.Generator,
        folds: Indices | None = None,
    ) -> Parts:
        """Return the sorted indices of the training, validation and test windows."""


SPLITS = Registry(Split, "splits", "how samples are divided into parts")


@SPLITS.register("window")
@dataclass(frozen=True, kw_only=True)
class ByWindow:
    """Windows drawn at random within each class; one recording may stand on all sides.

    Parameters
    ----------
    fractions
        Training, validation and test part of the windows of each class; their sum is 1.
    """

    fractions: tuple[float, float, float] = quantity((0.8, 0.1, 0.1), above=0, below=1)

    def __post_init__(self) -> None:
        check_fields(self)
        _require_sum("ByWindow.fractions", self.fractions)

    def split(
        self,
        labels: Indices,
        groups: Indices,
        *,
        rng: np.random.Generator,
        folds: Indices | None = None,
    ) -> Parts:
        """Return the sorted indices of the training, validation and test windows.

        Parameters
        ----------
        labels, groups
            (n,) class and recording of each window; neither recordings nor folds are looked at.

        Raises
        ------
        DataError
            If a class has fewer than three windows.
        """
        labels, groups = _indices("ByWindow.split", labels, groups, rng)
        side = np.empty(len(labels), dtype=np.int64)
        for label in np.unique(labels):
            members = rng.permutation(np.flatnonzero(labels == label))
            if len(members) < SIDES:
                remedy = "Give longer recordings."
                where = f"class {label}"
                raise DataError(message(where, "at least 3 windows", len(members), remedy))
            held_out = [max(1, round(part * len(members))) for part in self.fractions[1:]]
            side[members] = 0
            side[members[: held_out[0]]] = 1
            side[members[held_out[0] : sum(held_out)]] = 2
        return _parts(side)


@SPLITS.register("recording")
@dataclass(frozen=True, kw_only=True)
class ByRecording:
    """Whole recordings drawn at random within each class; none stands on two sides.

    Recordings go, in random order, to the side that lacks most windows, and every side gets at
    least one recording of each class; so the parts come near ``fractions`` to about one recording.

    Parameters
    ----------
    fractions
        Training, validation and test part of the windows of each class; their sum is 1.
    """

    fractions: tuple[float, float, float] = quantity((0.8, 0.1, 0.1), above=0, below=1)

    def __post_init__(self) -> None:
        check_fields(self)
        _require_sum("ByRecording.fractions", self.fractions)

    def split(
        self,
        labels: Indices,
        groups: Indices,
        *,
        rng: np.random.Generator,
        folds: Indices | None = None,
    ) -> Parts:
        """Return the sorted indices of the training, validation and test windows.

        Parameters
        ----------
        labels, groups
            (n,) class and recording of each window; folds are not looked at.

        Raises
        ------
        DataError
            If a class has too few recordings for three sides.
        """
        labels, groups = _indices("ByRecording.split", labels, groups, rng)
        side_of: dict[int, int] = {}
        for label in np.unique(labels):
            names, counts = np.unique(groups[labels == label], return_counts=True)
            if len(names) < SIDES:
                raise _too_few(int(label), len(names))
            order = rng.permutation(len(names))
            self._assign(int(label), names[order].tolist(), counts[order].tolist(), side_of)
        names, index = np.unique(groups, return_inverse=True)
        return _parts(np.array([side_of[name] for name in names.tolist()])[index])

    def _assign(
        self, label: int, names: list[int], counts: list[int], side_of: dict[int, int]
    ) -> None:
        """Add the sides of one class's recordings to ``side_of``, which may hold some already."""
        lacking = np.array(self.fractions) * sum(counts)
        empty = set(range(SIDES))
        size = dict(zip(names, counts, strict=True))
        for name in size.keys() & side_of.keys():
            lacking[side_of[name]] -= size[name]
            empty.discard(side_of[name])
        free = [name for name in names if name not in side_of]
        if len(free) < len(empty):
            raise _too_few(label, len(names))
        for position, name in enumerate(free):
            forced = len(free) - position == len(empty)
            choices = sorted(empty) if forced else range(SIDES)
            side = max(choices, key=lambda candidate: float(lacking[candidate]))
            side_of[name] = side
            lacking[side] -= size[name]
            empty.discard(side)


@SPLITS.register("fold")
@dataclass(frozen=True, kw_only=True)
class ByFold:
    """Folds that a manifest gives: one to test on, one to validate on, the others to learn from.

    Nothing is drawn, so every seed has the same parts; cross-validation is a sweep over ``test``.

    Parameters
    ----------
    test
        Number of the test fold.
    validation
        Number of the validation fold; None for the one after the test fold, the first after the
        last.
    """

    test: int = quantity(1, low=0, high=1_000_000)
    validation: int | None = quantity(None, low=0, high=1_000_000)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.test == self.validation:
            got = f"test = {self.test}, validation = {self.validation}"
            fail("ByFold.validation", "another fold than the test fold", got, "Change one.")

    def split(
        self,
        labels: Indices,
        groups: Indices,
        *,
        rng: np.random.Generator,
        folds: Indices | None = None,
    ) -> Parts:
        """Return the sorted indices of the training, validation and test windows.

        Parameters
        ----------
        labels, groups
            (n,) class and recording of each window; the recordings are not looked at.
        folds
            (n,) fold of each window.

        Raises
        ------
        DataError
            If there are no folds, fewer than three, not those asked for, or a class has no window
            in one of the parts.
        """
        if folds is None:
            remedy = "Give data.path a manifest with it, or choose another split."
            raise DataError(message("ByFold", "a manifest with a column fold", "none", remedy))
        labels, groups = _indices("ByFold.split", labels, groups, rng)
        folds = _indices("ByFold.split, folds", folds, groups, rng)[0]
        known = np.unique(folds).tolist()
        if len(known) < SIDES:
            got = ", ".join(map(str, known))
            raise DataError(message("ByFold", "three folds or more", got, "Add folds."))
        following = dict(zip(known, [*known[1:], known[0]], strict=True))
        validation = self.validation
        if validation is None:
            validation = following.get(self.test, known[0])
        for name, fold in (("test", self.test), ("validation", validation)):
            if fold not in known:
                expected = f"one of the folds {', '.join(map(str, known))}"
                raise DataError(message(f"ByFold.{name}", expected, fold, "Choose another."))
        parts = _parts(np.select([folds == validation, folds == self.test], [1, 2], 0))
        for part, name in zip(parts, ("training", "validation", "test"), strict=True):
            for label in np.unique(labels):
                if label not in labels[part]:
                    remedy = "Choose other folds."
                    where = f"class {label}"
                    raise DataError(message(where, f"windows in the {name} part", "none", remedy))
        return parts


def _indices(
    where: str, labels: Indices, groups: Indices, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return ``labels`` and ``groups``, or raise unless they are one whole number a window each."""
    require_generator(where, rng)
    labels = require_array(f"{where}.labels", labels, ("n",))
    groups = require_array(f"{where}.groups", groups, (len(labels),))
    for name, found in (("labels", labels), ("groups", groups)):
        if found.dtype.kind not in "iu":
            remedy = "Number them: np.unique(names, return_inverse=True)[1]."
            got = f"numbers of type {found.dtype}"
            raise DataError(message(f"{where}.{name}", "whole numbers", got, remedy))
    return labels, groups


def _too_few(label: int, count: int) -> DataError:
    remedy = "Add recordings, or use split = window, which says nothing about new recordings."
    return DataError(message(f"class {label}", "at least 3 recordings", count, remedy))


def _parts(side: Indices) -> Parts:
    train, validation, test = (np.flatnonzero(side == index) for index in range(SIDES))
    return train, validation, test


def _require_sum(where: str, fractions: tuple[float, ...]) -> None:
    if not math.isclose(sum(fractions), 1, abs_tol=1e-9):
        fail(where, "three fractions above 0 whose sum is 1", fractions, "Such as (0.8, 0.1, 0.1).")
