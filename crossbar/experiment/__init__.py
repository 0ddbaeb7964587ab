"""From a TOML file to a trained chip with its figures, in a folder that can be gone on from."""

from crossbar.experiment.energetics import energy
from crossbar.experiment.overlay import override, read
from crossbar.experiment.robustness import robustness
from crossbar.experiment.run import evaluate_run, load_plan, train, versions
from crossbar.experiment.settings import Experiment, experiment

__all__ = [
    "Experiment",
    "energy",
    "evaluate_run",
    "experiment",
    "load_plan",
    "override",
    "read",
    "robustness",
    "train",
    "versions",
]
