"""Example samples, one a class: images, rows of numbers, or sound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crossbar.report.figures.canvas import COLOURS, Picture, picture, styled
from crossbar.report.figures.layout import empty
from crossbar.report.figures.sounds import sounds
from crossbar.report.records import Run
from crossbar.types import Floats

COLUMNS = 5  # of a picture
MOST = 20  # classes that are shown
COLOUR = 3  # channels of an image in colour


def examples(run: Run) -> list[Picture]:
    """Return pictures of one sample a class."""
    return sounds(run) if "waveforms" in run.examples else [_samples(run)]


@styled
def _samples(run: Run) -> Picture:
    """Return the samples side by side; the scales are the same in all."""
    samples, names = run.examples["images"][:MOST], run.examples["classes"][:MOST]
    columns = min(COLUMNS, len(samples))
    rows = -(-len(samples) // columns)
    figure = empty(1.85 * columns, 1.6 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    limits = (float(samples.min()), float(samples.max()))
    shown = None
    for ax, name, sample in zip(grid, names, samples, strict=False):
        shown = _sample(ax, sample, limits) or shown
        ax.set_title(str(name), loc="left", weight="bold")
    for ax in grid[len(samples) :]:
        ax.set_axis_off()
    if shown is not None:
        figure.colorbar(shown, ax=list(grid), pad=0.02, aspect=18).set_label("value")
    which = "one a class" if run.result["classes"] else "some of them"
    words, more = run.result["data"], len(run.examples["classes"]) - len(samples)
    return picture(
        figure,
        f"{run.name}-examples",
        alt=f"some {run.sample}s",
        caption=f"{run.sample.capitalize()}s, {which}: {words['form']}, before normalisation."
        + (f" {more} classes are not shown." if more else ""),
        data=pd.DataFrame(samples.reshape(len(samples), -1).T, columns=[str(n) for n in names]),
    )


def _sample(ax: Any, sample: Floats, limits: tuple[float, float]) -> Any:
    """Draw one sample; return what its colours mean, None where they mean nothing."""
    low, high = limits
    if sample.ndim == 1:
        ax.plot(np.arange(len(sample)), sample, lw=0.8, color=COLOURS[0])
        ax.set_ylim(low - 0.05 * (high - low or 1.0), high + 0.05 * (high - low or 1.0))
        return None
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    if sample.ndim == COLOUR and sample.shape[2] == COLOUR:
        ax.imshow((sample - low) / ((high - low) or 1.0), interpolation="nearest")
        return None
    flat = sample.reshape(len(sample), -1)
    return ax.imshow(flat, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
