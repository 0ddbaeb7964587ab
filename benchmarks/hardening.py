"""Stress along paths of strain by spiking neurons: decoders against a network without spikes.

    nice -n 5 python benchmarks/hardening.py --json hardening.jsonl
    python benchmarks/hardening.py --only membrane tanh --seeds 1 --epochs 10

A path of 20 strains of a steel with isotropic hardening (E 210 GPa, yield stress 300 MPa, H = E /
100) goes to 48 recurrent neurons, and the stress at its end is asked for. Four networks differ in
the decoder alone: membrane V_i(T), its sigmoid (vote), spikes and first spike in the last four
points. Two have no spikes: the same neurons with graded outputs (tanh), a plain recurrent network
of equal size without gates, and two dense layers of the whole path (dense), which have 0.5 % more
weights and no memory to keep.

All learn in digital memory with Adam, a rate of 0.01 and half a cosine. Printed are, over seeds,
the RMS error of the stress on 600 test paths with a 95 % interval (Student), in memory and
programmed into ideal cells; spikes, synaptic events and multiplications of graded signals a path;
its energy by the rules of thumb of the field (0.9 pJ an event, 4.6 pJ a multiplication), and the
energy that is counted in the cells and their surroundings. With --json, trainings are kept line by
line, and those that are there are not repeated: give another file for other settings.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from bench.kept import keeping, kept
from rich.console import Console
from rich.table import Table

from crossbar import Streams, Tile
from crossbar.circuit.mapping import DifferentialPair
from crossbar.data import IsotropicHardening
from crossbar.devices import IdealCell
from crossbar.energy import Costs, RulesOfThumb, charged
from crossbar.intervals import student
from crossbar.nn import (
    Chip,
    Cosine,
    Dense,
    Flatten,
    Layer,
    Network,
    Node,
    SquaredError,
    Tanh,
    Training,  # fmt: skip
    fit,
)
from crossbar.progress import silent
from crossbar.runs.build import parts_of
from crossbar.spiking import Leaky, clocked_network
from crossbar.substrates import Digital

DATA = IsotropicHardening()
SAMPLES = DATA.dataset()
BATCH, RATE = 64, 0.01
STEPS, LAST = 2, 4  # of a point; points that rates and first spikes are looked for in
SPIKING = ("vote", "membrane", "rate", "first-spike")  # by the error that is claimed, least first
SHAPE = (DATA.points, 1)


def networks() -> dict[str, Network]:
    """Return every network by name."""
    made = {
        name: clocked_network(
            input_shape=SHAPE, classes=1, decoder=name, steps=STEPS, low=-1.0,
            window=LAST * STEPS if name in ("rate", "first-spike") else 0,
        )
        for name in SPIKING
    }  # fmt: skip
    tanh = Leaky(tau=1e-5, output="tanh")
    made["tanh"] = clocked_network(input_shape=SHAPE, classes=1, neuron=tanh, steps=STEPS, low=-1.0)
    layers: dict[str, Layer | Node] = {
        "path": Flatten(),
        "first": Dense(units=44, bias=True),
        "bend": Tanh(),
        "second": Dense(units=43, bias=True),
        "bend2": Tanh(),
        "out": Dense(units=1, bias=True, gain=1.0),
    }
    made["dense"] = Network(input_shape=SHAPE, layers=layers)
    return made


def measured(options: argparse.Namespace, done: set[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    """Yield results of the networks and seeds that are not ``done``."""
    for seed in range(options.seeds):
        parts = parts_of(DATA, SAMPLES, seed)
        for name in options.only:
            if (name, seed) in done:
                continue
            network, streams = networks()[name], Streams(seed)
            chip = network.build(Digital(), streams, loss=SquaredError(), progress=silent)
            training = Training(epochs=options.epochs, gamma=RATE, batch=BATCH)
            samples = parts.train, parts.validation
            fit(chip, *samples, training, streams=streams, learner=Cosine(), progress=silent)
            yield {"network": name, "seed": seed, **figures(chip, *parts.test)}


def figures(chip: Chip, x: Any, y: Any) -> dict[str, float]:
    """Return error, spikes, events, multiplications and energy of a path."""
    rng = np.random.default_rng(0)
    off = chip.scores(x, rng=rng) - y
    tile = Tile(device=IdealCell(), mapping=DifferentialPair())
    programmed = chip.network.build(
        tile, Streams(0), weights=chip.trained(), loss=chip.loss, progress=silent
    )
    seen = programmed.scores(x, rng=rng) - y
    activity, paths = programmed.activity, len(x)
    rows = charged(activity, Costs(), phase="inference")
    events = activity.total("mac_forward", "hidden1.recurrent")
    graded = activity.total("spikes") == 0
    return {
        "error": float(np.sqrt(np.square(off).mean())) * DATA.yields,
        "programmed": float(np.sqrt(np.square(seen).mean())) * DATA.yields,
        "spikes": activity.total("spikes") / paths,
        "events": 0.0 if graded else events / paths,
        "macs": (activity.total("mac_forward") - (0.0 if graded else events)) / paths,
        "energy": sum(row.energy for row in rows if row.event != "program_energy") / paths,
        "weights": float(sum(rows * cols for _, rows, cols, _ in chip.network.matrices)),
    }


def show(records: list[dict[str, Any]]) -> None:
    """Print the table, and the order of the decoders."""
    table = Table("network", "weights", "error, MPa", "in cells, MPa", "spikes", "events", "MACs",
                  "by rule, nJ", "counted, nJ")  # fmt: skip
    means = {}
    for name in dict.fromkeys(one["network"] for one in records):
        own = [one for one in records if one["network"] == name]
        mean = {part: float(np.mean([one[part] for one in own])) for part in own[0]
                if part not in ("network", "seed")}  # fmt: skip
        errors = (student([one[part] for one in own]).times(1e-6).text(1)
                  for part in ("error", "programmed"))  # fmt: skip
        means[name] = mean["error"]
        rule = RulesOfThumb(macs=mean["macs"], events=mean["events"])
        by_rule = rule.conventional + rule.spiking_by_events
        counts = (f"{mean[part]:,.0f}" for part in ("spikes", "events", "macs"))
        energies = (f"{joules * 1e9:.3g}" for joules in (by_rule, mean["energy"]))
        table.add_row(name, f"{mean['weights']:,.0f}", *errors, *counts, *energies)
    console = Console()
    console.print(table)
    order = sorted((name for name in means if name in SPIKING), key=means.__getitem__)
    console.print(f"Decoders by error, least first: {', '.join(order)}. Claimed: "
                  f"{', '.join(SPIKING)}.")  # fmt: skip


def main(given: list[str] | None = None) -> int:
    """Train and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=networks(), default=list(networks()))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--json", type=Path, help="file that keeps every training")
    options = parser.parse_args(given)
    before = kept(options.json)
    done = {(one["network"], one["seed"]) for one in before}
    show([*before, *keeping(options.json, measured(options, done))])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
