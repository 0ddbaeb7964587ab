"""The largest weight that cells hold, chosen by the weights, and what becomes of larger ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from crossbar.converters import Calibration, Currents, Largest, Transfer
from crossbar.errors import fail
from crossbar.types import Floats

if TYPE_CHECKING:
    from crossbar.circuit.mapping import Mapping

LARGEST = Largest()


def chosen(weights: Floats, clipping: Calibration, transfer: Callable[[], Transfer]) -> float:
    """Return the largest weight that is held of ``weights`` by the rule ``clipping``; 0 of zeros.

    The rule is one for the full scale of an ADC: weights are its currents, and ``transfer`` gives
    the weights that cells hold, relative to the largest.
    """
    seen, sizes = Currents(), np.abs(weights)
    largest = float(sizes.max(initial=0.0))
    if not largest:
        return 0.0
    seen.add(sizes / largest)
    return largest * clipping.reach(seen, transfer)


def cut(weights: Floats, mapping: Mapping) -> Floats:
    """Return ``weights`` cut at the largest that ``mapping`` holds.

    Raises
    ------
    ConfigError
        If the mapping is to hold the largest of them, and cannot.
    """
    limit = mapping.limit
    if mapping.clipping != LARGEST:
        return np.clip(weights, -limit, limit)
    largest = float(np.abs(weights).max(initial=0.0))
    if largest > limit * (1 + 1e-9):
        where = f"{type(mapping).__name__}.w_max"
        fail(where, f"at least {largest:.4g}", f"{limit:g}", "Raise w_max.")
    return weights
