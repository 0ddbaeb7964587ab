"""Write the spike times that NEST gives for its neurons with precise times, as tests read them.

Needs NEST in an environment of its own: ``pip install nest-simulator==3.10.0``, then
``python scripts/make_nest_spikes.py tests/physics/nest_spikes.json``. Units are those of NEST: ms,
mV, pA, pF. An input spike is sent 1 ms before it arrives. The ``lossless`` model also finds
crossings within a step of its grid that the plain one may miss.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nest
import numpy as np

DELAY, DURATION, INPUTS = 1.0, 150.0, 100
USUAL = {"C_m": 250.0, "E_L": -70.0, "V_th": -55.0, "V_reset": -68.0, "t_ref": 2.0, "I_e": 250.0}
ONE = {"tau_m": 10.0, "tau_syn_ex": 3.0, "tau_syn_in": 3.0}
CASES: list[tuple[str, dict[str, float], float]] = [  # model, parameters, scale of weights
    ("iaf_psc_delta_ps", {"tau_m": 10.0}, 4.0),
    ("iaf_psc_exp_ps_lossless", ONE, 500.0),
    ("iaf_psc_exp_ps_lossless", ONE | {"tau_syn_ex": 5.0, "tau_syn_in": 5.0}, 400.0),
    ("iaf_psc_exp_ps_lossless", ONE | {"tau_syn_ex": 20.0, "tau_syn_in": 20.0}, 150.0),
    ("iaf_psc_exp_ps", ONE, 500.0),
    ("iaf_psc_alpha_ps", ONE, 400.0),
]


def spikes(
    model: str, parameters: dict[str, float], times: np.ndarray, weights: np.ndarray
) -> list[float]:
    """Return the times at which the neuron fires [ms]."""
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = 0.1
    neuron = nest.Create(model, params=parameters)
    source = {"spike_times": times - DELAY, "spike_weights": weights, "precise_times": True}
    generator = nest.Create("spike_generator", params=source)
    recorder = nest.Create("spike_recorder")
    nest.Connect(generator, neuron, syn_spec={"weight": 1.0, "delay": DELAY})
    nest.Connect(neuron, recorder)
    nest.Simulate(DURATION)
    return [float(t) for t in recorder.get("events", "times")]


def case(number: int) -> dict[str, Any]:
    """Return one case with its inputs and the times of its spikes."""
    model, changed, scale = CASES[number]
    rng = np.random.default_rng(number)
    times = np.sort(rng.uniform(DELAY + 0.2, DURATION - 1.0, INPUTS)).round(4)
    weights = (scale * rng.normal(0.3, 1.0, INPUTS)).round(2)
    parameters = USUAL | changed
    record = {"model": model, "parameters": parameters}
    record |= {"times": times.tolist(), "weights": weights.tolist()}
    return record | {"spikes": spikes(model, parameters, times, weights)}


def main(path: Path) -> None:
    made = f"NEST {nest.__version__}, scripts/{Path(__file__).name}, units ms, mV, pA, pF"
    record = {"made": made, "cases": [case(number) for number in range(len(CASES))]}
    path.write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
