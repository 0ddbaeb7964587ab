"""Figures of objects: devices, circuits, converters, wires, arrays, chips, runs and sweeps."""

from crossbar.plots import arrays, chips, converters, devices, runs, wires
from crossbar.plots.dispatch import plot

__all__ = ["arrays", "chips", "converters", "devices", "plot", "runs", "wires"]
