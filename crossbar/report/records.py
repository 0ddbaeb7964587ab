"""What training and testing left in a run folder, read and checked, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy.typing as npt
import pandas as pd

from crossbar import seals
from crossbar.errors import DataError, message
from crossbar.intervals import student_name
from crossbar.report.merit import ends, merit, merit_words

Record: TypeAlias = dict[str, Any]
Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

REMEDY = "Give the folder that `crossbar train --out` wrote, once training has finished."
RESULT = (
    "interval", "loss", "split", "seeds", "device", "device_source", "classes", "windows",
    "windows_by_class", "silent_windows_dropped", "data_source", "data", "per_seed",
    "weight_cells", "drifts", "ohmic", "merit", "metrics", "config", "versions",
)  # fmt: skip
SEED = ("seed", "loss", "test_images", "resampling", "epochs", "weight_changes_cut")
HISTORY = ("epoch", "loss", "validation_loss")
DECIDED = ("confusion", "independent_images")  # of a seed whose outputs decide between classes
ROBUSTNESS = ("device", "changes", "stress", "words", "unit", "value", "seed")
EXAMPLES = ("images", "classes")
ENERGY = ("leti-2026", "exact", "physical", "digital", "rate", "t_cycle", "latency")


def analog(config: Record) -> bool:
    """Return whether the chip of ``config``, or one of its layers, holds weights in cells."""
    own = (one["device"] for one in config.get("layers", {}).values())
    return bool(config["device"]) or any(own)


@dataclass(frozen=True)
class Seed:
    """One trained chip of a run.

    Attributes
    ----------
    number
        The seed.
    record
        Its entry of ``result.json``.
    history
        One row an epoch: loss and accuracy of the training and of the validation part.
    energy
        Record of ``energy.json``, or None if the run kept none.
    """

    number: int
    record: Record
    history: pd.DataFrame
    energy: Record | None


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    name
        Name of its folder, which figures and tables carry too.
    result, settings
        ``result.json``, and the settings of ``run.json``: what was set, without the defaults.
    seeds
        The chips, one a seed.
    cells
        Weights and conductances [S] of the first chip, ``before/layer/what`` and ``after/...``.
    examples
        ``images`` (classes, ...), one sample a class before normalisation, ``classes``; of sound
        also ``waveforms`` (classes, samples) and how they became spectrograms.
    robustness
        Accuracy by stress, value and seed, or None if the chips were not stressed.
    """

    name: str
    result: Record
    settings: Record
    seeds: tuple[Seed, ...]
    cells: Arrays
    examples: Arrays
    robustness: pd.DataFrame | None

    @property
    def analog(self) -> bool:
        """Whether the weights are conductances."""
        return analog(self.result["config"])

    @property
    def merit(self) -> str:
        """Name of the figure of merit: ``accuracy``, or ``r2`` where values are predicted."""
        return merit(self.result)

    @property
    def merit_words(self) -> str:
        """What the figure of merit is called."""
        return merit_words(self.result)

    @property
    def decides(self) -> bool:
        """Whether outputs decide between classes; else they predict values."""
        return bool(self.result["classes"])

    @property
    def least(self) -> float:
        """The least that the figure of merit can be."""
        return ends(self.result["metrics"][self.merit])[0]

    @property
    def sample(self) -> str:
        """What one sample is called."""
        return str(self.result["data"]["sample"])

    @property
    def resampling(self) -> float:
        """Test over training samples, as every seed splits one pool of samples again."""
        return max(float(seed.record["resampling"]) for seed in self.seeds)

    @property
    def student_kind(self) -> str:
        """What intervals over the seeds are."""
        return student_name(self.resampling)

    @property
    def learned(self) -> bool:
        """Whether an epoch was trained; without one the weights are the initial ones."""
        return all(len(seed.history) for seed in self.seeds)

    @property
    def stressed(self) -> str:
        """What was stressed: the run's own chips, or its weights programmed into a device."""
        device = "" if self.robustness is None else str(self.robustness["device"].iloc[0])
        own = device in ("", self.result["device"])
        return self.name if own else f"{self.name} in {device}"

    @property
    def energy(self) -> Record | None:
        """Energy record of the first chip."""
        return self.seeds[0].energy


