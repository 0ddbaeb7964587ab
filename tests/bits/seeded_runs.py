"""Seeded runs, all tiny: what a chip gives, as arrays and numbers by name.

A case is a function without arguments. The same source, processor and libraries give the same
bits; a change of the source that is meant to change no number changes none of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.activity import Activity
from crossbar.devices import PRESETS
from crossbar.loading import LoadedRun, load
from crossbar.nn import Chip, GlobalFactor, Host, Training, evaluate, fit, leti_cnn, repaired
from crossbar.random import Streams
from crossbar.runs import experiment, train
from crossbar.runs.build import substrate
from crossbar.runs.sweep import sweep

Settings = dict[str, Any]
Outcome = dict[str, Any]
TABLE = """u,up,up_std,down,down_std
0,0.02,0.005,0.001,0.0002
0.4,0.012,0.003,0.007,0.002
1,0.0005,0.0001,0.015,0.004
"""
OTHER = (
    "images_per_second",
    "training_images_per_second",
    "duration",
    "memory",
    "config",
    "data",
    "versions",
)
WIRES = {"r_wl": 20.0, "r_bl": 30.0}
CONVERTERS = {"adc": {"bits": 5}, "dac": {"bits": 4}}


def stated(arrays: dict[str, Any]) -> list[np.ndarray]:
    """Return the arrays of a state in an order that their names have no part in."""
    solid = [np.ascontiguousarray(array) for array in arrays.values()]
    return sorted(solid, key=lambda a: (str(a.dtype), a.shape, a.tobytes()))


def counted(activity: Activity) -> Outcome:
    """Return what was counted, by name."""
    return {f"count {part} {event}": n for (part, event), n in activity.counts.items()}


def tile(settings: Settings, *, copies: int = 1, size: tuple[int, int] = (7, 5)) -> Outcome:
    """Program weights, read both ways, update by vectors, batches and windows, age, read again."""
    (rows, cols), rng = size, np.random.default_rng(11)
    plan = experiment(settings)
    state = substrate(plan).program(rng.normal(0, 0.3, size), rng=rng, copies=copies, name="part")
    x, windows = rng.normal(size=(3, rows)), rng.normal(size=(2, 4, rows))
    d, slopes = rng.normal(size=(3, cols)), rng.normal(size=(2, 4, cols))
    outcome: Outcome = {"programmed": state.weights.copy()}
    outcome["read"] = state.matvec(x, rng=rng)
    outcome["windows"] = state.matvec(windows, rng=rng)
    outcome["read back"] = state.rmatvec(d, rng=rng)
    if plan.kind not in ("float", "ideal"):
        for name, pair in (("pulses", (x, d)), ("pulses of windows", (windows, slopes))):
            outcome[name] = np.concatenate([p.ravel() for p in state.pulses(*pair, 0.02, rng=rng)])
    for k in range(2):
        state.update(x[k : k + 1], d[k : k + 1], 0.05, rng=rng)
    outcome["vector"] = state.weights.copy()
    state.update(x, d, 0.02, rng=rng)
    outcome["batch"] = state.weights.copy()
    state.update(windows, slopes, 0.02, rng=rng)
    outcome["convolved"] = state.weights.copy()
    outcome["read after"] = state.matvec(x, rng=rng)
    aged = state.aged(3e4)
    aged.update(x, d, 0.02, rng=rng)
    aged = aged.aged(1e6)
    outcome["aged"] = aged.weights.copy()
    outcome["aged read"] = aged.matvec(x, rng=rng)
    outcome |= {"state": stated(state.arrays()), "aged state": stated(aged.arrays())}
    return outcome | counted(state.activity)


def tabled(settings: Settings) -> Outcome:
    """Run :func:`tile` with the measured step of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "steps.csv"
        path.write_text(TABLE)
        device = settings["device"] | {"step": str(path)}
        return tile(settings | {"device": device})


