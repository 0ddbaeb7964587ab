"""What does a chip keep of a CNN that was trained in PyTorch? Bits, ADCs, errors and drift.

A CNN learns three of four of scikit-learn's digits in PyTorch, and is written as ONNX. The file is
programmed into newly fabricated chips, which read the other digits: CMOS cells of 2 to 8 bits, and
one-sided PCM pairs with ADCs of 3 to 8 bits, with programming errors up to a fifth of the range,
and an hour to ten years after programming, with repairs. For each error a second CNN goes on
learning in PyTorch against chips that have it (``crossbar.torch.analog``). Where PyTorch is not
installed the CNN learns here, in floating point, and there is no second one.

    python scripts/ex27_torch_digits.py --out runs/torch-digits --jobs 2
"""

from __future__ import annotations

import argparse
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import gallery
import make_digits
import numpy as np
import pandas as pd

from crossbar.circuit import OneSidedPair
from crossbar.devices import PRESETS
from crossbar.report.sweeps import Sweep, curve, drift
from crossbar.report.sweeps.statistics import means
from crossbar.runs import experiment, train
from crossbar.runs.imported import imported_experiment
from crossbar.substrates import Tile

TORCH = importlib.util.find_spec("torch") is not None
EPOCHS, BATCH = 30, 64
BITS, ADC = (2, 3, 4, 5, 6, 8), (3, 4, 5, 6, 7, 8)
ERRORS = (0.0, 0.02, 0.05, 0.1, 0.2)
AGAINST = 0.05  # programming errors from which on a second network learns against them
DAY = 86400.0
AGES = (3600.0, DAY, 30 * DAY, 365.25 * DAY, 3652.5 * DAY)
CHIP, KIND, REPAIR, AGE = "test.chip", "test.device.kind", "test.repair", "test.age"
REPAIRS = ("none", "global", "column", "refresh")
OF_RANGE, TRAINED, PLAIN, AWARE = "programming error", "training", "without errors", "against them"
FIGURES = {
    "bits": ("test.device.bits",), "adc-bits": ("test.tile.adc.bits",),
    "errors": (OF_RANGE, TRAINED), "drift": (AGE, REPAIR),
}  # fmt: skip
LAYERS = [
    {"name": "conv1", "kind": "convolution", "filters": 8, "kernel": 3, "padding": "same"},
    {"name": "relu1", "kind": "relu"},
    {"name": "pool1", "kind": "max-pooling", "kernel": 2},
    {"name": "conv2", "kind": "convolution", "filters": 16, "kernel": 3, "padding": "same"},
    {"name": "relu2", "kind": "relu"},
    {"name": "pool2", "kind": "max-pooling", "kernel": 2},
    {"name": "out", "kind": "dense", "units": "classes", "bias": True},
]


def digits(folder: Path) -> tuple[np.ndarray, np.ndarray, Path]:
    """Digits to learn, (n, 1, 8, 8) and their classes, and the file of the others."""
    from sklearn.datasets import load_digits

    images, classes = load_digits(return_X_y=True)
    x = (images / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    test, path = np.arange(len(x)) % 4 == 0, folder / "test.npz"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(path, x=x[test], y=classes[test])
    return x[~test], classes[~test], path


def cnn() -> Any:
    """The network, as ``LAYERS`` has it."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip


def learn(net: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Let ``net`` learn, on chips or without."""
    import torch

    images, classes, draw = torch.tensor(x), torch.tensor(y), torch.Generator().manual_seed(1)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.005)
    net.train()
    for _ in range(EPOCHS):
        for part in torch.randperm(len(images), generator=draw).split(BATCH):
            loss = torch.nn.functional.cross_entropy(net(images[part]), classes[part])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def write(net: Any, path: Path, x: np.ndarray) -> None:
    """Write ``net`` as ONNX, the batch left open."""
    import warnings

    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(net.eval(), (torch.tensor(x[:2]),), str(path), dynamo=False,
                          input_names=["x"], dynamic_axes={"x": {0: "n"}})  # fmt: skip


def in_torch(folder: Path) -> dict[float | None, Path]:
    """Runs of the network (None), and of one for each error that learned against it."""
    import torch

    from crossbar.torch import analog

    x, y, test = digits(folder)
    errors = (None, *(error for error in ERRORS if error >= AGAINST))
    names = {e: "digits" if e is None else f"digits-against-{e:g}" for e in errors}
    files = {error: folder / f"{name}.onnx" for error, name in names.items()}
    torch.manual_seed(0)
    plain, pcm = cnn(), PRESETS["pcm"].device
    if not all(path.exists() for path in files.values()):
        learn(plain, x, y)
    for error, path in files.items():
        if path.exists():
            continue
        net = plain
        if error is not None:
            tile = Tile(device=replace(pcm, sigma_program=(error,)), mapping=OneSidedPair())
            chips = analog(plain, tile, learn_ranges=True)
            learn(chips, x, y)
            net = chips.digital()
        write(net, path, x)
    for error, path in files.items():
        train(imported_experiment(path, test), folder / names[error])
    return {error: folder / name for error, name in names.items()}


