"""Speed and memory of crossbar, beside its peers where they are installed.

Every case runs in a fresh process (with --quick all in one), with BLAS and OpenMP at one thread,
and again at two; crossbar and the peers take turns in it (A B A B). Figures are medians over the
turns. Memory is the peak of resident memory above what the process held after imports and a small
run. The floor is what the hardware allows: the longest of the bytes that must be moved over the
bandwidth, the operations over the rate of a matrix product, and the normals drawn over the rate of
the generator, all measured in that process.

    python benchmarks/run.py                              # every row, crossbar alone
    python benchmarks/run.py --only mvm_512 update_256    # some rows
    python benchmarks/run.py --peers --json FILE          # beside aihwkit, CrossSim, badcrossbar
    python benchmarks/run.py --quick --threads 1          # does it run at all? seconds

Rows: train_b1, train_b32 (the whole learning step), infer_b32, infer_digits, mvm_512, update_256,
wires_operator, wires_single. Compiled code is cached: run --quick once after a change of the
package, so that nothing compiles while something else is measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.case import Case
from bench.machine import description, versions
from bench.measure import NAMES, cases
from bench.table import terminal
from bench.timing import Effort
from rich.console import Console

HERE = Path(__file__).parent
LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PEERS = ("aihwkit", "simulator", "badcrossbar")  # simulator is CrossSim


def rows_of(
    cases: list[Case], threads: int, effort: Effort, *, peers: bool
) -> list[dict[str, Any]]:
    """Return the rows of ``cases``, measured in one fresh process with ``threads`` threads."""
    names = [(c.name, c.case) for c in cases]
    asked = {"cases": names, "effort": vars(effort), "peers": peers}
    paths = [str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | dict.fromkeys(LIMITS, str(threads))
    environment |= {"PYTHONPATH": os.pathsep.join(p for p in paths if p)}
    child = subprocess.run(
        [sys.executable, "-m", "bench.measure"],
        input=json.dumps(asked),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(child.stdout.splitlines()[-1])
    return [row | {"threads_asked": threads} for row in found]


def arguments(given: list[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--peers", action="store_true", help="measure installed peers beside")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write rows and machine here")
    parser.add_argument("--repeats", type=int, default=9, help="turns of each job, 2 or more")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="default: 1 2")
    parser.add_argument("--quick", action="store_true", help="short turns, for a smoke test")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> None:
    """Measure, print the tables and write the file."""
    options, console = arguments(given), Console(stderr=True)
    effort = Effort(repeats=options.repeats)
    if options.quick:
        effort = Effort(repeats=3, block=0.01, budget=1.0)
    if options.peers:
        absent = [name for name in PEERS if importlib.util.find_spec(name) is None]
        console.print(f"Not installed: {', '.join(absent)}." if absent else "All peers installed.")
    chosen = [[c] for c in cases() if c.name in options.only]
    if options.quick:  # a process each is for memory and for peace
        chosen = [[c for c in cases() if c.name in options.only]]
    rows: list[dict[str, Any]] = []
    failed = False
    for threads in options.threads:
        for group in chosen:
            start = time.perf_counter()
            try:
                rows += rows_of(group, threads, effort, peers=options.peers)
            except subprocess.CalledProcessError:
                failed = True  # its traceback is on the terminal; the other cases go on
            took = time.perf_counter() - start
            shown = f"{group[0].name}, {group[0].case}" if len(group) == 1 else "all cases"
            console.print(f"{shown}, {threads} threads: {took:.0f} s")
            if options.json:
                record = {"rows": rows, "machine": description(), "versions": versions()}
                options.json.write_text(json.dumps(record, indent=1) + "\n")
        Console(width=max(160, console.width)).print(terminal(rows, threads))
    sys.exit(failed)


if __name__ == "__main__":
    main()
