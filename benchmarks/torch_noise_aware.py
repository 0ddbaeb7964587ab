"""What training in PyTorch against programming errors wins over plain mapping, seed by seed.

    python benchmarks/torch_noise_aware.py --seeds 5 --chips 10

A CNN of 1 898 weights learns three of four of scikit-learn's digits, for each seed with other
initial weights, another order and another choice of digits. It then learns as long again: on
chips of differential pairs that miss their targets by the error, with ranges that learn; and, to
compare, without chips. Both are programmed into the same newly fabricated chips, which read the
other digits. The gain is that over the better of the two that learned without chips, as a mean of
differences seed by seed with its 95 % interval (corrected resampled t, as seeds split one pool).
"""

from __future__ import annotations

import argparse
import copy
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.datasets import load_digits
from torch import nn

from crossbar import DifferentialPair, Memristor, Tile
from crossbar.intervals import student
from crossbar.torch import analog

ERRORS, EPOCHS, BATCH, RATE = (0.05, 0.1, 0.2), 20, 64, 0.005


def cnn() -> nn.Sequential:
    """8 x 8 images to ten classes."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip


def learn(net: Any, x: torch.Tensor, y: torch.Tensor, seed: int, epochs: int) -> Any:
    """``net``, which has learned."""
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    draw = torch.Generator().manual_seed(seed)
    net.train()
    for _ in range(epochs):
        for part in torch.randperm(len(x), generator=draw).split(BATCH):
            loss = nn.functional.cross_entropy(net(x[part]), y[part])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return net


def accuracy(net: Any, x: torch.Tensor, y: torch.Tensor, chips: int) -> float:
    """Mean accuracy of chips of ``net``."""
    with torch.no_grad():
        right = [net.program(chip)(x).argmax(1) == y for chip in range(chips)]
    return float(torch.stack(right).float().mean())


def compare(seed: int, chips: int, epochs: int) -> list[dict[str, float]]:
    """Accuracies of one seed at every error."""
    images, classes = load_digits(return_X_y=True)
    x = torch.tensor(images / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    y = torch.tensor(classes)
    test = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed)) % 4 == 0
    torch.manual_seed(seed)
    plain = learn(cnn(), x[~test], y[~test], seed, epochs)
    longer = learn(copy.deepcopy(plain), x[~test], y[~test], seed + 1000, epochs)
    rows = []
    for error in ERRORS:
        tile = Tile(device=Memristor(sigma_program=(error,)), mapping=DifferentialPair())
        aware = analog(plain, tile, seed=seed, learn_ranges=True)
        learn(aware, x[~test], y[~test], seed + 1000, epochs)
        nets = {"plain": analog(plain, tile), "longer": analog(longer, tile), "aware": aware}
        each = {name: accuracy(net, x[test], y[test], chips) for name, net in nets.items()}
        gain = each["aware"] - max(each["plain"], each["longer"])
        rows.append({"seed": seed, "error": error, **each, "gain": gain})
    return rows


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--chips", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    rows = [row for seed in range(options.seeds)
            for row in compare(seed, options.chips, options.epochs)]  # fmt: skip
    table = pd.DataFrame(rows)
    means = table.groupby("error")[["plain", "longer", "aware"]].mean()
    print((100 * means).to_string(float_format="{:.1f}".format))
    for error, gains in table.groupby("error")["gain"]:
        interval = student(100 * np.array(gains), resampling=1 / 3)
        print(f"error {error:.0%}: {interval.text(1, sign='+')} points")
    return table


if __name__ == "__main__":
    main()
