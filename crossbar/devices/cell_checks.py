"""Checks of what cells are asked: targets, pulses, and shapes to fabricate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_generator, require_whole
from crossbar.contracts import answer, named, require_instance, require_numbers
from crossbar.devices.tally import Tally
from crossbar.errors import DataError, fail, message, shown
from crossbar.types import Floats, FloatType, Integers, Rng

if TYPE_CHECKING:
    from crossbar.devices.cells import Cells
    from crossbar.devices.device import Device


def check_targets(cells: Cells, target: Floats, rng: Rng) -> Floats:
    """Return the conductances ``target`` [S] that ``cells`` are to be programmed to, or raise."""
    where = f"{type(cells).__name__}.program"
    require_generator(where, rng)
    target = require_array(f"{where}.target", target, cells.free.shape)
    if target.min() < 0:
        remedy = "A conductance is never negative."
        raise DataError(message(f"{where}.target", "0 S or more", f"{target.min():g}", remedy))
    return target


def check_counts(cells: Cells, counts: Integers, rng: Rng) -> Integers:
    """Return the whole numbers of pulses ``counts`` that ``cells`` are to get, or raise."""
    where = f"{type(cells).__name__}.pulse"
    require_generator(where, rng)
    counts = require_array(f"{where}.counts", counts, cells.free.shape)
    if counts.dtype.kind not in "iu":
        got = f"numbers of type {counts.dtype}"
        raise DataError(message(f"{where}.counts", "whole numbers", got, "Round them first."))
    return counts


TRIED = 10.0  # s, that cells from outside are let age


def prove_cells(cells: Cells) -> None:
    """Raise unless new ``cells`` can be programmed, pulsed, read and left alone."""
    rng, spec, (low, _, high) = np.random.default_rng(0), cells.spec, cells.spec.window
    shape, law = cells.free.shape, spec.programming_law
    where = named(cells, "g")
    target = np.linspace(low, high, cells.free.size).reshape(shape)
    counts = (np.arange(cells.free.size, dtype=np.int32) % 2).reshape(shape)
    require_numbers(where, cells.g, shape, low=0)
    tally = answer(law, "program", cells, target, rng=rng)
    require_tally(named(law, "program"), tally)
    cells.begin()
    if spec.quantum:
        require_tally(named(cells, "pulse"), answer(cells, "pulse", counts, rng=rng))
    answer(cells, "age", TRIED)
    if float(cells.elapsed) != TRIED:
        remedy = "Call super().age(seconds)."
        fail(named(cells, "age"), f"{TRIED:g} s elapsed", f"{float(cells.elapsed):g} s", remedy)
    require_numbers(where, cells.g, shape, low=0)
    flicker = answer(cells, "flicker")
    if np.size(flicker):
        require_numbers(named(cells, "flicker"), flicker, shape, low=0)


def require_tally(where: str, tally: Any) -> None:
    """Raise unless ``tally`` is one of finite numbers."""
    require_instance(where, tally, Tally, "Return what cells.move, write or pulse gave.")
    require_numbers(where, tally.totals, (4,), low=0)


def check_fabrication(device: Device, shape: tuple[int, int], rng: Rng, dtype: FloatType) -> None:
    """Raise unless cells can be fabricated in this shape and type with this generator."""
    where = f"{type(device).__name__}.fabricate"
    require_generator(where, rng)
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        fail(f"{where}.shape", "rows and columns", shown(shape), "For example (128, 64).")
    for side in shape:
        require_whole(f"{where}.shape", side, low=1)
    if dtype not in (np.float32, np.float64):
        fail(f"{where}.dtype", "np.float32 or np.float64", shown(dtype), "Take one of them.")
