"""Statistics of the inference devices of IBM aihwkit, run by an interpreter that has it.

Reads from standard input, as JSON, what is asked: targets [uS], times since the programming read
[s] and cells for each. Writes means and standard deviations as JSON. It needs nothing of crossbar.
"""

from __future__ import annotations

import json
import sys

import aihwkit
import torch
from aihwkit.inference.noise.pcm import PCMLikeNoiseModel
from aihwkit.inference.noise.reram import ReRamWan2022NoiseModel


def moments(values: torch.Tensor) -> dict[str, list[float]]:
    """Return mean and standard deviation over cells, one for each target."""
    return {"mean": values.mean(0).tolist(), "sd": values.std(0).tolist()}


def pcm(asked: dict[str, list[float]], cells: int) -> dict[str, object]:
    """Return programming, read noise without drift, and drift without read noise."""
    g = torch.tensor(asked["pcm"], dtype=torch.float64).repeat(cells, 1)
    model = PCMLikeNoiseModel(g_max=25.0)
    still = torch.zeros_like(g)
    programmed = model.apply_programming_noise_to_conductance(g.clone())
    statistics: dict[str, object] = {"pcm programming": moments(programmed)}
    for t in asked["times"]:
        read = model.apply_drift_noise_to_conductance(g.clone(), still, t)
        statistics[f"pcm read noise {t:g}"] = moments(read)
    quiet = PCMLikeNoiseModel(g_max=25.0, read_noise_scale=0.0)
    nu = quiet.generate_drift_coefficients(g.clone())
    for t in asked["times"]:
        later = quiet.apply_drift_noise_to_conductance(g.clone(), nu, t)
        statistics[f"pcm drift {t:g}"] = moments(later / g)
    return statistics


def reram(asked: dict[str, list[float]], cells: int) -> dict[str, object]:
    """Return the conductances a second, a day and two days after the write."""
    g = torch.tensor(asked["reram-wan"], dtype=torch.float64).repeat(cells, 1)
    model = ReRamWan2022NoiseModel(g_max=40.0)
    return {
        f"reram-wan conductance {t:g}": moments(
            model.apply_drift_noise_to_conductance(g.clone(), g.clone(), t)
        )
        for t in (1.0, 86400.0, 2 * 86400.0)
    }


if __name__ == "__main__":
    torch.manual_seed(0)
    asked = json.load(sys.stdin)
    cells = int(asked.pop("cells"))
    statistics = {**pcm(asked, cells), **reram(asked, cells)}
    json.dump({"version": aihwkit.__version__, **statistics}, sys.stdout)
