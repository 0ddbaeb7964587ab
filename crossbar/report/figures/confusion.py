"""Confusion matrix: what was shown against what was decided."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crossbar.report.figures.canvas import NARROW, WIDTH, Picture, picture, styled
from crossbar.report.figures.layout import axes
from crossbar.report.records import Run


@styled
def confusion(run: Run) -> Picture:
    """Return the confusion matrix of ``run``, summed over its seeds."""
    classes = run.result["classes"]
    counts = np.sum([chip.record["confusion"] for chip in run.chips], axis=0)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, ax = axes(NARROW, 1.9) if len(classes) < 5 else axes(WIDTH, 3.6)
    ax.imshow(shares, vmin=0, vmax=1, cmap="Blues", aspect="auto")
    for (i, j), share in np.ndenumerate(shares):
        text = f"{counts[i, j]}\n{100 * share:.0f} %"
        ax.text(j, i, text, ha="center", va="center", color="white" if share > 0.55 else "black")
    ax.grid(visible=False)
    turn = 0 if len(classes) < 4 else 30
    ax.set_xticks(range(len(classes)), classes, rotation=turn, ha="right" if turn else "center")
    ax.set_yticks(range(len(classes)), classes, rotation=90 - turn, va="center")
    ax.set(xlabel="decided class", ylabel="true class")
    ax.set_title(f"{run.sample}s, and share of the true class", loc="left")
    return picture(
        figure,
        f"{run.name}-confusion",
        alt=f"confusion matrix of {run.name}",
        caption=f"Decisions of {run.name} on test {run.sample}s: counts summed over the seeds, and "
        "shares of the true class.",
        data=pd.DataFrame(counts, columns=[f"decided {name}" for name in classes]).assign(
            true=classes
        ),
    )
