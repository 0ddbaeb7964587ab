"""The demo: analog chips learn beside a float network, are stressed, and reported on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.circuit.mapping import DifferentialPair
from crossbar.devices import PRESETS
from crossbar.nn import Dense, Network
from crossbar.progress import Progress
from crossbar.random import Streams
from crossbar.report import write_report
from crossbar.runs import experiment, stress, train
from crossbar.substrates.tile import Tile

SETTINGS: dict[str, Any] = {
    "seed": [0, 1, 2],
    "data": {"preset": "clear", "clips": 80},
    "train": {"epochs": 4},
}
# What is stressed in the folder of each run: the chip that learned, or, for the float network,
# its weights programmed into phase-change memory, the device that drifts.
STRESSED: dict[str, list[str]] = {
    "cmos": [],
    "reram": [],
    "float": ["device.kind=pcm"],
}


def run_demo(out: Path, bars: Progress) -> dict[str, Any]:
    """Train the demo's chips into ``out``, each in its folder, stress them and write the report.

    Given again, it resumes where it stopped, or only writes the report anew.
    """
    results = {}
    with _compiling_ahead():
        for kind, changes in STRESSED.items():
            plan = experiment(SETTINGS | {"device": {"kind": kind}})
            results[kind] = train(plan, out / kind, progress=_named(kind, bars))
            stress(out / kind, changes, progress=_named(f"{kind} under stress", bars))
    bars("report", 0, 1, "drawing figures")
    return {"runs": results, "report": str(write_report(out))}


@contextmanager
def _compiling_ahead() -> Iterator[None]:
    """Let a process of its own compile what comes later while the sound is synthesised.

    It stands in a session of its own, out of reach of Ctrl-C, and is gone when this ends, or when
    this process does. What it did not get done is compiled where it is needed.
    """
    command = [sys.executable, "-c", f"from {__name__} import compile_ahead; compile_ahead()"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def compile_ahead() -> None:
    """Compile the loops of dense layers and of updates into the cache, where they are not yet."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    network = Network(input_shape=(2, 2), layers={"hidden": Dense(units=2), "out": Dense(units=2)})
    for kind in ("cmos", "reram"):
        tile = Tile(device=PRESETS[kind].device, mapping=DifferentialPair())
        chip = network.build(tile, Streams(0))
        labels = np.zeros(1, np.intp)
        chip.learn(np.ones((1, 2, 2), np.float32), labels, 0.01, rng=np.random.default_rng(0))


def _end_with_parent() -> None:
    """End this process when the one that started it ends, which cuts the pipe."""
    sys.stdin.read()
    os._exit(1)


def _named(kind: str, bars: Progress) -> Progress:
    """Return ``bars`` with the kind of device before each task."""
    return lambda task, done, total, text: bars(f"{kind}: {task}", done, total, text)
