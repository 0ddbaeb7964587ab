"""The same work in CrossSim, where it is installed."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

from bench.case import Job

NOISE = 0.01  # of a cell, relative to the range


def installed() -> bool:
    """Return whether CrossSim and torch can be imported."""
    try:
        part = importlib.util.find_spec("simulator.algorithms.dnn.torch.convert")
    except ModuleNotFoundError:
        return False
    return part is not None and importlib.util.find_spec("torch") is not None


def parameters(largest: float, bits: int) -> Any:
    """Return its parameters for a layer whose inputs reach ``largest``.

    One cell a weight with an offset, read noise of constant deviation, converters of ``bits``, ADCs
    that span what an array can give.
    """
    from simulator import CrossSimParameters

    params = CrossSimParameters()
    params.core.style = "OFFSET"
    params.core.offset.style = "DIGITAL_OFFSET"
    noise = params.xbar.device.read_noise
    noise.enable, noise.model, noise.magnitude = True, "NormalIndependentDevice", NOISE
    params.xbar.dac.mvm.model, params.xbar.adc.mvm.model = "SignMagnitudeDAC", "SignMagnitudeADC"
    dac, adc = params.xbar.dac.mvm, params.xbar.adc.mvm  # others than before the models were set
    dac.bits, dac.signed = bits, True
    adc.bits, adc.signed = bits, True
    adc.adc_range_option = "MAX"
    inputs = params.core.mapping.inputs.mvm
    inputs.min, inputs.max = -largest, largest
    params.validate()
    return params


def scoring(images: Any, bits: int) -> Job:
    """Return the job of scoring ``images`` (n, 8, 8, 1) of digits in one batch."""
    import torch
    from simulator.algorithms.dnn.torch.convert import from_torch
    from torch import nn

    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 10),
    ).eval()  # fmt: skip
    x = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
    ranges, signal = [], x
    with torch.no_grad():
        for layer in net:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                ranges.append(float(signal.abs().max()))
            signal = layer(signal)
    chip = from_torch(net, [parameters(largest, bits) for largest in ranges])

    def run() -> None:
        with torch.no_grad():
            chip(x)

    return Job(run=run, amount=len(images))
