"""A CMOS synapse in transistors: a slot in time, energy against code and condition, linearity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import (
    COLOURS,
    FULL,
    GREY,
    Picture,
    picture,
    styled,
    uneven,
)
from crossbar.report.figures.layout import above, empty

Vector = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A condition in the figure: mean energy of a slot, its spread, whether the codes were right.

    Attributes
    ----------
    group, label
        What was varied, and its value.
    energy, spread : [J]
        Mean and standard deviation over the codes.
    written
        Whether every code was written within the slot.
    """

    group: str
    label: str
    energy: float
    spread: float
    written: bool


@dataclass(frozen=True, kw_only=True)
class SynapseDrawing:
    """What the figure shows.

    Attributes
    ----------
    time, current : (points,) [s], [A]
        Column current through a slot, from its start.
    settling, slot : [s]
        When the current stays within 1 %, and the published time of an operation.
    parts
        Energy [J] of the mean slot by part, in order.
    published : [J]
        Energy of an operation in print.
    codes, energies : (slots,) [1], [J]
        Codes of simulated slots, and what each took.
    held, mean, sd : (all codes,) [J]
        Energy of a held code; mean and standard deviation over all codes before, by the fitted
        energy function.
    circuit, behavioural : (chips,) [LSB]
        Largest integral nonlinearity of each synapse: ngspice and the behavioural model.
    sigma_unit
        Unit mismatch of both.
    bars
        Conditions.
    """

    time: Vector
    current: Vector
    settling: float
    slot: float
    parts: dict[str, float]
    published: float
    codes: Vector
    energies: Vector
    held: Vector
    mean: Vector
    sd: Vector
    circuit: Vector
    behavioural: Vector
    sigma_unit: float
    bars: Sequence[Bar]


@styled
def synapse_energy(shown: SynapseDrawing) -> Picture:
    """Return the figure."""
    figure = empty(FULL, 5.9)
    grid = figure.add_gridspec(3, 3, width_ratios=(1, 1, 1.05))
    _slot(figure.add_subplot(grid[0, 0]), shown)
    _parts(figure.add_subplot(grid[0, 1]), shown)
    _codes(figure.add_subplot(grid[1, :2]), shown)
    _linearity(figure.add_subplot(grid[2, :2]), shown)
    _bars(figure.add_subplot(grid[:, 2]), shown)
    return picture(
        figure,
        "synapse-energy",
        alt="Column current in a slot, energy by part, against code and condition, nonlinearity",
        caption=f"A CMOS synapse of 45 nm transistors with {len(shown.held)} codes, in ngspice.",
        data=uneven(
            **{
                "time [s]": shown.time,
                "column current [A]": shown.current,
                "part": [*shown.parts],
                "energy of the part [J]": [*shown.parts.values()],
                "code": np.arange(len(shown.held)),
                "held [J]": shown.held,
                "mean [J]": shown.mean,
                "s.d. [J]": shown.sd,
                "simulated code": shown.codes,
                "simulated [J]": shown.energies,
                "INL in ngspice [LSB]": shown.circuit,
                "INL, behavioural [LSB]": shown.behavioural,
                "condition": [f"{bar.group} {bar.label}".strip() for bar in shown.bars],
                "condition mean [J]": [bar.energy for bar in shown.bars],
                "condition s.d. [J]": [bar.spread for bar in shown.bars],
            }
        ),
        wide=True,
    )


def _slot(ax: Axes, shown: SynapseDrawing) -> None:
    ax.plot(1e12 * shown.time, 1e3 * shown.current, color=COLOURS[0])
    end = float(shown.current[-1])
    ax.axhspan(0.99e3 * end, 1.01e3 * end, color=COLOURS[2], alpha=0.35, linewidth=0)
    ax.axvline(1e12 * shown.settling, color=COLOURS[1], linestyle="--")
    falls = shown.current[0] > end  # the corner that the curve leaves free
    place: dict[str, Any] = {"ha": "right", "va": "top"} if falls else {"ha": "left", "va": "top"}
    ax.text(0.97 if falls else 0.03, 0.95, f"within 1 %\nafter {1e12 * shown.settling:.0f} ps",
            color=COLOURS[1], transform=ax.transAxes, **place)  # fmt: skip
    ax.set(
        xlabel="time in the slot (ps)", ylabel="column current (mA)", xlim=(0, 1e12 * shown.slot)
    )
    ax.set_title("a weight change at full input", loc="left")


