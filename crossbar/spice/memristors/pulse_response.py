"""How a cell answers pulses, in circuit or as measured, and the device that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.brief import brief
from crossbar.devices import Memristor, PulseTable
from crossbar.devices.equations import Pulses
from crossbar.devices.measured import pulse_csv
from crossbar.devices.measured.traces import Columns, Trace
from crossbar.errors import DataError, message
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class PulseResponse:
    """How a kind of cell answers pulses.

    Attributes
    ----------
    g_min, g_max : [S]
        Range between the ends of set and reset trains, mean over devices.
    table
        Mean and spread of the steps against conductance.
    sigma_d2d, sigma_asymmetry_d2d, sigma_bounds_d2d
        Spreads from device to device, as :class:`crossbar.devices.Memristor` names them.
    traces
        Conductances pulse by pulse; empty where only a table was measured.
    pulses
        What was applied; None where that is unknown.
    source
        Where it comes from.
    """

    g_min: float = quantity(unit="S")
    g_max: float = quantity(unit="S")
    table: PulseTable
    sigma_d2d: float
    sigma_asymmetry_d2d: float
    sigma_bounds_d2d: float
    traces: tuple[Trace, ...]
    pulses: Pulses | None
    source: str

    __repr__ = brief

    def device(self, **overrides: Any) -> Memristor:
        """Return the cell that a network trains on; ``overrides`` are fields of Memristor.

        Its write pulse is the set pulse, as long as makes its energy at a conductance the mean of
        a set and a reset pulse.
        """
        table = {} if "step" in overrides else {"table": self.table}
        return Memristor(**(table | self._numbers | overrides))

    @property
    def _numbers(self) -> dict[str, Any]:
        """Fields of the Memristor that are numbers."""
        names = ("g_min", "g_max", "sigma_d2d", "sigma_asymmetry_d2d", "sigma_bounds_d2d")
        numbers = {name: getattr(self, name) for name in names}
        if self.pulses is not None:
            p, v = self.pulses, abs(self.pulses.v_set)
            # One pulse with the mean V^2 t of set and reset.
            numbers |= {"v_write": v, "t_write": (p.t_set + p.t_reset * (p.v_reset / v) ** 2) / 2}
        return numbers

    @property
    def settings(self) -> tuple[str, ...]:
        """``key=value`` for the command line, beside ``device.step=FILE.csv``."""
        return tuple(f"device.{name}={value:.6g}" for name, value in self._numbers.items())

    def to_csv(self, path: Path) -> None:
        """Write the table in siemens; its comments tell the source and the other spreads."""
        table = self.table
        steps = np.array([table.up, table.up_std, table.down, table.down_std])
        measured = (table.set_measured, table.reset_measured)
        columns = Columns(np.array(table.u), steps, self.g_min, self.g_max, measured)
        pulse_csv.write(path, columns, (self.source, *self.settings))

    def traces_to_csv(self, path: Path) -> None:
        """Write every conductance of the trains."""
        if not self.traces:
            remedy = "Only a table was measured: use to_csv."
            raise DataError(message(str(path), "traces", "none", remedy))
        pulse_csv.write_traces(path, self.traces, (self.source,))