def mapped(settings: Settings) -> Outcome:
    """Run :func:`tile` with the stuck cells of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "faults.csv"
        stuck = np.zeros((7, 10), int)
        stuck[1, 2], stuck[3, 3], stuck[6, 9] = 1, -1, -1
        np.savetxt(path, stuck, fmt="%d", delimiter=",")
        return tile(settings | {"faults": {"map": str(path)}})


def samples(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ``n`` images of two classes, stripes along rows or along columns, in noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    stripes = np.where(np.arange(12) % 4 < 2, 1.0, -1.0)
    plain = np.where(labels[:, None, None] == 0, stripes[:, None], stripes)
    return plain + rng.normal(0, 0.7, (n, 12, 12)), labels


def network(settings: Settings, streams: Streams, **sizes: Any) -> Chip:
    """Return a chip of the reference network for small images."""
    plan = experiment(settings | {"network": settings.get("network", {})})
    about = plan.common.network
    design = leti_cnn(
        input_shape=(12, 12), hidden=6, dropout=about.dropout,
        paper_literal_relu=about.paper_literal_relu,
        paper_literal_kernel=about.paper_literal_kernel, **sizes,
    )  # fmt: skip
    return design.build(substrate(plan), streams, blocks=plan.common.blocks)


def described(chip: Chip, streams: Streams) -> Outcome:
    """Return the weights of ``chip``, its decisions and its activity."""
    outcome = {f"weights {name}": held.weights.copy() for name, held in chip.held.items()}
    outcome["state"] = stated(chip.arrays())
    outcome["probabilities"] = evaluate(chip, *samples(10, 4), rng=streams("test")).outputs
    return outcome | counted(chip.activity)


def learning(
    settings: Settings, *, batch: int = 1, epochs: Iterable[int] = (2,), **sizes: Any
) -> Outcome:
    """Train a chip; where ``epochs`` has several ends, a new chip resumes from each."""
    streams = Streams(5)
    with tempfile.TemporaryDirectory() as folder:
        for last in epochs:
            chip = network(settings, streams, **sizes)
            training = Training(epochs=last, gamma=0.01, batch=batch)
            path = Path(folder) / "checkpoint.npz"
            history = fit(chip, samples(16, 2), samples(8, 3), training, streams=streams, path=path)
    shown = [[e.loss, e.score, e.validation_loss, e.validation_score] for e in history]
    return {"history": np.array(shown)} | described(chip, streams)


def resumed(settings: Settings) -> Outcome:
    """Return what :func:`learning` gives in one go, and the names that differ after a resume."""
    whole, cut = (learning(settings, epochs=epochs) for epochs in ((2,), (1, 2)))
    same = {n: np.array_equal(a, cut[n]) for n, a in whole.items() if n != "state"}
    same["state"] = all(map(np.array_equal, whole["state"], cut["state"]))
    return whole | {"differences": sum(not one for one in same.values())}


def compensation(settings: Settings) -> Outcome:
    """Train a chip, let it drift, and scale the outputs of its layers."""
    streams = Streams(6)
    chip = network(settings, streams)
    fit(chip, samples(8, 2), samples(4, 3), Training(epochs=1, gamma=0.01), streams=streams)
    later, _ = repaired(chip.aged(1e6), GlobalFactor(), Host(programmed=chip), streams=streams)
    return described(later, streams)


def flat(record: Any, name: str = "") -> Outcome:
    """Return the numbers of a record by name, but for times, texts and what was asked for."""
    if isinstance(record, dict):
        kept = [(k, v) for k, v in record.items() if k not in OTHER]
        return {
            k: v for key, value in kept for k, v in flat(value, f"{name} {key}".strip()).items()
        }
    if isinstance(record, (list, tuple)):
        parts = [flat(value, f"{name} {k}") for k, value in enumerate(record)]
        return {k: v for part in parts for k, v in part.items()}
    return {name: float(record)} if isinstance(record, (bool, int, float)) else {}


def small(kind: str) -> Settings:
    return {
        "data": {"clips": 3, "preset": "hard"}, "device": {"kind": kind}, "energy": {"images": 3},
        "network": {"hidden": 4}, "seed": [3], "train": {"epochs": 1},
    }  # fmt: skip


def trained(kind: str) -> Outcome:
    """Train an experiment on synthetic sound into a folder; return what the folder holds."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        train(experiment(small(kind)), run)
        kept = load(run)
        assert isinstance(kept, LoadedRun)
        outcome = flat(kept.result)
        history = kept.history.drop(columns="images_per_second").reset_index("epoch")
        outcome["history"] = history.to_numpy(float)
        with np.load(run / "seed-3" / "cells.npz") as cells:
            outcome |= {name: cells[name] for name in cells.files}
        energy = flat(kept.detail()["energy"])
        outcome |= {name: joules for name, joules in energy.items() if " energy_" in name}
    return outcome


