"""What a chip has learned, programmed into hardware of other settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crossbar.activity import Activity
from crossbar.devices import Exact
from crossbar.nn import Chip
from crossbar.nn.folding import folded
from crossbar.progress import silent
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.tile_settings import Precision
from crossbar.substrates.columns import ByColumn
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.tile import Tile
from crossbar.substrates.wrapped import Holding
from crossbar.types import Floats, Rng


class HeldWeights:
    """The weights of a trained chip, for hardware of other settings.

    Weights that were learned on the chip keep the conductance that a weight of 1 has, and are
    written without the errors of programming, which learning makes up for. Random numbers of
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
        self.limits = {} if self.programs else limits(learned)

    def chip(
        self, plan: Experiment, *, weights: Mapping[str, Floats] | None = None,
        largest: Mapping[str, float] | None = None,
    ) -> Chip:  # fmt: skip
        """Return a chip of ``plan``, in double precision, that holds the weights, or others.

        ``largest`` are the largest weights that cells can hold, by matrix, if they are settled.
        """
        plan = plan.with_hardware(lambda one: one.with_tile(precision=Precision.DOUBLE))
        if self.programs:
            plan = build.filled(plan)
        else:
            plan = plan.with_hardware(lambda one: one.with_tile(programming=Exact()))
        held = Limited(held=build.substrate(plan), limits=largest or self.limits)
        return self.network.build(
            held,
            plan.streams(self.seed),
            blocks=plan.common.blocks,
            loss=self.loss,
            weights=dict(self.weights if weights is None else weights),
            progress=silent,
        )


def limits(chip: Chip) -> dict[str, float]:
    """Return the largest weights that the cells of ``chip`` can hold, by matrix."""
    tiles = {name: held.tile for name, held in chip.held.items()}
    return {name: t.array.mapping.limit for name, t in tiles.items() if t is not None}


@dataclass(frozen=True, kw_only=True)
class Limited(Substrate):
    """A substrate whose largest weights are settled, by the name of the matrix."""

    held: Substrate
    limits: Mapping[str, float]

    def part(self, name: str) -> Substrate:
        """Return what holds the matrix ``name``."""
        return _limited(self.held.part(name), self.limits.get(name))

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Return new hardware of the matrix ``name`` that holds ``weights``."""
        one = self.part(name)
        return one.program(weights, rng=rng, copies=copies, name=name, activity=activity)


def _limited(one: Substrate, limit: float | None) -> Substrate:
    """Return the substrate ``one`` with ``limit`` as its largest weight."""
    if limit is None or isinstance(one, ByColumn):  # which has a limit for every column
        return one
    if isinstance(one, Tile):
        return one.mapped(replace(one.mapping, w_max=limit))
    return replace(one, held=_limited(one.held, limit)) if isinstance(one, Holding) else one
