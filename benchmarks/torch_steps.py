"""Time of a training step of a small CNN: PyTorch alone, on chips, and with aihwkit if installed.

    python benchmarks/torch_steps.py --steps 20

Two convolutions and two dense layers on images of 8 x 8, a batch of 64, one thread; time of the
processor. Every step on chips programs new ones; with aihwkit it adds noise to the weights
(``WeightModifierType.ADD_NORMAL``) and converts signals, as its noise-aware training does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

BATCH, ERROR, BITS = 64, 0.05, 8


def cnn() -> nn.Sequential:
    """8 x 8 images to ten classes, 6 058 weights."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def ours() -> Iterator[tuple[str, Any]]:
    """Networks on chips of ours."""
    from crossbar import DifferentialPair, Memristor, SarAdc, StringDac, Tile
    from crossbar.torch import analog

    cells = {"device": Memristor(sigma_program=(ERROR,)), "mapping": DifferentialPair()}
    whole = Tile(**cells, dac=StringDac(bits=BITS), adc=SarAdc(bits=BITS))
    yield "crossbar", analog(cnn(), Tile(**cells))
    yield "crossbar, converters", analog(cnn(), whole)
    yield "crossbar, converters, ranges learn", analog(cnn(), whole, learn_ranges=True)
    yield "crossbar, converters, a chip for 10 steps", analog(cnn(), whole, every=10)


def theirs() -> Iterator[tuple[str, Any]]:
    """The network of aihwkit, where that is installed, on tiles that PyTorch computes."""
    try:
        from aihwkit.nn.conversion import convert_to_analog
        from aihwkit.simulator.configs import TorchInferenceRPUConfig
        from aihwkit.simulator.parameters.enums import WeightModifierType
    except ImportError:
        return
    config = TorchInferenceRPUConfig()
    config.modifier.type = WeightModifierType.ADD_NORMAL
    config.modifier.std_dev = ERROR
    yield "aihwkit", convert_to_analog(cnn(), config)


def seconds(net: Any, steps: int) -> float:
    """Least time of the processor for a step, of ``steps``."""
    draw = torch.Generator().manual_seed(0)
    x, y = torch.rand(BATCH, 1, 8, 8, generator=draw), torch.arange(BATCH) % 10
    optimiser, times = torch.optim.SGD(net.parameters(), lr=0.01), []
    net.train()
    for _ in range(steps + 1):
        begin = time.process_time()
        loss = nn.functional.cross_entropy(net(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        times.append(time.process_time() - begin)
    return min(times[1:])


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    nets = [("PyTorch", cnn()), *ours(), *theirs()]
    times = {name: seconds(net, options.steps) for name, net in nets}
    for name, each in times.items():
        print(f"{name}: {1e3 * each:.2f} ms a step")
    return times


if __name__ == "__main__":
    main()
