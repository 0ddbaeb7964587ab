"""Modules of PyTorch whose layers are read on simulated chips, and gradients through wires."""

from crossbar.torch.analog import Analog, analog
from crossbar.torch.layer import AnalogLayer
from crossbar.torch.wired import wired

__all__ = ["Analog", "AnalogLayer", "analog", "wired"]
