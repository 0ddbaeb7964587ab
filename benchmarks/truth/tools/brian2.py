"""Brian2, neurons by their equations, in steps."""

from __future__ import annotations

from importlib import metadata

import numpy as np

from truth.task import Answer, Tool
from truth.tasks.spike_period import Driven
from truth.tasks.spike_times import Reached


def version() -> str:
    """Return its version."""
    try:
        import brian2  # noqa: F401
    except AttributeError as error:  # of a NumPy that it does not know
        raise ImportError(str(error)) from None

    return metadata.version("brian2")


TOOL = Tool(name="Brian2", version=version, cannot={"delay_gradient": "no gradients"})


def spike_period(asked: Driven) -> Answer:
    """`NeuronGroup(method="exact")`, dt 0.01 ms, NumPy code"""
    import brian2 as b

    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = asked.step * b.ms
    neuron = b.NeuronGroup(1, "dv/dt = (drive - v) / tau : 1", threshold="v > 1", reset="v = 0",
                           method="exact", namespace={"drive": asked.drive,
                                                      "tau": asked.tau * b.ms})  # fmt: skip
    monitor = b.SpikeMonitor(neuron)
    b.Network(neuron, monitor).run(asked.until * b.ms)
    return np.asarray(monitor.t / b.ms) + asked.step  # at the end of its step


def spike_times(asked: Reached) -> Answer:
    """`NeuronGroup(method="exact", refractory=)`, `SpikeGeneratorGroup`, dt 0.01 ms"""
    import brian2 as b

    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = asked.step * b.ms
    g = asked.parameters
    space = {name: g[name] for name in ("C_m", "E_L", "V_th", "V_reset", "I_e")}
    space |= {"tau_m": g["tau_m"] * b.ms, "tau_s": g["tau_syn_ex"] * b.ms, "unit": b.ms}
    equations = """dv/dt = (E_L - v) / tau_m + (I_e + I_s) / C_m / unit : 1 (unless refractory)
                   dI_s/dt = -I_s / tau_s : 1"""
    neuron = b.NeuronGroup(1, equations, threshold="v > V_th", reset="v = V_reset",
                           refractory=g["t_ref"] * b.ms, method="exact",
                           namespace=space)  # fmt: skip
    neuron.v = g["E_L"]
    count = len(asked.times)
    source = b.SpikeGeneratorGroup(count, np.arange(count), asked.times * b.ms)
    synapses = b.Synapses(source, neuron, "w : 1", on_pre="I_s += w")
    synapses.connect()
    synapses.w = asked.weights
    monitor = b.SpikeMonitor(neuron)
    b.Network(neuron, source, synapses, monitor).run(asked.until * b.ms)
    return np.asarray(monitor.t / b.ms) + asked.step  # at the end of its step
