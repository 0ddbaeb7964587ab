"""A chip that learns in ngspice beside the behavioural one: loss, decisions, codes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import COLOURS, FULL, GREY, LINES, Picture, picture, styled
from crossbar.report.figures.layout import empty

FLOOR = 1e-3  # probability, where the loss is cut for the picture


@styled
def circuit_learning(table: pd.DataFrame) -> Picture:
    """Return loss by sample, probabilities against each other, and equal codes.

    Parameters
    ----------
    table
        A row a sample: ``p_circuit`` and ``p_chip`` (probability of the right class before the
        step), ``equal_codes`` (share of equal codes after it), ``largest_gap`` (codes) and
        ``decision`` (``DIFFERS`` where the two do).
    """
    figure = empty(FULL, 2.4)
    loss, scatter, codes = figure.subplots(1, 3)
    _loss(loss, table)
    scatter.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    scatter.plot(table["p_chip"], table["p_circuit"], "o", color=COLOURS[0], alpha=0.7)
    scatter.axvline(0.5, color=GREY, linewidth=0.6, linestyle=":")
    scatter.axhline(0.5, color=GREY, linewidth=0.6, linestyle=":")
    scatter.set(xlabel="behavioural chip", ylabel="circuit", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    scatter.set_title("Probability of the right class")
    samples = np.arange(1, len(table) + 1)
    codes.plot(samples, 100 * table["equal_codes"], color=COLOURS[0])
    codes.set(xlabel="samples learned", ylabel="equal codes (%)")
    codes.set_ylim(min(90.0, 100 * table["equal_codes"].min() - 2), 100.5)
    codes.set_title(f"Codes, at most {table['largest_gap'].max()} apart")
    equal = table["equal_codes"].iloc[-1]
    differ = int((table["decision"] == "DIFFERS").sum())
    return picture(
        figure,
        "circuit-learning",
        alt="Loss of each sample, probabilities against each other, and share of equal codes.",
        caption=f"A network of 664 CMOS synapses learns {len(table)} images, one ngspice transient"
        f" each. The behavioural chip with circuit-calibrated blocks learns the same images. Each"
        f" continues from its own codes: {differ} of the decisions differ; {equal:.1%} of the codes"
        " are equal at the end.",
        data=table,
        wide=True,
    )


def _loss(ax: Axes, table: pd.DataFrame) -> None:
    """Draw the loss of every sample, and its running mean."""
    samples, width = np.arange(1, len(table) + 1), max(1, min(8, len(table) // 4))
    for k, (name, who) in enumerate((("p_chip", "behavioural chip"), ("p_circuit", "circuit"))):
        values = -np.log(table[name].clip(lower=FLOOR))
        mean = values.rolling(width, min_periods=1).mean()
        ax.plot(samples, values, "o+"[k], color=COLOURS[k], alpha=0.45, markersize=4 + 3 * k)
        ax.plot(samples, mean, color=COLOURS[k], linestyle=LINES[k], label=who)
    ax.set(xlabel="sample", ylabel="cross-entropy (nat)", ylim=(0, None))
    ax.set_title(f"Loss before each step, and mean of {width}")
    ax.legend(loc="upper right")