def here(folder: Path) -> dict[float | None, Path]:
    """The run of the network that learned here, in floating point."""
    path = make_digits.main(["--out", str(folder / "digits.npz")])
    settings = {
        "seed": [0], "device": "float", "network": {"layers": LAYERS},
        "data": {"kind": "arrays", "path": str(path), "sample": "digit"},
        "train": {"epochs": EPOCHS, "gamma": 0.01}, "energy": gallery.FEW,
    }  # fmt: skip
    train(experiment(settings), folder / "here")
    return {None: folder / "here"}


def tests(options: argparse.Namespace, runs: dict[float | None, Path]) -> dict[str, Sweep]:
    """All tests of chips, by the name of their figure."""
    chips = {CHIP: range(options.chips)}
    pcm = chips | {KIND: ["pcm"], "test.tile.mapping.kind": ["one-sided"]}
    plain = runs[None]
    bits = chips | {KIND: ["cmos"], "test.device.bits": BITS}
    aged = pcm | {AGE: AGES, REPAIR: REPAIRS}
    swept = {
        "bits": gallery.run(options, plain, bits, "How many bits must cells have?", part="bits"),
        "adc-bits": gallery.run(options, plain, pcm | {"test.tile.adc.bits": ADC},
                                "How wide do ADCs have to be?", part="adc"),
        "drift": gallery.run(options, plain, aged, "What brings back a chip?", part="drift"),
    }  # fmt: skip
    swept["drift"] = replace(swept["drift"], parameters=(AGE, REPAIR), frame=swept["drift"].frame
                             .assign(**{REPAIR: lambda f: f[REPAIR].fillna("none")}))  # fmt: skip
    parts = {}
    for error, run in runs.items():
        name, errors = (PLAIN, ERRORS) if error is None else (AWARE, (error,))
        axes = pcm | {"test.device.sigma_program": [[one] for one in errors]}
        part = "errors" if error is None else f"errors-{error:g}"
        one = gallery.run(options, run, axes, "How exactly must cells be written?", part=part,
                          units={OF_RANGE: "%"})  # fmt: skip
        numbers = one.frame["test.device.sigma_program"].map(lambda e: float(str(e).strip("[]")))
        frame = one.frame.assign(**{OF_RANGE: numbers, TRAINED: name})
        parts[part] = replace(one, frame=frame, parameters=(OF_RANGE, TRAINED))
    frames = [part.frame for part in parts.values()]
    whole = pd.concat(frames, ignore_index=True)
    swept["errors"] = replace(parts["errors"], frame=whole)
    return swept


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chips", type=int, default=10, help="fabricated for each value")
    parser.add_argument("--jobs", type=int, help="processes; without it one a core")
    parser.add_argument("--out", type=Path, default=Path("runs") / "torch-digits")
    options = parser.parse_args(arguments)
    options.seeds = 1
    runs = in_torch(options.out) if TORCH else here(options.out)
    kinds = {KIND: ["float", "ideal"]}
    exact = gallery.run(options, runs[None], kinds, "Is an ideal chip the network?", part="ideal")
    print(means(exact, [KIND], "accuracy")[[KIND, "mean"]].to_string(index=False))
    swept, tables = tests(options, runs), []
    print(f"{options.chips} chips; mean, 95 % interval")
    for name, (along, *by) in FIGURES.items():
        table = means(swept[name], [along, *by], "accuracy").rename(columns={along: "value"})
        tables.append(table.assign(figure=name))
        if along == AGE:
            gallery.keep(drift(swept[name], *by, name=f"torch-{name}"), options)
        else:
            gallery.keep(curve(swept[name], along, None, *by, name=f"torch-{name}"), options)
    for error in runs:
        if error is not None:
            there, reference = ({OF_RANGE: error, TRAINED: one} for one in (AWARE, PLAIN))
            won = gallery.change(swept["errors"], there, reference)
            print(f"training against errors of {error:.0%}: {gallery.points(won)}")
    old = swept["drift"].at({AGE: AGES[-1]})
    for repair in REPAIRS[1:]:
        won = gallery.change(old, {REPAIR: repair}, {REPAIR: "none"})
        print(f"{repair} after {AGES[-1] / DAY:.0f} days: {gallery.points(won)}")
    whole = pd.concat(tables, ignore_index=True)
    print(whole.to_string(index=False, float_format="{:.4g}".format))
    return whole


if __name__ == "__main__":
    main()
