"""aihwkit: analog layers and tiles of its C++ simulator."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool
from truth.tasks.adc_error import Ramp
from truth.tasks.drift import Drift
from truth.tasks.pulse_mean import Train
from truth.tasks.read_noise import Noise
from truth.tasks.reproducible import Seeded
from truth.tasks.saturation import There


def version() -> str:
    """Return its version."""
    import aihwkit.simulator.tiles

    try:
        return metadata.version("aihwkit")
    except metadata.PackageNotFoundError:
        return (Path(aihwkit.__file__).parent / "VERSION.txt").read_text().strip()


TERMINALS = "no resistance of terminals"
TOOL = Tool(name="aihwkit", version=version, cannot={
    "driver_resistance": TERMINALS, "sense_resistance": TERMINALS,
    "transposed": "line resistance has one direction",
    "nonlinear": "no law of cells but for inputs as times",
    "energy_balance": "no power of a read",
    "stuck_cells": "corrupt devices are stuck at random places, not at the ends",
})  # fmt: skip


def _layer(weights: Answer, config: Any = None, **forward: Any) -> Any:
    """Return a layer of `InferenceRPUConfig` with forward parameters; all else off."""
    from aihwkit.nn import AnalogLinear
    from aihwkit.simulator.configs import (
        BoundManagementType,
        InferenceRPUConfig,
        IOParameters,
        NoiseManagementType,
    )

    plain: dict[str, Any] = {
        "inp_res": -1, "out_res": -1, "out_noise": 0.0, "out_bound": 0.0,
        "noise_management": NoiseManagementType.NONE, "bound_management": BoundManagementType.NONE,
    }  # fmt: skip
    config = config or InferenceRPUConfig()
    config.forward = IOParameters(**plain | forward)
    config.mapping.weight_scaling_omega = 0.0
    layer = AnalogLinear(weights.shape[1], weights.shape[0], bias=False, rpu_config=config)
    layer.set_weights(_tensor(weights))
    return layer.eval()


def _tensor(x: Answer) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(x, np.float32))


def _read(layer: Any, x: Answer) -> Answer:
    import torch

    with torch.no_grad():
        y: Answer = layer(_tensor(x)).numpy().astype(np.float64)
    return y


def ir_drop(asked: Read) -> Answer:
    """`IOParameters(ir_drop=1, ir_drop_g_ratio=)`, an approximation by its documentation"""
    most, top = asked.g.max(), asked.v.max()
    layer = _layer(asked.g.T / most, ir_drop=1.0, ir_drop_g_ratio=1 / asked.r_wl / most)
    return _read(layer, asked.v / top) * most * top


def read_noise(asked: Noise) -> Answer:
    """`IOParameters(w_noise=0.05, w_noise_type=ADDITIVE_CONSTANT)`, a weight of 1"""
    from aihwkit.simulator.configs import WeightNoiseType

    kind = WeightNoiseType.ADDITIVE_CONSTANT
    layer = _layer(np.ones((1, 1)), w_noise=asked.sigma, w_noise_type=kind)
    return (_read(layer, np.ones((asked.n, 1)))[:, 0] - 1) / asked.sigma


noise_tails = read_noise


def drift(asked: Drift) -> Answer:
    """`PCMLikeNoiseModel`, without noise of writes and reads"""
    import torch
    from aihwkit.inference import PCMLikeNoiseModel

    torch.manual_seed(asked.seed)
    model = PCMLikeNoiseModel(g_max=25.0, prog_noise_scale=0.0, read_noise_scale=0.0)
    weights = torch.full((1, asked.n + 1), 0.5)
    weights[0, -1] = 1.0  # the largest weight is at g_max
    after = model.apply_noise(weights, asked.t - asked.t0)
    ratio: Answer = (after[0, :-1] / 0.5).numpy().astype(np.float64)
    return ratio


def _pulsed(device: Any, shape: tuple[int, int], step: float, counts: list[int]) -> Answer:
    """Return weights from 0 after pulses up (above 0) and down, every train of one slot."""
    import torch
    from aihwkit.simulator.configs import SingleRPUConfig, UpdateParameters
    from aihwkit.simulator.tiles import AnalogTile

    update = UpdateParameters(desired_bl=1, fixed_bl=True, update_management=False,
                              update_bl_management=False)  # fmt: skip
    tile = AnalogTile(*shape, SingleRPUConfig(device=device, update=update))
    tile.set_weights(torch.zeros(shape))
    tile.set_learning_rate(step)
    for count in counts:
        x, d = torch.ones(1, shape[1]), torch.full((1, shape[0]), -float(np.sign(count)))
        for _ in range(abs(count)):
            tile.update(x, d)
    weights: Answer = tile.get_weights()[0].numpy().astype(np.float64)
    return weights


def _alike() -> dict[str, float]:
    """Return fields of a device whose cells are all alike."""
    names = ("dw_min_dtod", "up_down_dtod", "w_max_dtod", "w_min_dtod", "up_down")
    return dict.fromkeys(names, 0.0) | {"w_max": 1.0, "w_min": -1.0}


def pulse_mean(asked: Train) -> Answer:
    """`SoftBoundsDevice(dw_min=0.01, dw_min_std=0.5)`, `mult_noise`, a slot a pulse, from 0 to 1"""
    from aihwkit.simulator.configs.devices import SoftBoundsDevice

    device = SoftBoundsDevice(dw_min=asked.step, dw_min_std=asked.sigma, **_alike())
    shape = (asked.n // 100, 100)
    return _pulsed(device, shape, asked.step, [asked.pulses]).ravel()


pulse_spread = pulse_mean


def saturation(asked: There) -> Answer:
    """`ConstantStepDevice(dw_min=0.02)` of weights from -1 to 1"""
    from aihwkit.simulator.configs.devices import ConstantStepDevice

    device = ConstantStepDevice(dw_min=2 * asked.step, dw_min_std=0.0, **_alike())
    return (_pulsed(device, (10, 10), 2 * asked.step, [asked.up, -asked.down]) + 1) / 2


def adc_error(asked: Ramp) -> Answer:
    """`IOParameters(out_res=1 / (2**8 - 2), out_bound=1)`, a weight of 1"""
    layer = _layer(np.ones((1, 1)), out_res=1 / (2**asked.bits - 2), out_bound=1.0)
    return _read(layer, asked.x[:, None])[:, 0]


def reproducible(asked: Seeded) -> Answer:
    """`torch.manual_seed`, `TorchInferenceRPUConfig`, PCM writes; its C++ tile takes no seed"""
    import torch
    from aihwkit.simulator.configs import TorchInferenceRPUConfig

    torch.manual_seed(asked.seed)
    weights = np.full((asked.cols, asked.rows), 0.5)
    layer = _layer(weights, TorchInferenceRPUConfig(), out_noise=0.06)
    layer.program_analog_weights()
    return _read(layer, np.ones((asked.reads, asked.rows)))
