"""From a TOML file to a trained chip with its figures, in a folder that can be gone on from."""

from crossbar.experiment.conditions import Conditions
from crossbar.experiment.energetics import energy
from crossbar.experiment.overlay import override, read
from crossbar.experiment.robustness import robustness
from crossbar.experiment.run import train, versions
from crossbar.experiment.settings import Experiment, experiment
from crossbar.experiment.trained import load_plan
from crossbar.experiment.trials import evaluate_run, retrial, trial

__all__ = [
    "Conditions",
    "Experiment",
    "energy",
    "evaluate_run",
    "experiment",
    "load_plan",
    "override",
    "read",
    "retrial",
    "robustness",
    "train",
    "trial",
    "versions",
]
