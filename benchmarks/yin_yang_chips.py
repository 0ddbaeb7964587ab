"""What chips keep of a network of first spikes on the yin-yang figure.

    nice -n 5 python benchmarks/yin_yang_chips.py --json yin_yang_chips.jsonl
    python benchmarks/yin_yang_chips.py --only mismatch --seeds 1 --epochs 5

A network 4-30-3 learns in memory as scripts/yin_yang.toml says. Its weights are programmed into
each chip (plain), which then learns in the loop, by its own spike times. Printed are, over seeds,
both accuracies on 1 000 test samples, and the change of the second against memory, with 95 %
intervals (Student), and the mark.

levels     codes of 5 bits against a reference at the middle: -15 to 15 steps a weight, 31 levels,
           and no other error, with a scale a neuron (ByColumn). Weights learn in memory and are
           read through the codes.
levels, delays
           the same with axonal delays, against the network with axonal delays in memory.
mismatch   ideal cells, and 20 % spread between the gains of neurons.
lines      ideal cells of up to 40 uS, and 1 ohm from cell to cell.
reram      the HfO2 ReRAM of the library, with all its errors, learning by its pulses. It begins so
           far off that the scale of the decoder is three times as large in the loop.

With --json, trainings are kept line by line, and those that are there are not repeated: give
another file for other settings.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.kept import resumed
from rich.console import Console
from rich.table import Table

from crossbar import Streams, Tile
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.data import YinYang
from crossbar.devices import PRESETS, CmosSynapse, IdealCell
from crossbar.intervals import student
from crossbar.nn import Chip, Cosine, Network, Training, evaluate, fit
from crossbar.progress import silent
from crossbar.runs.build import parts_of
from crossbar.spiking import AxonalDelays, Delays, first_spike_network
from crossbar.substrates import Aware, ByColumn, Digital, Mismatched, Substrate
from crossbar.types import Floats
from crossbar.wires import Wires

DATA = YinYang()
SAMPLES = DATA.dataset()
BATCH, RATE, LOOP = 100, 0.02, 0.01
ALWAYS = 10**6  # changes of the weights until another chip


class Case(NamedTuple):
    """What holds weights at the end and while they learn, delays, and the loss that is allowed."""

    chip: Substrate
    learning: Substrate
    delays: Delays | None = None
    mark: float | None = None
    scale: float = 5e-8  # of the decoder in the loop, s


def cases() -> dict[str, Case]:
    """Return every case by name."""
    codes = ByColumn(held=Tile(device=CmosSynapse(bits=5, sigma_unit=0.0), mapping=Offset()))
    ideal = Tile(device=IdealCell(), mapping=DifferentialPair())
    wired = Tile(device=IdealCell(), mapping=DifferentialPair(), wires=Wires(r_wl=1.0, r_bl=1.0))
    reram = Tile(device=PRESETS["reram"].device, mapping=DifferentialPair())
    uneven = Mismatched(held=ideal, sigma=0.2)
    through = Aware(held=codes, every=ALWAYS)
    return {
        "levels": Case(codes, through, mark=1.0),
        "levels, delays": Case(codes, through, AxonalDelays(), mark=1.0),
        "mismatch": Case(uneven, uneven, mark=1.5),
        "lines": Case(wired, wired),
        "reram": Case(reram, reram, scale=1.5e-7),
    }


def trained(
    held: Substrate, network: Network, seed: int, epochs: int, rate: float,
    weights: dict[str, Floats] | None = None,
) -> tuple[Chip, float]:  # fmt: skip
    """Return a chip after ``epochs``, and its accuracy on the test part."""
    parts, streams = parts_of(DATA, SAMPLES, seed), Streams(seed)
    chip = network.build(held, streams, weights=weights, progress=silent)
    training = Training(epochs=epochs, gamma=rate, batch=BATCH)
    samples = parts.train, parts.validation
    fit(chip, *samples, training, streams=streams, learner=Cosine(), progress=silent)
    return chip, evaluate(chip, *parts.test, rng=streams("test")).score


def results(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield kept results, then new ones as they are made."""
    yield from resumed(options.json, ("chip", "seed"), partial(measured, options))


def measured(options: argparse.Namespace, done: set[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    """Yield results of the chips and seeds that are not ``done``."""
    for seed in range(options.seeds):
        memory: dict[bool, tuple[Chip, float]] = {}
        for name in options.only:
            if (name, seed) in done:
                continue
            case = cases()[name]
            delayed = case.delays is not None
            epochs = options.epochs // 2 if delayed else options.epochs
            network = first_spike_network(delays=case.delays)
            if delayed not in memory:
                memory[delayed] = trained(Digital(), network, seed, epochs, RATE)
            weights = memory[delayed][0].trained()
            plain = trained(case.chip, network, seed, 0, LOOP, weights)[1]
            softer = first_spike_network(delays=case.delays, scale=case.scale)
            loop = trained(case.learning, softer, seed, epochs, LOOP, weights)[1]
            yield {"chip": name, "seed": seed, "memory": memory[delayed][1], "plain": plain,
                   "loop": loop}  # fmt: skip


def show(records: list[dict[str, Any]]) -> bool:
    """Print the table; return whether no chip loses more than its mark allows."""
    table = Table("chip", "memory, %", "plain, %", "in the loop, %", "change, points", "mark")
    kept = True
    for name in dict.fromkeys(one["chip"] for one in records):
        own = [one for one in records if one["chip"] == name]
        means = [student([one[way] for one in own]).times(100).text(2)
                 for way in ("memory", "plain", "loop")]  # fmt: skip
        change = student([one["loop"] - one["memory"] for one in own]).times(100)
        mark = cases()[name].mark
        table.add_row(name, *means, change.text(2), "" if mark is None else f"-{mark:g}")
        kept &= mark is None or change.mean >= -mark - 1e-9
    Console().print(table)
    return bool(np.all(kept))


def main(given: list[str] | None = None) -> int:
    """Train, print the table, and return 1 if a mark is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=cases(), default=list(cases()))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--epochs", type=int, default=200, help="in memory and again in the loop; half with delays"
    )
    parser.add_argument("--json", type=Path, help="file that keeps every training")
    return 0 if show(list(results(parser.parse_args(given)))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
