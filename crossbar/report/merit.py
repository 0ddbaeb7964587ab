"""The figure of merit of a result: accuracy, or R² where values are predicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Record = dict[str, Any]

MERITS = {"accuracy": "accuracy", "r2": "R²"}
# By the figure of merit: what a result has, and every seed of it.
ENTRIES = {
    "accuracy": (("accuracy", "accuracy_ci95"),
                 ("accuracy", "accuracy_ci95", "confusion", "independent_images")),
    "r2": (("r2", "r2_ci95"), ("r2",)),
}  # fmt: skip


def merit(result: Record) -> str:
    """Return the name of the figure of merit of a ``result``."""
    return "r2" if result["data"]["regression"] else "accuracy"


def bounds(ci95: Sequence[float | None]) -> str:
    """Return the ends of an interval, empty where it is not known.

    Examples
    --------
    >>> bounds([0.453, 1.0]), bounds([None, None])
    ('[0.453, 1.000]', '')
    """
    low, high = ci95
    return "" if low is None or high is None else f"[{low:.3f}, {high:.3f}]"
