"""Sweeps that were never run: stores filled with the outcome of a formula."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from stored import NOTED

from crossbar.runs.store import Finished, Point, Store

Values = Mapping[str, Any]
Outcome = Callable[[Values, int], dict[str, float]]
RATIO = 0.125  # test over training windows
BASE = {"device": {"kind": "reram", "bits": 6, "sigma_read": 0.01}, "train": {"epochs": 8}}


def grid(**axes: Sequence[Any]) -> list[dict[str, Any]]:
    """Return every combination; ``device__bits`` stands for ``device.bits``."""
    names = [name.replace("__", ".") for name in axes]
    return [dict(zip(names, row, strict=True)) for row in itertools.product(*axes.values())]


def nested(values: Values) -> dict[str, Any]:
    """Return dotted names as nested settings."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        *parents, last = name.split(".")
        place = found
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return found


def fill(
    folder: Path, points: Iterable[Values], seeds: Sequence[int], outcome: Outcome, *,
    unfinished: int = 0, failed: Callable[[Values, int], bool] = lambda point, seed: False,
    **about: Any,
) -> Path:  # fmt: skip
    """Fill a store; ``unfinished`` runs at its end stay waiting; return its folder."""
    with Store(folder, write=True) as store:
        command = "crossbar sweep leti_cnn.toml ..."
        store.note(**{"base": BASE, "command": command, **NOTED, **about})
        settings = [Point(dict(p), {**BASE, "swept": dict(p)}, {**BASE}) for p in points]
        added = store.add(settings, seeds)
        session = store.enter()
        claimed = store.step(session, [], added - unfinished)
        ended = []
        for k, one in enumerate(claimed):
            facts: Any = {"run": one.run, "began": 1.75e9 + k, "duration": 2.5, "host": "bench",
                          "versions": {"crossbar-sim": "0.1.0"}}  # fmt: skip
            if failed(one.parameters, one.seed):
                ended.append(Finished(**facts, error="did not converge", traceback="..."))
                continue
            metrics = outcome(one.parameters, one.seed)
            ended.append(Finished(**facts, metrics=metrics, detail={"energy": {"run": one.run}}))
        store.step(session, ended, 0)
    return folder


def chip(point: Values, seed: int) -> dict[str, float]:
    """Return plausible figures of an analog chip; a seed has the same noise at every point."""
    usual = {
        "device.bits": 6, "device.sigma_read": 0.01, "device.kind": "reram", "faults.p_on": 0.0,
        "tile.wires.r_wl": 0.0, "test.age": 1.0, "test.compensate": False, "test.chip": 0,
        "network.copies": 1,
    }  # fmt: skip
    value: dict[str, Any] = usual | {k: v for k, v in point.items() if v is not None}
    bits, copies = value["device.bits"], value["network.copies"]
    shared = np.random.default_rng([7, seed]).normal()
    own = np.random.default_rng([8, seed, int(value["test.chip"])]).normal()
    late = np.log10(max(value["test.age"], 1.0)) * (0.002 if value["test.compensate"] else 0.012)
    lost = (
        0.9 * 2.0**-bits
        + 60 * value["device.sigma_read"] ** 2
        + 1.8 * value["faults.p_on"]
        + 0.006 * value["tile.wires.r_wl"]
        + late
        + {"cmos": -0.01, "reram": 0.0, "pcm": 0.02, "ecram": 0.01}[value["device.kind"]]
    )
    point_noise = np.random.default_rng([9, seed, round(1e6 * abs(lost))]).normal()
    spread = 0.008 + 0.5 * value["faults.p_on"]
    noise = 0.015 * shared + spread * own + 0.004 * point_noise
    accuracy = float(np.clip(0.91 - lost + noise, 0.3, 0.99))
    return {
        "accuracy": accuracy, "loss": -float(np.log(accuracy)), "precision": accuracy,
        "recall": accuracy, "f1": accuracy, "test_images": 716.0,
        "independent_images": 72.0, "resampling": RATIO,
        "energy_inference": 2e-9 * 2.0 ** (0.5 * bits) + 1e-9 * copies, "energy_training": 7e-8,
        "latency": 2e-7 / copies, "cells": 22_000.0 * copies,
    }  # fmt: skip
