"""Layers, networks and on-chip learning."""

from crossbar.nn.checkpoint import Epoch
from crossbar.nn.chip import Chip
from crossbar.nn.evaluation import Decisions, Evaluation, Predictions, evaluate
from crossbar.nn.folding import folded
from crossbar.nn.graph import NETWORKS, Network, Node
from crossbar.nn.layers.activations import Activation, Clip, Gelu, LeakyRelu, Relu, Sigmoid, Tanh
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
from crossbar.nn.layers.shapes import Flatten, Reshape
from crossbar.nn.learners.base import LEARNERS, Backpropagation, Learner
from crossbar.nn.learners.minibatch import Minibatch
from crossbar.nn.learners.momentum import Momentum
from crossbar.nn.learners.sequential import Sequential
from crossbar.nn.losses import LOSSES, CrossEntropy, Hinge, Loss, SquaredError
from crossbar.nn.networks.leti_cnn import leti_cnn
from crossbar.nn.ranges import Range, calibrate
from crossbar.nn.repairs.base import REPAIRS, Host, Repair, repaired
from crossbar.nn.repairs.factors import ColumnFactors, Factors, GlobalFactor
from crossbar.nn.repairs.last_layer import LastLayer
from crossbar.nn.repairs.refresh import Refresh
from crossbar.nn.repairs.renormalisation import Renormalisation
from crossbar.nn.training import DivergenceError, Training, fit

__all__ = [
    "DROPOUTS",
    "LAYERS",
    "LEARNERS",
    "LOSSES",
    "NETWORKS",
    "REPAIRS",
    "Activation",
    "Add",
    "AveragePooling",
    "AveragePooling1d",
    "Backpropagation",
    "BatchNormalisation",
    "BernoulliDropout",
    "Biased",
    "Chip",
    "Clip",
    "ColumnFactors",
    "Concatenate",
    "Convolution",
    "Convolution1d",
    "CrossEntropy",
    "Decisions",
    "Dense",
    "DivergenceError",
    "Dropout",
    "Epoch",
    "Evaluation",
    "ExactDropout",
    "Factors",
    "Flatten",
    "Gelu",
    "GlobalAveragePooling",
    "GlobalFactor",
    "Hinge",
    "Host",
    "LastLayer",
    "Layer",
    "LayerState",
    "LeakyRelu",
    "Learner",
    "Loss",
    "Matrix",
    "MaxPooling",
    "MaxPooling1d",
    "Minibatch",
    "Momentum",
    "Network",
    "Node",
    "Normalisation",
    "Place",
    "Predictions",
    "Range",
    "Refresh",
    "Relu",
    "Renormalisation",
    "Repair",
    "Reshape",
    "RunningNormalisation",
    "Sequential",
    "Shape",
    "Sigmoid",
    "SquaredError",
    "Tanh",
    "Training",
    "calibrate",
    "evaluate",
    "fit",
    "folded",
    "leti_cnn",
    "repaired",
]
