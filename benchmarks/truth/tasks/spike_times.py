"""Spikes of a neuron that other spikes reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from truth.task import Answer, Task

FILE = Path(__file__).parents[3] / "tests" / "physics" / "nest_spikes.json"
CASE = json.loads(FILE.read_text())["cases"][1]


@dataclass(frozen=True)
class Reached:
    """A neuron with exponential synaptic current, in ms, mV, pA and pF.

    C dV/dt = -(C / tau_m) (V - E_L) + I_e + I; tau_s dI/dt = -I, and a spike adds its weight to I.
    """

    times: Answer
    """arrivals [ms]"""
    weights: Answer
    """[pA]"""
    parameters: dict[str, float]
    """C_m, E_L, V_th, V_reset, t_ref, I_e, tau_m, tau_syn_ex, as NEST names them"""
    until: float = 150.0
    step: float = 0.01
    """of simulators that go in steps [ms]"""


def error(_: Reached, answers: list[Answer]) -> float:
    """Return the largest error of spike times [ms], infinite where their number differs."""
    true = np.array(CASE["spikes"])
    return float(np.abs(answers[0] - true).max()) if answers[0].size == true.size else np.inf


TASK = Task(
    title="Spike times: LIF neuron with synaptic current, 100 arrivals",
    truth="NEST 3.10, iaf_psc_exp_ps_lossless, precise times",
    bound=0.2,
    why="largest error [ms], a step of 0.01 ms for every spike before",
    asked=lambda: Reached(np.array(CASE["times"]), np.array(CASE["weights"]), CASE["parameters"]),
    error=error,
)