def read_runs(folder: Path) -> tuple[Run, ...]:
    """Return the finished runs of ``folder``: itself, or those one level below.

    Analog chips come before digital weights, each by name; the first one leads.

    Raises
    ------
    DataError
        If there is no finished run, or a file of one is missing or damaged.
    """
    files = [folder / "result.json", *sorted(folder.glob("*/result.json"))]
    runs = [read_run(path.parent) for path in files if path.exists()]
    if not runs:
        expected = "a finished run (result.json) or the store of a sweep (runs.db)"
        raise DataError(message(str(folder), expected, "neither", REMEDY))
    return tuple(sorted(runs, key=lambda r: (not r.analog, r.name)))


def read_run(folder: Path) -> Run:
    """Return the run in ``folder``."""
    result = read_json(folder / "result.json", RESULT)
    settings = read_json(folder / "run.json", ("settings",))["settings"]
    known = merit(result)
    require_names(folder / "result.json", "the entries", (known, f"{known}_ci95"), result)
    seeds = tuple(_seed(folder, record, result) for record in result["per_seed"])
    if not seeds:
        raise DataError(message(f"{folder}/result.json", "at least one seed", "none", REMEDY))
    stressed = folder / "robustness.csv"
    return Run(
        name=folder.resolve().name,
        result=result,
        settings=settings,
        seeds=seeds,
        cells=read_arrays(folder / f"seed-{seeds[0].number}" / "cells.npz", ()),
        examples=read_arrays(folder / "examples.npz", EXAMPLES),
        robustness=read_table(stressed, (*ROBUSTNESS, known)) if stressed.exists() else None,
    )


def _seed(folder: Path, record: Record, result: Record) -> Seed:
    known = merit(result)
    own = (known, f"{known}_ci95", *DECIDED) if result["classes"] else (known,)
    require_names(folder / "result.json", "per_seed with", (*SEED, *own), record)
    place = folder / f"seed-{record['seed']}"
    energy, columns = place / "energy.json", (*HISTORY, known, f"validation_{known}")
    return Seed(
        number=record["seed"],
        record=record,
        history=read_table(place / "history.csv", columns, least=min(1, record["epochs"])),
        energy=read_json(energy, ENERGY) if energy.exists() else None,
    )


def read_json(path: Path, keys: Iterable[str], remedy: str = REMEDY) -> Record:
    """Return the record in ``path``, which must have ``keys``."""
    record = seals.read_json(path, remedy)
    require_names(path, "the entries", keys, record, remedy)
    return record


def read_table(path: Path, columns: Iterable[str], *, least: int = 1) -> pd.DataFrame:
    """Return the table in ``path``, which must have ``columns`` and ``least`` rows."""
    text = seals.read_table(path, REMEDY)
    try:
        table = pd.read_csv(io.StringIO(text))
    except ValueError as error:
        reason = f"a damaged file ({error})"
        raise DataError(message(str(path), "a CSV table", reason, REMEDY)) from None
    require_names(path, "the columns", columns, table.columns)
    if len(table) < least:
        raise DataError(message(str(path), "at least one row", "none", REMEDY))
    return table


def read_arrays(path: Path, names: Iterable[str]) -> Arrays:
    """Return the arrays in ``path``, which must have ``names``."""
    arrays = seals.read_arrays(path, REMEDY)
    require_names(path, "the arrays", names, arrays)
    return arrays


def require_names(
    path: Path, what: str, needed: Iterable[str], have: Iterable[str], remedy: str = REMEDY
) -> None:
    """Raise :class:`DataError` unless all ``needed`` names are among those that ``path`` has."""
    needed, have = tuple(needed), tuple(have)
    missing = [name for name in needed if name not in have]
    if missing:
        got = f"none of the name {', '.join(missing)}"
        raise DataError(message(str(path), f"{what} {', '.join(needed)}", got, remedy))
