"""Norse, spiking neurons in steps by Euler's method."""

from __future__ import annotations

from importlib import metadata

import numpy as np

from truth.task import Answer, Tool
from truth.tasks.spike_period import Driven
from truth.tasks.spike_times import Reached


def version() -> str:
    """Return its version."""
    import norse  # noqa: F401

    return metadata.version("norse")


TOOL = Tool(name="Norse", version=version, cannot={"delay_gradient": "no delays of synapses"})


def spike_period(asked: Driven) -> Answer:
    """`lif_box_feed_forward_step`, dt 0.01 ms"""
    import torch
    from norse.torch.functional.lif_box import (
        LIFBoxFeedForwardState,
        LIFBoxParameters,
        lif_box_feed_forward_step,
    )

    p = LIFBoxParameters(tau_mem_inv=torch.tensor(1 / asked.tau), v_leak=torch.tensor(0.0),
                         v_th=torch.tensor(1.0), v_reset=torch.tensor(0.0))  # fmt: skip
    state, fired = LIFBoxFeedForwardState(v=torch.zeros(1)), []
    given = torch.tensor([asked.drive])
    with torch.no_grad():
        for k in range(round(asked.until / asked.step)):
            spike, state = lif_box_feed_forward_step(given, state, p, dt=asked.step)
            if spike.item():
                fired.append((k + 1) * asked.step)
    return np.array(fired)


def spike_times(asked: Reached) -> Answer:
    """`lif_refrac_feed_forward_step`, dt 0.01 ms, volts from rest, currents times R"""
    import torch
    from norse.torch.functional.lif import LIFFeedForwardState, LIFParameters
    from norse.torch.functional.lif_refrac import (
        LIFRefracFeedForwardState,
        LIFRefracParameters,
        lif_refrac_feed_forward_step,
    )

    g = asked.parameters
    r = g["tau_m"] / g["C_m"]
    lif = LIFParameters(
        tau_syn_inv=torch.tensor(1 / g["tau_syn_ex"]), tau_mem_inv=torch.tensor(1 / g["tau_m"]),
        v_leak=torch.tensor(r * g["I_e"]), v_th=torch.tensor(g["V_th"] - g["E_L"]),
        v_reset=torch.tensor(g["V_reset"] - g["E_L"]),
    )  # fmt: skip
    p = LIFRefracParameters(lif=lif, rho_reset=torch.tensor(g["t_ref"] / asked.step))
    inner = LIFFeedForwardState(v=torch.zeros(1), i=torch.zeros(1))
    state, fired = LIFRefracFeedForwardState(lif=inner, rho=torch.zeros(1)), []
    steps = round(asked.until / asked.step)
    given = np.zeros(steps, np.float32)
    np.add.at(given, np.round(asked.times / asked.step).astype(int), r * asked.weights)
    with torch.no_grad():
        for k, x in enumerate(torch.from_numpy(given)[:, None]):
            spike, state = lif_refrac_feed_forward_step(x, state, p, dt=asked.step)
            if spike.item():
                fired.append((k + 1) * asked.step)
    return np.array(fired)
