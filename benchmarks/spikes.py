"""Time of an event in queues and of an arrival at LIF neurons.

    python benchmarks/spikes.py

Events wait for a random time of mean 1 (queues for one delay: for 1) while as many wait as the
column says, and go through the queue in bursts of 1000. 100 neurons get random charges. Time of the
processor, best of some turns, on one thread.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable, Sequence

import numpy as np

from crossbar.spiking import (
    LIF,
    BinaryHeap,
    DelayRing,
    EventQueue,
    FifoRing,
    SortedArray,
    Spikes,
)

BURST, TURNS = 1000, 5
WAITING = (1_000, 10_000, 100_000)
USUAL = LIF(threshold=1.0, capacitance=1.0, g_leak=0.5, tau_s=1.0, refractory=0.3)
NEURONS = {
    "no filter": {"tau_s": 0.0},
    "tau_m = 2 tau_s": {},
    "tau_s = 2 tau_m": {"tau_s": 4.0},
    "tau_m = tau_s": {"tau_s": 2.0},
    "tau_m = 1.5 tau_s": {"tau_s": 4 / 3},
    "two exponentials": {"tau_r": 0.5},
}


def fastest(turn: Callable[[], None]) -> float:
    """Return the time of the fastest turn [s], after one that compiles."""
    times = []
    for _ in range(TURNS + 1):
        start = time.process_time()
        turn()
        times.append(time.process_time() - start)
    return min(times[1:])


def queue(spec: EventQueue, waiting: int, events: int) -> float:
    """Return the time of an event that is sent and delivered [s]."""
    rng, one = np.random.default_rng(0), isinstance(spec, FifoRing)
    waits = 1.0 if one else rng.uniform(0.0, 2.0, BURST)
    step = BURST / waiting

    def turn() -> None:
        state, t = spec.build(), 0.0
        for _ in range(0, events + waiting, BURST):
            state.send(np.linspace(t, t + step, BURST), waits)
            t += step
            state.deliver(t)

    return fastest(turn) / (events + waiting)


def arrival(neuron: LIF, events: int) -> float:
    """Return the time of an arrival [s]."""
    rng = np.random.default_rng(1)
    until = events / 100.0
    times = np.sort(rng.uniform(0.0, until, events))
    arrivals = Spikes(times, rng.integers(0, 100, events), 100)
    charges = rng.normal(0.3, 1.0, events)

    def turn() -> None:
        neuron.respond(arrivals, charges, until, neuron.fabricate(100, rng=rng))

    return fastest(turn) / events


def main(arguments: Sequence[str] | None = None) -> dict[str, list[float]]:
    """Print both tables, and return their rows [ns]."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=200_000)
    events, rows = parser.parse_args(arguments).events, {}
    print("| queue | " + " | ".join(f"{n:,} wait" for n in WAITING) + " |")
    print("|---|" + "---|" * len(WAITING))
    for kind in (FifoRing, BinaryHeap, DelayRing, SortedArray):
        row = rows[kind.__name__] = []
        for waiting in WAITING:
            spec = kind(capacity=2 * waiting + 2 * BURST)
            if isinstance(spec, DelayRing):
                spec = dataclasses.replace(spec, largest=3.0, width=2.0 / waiting)
            few = min(events, 20_000) if kind is SortedArray else events
            row.append(1e9 * queue(spec, waiting, few))
        print(f"| `{kind.__name__}` | {' | '.join(f'{one:.0f} ns' for one in row)} |", flush=True)
    print("\n| LIF | an arrival |\n|---|---|")
    for name, changed in NEURONS.items():
        rows[name] = [1e9 * arrival(dataclasses.replace(USUAL, **changed), events)]
        print(f"| {name} | {rows[name][0]:.0f} ns |", flush=True)
    return rows


if __name__ == "__main__":
    main()
