"""Checkpoints: the state of a chip after an epoch, written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import seals
from crossbar.activity import Activity
from crossbar.errors import DataError, message
from crossbar.nn.network import Chip

FORMAT = 1


@dataclass(frozen=True)
class Epoch:
    """What one epoch gave: in training (with dropout) and then on the validation samples."""

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    images_per_second: float


def save(path: Path, chip: Chip, history: list[Epoch], about: dict[str, Any]) -> None:
    """Write the state of ``chip`` and its history to ``path``, replacing it in one step.

    ``about`` says, in plain values, what the chip was trained with and on.
    """
    story = {
        "format": FORMAT,
        "history": [asdict(epoch) for epoch in history],
        "activity": chip.activity.records(),
        "about": about,
    }
    arrays = {"story": np.array(json.dumps(story)), **chip.arrays()}
    seals.write_arrays(path, arrays, compressed=False)


def load(path: Path, chip: Chip) -> list[Epoch]:
    """Bring ``chip`` to the state saved in ``path`` and return its history.

    Raises
    ------
    DataError
        If the file is damaged, or belongs to a chip of other layers or sizes.
    """
    story, arrays = _read(path)
    expected = {name: array.shape for name, array in chip.arrays().items()}
    if story.get("format") != FORMAT or {n: a.shape for n, a in arrays.items()} != expected:
        remedy = "These settings are those of another chip: give it a folder of its own."
        text = message(str(path), "a checkpoint of this network and device", "another", remedy)
        raise DataError(text)
    chip.restore(arrays)
    chip.activity.replace(Activity.from_records(story["activity"]))
    return [Epoch(**epoch) for epoch in story["history"]]


def about(path: Path) -> dict[str, Any]:
    """Return what :func:`save` was told about the chip in ``path``; nothing by older versions."""
    known: dict[str, Any] = _read(path)[0].get("about", {})
    return known


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is told of the chip in ``path``, and its arrays."""
    remedy = "Delete the file to train from the beginning"
    arrays = seals.read_arrays(path, f"{remedy}.", remedy)
    try:
        return dict(json.loads(str(arrays.pop("story")))), arrays
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        text = message(str(path), "a checkpoint", f"a damaged file ({error})", f"{remedy}.")
        raise DataError(text) from None
