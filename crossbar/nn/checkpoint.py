"""Checkpoints: the state of a chip after an epoch, written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import seals
from crossbar.activity import Activity
from crossbar.errors import DataError, message
from crossbar.nn.chip import Chip
from crossbar.types import Floats

FORMAT = 2
LEARNER = "learner:"  # begins the names of what a learning rule keeps; no layer has a colon


@dataclass(frozen=True)
class Epoch:
    """What one epoch gave: in training (with dropout) and then on the validation samples.

    A score is the share of right decisions, or R^2 where the chip gives values.
    """

    epoch: int
    loss: float
    score: float
    validation_loss: float
    validation_score: float
    images_per_second: float

    def record(self, merit: str) -> dict[str, float]:
        """Return the figures by name, the scores called ``merit``: ``accuracy`` or ``r2``."""
        return dict(zip(self.columns(merit), astuple(self), strict=True))

    @classmethod
    def columns(cls, merit: str) -> list[str]:
        """Return the names of the figures, the scores called ``merit``."""
        return [f.name.replace("score", merit) for f in fields(cls)]


def save(
    path: Path,
    chip: Chip,
    history: list[Epoch],
    about: dict[str, Any],
    memory: dict[str, Floats] | None = None,
) -> None:
    """Write the state of ``chip`` and its history to ``path``, replacing it in one step.

    ``about`` says, in plain values, what the chip was trained with and on; ``memory`` is that of
    the learning rule.
    """
    story = {
        "format": FORMAT,
        "history": [asdict(epoch) for epoch in history],
        "activity": chip.activity.records(),
        "about": about,
    }
    kept = {LEARNER + name: array for name, array in (memory or {}).items()}
    arrays = {"story": np.array(json.dumps(story)), **chip.arrays(), **kept}
    seals.write_arrays(path, arrays, compressed=False)


def load(path: Path, chip: Chip, memory: dict[str, Floats] | None = None) -> list[Epoch]:
    """Bring ``chip`` to the state saved in ``path`` and return its history.

    ``memory`` of a learning rule takes what was saved of it; None for a chip that learns no more.

    Raises
    ------
    DataError
        If the file is damaged, or belongs to a chip of other layers or sizes.
    """
    story, arrays = _read(path)
    kept = {n: arrays.pop(n) for n in [*arrays] if n.startswith(LEARNER)}
    expected = {name: array.shape for name, array in chip.arrays().items()}
    if story.get("format") != FORMAT or {n: a.shape for n, a in arrays.items()} != expected:
        remedy = "These settings are those of another chip: give it a folder of its own."
        text = message(str(path), "a checkpoint of this network and device", "another", remedy)
        raise DataError(text)
    if memory is not None:
        wanted = {LEARNER + name: array.shape for name, array in memory.items()}
        if {n: a.shape for n, a in kept.items()} != wanted:
            remedy = "Resume with the learner that it began with."
            text = message(str(path), "what this learning rule keeps", "that of another", remedy)
            raise DataError(text)
    chip.restore(arrays)
    for name, array in (memory or {}).items():
        array[...] = kept[LEARNER + name]
    chip.activity.replace(Activity.from_records(story["activity"]))
    return [Epoch(**epoch) for epoch in story["history"]]


def resumed(path: Path | None, chip: Chip, memory: dict[str, Floats]) -> list[Epoch]:
    """Return what :func:`load` does; no history where there is no file."""
    return load(path, chip, memory) if path is not None and path.exists() else []


def about(path: Path) -> dict[str, Any]:
    """Return what :func:`save` was told about the chip in ``path``; nothing by older versions."""
    known: dict[str, Any] = _read(path)[0].get("about", {})
    return known


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is noted of the chip in ``path``, and its arrays."""
    remedy = "Delete the file to train from the beginning"
    arrays = seals.read_arrays(path, f"{remedy}.", remedy)
    try:
        return dict(json.loads(str(arrays.pop("story")))), arrays
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        text = message(str(path), "a checkpoint", f"a damaged file ({error})", f"{remedy}.")
        raise DataError(text) from None
