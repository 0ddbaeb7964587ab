"""Images a second of a spiking network 784-100-10 of which 5 % of the inputs spike.

    python benchmarks/spiking_images.py

Every image has 39 of 784 inputs that spike once, at random within a time constant of the synapse.
Weights are such that about a twentieth of the hidden neurons fires. Taken in turns on one thread,
median over the turns, and the ratio to crossbar:

- first spikes: ``FirstSpike`` layers, event-driven and exact, with weights in digital memory, and
  on arrays of HfO2 ReRAM, where every spike reads its row with noise of its own;
- any spikes: ``EventLIF`` layers of LIF neurons, which may fire again, exact;
- steps: ``Clocked`` layers, in the steps of the last line;
- events: a ``SpikingNetwork`` of the same neurons as the layers of events, an image after the
  other;
- where they are installed snnTorch (``Leaky``) and Norse (``LIFCell``), in steps of a tenth of the
  time constant over five of them, as their tutorials step through time, in batches.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from crossbar import Offset, Streams, Tile
from crossbar.devices import PRESETS
from crossbar.nn import Network
from crossbar.spiking import (
    LIF,
    Clocked,
    ClockedLIF,
    EventLIF,
    FirstSpike,
    Group,
    RateReadout,
    Spikes,
    SpikingNetwork,
    Synapses,
)
from crossbar.substrates import Digital, Substrate

INPUTS, HIDDEN, OUTPUTS, ACTIVE = 784, 100, 10, 39
STEPS, TAU = 50, 1e-6
NEURON = LIF(tau_s=TAU, capacitance=1e-12, g_leak=1e-12 / (2 * TAU), refractory=TAU)
Work = Callable[[], object]


def images(count: int) -> np.ndarray:
    """Return times of spikes (count, 784) in time constants, infinity where there is none."""
    rng = np.random.default_rng(0)
    x = np.full((count, INPUTS), np.inf)
    for row in x:
        row[rng.choice(INPUTS, ACTIVE, replace=False)] = rng.random(ACTIVE)
    return x


def weights() -> dict[str, np.ndarray]:
    """Return weights in thresholds, by layer."""
    rng = np.random.default_rng(1)
    return {
        "hidden": rng.normal(0.0, 0.22, (INPUTS, HIDDEN)),
        "out": rng.normal(0.4, 0.3, (HIDDEN, OUTPUTS)),
    }


def first_spikes(x: np.ndarray, substrate: Substrate) -> tuple[Work, Callable[[], float]]:
    """Return the work of layers of first spikes, and the share of hidden neurons that fire."""
    layers = {"hidden": FirstSpike(units=HIDDEN), "out": FirstSpike(units=OUTPUTS)}
    network = Network(input_shape=(INPUTS,), layers=layers)
    chip = network.build(substrate, Streams(0), weights=weights())
    rng, times = np.random.default_rng(2), x * TAU

    def run() -> list[np.ndarray]:
        hidden = chip.layers["hidden"].infer(times, rng=rng)
        return [hidden, chip.layers["out"].infer(hidden, rng=rng)]

    return run, lambda: float(np.isfinite(run()[0]).mean())


def any_spikes(x: np.ndarray) -> Work:
    """Return the work of layers of neurons that fire again, all images at once."""
    common = EventLIF(units=1, neuron=NEURON, duration=STEPS / 10 * TAU, spikes=5)
    layers = {"hidden": replace(common, units=HIDDEN), "out": replace(common, units=OUTPUTS)}
    layers["out"] = replace(layers["out"], readout="membranes")
    network = Network(input_shape=(INPUTS,), layers=layers)
    chip = network.build(Digital(), Streams(0), weights=weights())
    rng, times = np.random.default_rng(2), x * TAU

    def run() -> None:
        hidden = chip.layers["hidden"].infer(times, rng=rng)
        chip.layers["out"].infer(hidden, rng=rng)

    return run


def steps(x: np.ndarray) -> Work:
    """Return the work of layers in steps of time, all images at once."""
    neuron = ClockedLIF(tau_m=2 * TAU, tau_s=TAU)
    common = Clocked(units=1, neuron=neuron, dt=TAU / 10)
    layers = {"hidden": replace(common, units=HIDDEN), "out": replace(common, units=OUTPUTS),
              "rate": RateReadout()}  # fmt: skip
    network = Network(input_shape=(STEPS, INPUTS), layers=layers)
    chip = network.build(Digital(), Streams(0), weights=weights())
    spikes = np.ascontiguousarray(stepped(x).swapaxes(0, 1))
    return partial(chip.scores, spikes, rng=np.random.default_rng(2))


def events(x: np.ndarray) -> Work:
    """Return the work of a network of events, image after image."""
    neuron, charge = NEURON, NEURON.capacitance * NEURON.threshold
    network = SpikingNetwork(
        inputs={"in": INPUTS},
        groups={"h": Group(count=HIDDEN, neuron=neuron), "o": Group(count=OUTPUTS, neuron=neuron)},
        synapses={"hidden": Synapses(source="in", target="h", charge=charge),
                  "out": Synapses(source="h", target="o", charge=charge)},
    )  # fmt: skip
    chip = network.build(Digital(), Streams(0), weights=weights())
    rng, longest = np.random.default_rng(2), STEPS / 10 * TAU

    def run() -> None:
        for row in x:
            lines = np.flatnonzero(np.isfinite(row))
            spikes = Spikes.in_order(chip.t + row[lines] * TAU, lines, INPUTS)
            chip.run({"in": spikes}, chip.t + longest, rng=rng)

    return run


def stepped(x: np.ndarray) -> np.ndarray:
    """Return the spikes of every step (STEPS, count, 784)."""
    steps = np.zeros((STEPS, *x.shape), np.float32)
    image, line = np.nonzero(np.isfinite(x))
    steps[(x[image, line] * 10).astype(int), image, line] = 1
    return steps


def snntorch(x: np.ndarray) -> Work:
    """Return the work of snnTorch, all images as one batch."""
    import snntorch as snn
    import torch

    torch.set_num_threads(1)
    spikes, (w, u) = torch.from_numpy(stepped(x)), _tensors()
    first, second = snn.Synaptic(alpha=0.9, beta=0.95), snn.Synaptic(alpha=0.9, beta=0.95)

    def run() -> None:
        with torch.no_grad():
            a, b = first.init_synaptic()
            c, d = second.init_synaptic()
            for step in spikes:
                hidden, a, b = first(0.1 * step @ w, a, b)
                _, c, d = second(0.1 * hidden @ u, c, d)

    return run


def norse(x: np.ndarray) -> Work:
    """Return the work of Norse, all images as one batch."""
    import torch
    from norse.torch import LIFCell

    torch.set_num_threads(1)
    spikes, (w, u), cells = torch.from_numpy(stepped(x)), _tensors(), (LIFCell(), LIFCell())

    def run() -> None:
        with torch.no_grad():
            a = b = None
            for step in spikes:
                hidden, a = cells[0](step @ w, a)
                _, b = cells[1](hidden @ u, b)

    return run


def _tensors() -> list:
    import torch

    return [torch.from_numpy(one.astype(np.float32)) for one in weights().values()]


def main(given: list[str] | None = None) -> None:
    """Measure in turns and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=1000, help="of a batch")
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args(given)
    x = images(options.images)
    few = x[: max(1, options.images // 20)]
    exact, share = first_spikes(x, Digital())
    reram, _ = first_spikes(x, Tile(device=PRESETS["reram"].device, mapping=Offset()))
    work: dict[str, tuple[Work, int]] = {
        "crossbar, first spikes": (exact, len(x)),
        "crossbar, first spikes on ReRAM": (reram, len(x)),
        "crossbar, any spikes": (any_spikes(x), len(x)),
        "crossbar, steps": (steps(x), len(x)),
        "crossbar, events": (events(few), len(few)),
    }
    for name, build in {"snntorch": snntorch, "norse": norse}.items():
        if all(map(importlib.util.find_spec, (name, "torch"))):
            work[name] = (partial(build, x)(), len(x))
    rates: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(options.turns + 1):
        for name, (run, count) in work.items():
            start = time.perf_counter()
            run()
            if turn:  # the first one compiles
                rates[name].append(count / (time.perf_counter() - start))
    median = {name: statistics.median(each) for name, each in rates.items()}
    table = Table("software", "images a second", "crossbar is faster by")
    for name, rate in median.items():
        table.add_row(name, f"{rate:,.0f}", f"{median['crossbar, first spikes'] / rate:.2g}")
    Console().print(table)
    print(f"{100 * share():.1f} % of the hidden neurons fire.")


if __name__ == "__main__":
    main()
