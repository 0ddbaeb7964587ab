"""snnTorch, spiking neurons in steps."""

from __future__ import annotations

from importlib import metadata

import numpy as np

from truth.task import Answer, Tool
from truth.tasks.spike_period import Driven


def version() -> str:
    """Return its version."""
    import snntorch  # noqa: F401

    return metadata.version("snntorch")


TOOL = Tool(name="snnTorch", version=version, cannot={
    "spike_times": "no refractory time",
    "delay_gradient": "no delays of synapses",
})  # fmt: skip


def spike_period(asked: Driven) -> Answer:
    """`Leaky(beta=exp(-dt / tau), reset_mechanism="zero", reset_delay=False)`, dt 0.01 ms"""
    import snntorch
    import torch

    beta = float(np.exp(-asked.step / asked.tau))
    neuron = snntorch.Leaky(beta=beta, threshold=1.0, reset_mechanism="zero", reset_delay=False)
    mem, fired = neuron.reset_mem(), []
    given = torch.tensor([(1 - beta) * asked.drive])
    with torch.no_grad():
        for k in range(round(asked.until / asked.step)):
            spike, mem = neuron(given, mem)
            if spike.item():
                fired.append((k + 1) * asked.step)
    return np.array(fired)
