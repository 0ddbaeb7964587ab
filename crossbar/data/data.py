"""The contract of a kind of data: where samples come from, how they are split and scaled."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np

from crossbar.checks import check_fields
from crossbar.contracts import answer, named, outside, require_instance
from crossbar.data.dataset import Dataset, Ends
from crossbar.data.normalise import Normalisation, ZScore
from crossbar.data.split import ByGroup, Split
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.specification import Specification

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Data(Specification):
    """What a chip learns from and is tested on.

    A leaf says what it needs in fields of its own and returns its samples in :meth:`dataset`.

    Parameters
    ----------
    split
        How samples are divided into a training, a validation and a test part.
    normalise
        How they are scaled.
    """

    split: Split = field(default_factory=ByGroup)
    normalise: Normalisation = field(default_factory=ZScore)

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.metadata.get("path") and isinstance(getattr(self, one.name), os.PathLike):
                object.__setattr__(self, one.name, os.fspath(getattr(self, one.name)))
        check_fields(self)

    @abstractmethod
    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return all samples, the same at every call.

        Parameters
        ----------
        progress
            May be called with the number of steps done and their total.
        """

    def read(self, progress: Progress | None = None) -> Dataset:
        """Return :meth:`dataset`, or raise unless it gives one; arguments as there."""
        where, remedy = named(self, "dataset"), "Return Dataset(x=..., y=...)."
        return require_instance(where, answer(self, "dataset", progress), Dataset, remedy)

    def repeated(self, dataset: Dataset) -> None:
        """Raise unless a class from outside gives ``dataset`` again."""
        if outside(type(self)):
            again = self.read()
            if not (np.array_equal(again.x, dataset.x) and np.array_equal(again.y, dataset.y)):
                remedy = "Seed what it draws from: np.random.default_rng(0)."
                fail(named(self, "dataset"), "the same samples at every call", "others", remedy)

    def foreseen(self) -> Ends | None:
        """Return the ends of a network for these data where they are known without reading them."""
        return None

    def few(self) -> Data:
        """Return data of the same shape and classes for what needs examples alone."""
        return self


DATA = Registry(Data, "data", "where samples come from", setting="data")
