"""Layers, one a file."""

from crossbar.nn.layers.base import LAYERS, Layer, LayerState, Matrix, Place, Shape
from crossbar.nn.layers.convolution import Convolution
from crossbar.nn.layers.dense import Dense
from crossbar.nn.layers.dropout import DROPOUTS, BernoulliDropout, Dropout, ExactDropout
from crossbar.nn.layers.relu import Relu

__all__ = [
    "DROPOUTS",
    "LAYERS",
    "BernoulliDropout",
    "Convolution",
    "Dense",
    "Dropout",
    "ExactDropout",
    "Layer",
    "LayerState",
    "Matrix",
    "Place",
    "Relu",
    "Shape",
]
