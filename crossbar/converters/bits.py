"""The resolution of a converter."""

from __future__ import annotations

from typing import Any

from crossbar.units import quantity


def resolution() -> Any:
    """Return the field that holds the resolution of a converter."""
    return quantity(8, low=2, high=24, remedy="8 is usual; no converter resolves more than 24.")