def swept() -> Outcome:
    """Sweep a number of the device over two values."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as executor:
        axes = {"device.sigma_read": [0.0, 0.05]}
        rows = sweep(small("reram"), axes, store=Path(folder) / "s.db", executor=executor, jobs=1)
    numbers = rows.sort_values("device.sigma_read").select_dtypes("number")
    return {name: numbers[name].to_numpy(float) for name in numbers if name not in OTHER}


@dataclass(frozen=True)
class Case:
    """A run, and whether rounding can change none of its decisions: no noise, no whole pulses."""

    run: Callable[[], Outcome]
    steady: bool = False


def _devices() -> dict[str, Settings]:
    """Return settings of devices by name, but for the presets as they are."""
    noisy = {"sigma_c2c": 0.3, "sigma_d2d": 0.1, "sigma_read": 0.01, "sigma_program": [0.01]}
    steps = {
        "linear": {"kind": "linear", "dw_min": 0.004, "slope": 0.4},
        "soft-bounds": {"kind": "soft-bounds", "dw_min": 0.004},
        "exponential": {"kind": "exponential", "dw_min": 0.004, "steepness": 4.0},
        "constant": {"kind": "constant", "dw_min": 0.004},
    }
    cells = {f"step-{n}": {"kind": "constant", "step": s} | noisy for n, s in steps.items()}
    coarse = {"kind": "reram", "step": {"kind": "soft-bounds", "dw_min": 0.2}, "nu": 0.05}
    return cells | {
        "step-large": coarse | {"sigma_nu": 0.01},
        "pulse-train": cells["step-soft-bounds"] | {"pulsing": "pulse-train", "max_pulses": 9},
        "pulse-train-constant": cells["step-constant"] | {"pulsing": "pulse-train"},
        "deterministic": cells["step-exponential"] | {"rounding": "deterministic"},
        "leaking": cells["step-linear"] | {"tau_leak": 1e5, "asymmetry": 0.1},
        "value-noise": {"kind": "reram", "sigma_read_value": 0.05},
        "cmos-6-bits": {"kind": "cmos", "bits": 6, "rounding": "deterministic"},
    }


def _tiles() -> dict[str, Callable[[], Outcome]]:
    """Return runs of tiles: mappings, wires, sizes, copies, converters, blocks and precisions."""
    reram, cmos, pcm = ({"device": {"kind": kind}} for kind in ("reram", "cmos", "pcm"))
    double, circuit = {"precision": "double"}, {"blocks": "circuit"}
    both = {"wires": WIRES | {"driven": "both", "sensed": "top", "r_driver": 40.0}}
    follow = {"wires": WIRES, "follow": 1, "refresh": 3, "tolerance": 0.001}
    offset = {"mapping": "offset"}
    one_sided, sized = {"mapping": {"kind": "one-sided", "headroom": 5.0}}, {"size": [4, 3]}
    train = {"device": {"kind": "reram", "pulsing": "pulse-train"}}
    faulty = {"faults": {"p_on": 0.1, "p_off": 0.1}}
    verified = {"programming": {"kind": "write-verify", "reads": 2}}
    bent = {"device": {"kind": "reram", "conduction": "sinh"}}

    def run(base: Settings, *parts: Settings, copies: int = 1, **more: Any) -> partial[Outcome]:
        around = {k: v for part in parts for k, v in part.items()}
        return partial(tile, base | ({"tile": around} if around else {}) | more, copies=copies)

    return {
        "pair-double": run(reram, double),
        "pair-copies-converters": run(reram, CONVERTERS, copies=3),
        "pair-wires-sized-double": run(reram, double, {"wires": WIRES}, sized),
        "pair-wires-followed": run(reram, follow, copies=3),
        "pair-wires-sides-converters": run(reram, both, CONVERTERS, sized),
        "pair-circuit": run(reram, double, sized, **circuit),
        "offset-double": run(cmos, double),
        "offset-copies-converters-circuit": run(cmos, CONVERTERS, copies=3, **circuit),
        "offset-wires-copies": run(cmos, {"wires": WIRES}, copies=3),
        "offset-wires-sized-converters": run(reram, offset, {"wires": WIRES}, sized, CONVERTERS),
        "offset-sized-double": run(pcm, offset, sized, double),
        "one-sided": run(pcm, one_sided, double),
        "one-sided-copies-wires": run(pcm, one_sided, {"wires": WIRES}, copies=3),
        "one-sided-sized-converters-circuit": run(pcm, one_sided, sized, CONVERTERS, **circuit),
        "shot-noise": run(reram, {"reading": {"fano": 0.3, "temperature": 350.0}}),
        "stuck-pair": run(reram, **faulty),
        "stuck-offset-wires": run(cmos, {"wires": WIRES}, **faulty),
        "stuck-by-map": partial(mapped, reram),
        "stuck-verified-remapped": run(reram, verified, {"remap": {"limit": 0.1}}, **faulty),
        "pulse-width-sinh": run(bent, {"dac": {"kind": "pulse-width", "bits": 5}}),
        "step-table": partial(tabled, reram),
        "step-table-train": partial(tabled, train),
    }


def _networks() -> dict[str, Callable[[], Outcome]]:
    """Return runs of networks that learn, but for one of every kind of device."""
    floats, cmos, reram, pcm = ({"device": {"kind": k}} for k in ("float", "cmos", "reram", "pcm"))
    bernoulli, relu, kernel = (
        {"network": part}
        for part in (
            {"dropout": "bernoulli"},
            {"paper_literal_relu": True},
            {"paper_literal_kernel": True},
        )
    )
    wired = {"tile": {"wires": {"r_wl": 2.0, "r_bl": 2.0}, "size": [40, 4]}}
    return {
        "learn-cmos-batch": partial(learning, cmos, batch=4),
        "learn-reram-batch": partial(learning, reram | bernoulli, batch=4),
        "learn-cmos-bernoulli": partial(learning, cmos | bernoulli),
        "learn-reram-literal-relu": partial(learning, reram | relu),
        "learn-cmos-literal-kernel": partial(learning, cmos | kernel),
        "learn-reram-double": partial(learning, reram | {"tile": {"precision": "double"}}),
        "learn-reram-copies": partial(learning, reram, copies=3),
        "learn-cmos-converters": partial(learning, cmos | {"tile": CONVERTERS}, batch=4),
        "learn-cmos-circuit": partial(learning, cmos | {"blocks": "circuit"}),
        "learn-reram-wires": partial(learning, reram | wired),
        "resume-float": partial(resumed, floats),
        "resume-cmos": partial(resumed, cmos | {"tile": CONVERTERS}),
        "resume-reram": partial(resumed, reram),
        "compensated-pcm": partial(compensation, pcm),
        "run-cmos": partial(trained, "cmos"),
        "run-reram": partial(trained, "reram"),
        "sweep": swept,
    }


def _steady() -> dict[str, Callable[[], Outcome]]:
    """Return the runs that any processor gives, to rounding."""
    ideal, floats = {"device": {"kind": "ideal"}}, {"device": {"kind": "float"}}
    double, wired = {"precision": "double"}, {"wires": WIRES, "size": [4, 3]}
    return {
        "preset-ideal": partial(tile, ideal),
        "ideal-double": partial(tile, ideal | {"tile": double}),
        "ideal-wires": partial(tile, ideal | {"tile": double | wired | {"follow": 1}}),
        "ideal-offset-copies": partial(tile, ideal | {"tile": {"mapping": "offset"}}, copies=3),
        "float": partial(tile, floats),
        "float-double-copies": partial(tile, floats | {"tile": double}, copies=3),
        "learn-ideal": partial(learning, ideal),
        "learn-ideal-batch": partial(learning, ideal, batch=4),
        "learn-float": partial(learning, floats),
        "learn-float-batch": partial(learning, floats, batch=4),
        "learn-float-literal": partial(
            learning,
            floats | {"network": {"paper_literal_relu": True, "paper_literal_kernel": True}},
        ),
    }


def _cases() -> dict[str, Case]:
    presets = {kind: {"kind": kind} for kind in PRESETS if kind != "ideal"}
    runs = {f"preset-{kind}": partial(tile, {"device": d}) for kind, d in presets.items()}
    runs |= {f"learn-{kind}": partial(learning, {"device": d}) for kind, d in presets.items()}
    runs |= {name: partial(tile, {"device": device}) for name, device in _devices().items()}
    runs |= _tiles() | _networks()
    return {n: Case(r, steady=True) for n, r in _steady().items()} | {
        n: Case(r) for n, r in runs.items()
    }


CASES = _cases()
