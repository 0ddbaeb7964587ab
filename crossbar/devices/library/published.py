"""What a publication shows of a device: points, or a formula at points, in SI units."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crossbar.checks import check_fields
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.sources import Source


class Shown(enum.Enum):
    """What a curve is of, ``x`` and ``y``."""

    SET_STEP = "set step [S] against conductance [S]"
    RESET_STEP = "reset step [S] against conductance [S]"
    PROGRAMMING_ERROR = "standard deviation after programming [S] against target [S]"
    READ_NOISE = "standard deviation of a read [S] against conductance [S]"
    DRIFT = "mean drift exponent against conductance [S]"
    DRIFT_SPREAD = "standard deviation of the drift exponent against conductance [S]"
    CURRENT = "current [A] against voltage [V]"


@dataclass(frozen=True, kw_only=True)
class PublishedCurve(Displayed):
    """A published curve of a device, which its figures show and its tests compare with.

    Parameters
    ----------
    of
        What it shows.
    source
        Where it was published.
    x, y : [SI]
        Points, or a formula evaluated at points, as printed and then converted to SI units.
    within
        Precision of what is printed, relative to the largest ``y``.
    at
        Time since writing [s] of read noise, conductance [S] of a current; none for the others.

    Raises
    ------
    ConfigError
        If ``x`` and ``y`` are not equally long.
    """

    of: Shown
    source: Source
    x: tuple[float, ...]
    y: tuple[float, ...]
    within: float
    at: float | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if len(self.x) != len(self.y):
            got = f"{len(self.x)} and {len(self.y)} numbers"
            fail("PublishedCurve.y", "as many numbers as x", got, "Give one y for every x.")
