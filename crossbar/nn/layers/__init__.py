"""Layers, one a file."""

from crossbar.nn.layers.activations import Activation, Clip, Gelu, LeakyRelu, Sigmoid, Tanh
from crossbar.nn.layers.base import LAYERS, Layer, LayerState, Matrix, Place, Shape
from crossbar.nn.layers.biased import Biased
from crossbar.nn.layers.convolution import Convolution, Convolution1d
from crossbar.nn.layers.dense import Dense
from crossbar.nn.layers.dropout import DROPOUTS, BernoulliDropout, Dropout, ExactDropout
from crossbar.nn.layers.joins import Add, Concatenate
from crossbar.nn.layers.normalisation import BatchNormalisation, Normalisation, RunningNormalisation
from crossbar.nn.layers.pooling import (
    AveragePooling,
    AveragePooling1d,
    GlobalAveragePooling,
    MaxPooling,
    MaxPooling1d,
)
from crossbar.nn.layers.relu import Relu
from crossbar.nn.layers.shapes import Flatten, Reshape

__all__ = [
    "DROPOUTS",
    "LAYERS",
    "Activation",
    "Add",
    "AveragePooling",
    "AveragePooling1d",
    "BatchNormalisation",
    "BernoulliDropout",
    "Biased",
    "Clip",
    "Concatenate",
    "Convolution",
    "Convolution1d",
    "Dense",
    "Dropout",
    "ExactDropout",
    "Flatten",
    "Gelu",
    "GlobalAveragePooling",
    "Layer",
    "LayerState",
    "LeakyRelu",
    "Matrix",
    "MaxPooling",
    "MaxPooling1d",
    "Normalisation",
    "Place",
    "Relu",
    "Reshape",
    "RunningNormalisation",
    "Shape",
    "Sigmoid",
    "Tanh",
]
