"""CrossSim: an `AnalogCore` of positive conductances alone, so that its numbers are currents."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool
from truth.tasks.adc_error import Ramp
from truth.tasks.nonlinear import V0
from truth.tasks.read_noise import Noise
from truth.tasks.reproducible import Seeded


def version() -> str:
    """Return its version; a copy of its source does not say."""
    import simulator.cores  # noqa: F401  (others have a module simulator, too)

    try:
        return metadata.version("cross-sim")
    except metadata.PackageNotFoundError:
        return "from source"


TOOL = Tool(name="CrossSim", version=version, cannot={
    "energy_balance": "no power of a read",
    "drift": "no exponent of each cell in its models of drift",
    "pulse_mean": "no pulses", "pulse_spread": "no pulses", "saturation": "no pulses",
    "stuck_cells": "no stuck cells",
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
    """Return parameters of cells with the line resistances of ``asked``."""
    params = _positive(float(asked.g.max()), float(asked.v.max()))
    lines = params.xbar.array.parasitics
    lines.enable = True
    lines.Rp_row, lines.Rp_row_terminal = asked.r_wl, asked.r_driver
    lines.Rp_col, lines.Rp_col_terminal = asked.r_bl, asked.r_sense
    params.simulation.Verr_th_mvm, params.simulation.Niters_max_parasitics = 1e-6, 1000
    return params


def _positive(most: float, top: float) -> Any:
    """Return parameters of a pair of cells a weight up to ``most``, at inputs up to ``top``."""
    from simulator import CrossSimParameters

    params = CrossSimParameters()
    params.core.style = "BALANCED"
    params.core.mapping.weights.min, params.core.mapping.weights.max = -most, most
    for inputs in (params.core.mapping.inputs.mvm, params.core.mapping.inputs.vmm):
        inputs.min, inputs.max = -top, top
    params.xbar.device.Rmin, params.xbar.device.infinite_on_off_ratio = 1 / most, True
    return params


def nonlinear(asked: Read) -> Answer:
    """A device class with `nonlinear_current`, parasitics, `Verr_th_mvm` 1e-6"""
    from simulator import AnalogCore
    from simulator.devices.idevice import EmptyDevice

    class SinhDevice(EmptyDevice):  # type: ignore[misc]
        """Cells of the task; conductances and voltages are relative to the largest."""

        def nonlinear_current(self, g: Answer, v: Answer) -> Answer:
            """Return the currents relative to those of the largest cell at the largest voltage."""
            scale = V0 / self.device_params.Vread
            each = scale * np.sinh(v / scale)
            return g[(..., *(None,) * (v.ndim - g.ndim))] * each

    params = _parameters(asked)
    params.xbar.device.Vread = float(asked.v.max())
    params.xbar.device.nonlinear_IV.enable = True
    params.xbar.device.nonlinear_IV.model = SinhDevice.__name__
    core = AnalogCore(asked.g.T, params)
    return np.array([core.matvec(v) for v in asked.v])


def read_noise(asked: Noise) -> Answer:
    """`NormalIndependentDevice`, offset core: 1000 cells of weight 1 read n / 1000 times"""
    from simulator import AnalogCore

    np.random.seed(asked.seed)  # noqa: NPY002  (it draws from NumPy's own generator)
    params = _noisy(asked.sigma)
    params.core.style, params.core.offset.style = "OFFSET", "DIGITAL_OFFSET"
    core = AnalogCore(np.ones((1000, 1)), params)
    y = np.array([core.matvec(np.ones(1)) for _ in range(asked.n // 1000)])
    return (y.ravel() - 1) / (2 * asked.sigma)  # weights from -1 to 1 take the range


noise_tails = read_noise


def _noisy(sigma: float) -> Any:
    """Return parameters of reads with noise relative to the range."""
    params = _positive(1.0, 1.0)
    noise = params.xbar.device.read_noise
    noise.enable, noise.model, noise.magnitude = True, "NormalIndependentDevice", sigma
    return params


def adc_error(asked: Ramp) -> Answer:
    """`adc.mvm.model = "SignMagnitudeADC"`, 8 bits, calibrated range -1 to 1, a weight of 1"""
    from simulator import AnalogCore

    params = _positive(1.0, 1.0)
    params.xbar.adc.mvm.model = "SignMagnitudeADC"
    adc = params.xbar.adc.mvm
    adc.bits, adc.signed, adc.calibrated_range = asked.bits, True, [-1.0, 1.0]
    adc.adc_range_option = "CALIBRATED"
    core = AnalogCore(np.ones((1, 1)), params)
    return np.array([core.matvec(np.array([x]))[0] for x in asked.x])


def reproducible(asked: Seeded) -> Answer:
    """`np.random.seed`, programming error and read noise of `NormalIndependentDevice`"""
    from simulator import AnalogCore

    np.random.seed(asked.seed)  # noqa: NPY002  (it draws from NumPy's own generator)
    params = _noisy(0.01)
    error = params.xbar.device.programming_error
    error.enable, error.model, error.magnitude = True, "NormalIndependentDevice", 0.02
    core = AnalogCore(np.full((asked.cols, asked.rows), 0.5), params)
    return np.array([core.matvec(np.ones(asked.rows)) for _ in range(asked.reads)])
