"""The demo: analog chips learn beside a float network, are stressed, and reported on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossbar.cli.console import Bars
from crossbar.experiment import experiment, robustness, train
from crossbar.experiment.run import Progress
from crossbar.report import write_report

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


def run_demo(out: Path, bars: Bars) -> dict[str, Any]:
    """Train the demo's chips into ``out``, stress them and write the report.

    Given again, it goes on where it stopped, or only writes the report anew.
    """
    results = {}
    for kind, changes in STRESSED.items():
        folder = out / kind
        progress = _named(kind, bars)
        results[kind] = train(
            experiment(SETTINGS | {"device": {"kind": kind}}), folder, progress=progress
        )
        if not (folder / "robustness.csv").exists():
            robustness(folder, changes, progress=progress)
    bars("report", 0, 1, "drawing figures")
    return {"runs": results, "report": str(write_report(out))}


def _named(kind: str, bars: Bars) -> Progress:
    """Return ``bars`` with the kind of device before each task."""
    return lambda task, done, total, text: bars(f"{kind}: {task}", done, total, text)
