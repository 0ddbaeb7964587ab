"""MemTorch, which maps networks of PyTorch to crossbars of memristors."""

from __future__ import annotations

from typing import Any

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool
from truth.tasks.adc_error import Ramp
from truth.tasks.stuck_cells import Stuck
from truth.tasks.transposed import mirrored


def version() -> str:
    """Return its version."""
    import memtorch

    return str(memtorch.__version__)


TERMINALS = "one resistance for word and bit lines alike"
READS = "no noise of reads"
PULSES = "no steps of pulses; voltages move its devices over time"
TOOL = Tool(name="MemTorch", version=version, cannot={
    "driver_resistance": TERMINALS, "sense_resistance": TERMINALS,
    "nonlinear": "its nonlinear cells leave out resistances of lines, as it warns",
    "energy_balance": "no power of a read",
    "read_noise": READS, "noise_tails": READS, "reproducible": READS,
    "drift": "one exponent of drift for all cells",
    "pulse_mean": PULSES, "pulse_spread": PULSES, "saturation": PULSES,
})  # fmt: skip


def ir_drop(asked: Read) -> Answer:
    """`solve_passive` of its C++ bindings; `R_source` is the segment between driver and cell"""
    import torch
    from memtorch.bh.crossbar.Passive import solve_passive

    def single(x: Any) -> Any:
        return torch.tensor(np.ascontiguousarray(x), dtype=torch.float32)

    g, ground = single(asked.g), torch.zeros(asked.g.shape[1])
    return np.array(
        [solve_passive(g, single(v), ground, asked.r_wl, asked.r_wl).numpy() for v in asked.v]
    )


def transposed(asked: Read) -> Answer:
    """The array turned over by hand, as it has one direction of reads."""
    return ir_drop(mirrored(asked))[:, ::-1]


def stuck_cells(asked: Stuck) -> Answer:
    """`apply_device_faults`, `LinearIonDrift`; stuck off first, then on, among all cells"""
    import memtorch
    import torch
    from memtorch.bh.nonideality.DeviceFaults import apply_device_faults

    np.random.seed(asked.seed)  # noqa: NPY002  (it draws from NumPy's own generator)
    layer = memtorch.mn.Linear(
        torch.nn.Linear(asked.rows, asked.cols, bias=False), memtorch.bh.memristor.LinearIonDrift,
        {}, scheme=memtorch.bh.Scheme.SingleColumn, verbose=False,
    )  # fmt: skip
    crossbar = layer.crossbars[0]
    device = crossbar.devices[0, 0]
    low, high = 1 / device.r_off, 1 / device.r_on
    crossbar.write_conductance_matrix(torch.full((asked.cols, asked.rows), (low + high) / 2))
    layer = apply_device_faults(layer, asked.p_on, asked.p_off, 0.0)
    return (layer.crossbars[0].conductance_matrix.double().numpy() - low) / (high - low)


def adc_error(asked: Ramp) -> Answer:
    """`memtorch.bh.Quantize.quantize`, linear, 8 bits from -1 to 1, single precision"""
    import torch
    from memtorch.bh.Quantize import quantize

    x = torch.tensor(asked.x, dtype=torch.float32)
    return quantize(x, asked.bits, quant_method="linear", min=-1.0, max=1.0).double().numpy()
