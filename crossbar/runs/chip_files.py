"""Writing what the training of a chip keeps; see :mod:`crossbar.runs.store.places`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from crossbar import files, seals
from crossbar.data import Dataset
from crossbar.errors import DataError, message, reason
from crossbar.nn import Chip, Evaluation, checkpoint
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.fingerprint import (
    module_record,
    require_modules,
    require_samples,
    require_settings,
)
from crossbar.runs.store.places import CELLS, CHECKPOINT, EXAMPLES, PREDICTIONS
from crossbar.types import Integers, Record


def about(plan: Experiment, parts: build.Parts) -> Record:
    """Return what a checkpoint keeps of how its chip is trained."""
    settings = {name: value for name, value in plan.settings.items() if name != "seed"}
    config = {name: value for name, value in plan.configuration.items() if name != "seed"}
    known = {"settings": settings, "config": config, "samples": parts.fingerprint}
    return known | module_record(plan.settings)


def require_resumable(folder: Path, plan: Experiment, parts: build.Parts) -> None:
    """Raise if the chip in ``folder`` has learned otherwise; see :func:`require_same`."""
    path = folder / CHECKPOINT
    if path.exists():
        require_same(path, checkpoint.about(path), plan, parts)


def require_same(path: Path, then: Record, plan: Experiment, parts: build.Parts | None) -> None:
    """Raise unless ``then``, what the checkpoint ``path`` keeps, is of ``plan`` and ``parts``.

    Samples are not compared where ``parts`` is None.

    Raises
    ------
    DataError
        If samples, settings or the modules that they name differ.
    """
    if parts is not None:
        require_samples(path, then.get("samples"), parts.fingerprint)
    require_settings(path, then.get("config", {}), plan.configuration)
    require_modules(path, then, plan.settings)


def cells(chip: Chip, when: str) -> Record:
    """Return weights and conductances of every layer, named ``when/layer/what``."""
    arrays = {}
    for name, held in chip.held.items():
        arrays[f"{when}/{name}/weights"] = held.weights.astype(np.float32)
        if held.tile is not None:
            for k, group in enumerate(held.tile.array.cells):
                arrays[f"{when}/{name}/cells{k}"] = group.g.astype(np.float32)
    return arrays


def keep(folder: Path, arrays: Record, dataset: Dataset) -> None:
    """Write what :func:`cells` gave and one sample a class, for pictures."""
    index = dataset.example_index
    names = dataset.names or tuple(f"sample {k}" for k in index)
    examples = {"images": dataset.x[index], "classes": np.array(names), **dataset.examples}
    seals.write_arrays(folder / CELLS, arrays)
    seals.write_arrays(folder / EXAMPLES, examples)


def decided(folder: Path) -> Integers | None:
    """Return what :func:`keep_decisions` kept in ``folder``; None where values are predicted.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    path = folder / PREDICTIONS
    try:
        table = pd.read_csv(path)
        return table["decision"].to_numpy(np.int64) if "decision" in table else None
    except (OSError, ValueError) as error:
        remedy = "Train the run again, or put the file back."
        raise DataError(message(str(path), "decisions", reason(error), remedy)) from None


def keep_decisions(folder: Path, parts: build.Parts, seen: Evaluation) -> None:
    """Write what the chip decided on every sample of the test part."""
    table = pd.DataFrame({"sample": parts.test_index, **seen.table()})
    files.write(folder / PREDICTIONS, table.to_csv(index=False))
