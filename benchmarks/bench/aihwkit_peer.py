"""The same work in aihwkit, where it is installed."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.case import Job
from bench.images import batches

DW_MIN = 0.002  # of its preset


def installed() -> bool:
    """Return whether aihwkit and torch can be imported."""
    return all(importlib.util.find_spec(name) is not None for name in ("aihwkit", "torch"))


def reram(*, write_noise: bool) -> Any:
    """Return its soft-bounds ReRAM preset with its converters, and write noise or none."""
    from aihwkit.simulator.presets import ReRamSBPreset, ReRamSBPresetDevice

    device = ReRamSBPresetDevice()
    if not write_noise:
        device.write_noise_std = 0.0
    return ReRamSBPreset(device=device)


def network(config: Any) -> Any:
    """Return the reference network in its analog layers."""
    from aihwkit.nn import AnalogConv2d, AnalogLinear, AnalogSequential
    from torch import nn

    return AnalogSequential(
        AnalogConv2d(1, 3, 4, bias=False, rpu_config=config),
        nn.Flatten(),
        AnalogLinear(1875, 64, bias=False, rpu_config=config),
        nn.ReLU(),
        nn.Dropout(0.5),
        AnalogLinear(64, 2, bias=False, rpu_config=config),
    )


def learning(size: int, gamma: float, *, write_noise: bool) -> Job:
    """Return the job of learning batches, after as many images as our chip has seen."""
    import torch
    from aihwkit.optim import AnalogSGD

    model = network(reram(write_noise=write_noise)).train()
    optimiser = AnalogSGD(model.parameters(), lr=gamma)
    optimiser.regroup_param_groups(model)
    criterion = torch.nn.CrossEntropyLoss()
    source = itertools.islice(batches(size), 400 // size)
    tensors = [(torch.from_numpy(x[:, None]), torch.from_numpy(y)) for x, y in source]
    turns = itertools.cycle(tensors)

    def run() -> None:
        x, labels = next(turns)
        optimiser.zero_grad()
        criterion(model(x), labels).backward()
        optimiser.step()

    for _ in range(0, 640, size):
        run()
    return Job(run=run, amount=size)


def inferences(size: int) -> dict[str, Callable[[], Job]]:
    """Return the jobs of scoring batches with noise and no converters, as on our chip."""
    tiles = _noisy_tiles(None).items()
    return {name: partial(_inference, size, config) for name, config in tiles}


def scorings(size: int, bits: int) -> dict[str, Callable[[Any], Job]]:
    """Return the jobs of scoring given images (n, 8, 8, 1) of digits, with noise and converters."""
    tiles = _noisy_tiles(bits).items()
    return {name: partial(_scoring, size=size, config=config) for name, config in tiles}


def digits(config: Any) -> Any:
    """Return the network of digits in its analog layers, biases in digital."""
    from aihwkit.nn import AnalogConv2d, AnalogLinear, AnalogSequential
    from torch import nn

    return AnalogSequential(
        AnalogConv2d(1, 8, 3, padding=1, rpu_config=config), nn.ReLU(), nn.MaxPool2d(2),
        AnalogConv2d(8, 16, 3, padding=1, rpu_config=config), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), AnalogLinear(64, 10, rpu_config=config),
    )  # fmt: skip


def _scoring(images: Any, size: int, config: Any) -> Job:
    """Return the job of scoring ``images`` in batches of ``size`` on tiles of ``config``."""
    import torch

    model = digits(config).eval()
    parts = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).split(size)

    def run() -> None:
        with torch.no_grad():
            for part in parts:
                model(part)

    return Job(run=run, amount=len(images))


def _inference(size: int, config: Any) -> Job:
    """Return the job of scoring batches on tiles of ``config``."""
    import torch

    model = network(config).eval()
    source = itertools.islice(batches(size), 400 // size)
    turns = itertools.cycle([torch.from_numpy(x[:, None]) for x, _ in source])

    def run() -> None:
        with torch.no_grad():
            model(next(turns))

    return Job(run=run, amount=size)


def readings(side: int, batch: int) -> dict[str, Callable[[], Job]]:
    """Return the jobs of reading one tile with noise and 8-bit converters."""
    tiles = _noisy_tiles(8).items()
    return {name: partial(_reading, side, batch, config) for name, config in tiles}


def _reading(side: int, batch: int, config: Any) -> Job:
    """Return the job of reading a tile of ``config``."""
    import torch
    from aihwkit.nn import AnalogLinear

    layer = AnalogLinear(side, side, bias=False, rpu_config=config).eval()
    x = torch.rand(batch, side) * 2 - 1

    def run() -> None:
        with torch.no_grad():
            layer(x)

    return Job(run=run, amount=batch)


def _noisy_tiles(bits: int | None) -> dict[str, Any]:
    """Return its tiles for inference, with converters of ``bits``; empty where not installed.

    The C++ tile draws noise of weights at the output, 1 % of the range, as ours does. The torch
    tile has none of the weights: noise of the outputs, of constant variance, takes its place.
    """
    if not installed():
        return {}
    from aihwkit.simulator.configs import (
        BoundManagementType,
        InferenceRPUConfig,
        IOParameters,
        NoiseManagementType,
        TorchInferenceRPUConfig,
        WeightNoiseType,
    )

    step = -1.0 if bits is None else 1 / (2**bits - 2)
    plain: dict[str, Any] = {
        "inp_res": step,
        "out_res": step,
        "noise_management": NoiseManagementType.ABS_MAX,
        "bound_management": BoundManagementType.NONE,
    }
    weights = {"w_noise": 0.01, "w_noise_type": WeightNoiseType.ADDITIVE_CONSTANT}
    return {
        "aihwkit (C++ tile)": InferenceRPUConfig(
            forward=IOParameters(out_noise=0.0, **weights, **plain)
        ),
        "aihwkit (torch tile)": TorchInferenceRPUConfig(
            forward=IOParameters(out_noise=0.1, **plain)
        ),
    }


def updates(side: int, pulses: float, batch: int) -> dict[str, Callable[[], Job]]:
    """Return the job of updating one tile of its soft-bounds preset without write noise."""
    return {"aihwkit ReRamSB": lambda: updating(side, pulses, batch)} if installed() else {}


def updating(side: int, pulses: float, batch: int) -> Job:
    """Return the job of ``batch`` rank-one updates of ``pulses`` a cell in the mean, in one call.

    Vectors are uniform, so that a train of four times as many slots cuts no change.
    """
    import torch
    from aihwkit.simulator.tiles import AnalogTile

    config = reram(write_noise=False)
    config.update.desired_bl = max(1, int(np.ceil(4 * pulses)))
    tile = AnalogTile(side, side, config)
    tile.set_learning_rate(4 * pulses * DW_MIN)
    draw = torch.rand(2, 64 // batch, batch, side) * 2 - 1
    turns = itertools.cycle(range(64 // batch))

    def run() -> None:
        k = next(turns)
        tile.update(draw[0, k], draw[1, k])

    return Job(run=run, amount=batch)
