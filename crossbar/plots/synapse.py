"""A CMOS synapse in transistors: a slot in time, energy against code and condition, linearity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from crossbar.energy.published import A_AV
from crossbar.report.figures.canvas import COLOURS, FULL, GREY, Picture, picture, styled, uneven
from crossbar.report.figures.layout import above, empty
from crossbar.spice.synapse.characterise import Characterisation
from crossbar.spice.synapse.energy import Point
from crossbar.spice.synapse.slots import Slot, Transient, column
from crossbar.types import Floats


@styled
def synapse_energy(
    measured: Characterisation, slots: Sequence[Slot], change: Transient,
    circuit: Floats, behavioural: Floats, sigma_unit: float,
) -> Picture:  # fmt: skip
    """Return the figure.

    Parameters
    ----------
    measured
        The synapse, with its energy under every condition; its energy against code is that of the
        fitted energy function.
    slots
        Simulated slots with random codes.
    change
        Column current in the slot of a weight change.
    circuit, behavioural : (chips,) [LSB]
        Largest integral nonlinearity of each synapse: ngspice and the behavioural model.
    sigma_unit
        Unit mismatch of both.
    """
    synapse, switching = measured.synapse, measured.switching
    codes = np.arange(synapse.codes)
    held = switching.energy(codes, synapse.v_in)
    every = [switching.energy(codes, synapse.v_in, np.full_like(codes, c)) for c in codes]
    mean, sd = np.mean(every, axis=0), np.std(every, axis=0)
    parts = {name: float(column(slots, name).mean()) for name in ("latch", "port", "row")}
    parts["sense"] = measured.points[1].sense
    written = {"simulated code": column(slots, "code"), "simulated [J]": column(slots, "energy")}
    figure = empty(FULL, 5.9)
    grid = figure.add_gridspec(3, 3, width_ratios=(1, 1, 1.05))
    _slot(figure.add_subplot(grid[0, 0]), change, synapse.slot)
    _parts(figure.add_subplot(grid[0, 1]), parts)
    _codes(figure.add_subplot(grid[1, :2]), held, mean, sd, *written.values())
    _linearity(figure.add_subplot(grid[2, :2]), circuit, behavioural, sigma_unit)
    _conditions(figure.add_subplot(grid[:, 2]), measured.points)
    return picture(
        figure,
        "synapse-energy",
        alt="Column current in a slot, energy by part, against code and condition, nonlinearity",
        caption=f"A CMOS synapse of 45 nm transistors with {len(held)} codes, in ngspice.",
        data=uneven(
            **{
                "time [s]": change.time,
                "column current [A]": change.current,
                "part": [*parts],
                "energy of the part [J]": [*parts.values()],
                "code": codes,
                "held [J]": held,
                "mean [J]": mean,
                "s.d. [J]": sd,
                **written,
                "INL in ngspice [LSB]": circuit,
                "INL, behavioural [LSB]": behavioural,
                "condition": [_condition(point) for point in measured.points],
                "condition mean [J]": [point.energy for point in measured.points],
                "condition s.d. [J]": [point.spread for point in measured.points],
            }
        ),
        wide=True,
    )


def _condition(point: Point) -> str:
    return f"{point.quantity} {point.value}".strip()


def _slot(ax: Axes, change: Transient, slot: float) -> None:
    ax.plot(1e12 * change.time, 1e3 * change.current, color=COLOURS[0])
    end = float(change.current[-1])
    ax.axhspan(0.99e3 * end, 1.01e3 * end, color=COLOURS[2], alpha=0.35, linewidth=0)
    ax.axvline(1e12 * change.settling, color=COLOURS[1], linestyle="--")
    falls = change.current[0] > end  # the corner that the curve leaves free
    place: dict[str, Any] = {"ha": "right", "va": "top"} if falls else {"ha": "left", "va": "top"}
    ax.text(0.97 if falls else 0.03, 0.95, f"within 1 %\nafter {1e12 * change.settling:.0f} ps",
            color=COLOURS[1], transform=ax.transAxes, **place)  # fmt: skip
    ax.set(xlabel="time in the slot (ps)", ylabel="column current (mA)", xlim=(0, 1e12 * slot))
    ax.set_title("a weight change at full input", loc="left")


def _parts(ax: Axes, parts: Mapping[str, float]) -> None:
    values = [1e15 * value for value in parts.values()]
    places = [float(k) for k in range(len(values))]
    ax.bar(places, values, color=[*COLOURS[:3], *[GREY] * len(values)][: len(values)], width=0.65)
    for x, value in zip(places, values, strict=True):
        ax.annotate(f"{value:.3g}", (x, value), (0, 3), textcoords="offset points", ha="center")
    ax.set_xticks(places, list(parts))
    ax.set(ylabel="energy (fJ)", ylim=(0, 1.2 * max(values)))
    ax.grid(visible=False, axis="x")
    ax.set_title("mean slot, random codes, by source", loc="left")


def _codes(
    ax: Axes, held: Floats, mean: Floats, sd: Floats, codes: Floats, energies: Floats
) -> None:
    every = np.arange(len(held))
    low, high = 1e15 * (mean - sd), 1e15 * (mean + sd)
    ax.fill_between(every, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
    ax.plot(every, 1e15 * mean, color=COLOURS[0],
            label="written, mean and s.d. over codes before")  # fmt: skip
    ax.plot(every, 1e15 * held, color=COLOURS[2], linestyle="--", label="held")
    ax.plot(codes, 1e15 * energies, "o", color=COLOURS[4], markersize=4,
            label="written, simulated")  # fmt: skip
    ax.axhline(1e15 * A_AV, color=COLOURS[1], linestyle=":")
    ax.annotate(f"published, 8 bits: {1e15 * A_AV:.2f} fJ",
                (every[-1], 1e15 * A_AV), (-6, -4), textcoords="offset points",
                color=COLOURS[1], ha="right", va="top")  # fmt: skip
    ax.set(xlabel="code", ylabel="energy of a slot (fJ)", xlim=(0, every[-1]), ylim=(0, None))
    above(ax, 3)


def _linearity(ax: Axes, circuit: Floats, behavioural: Floats, sigma_unit: float) -> None:
    for values, colour, line, name in (
        (circuit, COLOURS[0], "-", f"ngspice, {len(circuit)} synapses"),
        (behavioural, COLOURS[1], "--", f"behavioural, {len(behavioural)} synapses"),
    ):
        share = np.arange(1, len(values) + 1) / len(values)
        ax.step(
            np.sort(values), 100 * share, color=colour, linestyle=line, where="post", label=name
        )
    ax.axhline(95, color=GREY, linewidth=0.8)
    ax.set(xlabel="largest INL of a synapse (LSB)", ylabel="synapses below (%)", ylim=(0, 102))
    ax.text(0.99, 0.06, f"unit mismatch {100 * sigma_unit:.2g} %", ha="right",
            transform=ax.transAxes)  # fmt: skip
    above(ax, 2)


def _conditions(ax: Axes, points: Sequence[Point]) -> None:
    labels = [_condition(point) for point in points]
    for k, point in enumerate(points):
        energy, spread = 1e15 * point.energy, 1e15 * point.spread
        if point.wrong == 0:
            ax.errorbar(energy, k, xerr=[[min(spread, 0.8 * energy)], [spread]], fmt="o",
                        color=COLOURS[0], markersize=4, linewidth=1.2)  # fmt: skip
        else:
            ax.plot(energy, k, "x", color=COLOURS[1])
    ax.axvline(1e15 * A_AV, color=COLOURS[1], linestyle=":")
    ax.set_xscale("log")
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    ax.set_yticks(np.arange(len(labels)), labels, fontsize=7.5)
    ax.set_ylim(max(len(labels), 12) - 0.5, -0.5)  # few stand at the top
    ax.set(xlabel="energy of a slot (fJ)")
    ax.set_title("mean and s.d. over codes;\nx: codes not written in the slot", loc="left")
