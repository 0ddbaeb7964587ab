"""Layers, networks and on-chip learning."""

from crossbar.nn.base import Layer, LayerState
from crossbar.nn.convolution import Convolution
from crossbar.nn.dense import Dense
from crossbar.nn.leti import leti_cnn
from crossbar.nn.network import Chip, Network
from crossbar.nn.neurons import BernoulliDropout, ExactDropout, Relu

__all__ = [
    "BernoulliDropout",
    "Chip",
    "Convolution",
    "Dense",
    "ExactDropout",
    "Layer",
    "LayerState",
    "Network",
    "Relu",
    "leti_cnn",
]
