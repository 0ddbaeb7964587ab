"""A run of a network that was trained elsewhere, from its file and samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crossbar.progress import Progress, shown
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.fingerprint import stamp
from crossbar.runs.folder import default_folder
from crossbar.runs.training import train
from crossbar.toml import override

FRACTIONS = [0.1, 0.01, 0.89]  # calibration, nothing, test: no part may be empty


def imported_experiment(model: Path, samples: Path, given: Sequence[str] = ()) -> Experiment:
    """Return the network in ``model`` and ``samples`` as an experiment, without any training.

    A tenth of the samples are for calibration (``data.split``), and values stay as they are
    (``data.normalise``). ``given`` are other settings.
    """
    split = {"kind": "sample", "fractions": FRACTIONS}
    data = {"kind": "arrays", "path": str(samples), "normalise": "none", "split": split}
    settings = {
        "device": "float",
        "network": {"kind": "onnx", "path": str(model)},
        "data": data,
        "train": {"epochs": 0},
        "energy": {"images": 10},
    }
    return experiment(override(settings, list(given)))


def imported_run(
    model: Path, samples: Path, given: Sequence[str] = (), *, progress: Progress = shown
) -> Path:
    """Return the folder of a run whose chip has the weights of ``model``, in floating point.

    It is made where it is not there, under ``runs/``, by the name of the model and what model,
    samples and settings are; it is that of a training without epochs.
    """
    plan = imported_experiment(model, samples, given)
    folder = default_folder(model.stem, plan.settings | {"stamps": [stamp(model), stamp(samples)]})
    train(plan, folder, progress=progress)
    return folder
