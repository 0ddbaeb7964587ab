"""CrossSim: an `AnalogCore` of positive conductances alone, so that its numbers are currents."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool


def version() -> str:
    """Return its version; a copy of its source does not say."""
    import simulator.cores  # noqa: F401  (others have a module simulator, too)

    try:
        return metadata.version("cross-sim")
    except metadata.PackageNotFoundError:
        return "from source"


TOOL = Tool(name="CrossSim", version=version, cannot={
    "energy_balance": "no power of a read",
})  # fmt: skip


def ir_drop(asked: Read) -> Answer:
    """`AnalogCore.matvec` with parasitics, balanced core, infinite on/off, `Verr_th_mvm` 1e-6"""
    core = _core(asked)
    return np.array([core.matvec(v) for v in asked.v])


driver_resistance = sense_resistance = ir_drop


def transposed(asked: Read) -> Answer:
    """`AnalogCore.vecmat` with the parasitics of `matvec`, `Verr_th_mvm` 1e-6"""
    core = _core(asked)
    return np.array([core.vecmat(v) for v in asked.v])


def _core(asked: Read) -> Any:
    """Return a core whose rows are bit lines."""
    from simulator import AnalogCore

    return AnalogCore(asked.g.T, _parameters(asked))


def _parameters(asked: Read) -> Any:
    """Return parameters of cells that conduct up to the largest of ``asked``."""
    from simulator import CrossSimParameters

    params, most = CrossSimParameters(), float(asked.g.max())
    params.core.style = "BALANCED"
    params.core.mapping.weights.min, params.core.mapping.weights.max = -most, most
    for inputs in (params.core.mapping.inputs.mvm, params.core.mapping.inputs.vmm):
        inputs.min, inputs.max = -float(asked.v.max()), float(asked.v.max())
    params.xbar.device.Rmin, params.xbar.device.infinite_on_off_ratio = 1 / most, True
    lines = params.xbar.array.parasitics
    lines.enable = True
    lines.Rp_row, lines.Rp_row_terminal = asked.r_wl, asked.r_driver
    lines.Rp_col, lines.Rp_col_terminal = asked.r_bl, asked.r_sense
    params.simulation.Verr_th_mvm, params.simulation.Niters_max_parasitics = 1e-6, 1000
    return params
