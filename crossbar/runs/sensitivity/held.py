"""What a chip has learned, programmed into hardware of other settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from crossbar.devices import Exact
from crossbar.nn import Chip
from crossbar.nn.folding import folded
from crossbar.progress import silent
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.sensitivity.beside import Beside, beside, once, repeats
from crossbar.runs.tile_settings import Precision
from crossbar.substrates.by_part import ByPart
from crossbar.substrates.mismatched import MismatchedState
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats


class Programs(Protocol):
    """What programs chips."""

    def __call__(
        self, plan: Experiment, *, weights: Mapping[str, Floats] | None = None,
        largest: Mapping[str, float] | None = None,
    ) -> Chip:  # fmt: skip
        """Return a chip; see :meth:`HeldWeights.chip`."""


class HeldWeights:
    """The weights of a trained chip, for hardware of other settings.

    Weights that were learned on the chip are written without the errors of programming, which
    learning makes up for, and have the room that the initial weights had: a weight of 1 keeps its
    share of the range of the cells. So does what else learning did to a cell: that of a pair which
    made up for one that is stuck stays where it was, relative to the range. Random numbers of
    fabrication and programming are the same for all settings.

    Parameters
    ----------
    plan
        The experiment that the chip was trained by.
    learned
        The trained chip.
    seed
        Of the chip.
    """

    def __init__(self, plan: Experiment, learned: Chip, seed: int) -> None:
        self.seed, self.loss = seed, learned.loss
        self.programs = plan.common.train.weights.programs
        self.network, self.weights = (
            folded(learned) if self.programs else (learned.network, learned.trained())
        )
        self.largest = {} if self.programs else largest_first(learned)
        self.beside: dict[str, Beside] = {}
        if not self.programs:
            self.weights |= {name: written(held) for name, held in learned.held.items()}
            self.beside = beside(learned, self.chip(plan))

    def chip(
        self, plan: Experiment, *, weights: Mapping[str, Floats] | None = None,
        largest: Mapping[str, float] | None = None,
    ) -> Chip:  # fmt: skip
        """Return a chip of ``plan``, in double precision, that holds the weights, or others.

        ``largest`` are the largest weights that were programmed first, by matrix, if not those.
        """
        plan = plan.with_hardware(lambda one: one.with_tile(precision=Precision.DOUBLE))
        if self.programs:
            plan = build.filled(plan)
        else:
            plan = plan.with_hardware(lambda one: one.with_tile(programming=Exact()))
        held = Roomy(held=build.substrate(plan), largest=largest or self.largest)
        chip = self.network.build(
            held,
            plan.streams(self.seed),
            blocks=plan.common.blocks,
            loss=self.loss,
            weights=dict(self.weights if weights is None else weights),
            progress=silent,
        )
        return added(chip, self.beside)

    def near(self, plan: Experiment, chip: Chip) -> Programs:
        """Return what programs chips whose settings are close to those of ``chip``, of ``plan``.

        Cells that are written until reads say so come out otherwise at the smallest change. So the
        others are written once, and stand beside by what those of ``chip`` do, relative to the
        range.
        """
        if not any(map(repeats, (plan.hardware, *plan.layers.values()))):
            return self.chip
        shifts = beside(chip, self.chip(plan.with_hardware(once)))

        def program(
            plan: Experiment, *, weights: Mapping[str, Floats] | None = None,
            largest: Mapping[str, float] | None = None,
        ) -> Chip:  # fmt: skip
            other = self.chip(plan.with_hardware(once), weights=weights, largest=largest)
            return added(other, shifts)

        return program


def added(chip: Chip, shifts: Mapping[str, Beside]) -> Chip:
    """Return ``chip``, whose cells stand beside by ``shifts``."""
    for name, one in shifts.items():
        one.add(chip.held[name])
    return chip


def written(held: Weights) -> Floats:
    """Return the weights (rows, cols) as who writes them knows them, the mean over copies.

    Those of a tile are within its range; what cells hold beyond it, by their own bounds, is beside.
    """
    while isinstance(held, MismatchedState):
        held = held.held
    weights: Floats = held.weights.mean(axis=0)
    if isinstance(held, TileState):
        limit = held.array.mapping.limit
        weights = np.clip(weights, -limit, limit)
    return weights


def largest_first(chip: Chip) -> dict[str, float]:
    """Return the largest weights that were programmed into ``chip`` first, by matrix."""
    tiles = {name: held.tile for name, held in chip.held.items()}
    mappings = {name: tile.array.mapping for name, tile in tiles.items() if tile is not None}
    return {name: mapping.limit / mapping.room for name, mapping in mappings.items()}


@dataclass(frozen=True, kw_only=True)
class Roomy(ByPart):
    """A substrate that gives weights room as if others had been programmed first.

    ``largest`` are the largest of those, by the name of the matrix.
    """

    held: Substrate
    largest: Mapping[str, float]

    def part(self, name: str) -> Substrate:
        """Return what holds the matrix ``name``."""
        one, largest = self.held.part(name), self.largest.get(name)
        return one if largest is None else one.fitted(largest)
