"""Make tests/imports/snntorch.nir, and print what snnTorch counts for the input of its test.

It needs snntorch, nirtorch and torch, which the tests do not: they keep the file and the counts.
"""

from __future__ import annotations

from pathlib import Path

import nir
import numpy as np
import snntorch as snn
import torch
from snntorch import utils
from snntorch.export_nir import export_to_nir

OUT = Path(__file__).parents[1] / "tests" / "imports" / "snntorch.nir"
STEPS = 1000


def network() -> torch.nn.Sequential:
    """Return two layers with a bias: neurons without and with a synaptic current."""
    torch.manual_seed(0)
    alike = {"init_hidden": True, "reset_mechanism": "zero"}
    net = torch.nn.Sequential(
        torch.nn.Linear(4, 6),
        snn.Leaky(beta=torch.full((6,), 0.95), threshold=torch.ones(6), **alike),
        torch.nn.Linear(6, 3),
        snn.Synaptic(alpha=torch.full((3,), 0.9), beta=torch.full((3,), 0.95),
                     threshold=torch.ones(3), **alike),
    )  # fmt: skip
    with torch.no_grad():
        net[0].weight.mul_(1.5)
        net[0].bias.mul_(0.1)
        net[2].weight.copy_(torch.tensor([0.06, 0.08, 0.1])[:, None] * net[2].weight.abs())
        net[2].bias.mul_(0.01)
    return net


def main() -> None:
    """Write the file and print the counts of spikes."""
    net = network()
    graph = export_to_nir(net, torch.zeros(1, 4), ignore_dims=[0])
    nir.write(OUT, graph, compression=None)
    x = np.random.default_rng(0).random((STEPS, 4)) < 0.2
    counts = [np.zeros(6), np.zeros(3)]
    utils.reset(net)
    for row in torch.tensor(x.astype(np.float32)):
        signal = row[None]
        for k, layer in enumerate(net):
            signal = layer(signal)
            if k % 2:
                counts[k // 2] += signal.detach().numpy()[0]
    print([each.astype(int).tolist() for each in counts])


if __name__ == "__main__":
    main()
