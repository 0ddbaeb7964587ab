"""Modules of PyTorch whose layers are read on simulated chips, in training and inference."""

from crossbar.torch.analog import Analog, analog
from crossbar.torch.layer import AnalogLayer

__all__ = ["Analog", "AnalogLayer", "analog"]
