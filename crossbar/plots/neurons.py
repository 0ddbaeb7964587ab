"""A spiking neuron in a circuit, beside the one that was calibrated on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import COLOURS, FULL, Picture, picture, styled
from crossbar.report.figures.layout import empty
from crossbar.spice.neurons import NeuronCalibration, Trial
from crossbar.types import Floats

POINTS = 1000


@styled
def calibrated_neuron(calibration: NeuronCalibration) -> Picture:
    """Return the membranes of the stimulus with the largest error, and all errors below."""
    trial = max(calibration.held_out, key=lambda one: one.error)
    t = trial.recording.t[-1] * np.arange(1, POINTS + 1) / POINTS
    circuit = np.interp(t, trial.recording.t, trial.recording.membranes[0][:, 0])
    model = trial.voltages(calibration.neuron, t)
    figure = empty(FULL, 4.4)
    top, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    _membranes(top, t, circuit, model, trial)
    _errors(below, calibration)
    return picture(
        figure,
        "spiking-neuron",
        alt="voltage of the membrane over time, and errors of spike times",
        caption="Top: membrane in ngspice and of the calibrated neuron, with their spikes, for the "
        "held-out stimulus of the largest error. Bottom: neuron minus circuit, of every spike of "
        "all held-out stimuli.",
        data=pd.DataFrame({"time [s]": t, "circuit [V]": circuit, "neuron [V]": model}),
        wide=True,
    )


def _membranes(ax: Axes, t: Floats, circuit: Floats, model: Floats, trial: Trial) -> None:
    """Draw both voltages and the spikes above them."""
    ax.plot(1e6 * t, circuit, color=COLOURS[0], label="ngspice")
    ax.plot(1e6 * t, model, color=COLOURS[1], ls="--", label="neuron")
    for times, colour, height in (
        (trial.recording.spikes[0].times, COLOURS[0], 0.60),
        (trial.spikes.times, COLOURS[1], 0.55),
    ):
        ax.plot(1e6 * times, np.full(times.size, height), "|", color=colour, ms=9)
    ax.set(ylabel="membrane (V)", ylim=(-0.02, 0.64))
    ax.legend(loc="lower right")


def _errors(ax: Axes, calibration: NeuronCalibration) -> None:
    """Draw the error of every spike at its time, where counts are equal."""
    for trial in calibration.held_out:
        if np.isfinite(trial.error):
            times = trial.recording.spikes[0].times
            ax.plot(1e6 * times, 1e9 * (trial.spikes.times - times), ".", color=COLOURS[0])
    ax.set(xlabel="time (us)", ylabel="error (ns)")
