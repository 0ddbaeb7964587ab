"""Run folders as training leaves them, made up: what reports are written from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import seals
from crossbar.energy import Cost, OperationCounts, digital, exact, latency_table, leti_2026
from crossbar.energy import Path as Way
from crossbar.runs import experiment
from crossbar.runs.metrics import known
from crossbar.runs.results import meanings_of
from crossbar.runs.store import Finished, Point, Store
from crossbar.runs.sweep import OneAtATime
from crossbar.sources import assumed

Record = dict[str, Any]
Change = Callable[[Record], Record]
MATRICES = (("conv", 16, 3, 625), ("fc", 30, 8, 1), ("out", 8, 2, 1))
PATH = Way(slot=Cost(value=1e-8, unit="s", source=assumed("test")))
DEVICE = {
    "type": "Memristor",
    "g_min": 1e-6,
    "g_max": 40e-6,
    "step": {"type": "SoftBounds", "dw_min": 0.002},
    "sigma_read": 0.01,
    "nu": 0.0,
    "tau_leak": float("inf"),
}
SOURCE = "published: Somebody, 2020 (device.g_max); assumed: 1 % (device.sigma_read)"
IDEAL = {"type": "Errors", "gain_error": 0.0, "offset": 0.0, "noise": 0.0,
         "saturation": float("inf")}  # fmt: skip


SOUND = {
    "sample": "window",
    "group": "recording",
    "grouped": True,
    "regression": False,
    "seen": "300 ms of sound",
    "form": "a 28 x 28 mel spectrogram [dB]",
    "made": "synthesised",
    "normalised": "by mean and standard deviation (zscore)",
    "limits": ["The sound is synthesised.", "12 clips a class are fewer than the 358."],
}
FRONT = {"window": 0.3, "rate": 22_050.0, "fft": 2048, "hop": 512, "bands": 128}


MEANINGS = {
    name: list(meaning)
    for kind in ("pcm", "reram", "cmos")
    for name, meaning in meanings_of(experiment({"device": {"kind": kind}})).items()
}


PAIR = {"names": [["G+", "G-"]], "words": "2 cells a weight, G+ - G-"}


def config(*, analog: bool) -> dict[str, object]:
    return {
        "device": DEVICE if analog else None,
        "tile": {
            "type": "TileSettings",
            "mapping": {"type": "DifferentialPair", "w_max": None, "headroom": 5.0},
            "reading": {"type": "Reading", "v_read": 0.2, "t_read": 1e-8, "temperature": 300.0,
                        "fano": 0.0},
            "wires": None, "size": None, "dac": None, "adc": None, "refresh": 1,
            "precision": "single",
        },
        "data": {"type": "Synthetic", "preset": "default", "clips": 12,
                 "split": {"type": "ByGroup", "fractions": [0.8, 0.1, 0.1]},
                 "normalise": {"type": "ZScore"}},
        "network": {"type": "leti_cnn", "filters": 3, "kernel": 4, "hidden": 8, "copies": 1,
                    "dropout": {"type": "ExactDropout", "keep": 0.5}},
        "faults": {"type": "Faults", "p_on": 0.0, "p_off": 0.0, "map": None},
        "blocks": {"type": "Blocks", "softmax": {"type": "Softmax", "errors": IDEAL}},
        "train": {"type": "Training", "epochs": 3, "gamma": 0.0005, "batch": 1,
                  "loss": None},
        "learner": {"type": "Sequential"},
        "energy": {"type": "EnergySettings", "rate": 3000.0, "images": 5},
        "seed": [0, 1],
    }  # fmt: skip


def energy_record(scale: float = 1.0) -> dict[str, object]:
    counts = OperationCounts.of(MATRICES)
    rows = [
        {"phase": phase, "part": part, "event": event, "count": 100.0, "energy": scale * joules,
         "source": source}
        for phase in ("inference", "training")
        for part, event, joules, source in (
            ("fc", "read_energy", 3e-9, "derived: V^2 G t, counted"),
            ("conv", "normaliser", 1e-9, "assumed: like one operation"),
        )
    ]  # fmt: skip
    plain = leti_2026(counts).record()
    return {
        "leti-2026": plain,
        "exact": exact(counts).record(),
        "digital": digital(counts).record(),
        "circuit": plain | {"breakdown": []},
        "physical": plain | {"energy_inference": 4e-9 * scale, "breakdown": rows,
                             "sources": sorted({str(r["source"]) for r in rows})},
        "rate": 3000.0,
        "t_cycle": 1e-8,
        "latency": [row.record() for row in latency_table(MATRICES, path=PATH)],
        "device": "reram",
    }  # fmt: skip


def detail_of(seed: int, kind: str, *, energy: bool) -> dict[str, object]:
    analog = kind != "float"
    history = [
        {"epoch": k, "loss": loss, "accuracy": right, "validation_loss": loss,
         "validation_accuracy": right, "images_per_second": 1e3}
        for k, (loss, right) in enumerate(((0.6, 0.6), (0.5, 0.7), (0.4, 0.8)))
    ]  # fmt: skip
    counted = {"energy": energy_record(1.0 + seed)} if energy else {}
    return counted | {
        "accuracy_ci95": [0.6, 0.95], "confusion": [[8, 2], [2 - seed, 8 + seed]],
        "images_per_second": 1e4, "epochs": 3, "weight_changes_cut": 3.0 * seed,
        "history": history, "split": "recording", "device": kind, "device_source": SOURCE,
        "classes": ["<car> & bus", "plane"], "windows": 240,
        "windows_by_class": {"<car> & bus": [120, 12], "plane": [120, 12]},
        "silent_windows_dropped": 1, "files_skipped": [],
        "data_source": "synthesised engine sound", "data": SOUND,
        "weight_cells": {"tile": PAIR} if analog else {}, "drifts": False, "ohmic": True,
        "merit": "accuracy",
    }  # fmt: skip


def metrics_of(seed: int) -> dict[str, float]:
    return {"accuracy": 0.8 + 0.1 * seed, "loss": 0.4, "precision": 0.8, "recall": 0.8, "f1": 0.8,
            "energy_inference": 4e-9, "test_images": 20.0, "independent_images": 20.0,
            "resampling": 0.125}  # fmt: skip


def make_run(folder: Path, *, analog: bool = True, stressed: bool = True, energy: bool = True,
             seeds: tuple[int, ...] = (0, 1), change: Change = dict,
             metrics: Callable[[int], dict[str, float]] | None = None) -> Path:  # fmt: skip
    """Make the folder of a training whose details ``change`` changes.

    Digital weights are better by 5 percentage points, and by another one for each seed.
    """
    rng = np.random.default_rng(0)
    kind = "reram" if analog else "float"

    def measured(seed: int) -> dict[str, float]:
        own = metrics_of(seed)
        return own if analog else own | {"accuracy": own["accuracy"] + 0.05 + 0.01 * seed}

    settings = {"device": {"kind": kind}, "train": {"epochs": 3}}
    resolved = {name: one for name, one in config(analog=analog).items() if name != "seed"}
    resolved |= {"kind": kind, "device_source": SOURCE, "test": {}}
    details = {seed: change(detail_of(seed, kind, energy=energy)) for seed in seeds}
    keep(folder, [Point({}, settings, resolved)], seeds,
         lambda point, seed: ((metrics or measured)(seed), details[seed]))  # fmt: skip
    sound = {
        "waveforms": 0.1 * rng.standard_normal((2, 6615)),
        "classes": details[seeds[0]]["classes"],
        **FRONT,
    }
    images = rng.uniform(-50, 10, (2, 28, 28))
    for seed in seeds:
        place = folder / f"seed-{seed}"
        place.mkdir()
        seals.write_arrays(place / "examples.npz", {"images": images, **sound})
        seals.write_arrays(place / "cells.npz", cells(rng, analog))
    if stressed:
        make_stress(folder / "stress", settings, resolved, seeds)
    return folder


def make_stress(folder: Path, settings: Record, resolved: Record, seeds: Sequence[int]) -> None:
    """Make the sweep of the tests under stress: each strength costs a tenth."""
    values = {"test.stuck": (0.0, 0.01, 0.1), "test.read_noise": (0.0, 0.01, 0.1),
              "test.age": (0.0, 1.0, 100.0)}  # fmt: skip
    points = [
        Point(assignment, settings | {"test": assignment}, resolved)
        for assignment in OneAtATime().points(values)
    ]
    worth = {level: 0.9 - 0.1 * k for own in values.values() for k, level in enumerate(own)}
    keep(folder, points, seeds, lambda point, seed: (
        metrics_of(seed) | {"accuracy": min(worth[v] for v in point.values())}, {}),
        command="crossbar stress run")  # fmt: skip


def keep(
    folder: Path,
    points: Sequence[Point],
    seeds: Sequence[int],
    outcome: Callable[[Record, int], tuple[Record, Record]],
    **about: object,
) -> None:
    """Make a store whose runs are done with an outcome that depends on point and seed."""
    folder.mkdir(parents=True, exist_ok=True)
    with Store(folder, write=True) as kept:
        kept.note(meanings=MEANINGS, metrics={one.name: one.record for one in known()}, **about)
        kept.add(points, seeds)
        session = kept.enter()
        claimed = kept.step(session, [], len(points) * len(seeds))
        versions = {"python": "3.11", "numpy": "2.0"}
        ended = []
        for one in claimed:
            metrics, detail = outcome(one.parameters, one.seed)
            ended.append(Finished(one.run, 1e9, 1.0, "here", versions, 100.0, metrics, detail))
        kept.step(session, ended, 0)


def cells(rng: np.random.Generator, analog: bool) -> dict[str, np.ndarray]:
    found = {}
    for when in ("before", "after"):
        for name, rows, cols, _ in MATRICES:
            found[f"{when}/{name}/weights"] = rng.normal(size=(1, rows, cols))
            for k in range(2 if analog else 0):
                found[f"{when}/{name}/cells{k}"] = rng.uniform(1e-6, 40e-6, (rows, cols))
    return found
