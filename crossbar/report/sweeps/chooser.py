"""Which figures a sweep calls for: what varied decides."""

from __future__ import annotations

from crossbar.report.figures.canvas import Picture
from crossbar.report.sweeps.curve import curve
from crossbar.report.sweeps.records import Sweep


def pictures(sweep: Sweep) -> list[Picture]:
    """Return the figures that apply to what varied among the finished runs, the telling ones first.

    A sweep in which nothing varied has none.
    """
    return [curve(sweep, x) for x in sweep.varied]
