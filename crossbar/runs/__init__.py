"""From a TOML file to a trained chip with its figures, in a folder from which a run resumes."""

from crossbar.runs.conditions import Conditions
from crossbar.runs.energy_record import energy
from crossbar.runs.evaluation import by_stress, evaluate_run, stress
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.metrics import METRICS, Better, Measured, Metric
from crossbar.runs.results import versions
from crossbar.runs.trained import load_plan
from crossbar.runs.training import train
from crossbar.runs.trials import retrial, trial
from crossbar.toml import override, read

__all__ = [
    "METRICS",
    "Better",
    "Conditions",
    "Experiment",
    "Measured",
    "Metric",
    "by_stress",
    "energy",
    "evaluate_run",
    "experiment",
    "load_plan",
    "override",
    "read",
    "retrial",
    "stress",
    "train",
    "trial",
    "versions",
]
