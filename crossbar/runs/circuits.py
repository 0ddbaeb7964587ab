"""Circuits of what a run is made of: tiles, training steps, and inference of trained chips."""

from __future__ import annotations

import resource
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.devices import Deterministic
from crossbar.errors import fail, require_number
from crossbar.memory import require_memory
from crossbar.nn import Chip
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware
from crossbar.runs.noiseless import quiet
from crossbar.runs.trained import trained_chip
from crossbar.spice.arrays import array_deck
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import LIMIT
from crossbar.spice.networks import classify, network_deck
from crossbar.spice.tiles import facts, tile_deck, tile_of
from crossbar.spice.training import Ranges, step_deck
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats, Integers, Record

LINE = 100.0  # bytes that a weight takes at least, its lines in the netlist with it


def sample_tile(plan: Experiment, rows: int, cols: int, seed: int) -> TileState:
    """Return a tile of ``plan`` without noise that holds random weights (rows, cols)."""
    require_number("rows", rows, low=1)
    require_number("cols", cols, low=1)
    remedy = "Lower --rows or --cols."
    require_memory("netlist", LINE * rows * cols, f"{rows} x {cols} weights", remedy)
    streams = Streams(seed)
    weights = streams("weights").uniform(-1.0, 1.0, (rows, cols))
    held = build.substrate(quiet(plan)).program(weights, rng=streams("program"))
    return tile_of(held, "device.kind")


def sample_array_deck(plan: Experiment, rows: int, cols: int, reads: int, seed: int) -> Deck:
    """Return the netlist of the first array of :func:`sample_tile`, read at random voltages."""
    state = sample_tile(plan, rows, cols, seed)
    _require_inputs(reads, rows)
    array = state.array
    _, _, _, g = next(array.physical())
    v = Streams(seed)("inputs").uniform(-1.0, 1.0, (reads, len(g))) * array.reading.v_read
    about = (*facts(state), "bit lines of a weight stand side by side; reference lines come last")
    v[:, rows:] = 0.0  # a forward read leaves the reference word line at 0 V
    return array_deck(g, v, array.wires, law=array.device.conduction, about=about)


def sample_tile_deck(plan: Experiment, rows: int, cols: int, reads: int, seed: int) -> Deck:
    """Return the netlist of :func:`sample_tile` for random inputs."""
    _require_inputs(reads, rows)
    x = Streams(seed)("inputs").standard_normal((reads, rows))
    return tile_deck(sample_tile(plan, rows, cols, seed), x)


def _require_inputs(reads: int, rows: int) -> None:
    """Raise unless ``reads`` input vectors fit in memory, as numbers and as sources."""
    what = f"{reads} vectors of {rows} inputs"
    require_memory("netlist", LINE * reads * rows, what, "Lower --reads or --rows.")


def sample_step_deck(plan: Experiment, side: int, seed: int) -> Deck:
    """Return the netlist of one training step of a small network on a random image.

    The network is that of ``plan`` with ``side * side`` pixels; codes are rounded to the nearest,
    as a netlist draws nothing.
    """
    silent, streams = quiet(plan).with_hardware(_deterministic), Streams(seed)
    network = plan.common.network.network((side, side), 2)
    build.require_room(network)
    chip = network.build(build.substrate(silent), streams, blocks=silent.common.blocks)
    x = streams("inputs").standard_normal((1, side, side)).astype(np.float32)
    label = int(streams("label").integers(2))
    ranges = Ranges.of(chip, x, np.array([label]), rng=streams("ranges"))
    rate = plan.common.train.gamma
    return step_deck(chip, x[0], label, rate, ranges=ranges, masks=streams("dropout")).deck


def _deterministic(hardware: Hardware) -> Hardware:
    """Return ``hardware`` whose device rounds changes to the nearest step."""
    device: Any = hardware.device
    if device is None or "rounding" not in {f.name for f in fields(device)}:
        return hardware
    return replace(hardware, device=replace(device, rounding=Deterministic()))


@reporting
def trained(
    plan: Experiment, out: Path, images: int, seed: int | None, *, progress: Progress = shown
) -> tuple[Chip, Floats, Integers]:
    """Return the trained chip of the run in ``out`` without noise, and test images with labels."""
    require_number("images", images, low=1)
    seed = plan.common.seed[0] if seed is None else seed
    dataset = plan.common.data.read(lambda k, n: progress("data", k, n, ""))
    parts = build.parts_of(plan.common.data, dataset, seed)
    x, labels = parts.test
    chip = trained_chip(quiet(plan), dataset, seed, out)
    build.ranged(chip, parts, plan.streams(seed))
    if images > len(x):
        fail("images", f"at most the {len(x)} test images", str(images), "Ask for fewer.")
    chosen = np.sort(Streams(seed)("circuit").permutation(len(x))[:images])
    return chip, x[chosen], labels[chosen]


@reporting
def trained_deck(
    plan: Experiment, out: Path, images: int, seed: int | None, *, progress: Progress = shown
) -> Deck:
    """Return the netlist of the trained chip of the run in ``out``, classifying test images."""
    chip, x, _ = trained(plan, out, images, seed, progress=progress)
    return network_deck(chip, x)


@reporting
def infer(
    plan: Experiment,
    out: Path,
    *,
    images: int = 20,
    seed: int | None = None,
    limit: float = LIMIT,
    keep: Path | None = None,
    progress: Progress = shown,
) -> Record:
    """Let ngspice classify test images with the trained chip of a run, and set it beside the chip.

    Parameters
    ----------
    plan
        The experiment, possibly with line resistance or tile sizes that the run did not have.
    out
        Folder of the run.
    images, seed
        How many test images, of the chip of which seed (None: the first).
    limit
        Most seconds for ngspice.
    keep
        Folder for netlist, log and raw file.

    Returns
    -------
    dict
        Decisions and scores of both, their largest difference relative to the largest score,
        seconds and peak memory of ngspice, lines of the netlist.
    """
    chip, x, labels = trained(plan, out, images, seed, progress=progress)
    scores = chip.scores(x, rng=np.random.default_rng(0)).astype(np.float64)
    progress("ngspice", 0, 1, f"{images} images")
    circuit = classify(chip, x, limit=limit, keep=keep)
    sensed = circuit.scores
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return {
        "images": images,
        "decisions_equal": int(np.sum(sensed.argmax(axis=1) == scores.argmax(axis=1))),
        "right_circuit": int(np.sum(sensed.argmax(axis=1) == labels)),
        "right_chip": int(np.sum(scores.argmax(axis=1) == labels)),
        "score_error": float(np.abs(sensed - scores).max() / np.abs(scores).max()),
        "seconds": circuit.seconds,
        "memory": memory,
        "lines": circuit.lines,
        "scores_circuit": sensed.tolist(),
        "scores_chip": scores.tolist(),
        "labels": labels.tolist(),
    }
