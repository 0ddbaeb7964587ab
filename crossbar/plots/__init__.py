"""Figures of objects: devices, measurements, circuits, converters, wires, chips and runs."""

from crossbar.plots import (
    arrays,
    chips,
    columns,
    converters,
    cores,
    device_fits,
    devices,
    measured,
    plasticity,
    runs,
    spikes,
    wires,
)
from crossbar.plots.dispatch import plot

__all__ = [
    "arrays",
    "chips",
    "columns",
    "converters",
    "cores",
    "device_fits",
    "devices",
    "measured",
    "plasticity",
    "plot",
    "runs",
    "spikes",
    "wires",
]
