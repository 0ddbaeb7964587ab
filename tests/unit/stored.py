"""Stores of sweeps, made up: what their reports are written from."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from recorded import MEANINGS, config, detail_of

from crossbar.runs.metrics import known
from crossbar.runs.store import Finished, Point, Store

SOURCE = "published: Somebody et al., 2020 (device.g_max); assumed: 1 % (device.sigma_read)"
COMMAND = "crossbar sweep base.toml device.bits=4,6,8 'device.sigma_read=0,0.05' seed=0:3"
BASE = {"device": {"kind": "reram"}, "train": {"epochs": 3}}
NOTED = {"meanings": MEANINGS, "metrics": {one.name: one.record for one in known()}}
Metric = Callable[[dict[str, Any], int], float]


def accuracy(p: dict[str, Any], seed: int) -> float:
    """Six bits cost 0.1 against eight, 5 % of read noise 0.02; seeds share their luck."""
    return 0.9 - 0.05 * (8 - p["device.bits"]) - 0.4 * p["device.sigma_read"] + 0.01 * (seed % 3)


def resolved(parameters: dict[str, Any]) -> dict[str, Any]:
    """All settings of a point, as the package would have filled them in."""
    whole = json.loads(json.dumps(config(analog=True)))
    del whole["seed"]
    for name, value in parameters.items():
        place, *path, last = name.split(".")
        inside = whole[place]
        for key in path:
            inside = inside[key]
        inside[last] = value
    return whole | {"kind": "reram", "device_source": SOURCE, "test": {}}


def detail(parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    kind = str(parameters.get("device.kind", "reram"))
    own = {"device_source": SOURCE, "classes": ["car", "plane"],
           "drifts": parameters.get("device.nu", 0) > 0}  # fmt: skip
    return detail_of(seed, kind, energy=True) | own


def make_sweep(
    place: Path,
    axes: dict[str, Sequence[Any]] | None = None,
    *,
    measure: Metric = accuracy,
    seeds: Sequence[int] = (0, 1, 2),
    done: int = 10**6,
    about: dict[str, Any] | None = None,
    error: Callable[[dict[str, Any], int], str] = lambda p, seed: "",
    whole: Callable[[dict[str, Any]], dict[str, Any]] = resolved,
) -> Path:
    """Make the store of an experiment at every point of ``axes``; ``done`` runs are finished.

    ``whole`` gives all settings of a point."""
    axes = axes or {"device.bits": (4, 6, 8), "device.sigma_read": (0.0, 0.05)}
    given = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    entered = [Point(p, BASE | p, whole(p)) for p in given]
    with Store(place, write=True) as store:
        store.note(**{"base": BASE, "parameters": list(axes), **NOTED, **(about or {})})
        store.add(entered, seeds)
        session = store.enter()
        runs = store.step(session, [], min(done, len(entered) * len(seeds)))
        ended = []
        for run in runs:
            wrong = error(run.parameters, run.seed)
            value = measure(run.parameters, run.seed)
            metrics = {"accuracy": value, "loss": 1 - value, "f1": value, "test_images": 20.0,
                       "independent_images": 10.0, "energy_inference": 4e-9,
                       "energy_training": 9e-9, "latency": 2e-7, "cells": 100.0}  # fmt: skip
            outcome: dict[str, Any] = (
                {"error": wrong}
                if wrong
                else {"metrics": metrics, "detail": detail(run.parameters, run.seed)}
            )
            versions = {"python": "3.11"}
            ended.append(Finished(run.run, 1.7e9 + run.run, 30.0, "here", versions, **outcome))
        store.step(session, ended, 0)
        store.release(session)
    return place


def make_function_sweep(place: Path) -> Path:
    """Make the store of a function of the user, whose metric is better when lower."""
    with Store(place, write=True) as store:
        store.note(title="Ring <b>oscillator</b> & 50 %", base={"function": "lab.ring"},
                   units={"power": "W", "amplitude": "V"}, parameters=["amplitude"])  # fmt: skip
        points = [Point({"amplitude": a}, {"amplitude": a}) for a in (0.1, 0.2, 0.5)]
        store.add(points, [0, 1])
        session = store.enter()
        ended = [
            Finished(run.run, 1.7e9, 0.1, "here", {"python": "3.11"},
                     metrics={"power": 1e-6 * run.parameters["amplitude"] * (1 + 0.1 * run.seed)})
            for run in store.step(session, [], 100)
        ]  # fmt: skip
        store.step(session, ended, 0)
    return place
