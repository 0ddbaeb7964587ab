"""What the sweeps of the gallery share: options, data, the store, differences and figures."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crossbar.intervals import Interval
from crossbar.report.sweeps import Picture, Sweep, read_sweep, save
from crossbar.report.sweeps.levels import Level
from crossbar.report.sweeps.statistics import changes
from crossbar.runs import experiment, train
from crossbar.runs.sweep import sweep

Settings = dict[str, Any]
FEW, MANY = {"images": 2}, {"images": 50}  # that energy is counted over, learning as well


def parser(doc: str, name: str) -> argparse.ArgumentParser:
    """Return the options that all sweeps of the gallery have; ``doc`` is that of the script."""
    found = argparse.ArgumentParser(description=doc.split("\n")[0])
    found.add_argument("--data", default="hard", help="synthetic sound: clear, default or hard")
    found.add_argument("--clips", type=int, default=200, help="synthetic clips a class")
    found.add_argument("--recordings", help="folder of recordings, in place of synthetic sound")
    found.add_argument("--classes", help="classes of the recordings, with commas")
    found.add_argument("--epochs", type=int, default=8)
    found.add_argument("--seeds", type=int, default=5, help="how many, each with its own split")
    found.add_argument("--jobs", type=int, help="processes; without it one a core")
    found.add_argument("--out", type=Path, default=Path("runs") / name, help="store and figure")
    return found


def settings(options: argparse.Namespace, **sections: Any) -> Settings:
    """Return an experiment on the data that ``options`` name, with more ``sections``.

    Energy is counted over few images where the sweep is about none of it: a strongly disturbed chip
    classifies, but may not learn.
    """
    data: Settings = {"preset": options.data, "clips": options.clips}
    if options.recordings:
        data = {"path": options.recordings, "split": "window"}
        if options.classes:
            data["classes"] = options.classes
    return {"data": data, "train": {"epochs": options.epochs}, "energy": FEW, **sections}


def conditions(options: argparse.Namespace) -> str:
    """Return what must stand beside every number of a sweep."""
    data = f"{options.data}, {options.clips} clips a class, split by recording"
    if options.recordings:
        data = f"recordings ({options.classes or 'all classes'}), split by window"
    return f"{data}, {options.epochs} epochs, {options.seeds} seeds"


def run(
    options: argparse.Namespace, thing: Any, parameters: Mapping[Any, Any], question: str,
    *, part: str = "runs", units: Mapping[str, str] | None = None,
) -> Sweep:  # fmt: skip
    """Run what the store ``part`` does not hold yet, and return all of it; no run may fail."""
    store = options.out / f"{part}.db"
    facts = {"question": question, "units": dict(units or {})}
    seeds = range(options.seeds)
    sweep(thing, parameters, store=store, seeds=seeds, jobs=options.jobs, about=facts)
    found = read_sweep(store)
    if len(found.failures):
        raise SystemExit(f"{len(found.failures)} runs failed: {found.failures['failure'].iloc[0]}")
    return found


def trained(options: argparse.Namespace, settings: Settings) -> Path:
    """Return the folder of chips that learned as ``settings`` say, one a seed, trained once."""
    folder: Path = options.out / "trained"
    train(experiment(settings | {"seed": list(range(options.seeds))}), folder)
    return folder


def joined(parts: Mapping[str, Sweep], name: str, parameters: Sequence[str]) -> Sweep:
    """Return ``parts`` as one sweep of ``parameters``, told apart by the parameter ``name``."""
    frames = [part.frame.assign(**{name: label}) for label, part in parts.items()]
    first = next(iter(parts.values()))
    return replace(first, frame=pd.concat(frames, ignore_index=True),
                   parameters=(*parameters, name))  # fmt: skip


def tied(found: Sweep, *names: str) -> Sweep:
    """Return ``found`` without the parameters ``names``, which others stand for."""
    left = tuple(name for name in found.parameters if name not in names)
    return replace(found, parameters=left)


def change(
    found: Sweep, there: Mapping[str, Level], reference: Mapping[str, Level],
    metric: str = "accuracy",
) -> Interval:  # fmt: skip
    """Return how ``metric`` changes from ``reference`` to ``there``, seed by seed.

    What ``there`` sets and ``reference`` does not is the same at both.
    """
    names = list(dict.fromkeys([*reference, *there]))
    table = changes(found, names, metric, reference)
    for name, value in there.items():
        table = table[table[name] == value]
    row = table.iloc[0]
    return Interval(float(row["mean"]), float(row["low"]), float(row["high"]))


def points(found: Interval) -> str:
    """Return a change of a share in percentage points, and whether seeds alone could do it.

    Examples
    --------
    >>> points(Interval(-0.02, -0.05, 0.01))
    '-2.0 [-5.0, +1.0] points (within what seeds do)'
    """
    if found.mean == found.low == found.high == 0:
        return "no points in any seed"
    text = Interval(*(100 * v for v in (found.mean, found.low, found.high))).text(1, sign="+")
    within = found.known and found.low <= 0 <= found.high
    return f"{text} points{' (within what seeds do)' if within else ''}"


def show(table: pd.DataFrame, options: argparse.Namespace) -> None:
    """Print ``table`` with the conditions that it holds under."""
    print(f"{conditions(options)}; mean, 95 % interval")
    print(table.to_string(index=False, float_format="{:.4g}".format))


def keep(picture: Picture, options: argparse.Namespace) -> None:
    """Write ``picture`` into the folder of the store and say where it is."""
    save(picture, options.out)
    print(options.out / f"{picture.name}.png")