def _parts(ax: Axes, shown: SynapseDrawing) -> None:
    values = [1e15 * value for value in shown.parts.values()]
    places = [float(k) for k in range(len(values))]
    ax.bar(places, values, color=[*COLOURS[:3], *[GREY] * len(values)][: len(values)], width=0.65)
    for x, value in zip(places, values, strict=True):
        ax.annotate(f"{value:.3g}", (x, value), (0, 3), textcoords="offset points", ha="center")
    ax.set_xticks(places, list(shown.parts))
    ax.set(ylabel="energy (fJ)", ylim=(0, 1.2 * max(values)))
    ax.grid(visible=False, axis="x")
    ax.set_title("mean slot, random codes, by source", loc="left")


def _codes(ax: Axes, shown: SynapseDrawing) -> None:
    every = np.arange(len(shown.held))
    low, high = 1e15 * (shown.mean - shown.sd), 1e15 * (shown.mean + shown.sd)
    ax.fill_between(every, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
    ax.plot(every, 1e15 * shown.mean, color=COLOURS[0],
            label="written, mean and s.d. over codes before")  # fmt: skip
    ax.plot(every, 1e15 * shown.held, color=COLOURS[2], linestyle="--", label="held")
    ax.plot(shown.codes, 1e15 * shown.energies, "o", color=COLOURS[4], markersize=4,
            label="written, simulated")  # fmt: skip
    ax.axhline(1e15 * shown.published, color=COLOURS[1], linestyle=":")
    ax.annotate(f"published, 8 bits: {1e15 * shown.published:.2f} fJ",
                (every[-1], 1e15 * shown.published), (-6, -4), textcoords="offset points",
                color=COLOURS[1], ha="right", va="top")  # fmt: skip
    ax.set(xlabel="code", ylabel="energy of a slot (fJ)", xlim=(0, every[-1]), ylim=(0, None))
    above(ax, 3)


def _linearity(ax: Axes, shown: SynapseDrawing) -> None:
    for values, colour, line, name in (
        (shown.circuit, COLOURS[0], "-", f"ngspice, {len(shown.circuit)} synapses"),
        (shown.behavioural, COLOURS[1], "--", f"behavioural, {len(shown.behavioural)} synapses"),
    ):
        share = np.arange(1, len(values) + 1) / len(values)
        ax.step(
            np.sort(values), 100 * share, color=colour, linestyle=line, where="post", label=name
        )
    ax.axhline(95, color=GREY, linewidth=0.8)
    ax.set(xlabel="largest INL of a synapse (LSB)", ylabel="synapses below (%)", ylim=(0, 102))
    ax.text(0.99, 0.06, f"unit mismatch {100 * shown.sigma_unit:.2g} %", ha="right",
            transform=ax.transAxes)  # fmt: skip
    above(ax, 2)


def _bars(ax: Axes, shown: SynapseDrawing) -> None:
    labels = [f"{bar.group} {bar.label}".strip() for bar in shown.bars]
    for k, bar in enumerate(shown.bars):
        energy, spread = 1e15 * bar.energy, 1e15 * bar.spread
        if bar.written:
            ax.errorbar(energy, k, xerr=[[min(spread, 0.8 * energy)], [spread]], fmt="o",
                        color=COLOURS[0], markersize=4, linewidth=1.2)  # fmt: skip
        else:
            ax.plot(energy, k, "x", color=COLOURS[1])
    ax.axvline(1e15 * shown.published, color=COLOURS[1], linestyle=":")
    ax.set_xscale("log")
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    ax.set_yticks(np.arange(len(labels)), labels, fontsize=7.5)
    ax.set_ylim(max(len(labels), 12) - 0.5, -0.5)  # few stand at the top
    ax.set(xlabel="energy of a slot (fJ)")
    ax.set_title("mean and s.d. over codes;\nx: codes not written in the slot", loc="left")
