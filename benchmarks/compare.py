"""Speed of this source beside that of an earlier commit, on the same machine, turn about.

The commit is checked out into a folder of its own. Each round measures every row there and here,
one after the other, in fresh processes with BLAS at one thread; the order changes from round to
round. Printed are the median of the ratios (above 1: faster here), and their least and greatest.

    python benchmarks/compare.py HEAD~20                          # every row, five rounds
    python benchmarks/compare.py v0.1.0 --only train_b1 --rounds 9

A row counts as slower where even its greatest ratio lies more than the allowance below 1; the exit
status is then 1.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import NAMES
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
Speeds = dict[tuple[str, str], float]


def measured(source: Path, rows: list[str], folder: Path, *options: str) -> Speeds:
    """Return the speed of every case of ``rows`` [units a second] as ``source`` has it."""
    record = folder / "rows.json"
    program = [sys.executable, str(source / "benchmarks" / "run.py"), "--threads", "1"]
    command = [*program, "--only", *rows, "--json", str(record), *options]
    own = os.environ | {"PYTHONPATH": str(source)}  # not the package that is installed
    quiet = subprocess.DEVNULL
    subprocess.run(command, check=True, cwd=source, env=own, stdout=quiet, stderr=quiet)
    return {
        (row["name"], row["case"]): 1 / row["value"] if row["unit"] == "s" else row["value"]
        for row in json.loads(record.read_text())["rows"]
    }


def ratios(
    then: Path, rows: list[str], rounds: int, repeats: int
) -> dict[tuple[str, str], list[float]]:
    """Return the speeds here over those of ``then``, one a round."""
    series: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in (then, ROOT):  # compiles what is not compiled yet
            measured(source, rows, Path(folder), "--quick")
        for k in range(rounds):
            order = (then, ROOT) if k % 2 == 0 else (ROOT, then)
            speeds = {
                source: measured(source, rows, Path(folder), "--repeats", str(repeats))
                for source in order
            }
            for case in speeds[then].keys() & speeds[ROOT].keys():
                series.setdefault(case, []).append(speeds[ROOT][case] / speeds[then][case])
            Console(stderr=True).print(f"round {k + 1} of {rounds}")
    return series


def shown(series: dict[tuple[str, str], list[float]], allowance: float) -> tuple[Table, int]:
    """Return the table of ``series``, and how many rows are slower."""
    table = Table("row", "case", "median ratio", "least", "greatest", "")
    slower = 0
    for (name, case), values in series.items():
        late = max(values) < 1 - allowance
        slower += late
        figures = (statistics.median(values), min(values), max(values))
        table.add_row(name, case, *(f"{v:.3f}" for v in figures), "slower" if late else "")
    return table, slower


def main() -> int:
    """Compare, print the table, and return 1 if a row is slower."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commit", help="what to compare with")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5, help="turns of each job in a round")
    parser.add_argument("--allowance", type=float, default=0.03, help="share that may be lost")
    given = parser.parse_args()
    git = ["git", "-C", str(ROOT), "worktree"]
    with tempfile.TemporaryDirectory() as folder:
        then = Path(folder) / "source"
        subprocess.run([*git, "add", "--detach", "--quiet", str(then), given.commit], check=True)
        try:
            series = ratios(then, given.only, given.rounds, given.repeats)
        finally:
            subprocess.run([*git, "remove", "--force", str(then)], check=True)
    table, slower = shown(series, given.allowance)
    Console(width=120).print(table)
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
