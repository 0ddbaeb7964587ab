"""ResNet-8 on tiles with line resistance, solved exactly: set-up, time of an image, layer errors.

    python benchmarks/resnet8.py
    python benchmarks/resnet8.py --json resnet8.json

The network of MLPerf Tiny (77 360 weights beside biases, 12.5 M multiplications an image of
32 x 32 x 3) has random weights. It stands on arrays of 128 x 128 memristor pairs whose lines have
1 ohm between neighbouring cells. Printed: seconds of building the chip with the exact operator of
every array, seconds of an image (median), and the error of every layer against floating point,
with and without those before it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from crossbar import DifferentialPair, Memristor, Streams, Tile, Wires
from crossbar.nn import (
    Add,
    Convolution,
    Dense,
    GlobalAveragePooling,
    Layer,
    Network,
    Node,
    Relu,
    layer_errors,
)
from crossbar.progress import silent
from crossbar.substrates import Digital

STACKS = ((16, 1), (32, 2), (64, 2))  # filters and stride
IMAGES = 20


def resnet8() -> Network:
    """Return the network, whose normalisations are in its weights."""
    nodes: dict[str, Node] = {}

    def add(name: str, layer: Layer, *inputs: str) -> str:
        nodes[name] = Node(layer, inputs)
        return name

    def convolution(filters: int, kernel: int = 3, stride: int = 1) -> Convolution:
        return Convolution(filters=filters, kernel=kernel, stride=stride, padding="same", bias=True)

    last = add("relu0", Relu(), add("conv0", convolution(16), "input"))
    for k, (filters, stride) in enumerate(STACKS, start=1):
        first = add(f"conv{k}a", convolution(filters, 3, stride), last)
        second = add(f"conv{k}b", convolution(filters), add(f"relu{k}a", Relu(), first))
        if stride > 1:
            last = add(f"short{k}", convolution(filters, 1, stride), last)
        last = add(f"relu{k}", Relu(), add(f"sum{k}", Add(), second, last))
    add("out", Dense(units=10, bias=True), add("pool", GlobalAveragePooling(), last))
    return Network(input_shape=(32, 32, 3), layers=nodes)


def main(given: list[str] | None = None) -> None:
    """Build the chip, time images and print the errors of layers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ohm", type=float, default=1.0, help="between neighbouring cells")
    parser.add_argument("--size", type=int, default=128, help="lines of an array")
    parser.add_argument("--json", type=Path, help="file that keeps what is printed")
    options = parser.parse_args(given)
    network, streams = resnet8(), Streams(0)
    exact = network.build(Digital(), streams, progress=silent)
    tile = Tile(
        device=Memristor(), mapping=DifferentialPair(),
        wires=Wires(r_wl=options.ohm, r_bl=options.ohm), size=(options.size, options.size),
    )  # fmt: skip
    x = streams("images").normal(size=(IMAGES, *network.input_shape)).astype(np.float32)
    start, work = time.perf_counter(), time.process_time()
    chip = network.build(tile, streams, weights=exact.trained(), progress=silent)
    chip.scores(x[:1], rng=streams("first"))
    setup, processor = time.perf_counter() - start, time.process_time() - work
    seconds = []
    for k in range(IMAGES):
        start = time.perf_counter()
        chip.scores(x[k : k + 1], rng=streams("read", image=k))
        seconds.append(time.perf_counter() - start)
    errors = layer_errors(chip, exact, x, rng=streams("errors"))
    image = statistics.median(seconds)
    table = Table("layer", "error", "its own", title=f"Lines of {options.ohm:g} ohm")
    for one in errors:
        table.add_row(one.layer, f"{100 * one.error:.2f} %", f"{100 * one.own:.2f} %")
    console = Console()
    console.print(table)
    weights = sum(rows * cols for _, rows, cols, _ in network.matrices)
    console.print(
        f"{weights} weights with biases. Set-up {setup:.1f} s ({processor:.1f} s of the processor, "
        f"compiling included), an image {1e3 * image:.1f} ms (median of {IMAGES})."
    )
    if options.json is not None:
        record = {"setup": setup, "setup_processor": processor, "image": image}
        record |= {"errors": [one._asdict() for one in errors]}
        options.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
