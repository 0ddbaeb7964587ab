"""Learning curves: loss and accuracy against epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from crossbar.report.figures.canvas import (
    COLOURS,
    GREY,
    NARROW,
    WIDTH,
    Picture,
    look,
    percent,
    picture,
    styled,
)
from crossbar.report.figures.layout import above, axes
from crossbar.report.merit import SHARE
from crossbar.report.records import Run
from crossbar.report.wording import splits_and_seeds

# Column of a history, name and look of each part.
TRAINING = ("", "training", {"linestyle": "--", "marker": "s", "color": COLOURS[1]})
VALIDATION = ("validation_", "validation", {"linestyle": "-", "marker": "o", "color": COLOURS[0]})


def learning(run: Run) -> list[Picture]:
    """Return loss and accuracy of ``run``, training and validation in one picture each.

    There are none of a run without an epoch.
    """
    return [_one(run, quantity) for quantity in ("loss", run.merit)] if run.learned else []


@styled
def _one(run: Run, quantity: str) -> Picture:
    figure, ax = axes(NARROW, 1.9)
    learned(ax, run, quantity)
    return picture(
        figure,
        f"{run.name}-learning-{quantity}",
        alt=f"{quantity} of {run.name} against epochs, training and validation",
        caption=f"{quantity.capitalize()} while {run.name} learns: mean (thick) and each seed "
        "(thin).",
        data=_frame([run], quantity),
    )


def learned(ax: Axes, run: Run, quantity: str) -> None:
    """Draw ``quantity`` of the training and of the validation part against epochs."""
    for prefix, part, style in (TRAINING, VALIDATION):
        _seeds_and_mean(ax, run, prefix + quantity, style, part)
    _finish(ax, run, quantity)


def learning_together(runs: Sequence[Run]) -> list[Picture]:
    """Return loss and accuracy of all ``runs`` on the validation part, a picture each.

    Runs without an epoch have no part in them.
    """
    learned = [run for run in runs if run.learned]
    shown = ("loss", learned[0].merit) if learned else ()
    return [_together(learned, quantity) for quantity in shown]


@styled
def _together(runs: Sequence[Run], quantity: str) -> Picture:
    prefix, part, _ = VALIDATION
    figure, ax = axes(WIDTH, 2.1)
    for k, run in enumerate(runs):
        _seeds_and_mean(ax, run, prefix + quantity, look(k, run.analog), run.name)
    _finish(ax, runs[0], quantity, f", {part}")
    return picture(
        figure,
        f"learning-{quantity}-{part}",
        alt=f"{quantity} of the {part} part against epochs, for {', '.join(r.name for r in runs)}",
        caption=f"{quantity.capitalize()} of the {part} part: mean (thick) and each seed (thin). "
        + splits_and_seeds(runs),
        data=_frame(runs, quantity),
    )


def _frame(runs: Sequence[Run], quantity: str) -> pd.DataFrame:
    """Return ``quantity`` of the training and of the validation part of every seed and epoch."""
    names = ["epoch", quantity, f"validation_{quantity}"]
    return pd.concat(
        [chip.history[names].assign(run=run.name, seed=chip.seed)
         for run in runs for chip in run.chips],
        ignore_index=True,
    )  # fmt: skip


def _seeds_and_mean(ax: Axes, run: Run, column: str, style: Mapping[str, Any], label: str) -> None:
    """Draw ``column`` of the histories: every seed thin and the mean of the seeds thick."""
    values = np.stack([chip.history[column].to_numpy(np.float64) for chip in run.chips])
    epochs = np.arange(1.0, values.shape[1] + 1)
    if len(values) > 1:
        ax.plot(epochs, values.T, lw=0.7, alpha=0.45, **{**style, "marker": ""})
    ax.plot(epochs, values.mean(0), markevery=max(1, len(epochs) // 8), label=label, **style)


def _finish(ax: Axes, run: Run, quantity: str, title: str = "") -> None:
    """Label the axes, and mark what guessing reaches."""
    ax.set_xlabel("epoch")
    metric = run.result["metrics"][quantity]
    share = metric["unit"] == SHARE
    ax.set_ylabel(f"{metric['words']}{' (%)' if share else ''}{title}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    if (chance := _chance(run, quantity)) is not None:
        ax.axhline(chance, color=GREY, lw=0.9, ls=":", label="guessing")
    if share:
        percent(ax.yaxis)
    if quantity == run.merit:
        ax.set_ylim(min(ax.get_ylim()[0], (chance or 0.0) - 0.03), 1.0)
    else:
        ax.set_ylim(bottom=0)
    above(ax, 4)


def _chance(run: Run, quantity: str) -> float | None:
    """Return what guessing reaches; None of the loss where it is not cross-entropy."""
    classes = len(run.result["classes"])
    if quantity == "loss":
        loss = run.result["config"]["train"].get("loss")
        return None if not run.decides or loss is not None else float(np.log(classes))
    return 1 / classes if run.decides else 0.0
