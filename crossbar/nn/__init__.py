"""Layers, networks and on-chip learning."""

from crossbar.nn.checkpoint import Epoch
from crossbar.nn.chip import Chip
from crossbar.nn.compensation import compensated
from crossbar.nn.evaluation import Decisions, Evaluation, Predictions, evaluate
from crossbar.nn.graph import NETWORKS, Network, Node
from crossbar.nn.layers import (
    DROPOUTS,
    LAYERS,
    BernoulliDropout,
    Convolution,
    Dense,
    Dropout,
    ExactDropout,
    Layer,
    LayerState,
    Matrix,
    Place,
    Relu,
)
from crossbar.nn.learners import LEARNERS, Backpropagation, Learner, Minibatch, Momentum, Sequential
from crossbar.nn.losses import LOSSES, CrossEntropy, Hinge, Loss, SquaredError
from crossbar.nn.networks import leti_cnn
from crossbar.nn.ranges import Range, calibrate
from crossbar.nn.training import DivergenceError, Training, fit

__all__ = [
    "DROPOUTS",
    "LAYERS",
    "LEARNERS",
    "LOSSES",
    "NETWORKS",
    "Backpropagation",
    "BernoulliDropout",
    "Chip",
    "Convolution",
    "CrossEntropy",
    "Decisions",
    "Dense",
    "DivergenceError",
    "Dropout",
    "Epoch",
    "Evaluation",
    "ExactDropout",
    "Hinge",
    "Layer",
    "LayerState",
    "Learner",
    "Loss",
    "Matrix",
    "Minibatch",
    "Momentum",
    "Network",
    "Node",
    "Place",
    "Predictions",
    "Range",
    "Relu",
    "Sequential",
    "SquaredError",
    "Training",
    "calibrate",
    "compensated",
    "evaluate",
    "fit",
    "leti_cnn",
]
