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

from crossbar.checks import check_fields
from crossbar.errors import DataError, fail, message
from crossbar.units import quantity

Indices = npt.NDArray[np.int64]
Parts = tuple[Indices, Indices, Indices]
SIDES = 3  # training, validation, test


@runtime_checkable
class Split(Protocol):
    """What every split answers."""

    def split(self, labels: Indices, groups: Indices, *, rng: np.random.Generator) -> Parts:
        """Return the sorted indices of the training, validation and test windows."""


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

    def split(self, labels: Indices, groups: Indices, *, rng: np.random.Generator) -> Parts:
        """Return the sorted indices of the training, validation and test windows.

        Parameters
        ----------
        labels, groups
            (n,) class and recording of each window; the recordings are not looked at.

        Raises
        ------
        DataError
            If a class has fewer than three windows.
        """
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

    def split(self, labels: Indices, groups: Indices, *, rng: np.random.Generator) -> Parts:
        """Return the sorted indices of the training, validation and test windows.

        Parameters
        ----------
        labels, groups
            (n,) class and recording of each window.

        Raises
        ------
        DataError
            If a class has too few recordings for three sides.
        """
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


def _too_few(label: int, count: int) -> DataError:
    remedy = "Add recordings, or use split = window, which says nothing about new recordings."
    return DataError(message(f"class {label}", "at least 3 recordings", count, remedy))


def _parts(side: Indices) -> Parts:
    train, validation, test = (np.flatnonzero(side == index) for index in range(SIDES))
    return train, validation, test


def _require_sum(where: str, fractions: tuple[float, ...]) -> None:
    if not math.isclose(sum(fractions), 1, abs_tol=1e-9):
        fail(where, "three fractions above 0 whose sum is 1", fractions, "Such as (0.8, 0.1, 0.1).")
