"""What samples are to be told apart by, or to give: classes or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from crossbar.array_checks import Array
from crossbar.errors import DataError, fail, message, shown


def targets(y: Array, classes: Sequence[str] | None) -> dict[str, Any]:
    """Return the classes or numbers ``y``, and the names of the classes."""
    if y.dtype.kind == "f":
        if classes is not None:
            remedy = "Give classes as whole numbers: y.astype(int)."
            fail("Dataset.classes", "none beside real numbers", shown(classes), remedy)
        return {"y": y.astype(np.float32)}
    remedy = "Number the classes from 0: np.unique(names, return_inverse=True)[1]."
    present = np.unique(y)
    known = int(present[-1]) + 1 if classes is None else len(classes)
    if present[0] < 0 or present[-1] >= known:
        got = f"classes from {present[0]} to {present[-1]}"
        raise DataError(message("Dataset.y", f"whole numbers from 0 to {known - 1}", got, remedy))
    if len(present) < known:
        missing = int(np.argmax(np.append(present, -1) != np.arange(len(present) + 1)))
        name = missing if classes is None else classes[missing]
        raise DataError(message(f"class {name}", "a sample or more", "none", remedy))
    names = tuple(map(str, present if classes is None else classes))
    if known < 2 or len(set(names)) < known:
        got = ", ".join(names)
        raise DataError(message("Dataset.classes", "two different classes or more", got, remedy))
    return {"y": y.astype(np.int64), "classes": names}
