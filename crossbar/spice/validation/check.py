"""A check of behaviour against circuit, and the errors that it finds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crossbar.random import Streams


@dataclass(frozen=True, kw_only=True)
class Row:
    """One error beside its tolerance.

    Attributes
    ----------
    metric
        What the error is.
    error, tolerance
        In ``unit``; None where a simulation failed.
    unit
        SI unit or LSB, empty for a pure number.
    note
        What the numbers were made of, or why there are none.
    """

    check: str
    metric: str
    error: float | None
    tolerance: float | None
    unit: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether there is an error and it is within its tolerance."""
        if self.error is None or self.tolerance is None:
            return False
        return math.isfinite(self.error) and self.error <= self.tolerance

    def record(self) -> dict[str, Any]:
        """Return the row for JSON; an error that is no number is None."""
        finite = self.error is not None and math.isfinite(self.error)
        return {
            "check": self.check,
            "metric": self.metric,
            "error": self.error if finite else None,
            "tolerance": self.tolerance,
            "passed": self.passed,
            "unit": self.unit,
            "note": self.note,
        }


@dataclass(frozen=True)
class Check:
    """A comparison by name.

    Attributes
    ----------
    name
        What is compared; it names the random streams too.
    measure
        Makes the objects from random streams, runs both, and returns the rows.
    """

    name: str
    measure: Callable[[str, Streams], list[Row]]

    def rows(self, seed: int) -> list[Row]:
        """Return what the check finds for objects made from ``seed``."""
        return self.measure(self.name, Streams(seed))
