"""Reads of measured trains, as the likelihood takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from crossbar.devices.measured.traces import Trace
from crossbar.kernels.tracking import Reads


@dataclass(frozen=True, eq=False)
class Observations:
    """Reads of devices one after the other, relative to the range that was measured.

    Every train begins anew: what happened to a cell between two trains is not known.

    Attributes
    ----------
    reads
        Of all devices, 0 at the lowest and 1 at the highest.
    zero, span : [S]
        Lowest conductance, and from there to the highest.
    traces
        The trains, device by device.
    devices
        Number of each device in the file.
    """

    reads: Reads
    zero: float
    span: float
    traces: tuple[Trace, ...]
    devices: tuple[int, ...]

    @classmethod
    def of(cls, traces: Sequence[Trace], like: Observations | None = None) -> Observations:
        """Return the reads of ``traces``, device by device, in the units of ``like`` if given."""
        devices = tuple(sorted({trace.device for trace in traces}))
        ordered = tuple(t for device in devices for t in traces if t.device == device)
        every = np.concatenate([trace.g for trace in ordered])
        zero, span = float(every.min()), float(np.ptp(every))
        if like is not None:
            zero, span = like.zero, like.span
        kinds = np.concatenate([
            np.concatenate([[0], np.full(len(t.g) - 1, 1 if t.rising else -1)]) for t in ordered
        ])  # fmt: skip
        counts = [sum(len(t.g) for t in ordered if t.device == device) for device in devices]
        starts = np.concatenate([[0], np.cumsum(counts)])
        return cls(Reads(starts, kinds, (every - zero) / span), zero, span, ordered, devices)

    @property
    def cells(self) -> int:
        """How many devices there are."""
        return len(self.devices)

    @property
    def longest(self) -> int:
        """Most reads of a device."""
        return int(np.diff(self.reads.starts).max())

    @property
    def ground(self) -> float:
        """Conductance zero, in the units of the reads."""
        return -self.zero / self.span

    def of_cell(self, cell: int) -> slice:
        """Return where the reads of a device are."""
        return slice(int(self.reads.starts[cell]), int(self.reads.starts[cell + 1]))

    def only(self, keep: Callable[[Trace], bool]) -> Observations:
        """Return the trains that ``keep``, in the same units."""
        return Observations.of([trace for trace in self.traces if keep(trace)], self)
