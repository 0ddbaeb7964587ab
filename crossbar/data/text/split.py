"""The parts that texts come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.data.dataset import Dataset
from crossbar.data.split import SPLITS, Parts, Split, parts_of_sides, require_samples
from crossbar.errors import DataError, message
from crossbar.types import Rng


@SPLITS.register("text")
@dataclass(frozen=True, kw_only=True)
class ByText(Split):
    """The parts that the texts themselves name, in ``Dataset.folds``: 0, 1 and 2.

    Nothing is drawn, so every seed has the same parts. All tokens of a text are in one part. A
    class may be missing in validation and test.
    """

    drawn: ClassVar[bool] = False

    def of(self, data: Dataset) -> str:
        """Return ``text``."""
        return "text"

    def split(self, data: Dataset, *, rng: Rng) -> Parts:
        """Return the sorted indices of the training, validation and test samples.

        Raises
        ------
        DataError
            If the data name no parts, or one has no sample.
        """
        require_samples("ByText.split", data, rng)
        if data.folds is None:
            remedy = "Choose data.split = sample."
            raise DataError(message("ByText", "data of texts with their parts", "none", remedy))
        parts = parts_of_sides(data.folds.astype(np.int64))
        for name, part in zip(("training", "validation", "test"), parts, strict=True):
            if not part.size:
                remedy = f"Add texts, or write {name} in the column part of some."
                raise DataError(message("ByText", f"texts of the {name} part", "none", remedy))
        return parts
