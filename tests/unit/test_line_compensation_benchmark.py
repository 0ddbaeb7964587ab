"""The benchmark of line compensation prints what is won back, from what its folder holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "line_compensation.py"
ACCURACIES = {  # of two seeds
    ("ideal", 512): (0.8, 0.9), ("lines", 512): (0.5, 0.8), ("open", 512): (0.7, 0.9),
    ("lines", 256): (0.8, 0.9), ("open", 256): (0.8, 0.9),
    ("loop-ideal", 512): (0.9, 0.9), ("verified", 512): (0.7, 0.7), ("loop", 512): (0.85, 0.85),
}  # fmt: skip
PRINTED = (
    "512 ideal 85.0 [21.5, 148.5]",
    "512 lines 65.0 [-125.6, 255.6] -20.0 [-147.1, +107.1] points",
    "512 open 80.0 [-47.1, 207.1] -5.0 [-68.5, +58.5] points, 75% won back",
    "512 loop-ideal 90.0 [90.0, 90.0]",
    "512 loop 85.0 [85.0, 85.0] -5.0 [-5.0, -5.0] points, 75% won back",
    "256 open 85.0 [21.5, 148.5] +0.0 [+0.0, +0.0] points, lines cost nothing",
    "A chip of loop takes at most 7 s, its test included.",
)


@pytest.mark.parametrize("chips", [None, 2])
def test_shares_are_those_of_the_means(chips: int | None, tmp_path: Path) -> None:
    """By hand: of 85 - 65 points lines cost, 80 - 65 come back; chips of a seed are averaged."""
    rows = [
        {"case": case, "rows": rows, "seed": seed, "chip": chip, "seconds": 7.0,
         "accuracy": each[seed] + (0.01 * (-1) ** chip if chips else 0.0)}
        for (case, rows), each in ACCURACIES.items()
        for seed in (0, 1)
        for chip in (range(chips) if chips else [None])
    ]  # fmt: skip
    other = [one | {"chip": 0 if chips is None else None, "accuracy": 0.1} for one in rows[:2]]
    lines = (json.dumps(one) + "\n" for one in rows + other)
    (tmp_path / "chips.jsonl").write_text("".join(lines))
    cases = dict.fromkeys(case for case, _ in ACCURACIES)
    options = ["--seeds", "2", "--chips", str(chips or 0), "--rows", "512", "--cases", *cases]
    done = subprocess.run(
        [sys.executable, SCRIPT, "--out", tmp_path, *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    printed = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert [line for line in PRINTED if line not in printed] == []
