"""Faulty cells: found by reading back what was written, and made up for by others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from crossbar.circuit.mapping import Mapping, Window
from crossbar.circuit.planes import Plane
from crossbar.devices import Cells, Device, Tally, Verification
from crossbar.displayed import Displayed
from crossbar.types import Doubles, Floats, Integers, Masks, Rng
from crossbar.units import quantity

ROUNDING = 1e-9  # of the range, which counts as nothing


@dataclass(frozen=True)
class Inspection:
    """What a read of every cell of the weights shows, one array (lines, cols) a cell of a weight.

    Attributes
    ----------
    seen : [S]
        Conductances read.
    faulty
        Whether they are too far from their targets.
    """

    seen: list[Floats]
    faulty: list[Masks]


@dataclass(frozen=True, kw_only=True)
class Remap(Verification, Displayed):
    """After programming cells are read back, and others make up for those that are far away.

    The other cells of a weight, the most significant first, take what faulty cells are off by, as
    far as their range allows: of a pair the other cell. A weight of one cell has none.

    A read of noise s takes a healthy cell that is off by e for a faulty one with the probability
    1 - Phi((limit - e) / s) + Phi((-limit - e) / s); what it is then off by is made up for too.

    Parameters
    ----------
    limit
        Distance from its target, relative to the range, beyond which a cell is held for faulty.

    Source: assumed; the idea of the other cell as in Liu et al., DAC 2017 (rescuing memristor-based
    neuromorphic designs).
    Valid for: faults that stand. Reference lines are not read back.
    """

    limit: float = quantity(
        0.1, share=True, low=1e-6, high=1,
        remedy="It is relative to the range, and several times the error of programming.",
    )  # fmt: skip

    def check(self, device: Device) -> None:
        """Raise unless reads tell faulty cells of ``device`` from healthy ones."""
        self.require_within_law(device)
        self.require_beyond_noise("limit", self.limit, device)

    def inspect(
        self, groups: Sequence[Cells], targets: Sequence[Floats], tally: Tally, *, rng: Rng,
        only: Masks | None = None,
    ) -> Inspection:  # fmt: skip
        """Read cells back, and count the reads and those that are faulty in ``tally``.

        ``only`` tells which; None for all. Others are taken to stand at their targets.
        """
        inspection = Inspection([], [])
        for cells, target in zip(groups, targets, strict=True):
            low, _, high = cells.spec.window
            at = np.nonzero(np.ones(target.shape, np.bool_) if only is None else only)
            seen: Floats = np.array(target, np.float64)
            seen[at] = self.read(cells, at, tally, rng=rng)
            inspection.seen.append(seen)
            inspection.faulty.append(np.abs(seen - target) > self.limit * (high - low))
            tally.faulty += float(np.count_nonzero(inspection.faulty[-1]))
        return inspection


def made_up(
    targets: Sequence[Floats], inspection: Inspection, planes: Sequence[Plane], window: Window
) -> tuple[list[Floats], Floats]:
    """Return targets with which the other cells make up for faulty ones, and what is still missing.

    Both in siemens; missing is that of the sum of the cells by significance and sign.
    """
    low, _, high = window
    counts = [plane.significance * sign for plane in planes for sign in plane.signs]
    better: list[Floats] = [np.array(target, np.float64) for target in targets]
    missing: Floats = np.zeros(better[0].shape)
    for count, target, seen, faulty in zip(
        counts, better, inspection.seen, inspection.faulty, strict=True
    ):
        missing += np.where(faulty, count * (target - seen), 0.0)
    for k in sorted(range(len(counts)), key=lambda k: -abs(counts[k])):
        none = inspection.faulty[k] | (np.abs(missing / counts[k]) < ROUNDING * (high - low))
        own = np.where(none, 0.0, missing / counts[k])
        moved = np.clip(better[k] + own, low, high) - better[k]
        moved[own == 0] = 0.0
        better[k] += moved
        missing -= counts[k] * moved
    return better, missing


def assigned(
    weights: Floats, mapping: Mapping, window: Window, inspection: Inspection, *, driven: int
) -> Integers:
    """Return the word line of each of the ``driven`` rows of ``weights`` (lines, cols).

    The sum of the squared errors of all weights is the least that any order has, each error what is
    left of it by :func:`made_up` on the faulty cells of that line, over all copies. Rows beyond
    ``driven`` are spare: their lines rest.
    """
    lines, planes = len(weights), mapping.planes
    targets = mapping.targets(weights[:driven], window)
    faulty = [mask.reshape(-1, *weights.shape) for mask in inspection.faulty]
    seen = [g.reshape(-1, *weights.shape) for g in inspection.seen]
    cost: Doubles = np.zeros((lines, lines))
    hit = np.any(faulty, axis=0)  # (copies, lines, cols)
    for copy, line in np.argwhere(hit.any(axis=2)).tolist():
        at = hit[copy, line]
        there = [t[:, at] for t in targets]
        here = Inspection(
            [np.broadcast_to(g[copy, line, at], there[0].shape) for g in seen],
            [np.broadcast_to(m[copy, line, at], there[0].shape) for m in faulty],
        )
        missing = made_up(there, here, planes, window)[1]
        cost[:driven, line] += (missing**2).sum(axis=1)
    order: Integers = linear_sum_assignment(cost / mapping.scale(window) ** 2)[1]
    return order[:driven]
