"""Planes: the cells that hold a weight, their signs and significance, and how they are sensed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Plane(Displayed):
    """Cells of a weight that count alike: one conductance for each, on bit lines of their own.

    A weight is ``sum_p s_p (sum_c sign_c G_c - sum_c sign_c G_ref) / k`` over its planes p and
    their cells c, the second sum where a plane has a reference.

    Parameters
    ----------
    signs
        +1 or -1 of each cell, with which its line current is added.
    significance
        What the plane counts in the sum, s_p.
    amplifier
        Planes of one number are sensed together: their currents add on one amplifier (and ADC), the
        most significant with gain 1 and the others in proportion, noise and all. Planes of
        different numbers are sensed apart: each amplifier and ADC makes its own errors, and their
        outputs are weighted and added in digital. Numbers are 0, 1, ... in the order of the planes.
    reference
        Whether the current of reference lines at the middle conductance is subtracted.
    learns
        Whether the cells take part in changes.

    In a transposed read the planes take turns: the bit lines of one are driven with plus or minus
    the voltage while the others rest at 0 V, and the turns are weighted and added in digital.
    """

    signs: tuple[int, ...] = quantity((1,), low=-1, high=1)
    significance: float = quantity(1.0, above=0, high=1e12)
    amplifier: int = quantity(0, low=0, high=1000)
    reference: bool = False
    learns: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.signs or set(self.signs) - {1, -1}:
            remedy = "A significance is a field of its own."
            fail("Plane.signs", "+1 or -1 for each cell", repr(self.signs), remedy)

    @property
    def references(self) -> int:
        """How many times the current of the reference line is subtracted in a forward read."""
        return sum(self.signs) if self.reference else 0


def require_planes(where: str, planes: Sequence[Plane]) -> None:
    """Raise unless ``planes`` are some, and their amplifiers 0, 1, ... in order."""
    numbers = [plane.amplifier for plane in planes]
    if not numbers or list(dict.fromkeys(numbers)) != list(range(numbers[-1] + 1)):
        remedy = "Planes that are sensed together follow each other."
        fail(where, "one plane or more, on the amplifiers 0, 1, ...", repr(numbers), remedy)


def gains(planes: Sequence[Plane]) -> list[float]:
    """Return the gain of each plane on its way to the amplifier, 1 for the most significant."""
    return [p.significance / _largest(planes, p.amplifier) for p in planes]


def factors(planes: Sequence[Plane]) -> list[float]:
    """Return what the output of an amplifier counts, at the last of its planes; else 0."""
    following = [*(p.amplifier for p in planes[1:]), -1]
    return [
        _largest(planes, p.amplifier) if p.amplifier != after else 0.0
        for p, after in zip(planes, following, strict=True)
    ]


def amplified(planes: Sequence[Plane], each: Floats) -> list[Floats]:
    """Return the current at every amplifier, of the line currents (planes, ...) of ``each``."""
    totals: list[Floats] = [np.zeros_like(each[0]) for _ in range(planes[-1].amplifier + 1)]
    for plane, gain, i in zip(planes, gains(planes), each, strict=True):
        totals[plane.amplifier] += i.dtype.type(gain) * i
    return totals


def _largest(planes: Sequence[Plane], amplifier: int) -> float:
    return max(p.significance for p in planes if p.amplifier == amplifier)


def signs_of_each(planes: Sequence[Plane]) -> list[list[int]]:
    """Return for each plane the sign of every cell of a weight; 0 for cells of other planes.

    Examples
    --------
    >>> signs_of_each((Plane(signs=(1, -1)), Plane(significance=4.0)))
    [[1, -1, 0], [0, 0, 1]]
    """
    owners = [(k, sign) for k, plane in enumerate(planes) for sign in plane.signs]
    return [[sign if owner == k else 0 for owner, sign in owners] for k in range(len(planes))]
