"""A run of a network that was trained elsewhere, from its file and samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossbar.imports import read_onnx
from crossbar.progress import Progress, shown
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.fingerprint import stamp
from crossbar.runs.folder import default_folder
from crossbar.runs.training import train
from crossbar.toml import Settings, override

FRACTIONS = [0.1, 0.01, 0.89]  # calibration, nothing, test: no part may be empty


def imported_experiment(model: Path, samples: Path | None, given: Sequence[str] = ()) -> Experiment:
    """Return the network in ``model`` and ``samples`` as an experiment, without any training.

    A tenth of the samples are for calibration (``data.split``), and values stay as they are
    (``data.normalise``). Without ``samples`` these are random numbers of the shape that the file
    has, or ``data.shape``. ``given`` are other settings.
    """
    data: Settings = {"kind": "random"}
    if samples is not None:
        split = {"kind": "sample", "fractions": FRACTIONS}
        data = {"kind": "arrays", "path": str(samples), "normalise": "none", "split": split}
    settings: Settings = {
        "device": "float",
        "network": {"kind": "onnx", "path": str(model)},
        "data": data,
        "train": {"epochs": 0},
        "energy": {"images": 10},
    }
    if samples is None:
        settings["data"] |= _ends(experiment(override(settings, given)), given)
    return experiment(override(settings, given))


def _ends(plan: Experiment, given: Sequence[str]) -> Settings:
    """Return the shape and the outputs of random samples for the network of ``plan``.

    The shape is that of the file, unless ``given`` states it.
    """
    network: Any = plan.common.network
    data: Any = plan.common.data
    shape = data.shape if any(word.startswith("data.shape=") for word in given) else None
    imported = read_onnx(network.path, input_shape=shape, output=network.output)
    return {"shape": list(imported.input_shape), "outputs": imported.network.outputs}


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
