"""Layers, networks and on-chip learning."""

from crossbar.nn.base import Layer, LayerState
from crossbar.nn.checkpoint import Epoch
from crossbar.nn.compensation import compensated
from crossbar.nn.convolution import Convolution
from crossbar.nn.dense import Dense
from crossbar.nn.evaluation import Evaluation, evaluate
from crossbar.nn.leti import leti_cnn
from crossbar.nn.network import Chip, Network
from crossbar.nn.neurons import DROPOUTS, BernoulliDropout, Dropout, ExactDropout, Relu
from crossbar.nn.ranges import Range, calibrate
from crossbar.nn.training import DivergenceError, Training, fit

__all__ = [
    "DROPOUTS",
    "BernoulliDropout",
    "Chip",
    "Convolution",
    "Dense",
    "DivergenceError",
    "Dropout",
    "Epoch",
    "Evaluation",
    "ExactDropout",
    "Layer",
    "LayerState",
    "Network",
    "Range",
    "Relu",
    "Training",
    "calibrate",
    "compensated",
    "evaluate",
    "fit",
    "leti_cnn",
]
