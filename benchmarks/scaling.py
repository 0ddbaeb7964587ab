"""How cost grows with size: reads, updates and line resistance from 32 to 1024 lines a side.

    python benchmarks/scaling.py --json benchmarks/scaling.json    # minutes: the operator at 1024
    python benchmarks/scaling.py --largest 64                      # seconds

One thread, one case a process; ``page.py`` draws the figures from the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import lines, tiles
from bench.case import Job
from bench.machine import description, versions
from bench.timing import Effort, Memory, interleaved

HERE = Path(__file__).parent
SIZES = (32, 64, 128, 256, 512, 1024)
KINDS: dict[str, Callable[[int], Job]] = {
    "matvec, batch 1": lambda n: tiles.reading(n, 1),
    "matvec, batch 256": tiles.reading,
    "update, 1 pulse an array": lambda n: tiles.updating(n, n**-2.0),
    "update, 1 pulse a cell": lambda n: tiles.updating(n, 1.0),
    "update, 31 pulses a cell": lambda n: tiles.updating(n, 31.0),
    "wires, operator": lines.reducing,
    "wires, one read": lines.solving,
}


def point(kind: str, side: int) -> dict[str, Any]:
    """Return seconds a sample, update or call of ``kind``, and the memory taken [MiB]."""
    KINDS[kind](8).run()
    memory = Memory()
    job = KINDS[kind](side)
    job.run()
    taken = memory.taken()
    times = interleaved({"crossbar": job}, Effort(repeats=7, block=0.1, budget=40.0))["crossbar"]
    return {
        "kind": kind,
        "side": side,
        "seconds": times.median,
        "quartile_low": times.low,
        "quartile_high": times.high,
        "turns": times.turns,
        "memory_mib": taken,
    }


def main(given: list[str] | None = None) -> None:
    """Measure every kind at every size and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="lines a side")
    parser.add_argument("--point", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    if options.point:
        kind, side = options.point
        print(json.dumps(point(kind, int(side))))
        return
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    points = []
    for kind in KINDS:
        for side in (n for n in SIZES if n <= options.largest):
            command = [sys.executable, __file__, "--point", kind, str(side)]
            child = subprocess.run(
                command, env=os.environ | limits, stdout=subprocess.PIPE, text=True, check=True
            )
            points.append(json.loads(child.stdout))
            print(f"{kind}, {side}: {points[-1]['seconds']:.3g} s", flush=True)
    if options.json:
        record = {"points": points, "machine": description(), "versions": versions()}
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
