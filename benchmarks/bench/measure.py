"""Cases, measured in a process of their own: ``python -m bench.measure`` reads what to do."""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from typing import Any

from threadpoolctl import threadpool_info

from bench import chips, digits, lines, tiles
from bench.case import Case, Job
from bench.floor import floor
from bench.timing import Effort, Memory, Times, interleaved

NAMES = ("train_b1", "train_b32", "infer_b32", "infer_digits", "mvm_512", "update_256",
         "wires_operator", "wires_single")  # fmt: skip


def cases() -> list[Case]:
    """Return every case, in the order of the table."""
    return [*chips.cases(), *digits.cases(), *tiles.cases(), *lines.cases()]


def measured(case: Case, effort: Effort, *, peers: bool) -> dict[str, Any]:
    """Return the row of ``case``."""
    case.warm().run()
    memory = Memory()
    start = time.perf_counter()
    ours = case.ours()
    ours.run()
    taken, first = memory.taken(), time.perf_counter() - start
    jobs = {"crossbar": ours}
    builders = case.beside | (case.peers if peers else {})
    peer_memory, broken = {}, {}
    for name, build in builders.items():
        memory = Memory()
        try:
            job = build()
            job.run()
        except Exception as error:  # whatever another package raises: ours is measured all the same
            broken[name] = f"{type(error).__name__}: {error}"
            continue
        jobs[name], peer_memory[name] = job, memory.taken()
    times = interleaved(jobs, effort)
    least = floor(ours.work())
    found = {name: _value(case, t.median) for name, t in times.items() if name != "crossbar"}
    best = min(found, key=lambda n: times[n].median, default=None)
    return {
        "name": case.name,
        "case": case.case,
        "unit": case.unit,
        "value": _value(case, times["crossbar"].median),
        **_spread(case, times["crossbar"]),
        "mark": case.mark,
        "peer": None if best is None else found[best],
        "peer_name": best,
        "ratio": None if best is None else times[best].median / times["crossbar"].median,
        "peers": _others(case, jobs, times, peer_memory),
        "peers_broken": broken,
        "floor": _value(case, float(least.pop("seconds")) / ours.amount),
        "floor_limit": least.pop("limit"),
        "floor_parts": least,
        "memory_mib": taken,
        "memory_mark_mib": case.memory_mark,
        "first_s": first,
        "threads": _threads(),
        **ours.notes(),
    }


def _value(case: Case, seconds: float) -> float:
    """Return ``seconds`` a unit as the figure of ``case``."""
    return seconds if case.timed else 1 / seconds


def _spread(case: Case, times: Times) -> dict[str, float]:
    """Return quartiles, turns, and processor time over time (below 1: others had the core)."""
    low, high = sorted((_value(case, times.low), _value(case, times.high)))
    return {"quartile_low": low, "quartile_high": high, "turns": times.turns,
            "processor_share": times.share}  # fmt: skip


def _others(
    case: Case, jobs: dict[str, Job], times: dict[str, Times], memory: dict[str, float | None]
) -> dict[str, dict[str, float | None]]:
    """Return figure, quartiles and memory of every peer."""
    return {
        name: {
            "value": _value(case, times[name].median),
            **_spread(case, times[name]),
            "memory_mib": memory[name],
            **jobs[name].notes(),
        }
        for name in memory
    }


def _threads() -> int:
    """Return the most threads that BLAS uses here."""
    return max((p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"), default=1)


def main() -> None:
    """Measure the cases that standard input names; write their rows to standard output."""
    asked = json.load(sys.stdin)
    effort = Effort(**asked["effort"])
    chosen = [c for c in cases() if [c.name, c.case] in asked["cases"]]
    warnings.simplefilter("ignore")  # of the peers; the tests of crossbar raise on theirs
    logging.disable(logging.INFO)
    rows = [measured(case, effort, peers=asked["peers"]) for case in chosen]
    print("\n" + json.dumps(rows))


if __name__ == "__main__":
    main()
