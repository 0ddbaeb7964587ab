"""The result of a training: what each chip got right, and all of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from crossbar.energy import assumed_share
from crossbar.errors import DataError, message
from crossbar.intervals import student, student_name
from crossbar.meaning import COUNT
from crossbar.runs.store.places import holds_run
from crossbar.runs.store.store import Store
from crossbar.types import Record

SPEED = "images_per_second"  # of the simulation, no metric of the chip
UNFINISHED = "Finish it with `crossbar train`, which resumes from the last epoch."
POINT = ("kind", "device_source", "test")  # what the store knows of a point beside its settings
CONDITIONS = (
    "age", "temperature", "chip", "fold", "repair", "compensate", "stuck", "read_noise",
)  # fmt: skip
"""Fields of :class:`crossbar.runs.conditions.Conditions`: settings of a test alone."""
ASSUMED = "assumed_costs"  # shares of energies that rest on them, by the names of the energies
LONG = ("energy", "activity", "history", ASSUMED)  # records of a chip that are no figures
ABOUT = (
    "split", "device", "device_source", "classes", "windows", "windows_by_class",
    "silent_windows_dropped", "files_skipped", "data_source", "data", "weight_cells", "drifts",
    "ohmic", "merit",
)  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """One tested chip, as the store of a run keeps it.

    Attributes
    ----------
    seed
        Seed of its split, fabrication and training.
    metrics, detail
        As :func:`crossbar.runs.trials.trial` returns them.
    """

    seed: int
    metrics: dict[str, float]
    detail: Record

    @cached_property
    def record(self) -> Record:
        """The figures of this chip alone."""
        shared = (*LONG, *ABOUT)
        own = {name: value for name, value in self.detail.items() if name not in shared}
        images = {"test_images": int(self.metrics["test_images"])}  # the store has floats
        return {"seed": self.seed, **self.metrics, **images, **own}

    @property
    def energy(self) -> Record | None:
        """Energy by every convention; None where it could not be counted."""
        return self.detail.get("energy")

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row an epoch: loss and figure of merit of the training and of the validation part."""
        names = ("loss", self.detail["merit"])
        columns = ("epoch", *names, *(f"validation_{name}" for name in names), SPEED)
        return pd.DataFrame(self.detail["history"], columns=list(columns))


def summary(chips: Sequence[Tested], noted: Record) -> Record:
    """Return the result over all ``chips``: means, interval, and the records themselves.

    ``noted`` has ``metrics``, what is known of each by name, and what else the result says.
    """
    records = [chip.record for chip in chips]
    judged = [name for name, one in noted["metrics"].items() if one.get("role") != COUNT]
    result: Record = {name: float(np.mean([r[name] for r in records])) for name in (*judged, SPEED)
                      if all(name in r for r in records)}  # fmt: skip
    about = {name: chips[0].detail[name] for name in ABOUT}
    seeds = [chip.seed for chip in chips]
    shares = dict(chips[0].detail.get(ASSUMED, {}))
    if energy := chips[0].energy:
        shares |= {f"energy_{p}": assumed_share(energy, p) for p in ("inference", "training")}
    result |= {ASSUMED: shares} if shares else {}
    result |= _interval(about, records) | about | {"seeds": seeds, "per_seed": records}
    return result | noted


def stored(kept: Store, seeds: Sequence[int] | None = None) -> tuple[Record, Record, list[Tested]]:
    """Return what the store of a training holds: result, settings, and its chips.

    ``seeds`` are the chosen ones; None for all that are done.

    Raises
    ------
    DataError
        If there is no chip that is done, or one that was chosen is not.
    """
    frame = kept.frame()
    done = frame[frame["status"] == "done"].set_index("seed")["run"]
    if lost := set(seeds or ()) - set(done.index):
        got = f"none of seed {min(lost)}"
        raise DataError(message(str(kept.path), "a chip that is trained", got, UNFINISHED))
    runs = [kept.run(int(done[seed])) for seed in (done.index if seeds is None else seeds)]
    if not runs:
        raise DataError(message(str(kept.path), "a chip that is trained", "none", UNFINISHED))
    resolved = kept.resolved(runs[0]["run"])
    return result_of(kept.about, [run | {"resolved": resolved} for run in runs])


def result_of(about: Record, runs: Sequence[Record]) -> tuple[Record, Record, list[Tested]]:
    """Return result, settings and chips of ``runs`` of one point, as their store has them.

    ``about`` is what the store notes; each run has all settings as ``resolved`` too.
    """
    first = runs[0]
    chips = [Tested(run["seed"], run["metrics"], run["detail"]) for run in runs]
    config = {name: value for name, value in first["resolved"].items() if name not in POINT}
    said = {name: about.get(name, {}) for name in ("metrics", "meanings")}
    said |= {"config": config | {"seed": [chip.seed for chip in chips]}}
    return summary(chips, said | {"versions": first["versions"]}), first["settings"], chips


def _interval(about: Record, records: list[Record]) -> Record:
    """Return the 95 % interval of the figure of merit, its limits null where none is known."""
    merit, data = about["merit"], about["data"]
    if len(records) > 1:
        resampling = max(r["resampling"] for r in records)
        least = -math.inf if data["regression"] else 0.0
        mean = student([r[merit] for r in records], resampling=resampling).within(least, 1)
        name = f"{student_name(resampling)}, over {len(records)} seeds"
        return {f"{merit}_ci95": [mean.low, mean.high], "interval": name}
    if data["regression"]:
        return {f"{merit}_ci95": [None, None], "interval": "none of one seed"}
    name = f"Wilson, over the test {data['sample']}s of one seed"
    if data["grouped"]:
        name += ", of their effective number"
    return {f"{merit}_ci95": records[0][f"{merit}_ci95"], "interval": name}


def kept_energy(folder: Path) -> Record:
    """Return the energy, by every convention, of the first chip of the training in ``folder``.

    Raises
    ------
    DataError
        If there is no trained chip, or its energy could not be counted.
    """
    if not holds_run(folder):
        remedy = "Give what `crossbar train --out` named."
        raise DataError(message(str(folder), "the folder of a training", "none", remedy))
    with Store(folder) as kept:
        energy = stored(kept)[2][0].energy
    if energy is None:
        remedy = "Its signals run away when it learns: lower train.gamma."
        raise DataError(message(str(folder), "the energy of a chip", "none", remedy))
    return energy
