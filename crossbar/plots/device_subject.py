"""What the figures of a device are of, and what was published beside it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossbar.devices import Device
from crossbar.devices.library.published import PublishedCurve, Shown
from crossbar.random import Streams
from crossbar.report.figures.canvas import MARKERS, Picture, picture, uneven
from crossbar.report.wording import quantity_text
from crossbar.types import Floats, Rng

HEIGHT = 2.5  # inches of axes
TARGETS = 20  # conductances of statistics


class Subject(NamedTuple):
    """What figures are of: a device, its name, what was published of it, and cells behind means."""

    name: str
    device: Device
    published: tuple[PublishedCurve, ...]
    cells: int
    streams: Streams

    def rng(self, name: str) -> Rng:
        """Return the generator of the figure ``name``."""
        return self.streams(name)

    @property
    def targets(self) -> Floats:
        """Conductances [S] of statistics, above zero."""
        low, _, high = self.device.window
        return np.linspace(low, high, TARGETS + (low == 0.0))[int(low == 0.0) :]

    def curves(self, of: Shown) -> list[PublishedCurve]:
        """Return what was published ``of`` it."""
        return [curve for curve in self.published if curve.of is of]


def named(subject: Subject, figure: Figure, what: str, **facts: Any) -> Picture:
    """Return ``figure`` as the picture of ``what`` the device does."""
    return picture(figure, f"{subject.name}-{what}", **facts)


def beside(ax: Axes, curves: list[PublishedCurve], fx: float, fy: float) -> None:
    """Draw what was published, or derived from it, as rings."""
    for k, curve in enumerate(curves):
        label = curve.source.kind if k == 0 else None
        ax.plot(fx * np.array(curve.x), fy * np.array(curve.y), ls="", marker=MARKERS[k], ms=4,
                mfc="none", color="#222222", label=label, zorder=3)  # fmt: skip


def said(curves: list[PublishedCurve]) -> str:
    """Return the sentence about what was published."""
    sources = dict.fromkeys(str(curve.source) for curve in curves)
    return f" Rings: {'; '.join(sources)}." if sources else ""


def siemens(g: float) -> str:
    """Return a conductance with its unit."""
    return quantity_text(g, "S", 3)


def columns(data: dict[str, Any], curves: list[PublishedCurve]) -> pd.DataFrame:
    """Return ``data`` with the published points beside."""
    for k, curve in enumerate(curves):
        number = f" {k + 1}" if len(curves) > 1 else ""
        data |= {f"published{number}: x": curve.x, f"published{number}: y": curve.y}
    return uneven(**data)
