"""The split by folds that the data give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.checks import check_fields
from crossbar.data.dataset import Dataset
from crossbar.data.split import (
    SIDES,
    SPLITS,
    Parts,
    Split,
    class_name,
    parts_of_sides,
    require_samples,
)
from crossbar.errors import DataError, fail, message
from crossbar.types import Rng
from crossbar.units import quantity


@SPLITS.register("fold")
@dataclass(frozen=True, kw_only=True)
class ByFold(Split):
    """Folds that the data give: one to test on, one to validate on, the others to learn from.

    Nothing is drawn, so every seed has the same parts; cross-validation is a sweep over ``test``.

    Parameters
    ----------
    test
        Number of the test fold.
    validation
        Number of the validation fold; None for the one after the test fold, the first after the
        last.
    """

    drawn: ClassVar[bool] = False
    test: int = quantity(1, low=0, high=1_000_000)
    validation: int | None = quantity(None, low=0, high=1_000_000)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.test == self.validation:
            got = f"test = {self.test}, validation = {self.validation}"
            fail("ByFold.validation", "another fold than the test fold", got, "Change one.")

    def of(self, data: Dataset) -> str:
        """Return ``fold``."""
        return "fold"

    def split(self, data: Dataset, *, rng: Rng) -> Parts:
        """Return the sorted indices of the training, validation and test samples.

        Raises
        ------
        DataError
            If there are no folds, fewer than three, not those asked for, or a class has no sample
            in one of the parts.
        """
        require_samples("ByFold.split", data, rng)
        if data.folds is None:
            remedy = "Give data.path a file with it, or choose another split."
            raise DataError(message("ByFold", "data with a column fold", "none", remedy))
        known = np.unique(data.folds).tolist()
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
        parts = parts_of_sides(
            np.select([data.folds == validation, data.folds == self.test], [1, 2], 0)
        )
        for part, side in zip(parts, ("training", "validation", "test"), strict=True):
            for label, name in enumerate(data.counts()):
                if label not in data.strata[part]:
                    expected = f"{data.words.sample}s in the {side} part"
                    remedy = "Choose other folds."
                    raise DataError(message(class_name(data, name), expected, "none", remedy))
        return parts
