"""Layers, networks and on-chip learning."""

from crossbar.nn.checkpoint import Epoch
from crossbar.nn.chip import Chip
from crossbar.nn.evaluation import Decisions, Evaluation, Predictions, evaluate
from crossbar.nn.folding import folded
from crossbar.nn.graph import NETWORKS, Network, Node
from crossbar.nn.layer_errors import LayerError, layer_errors
from crossbar.nn.layers.activations import Activation, Clip, Gelu, LeakyRelu, Relu, Sigmoid, Tanh
from crossbar.nn.layers.affine import Affine
from crossbar.nn.layers.base import LAYERS, Layer, LayerState
from crossbar.nn.layers.biased import Biased
from crossbar.nn.layers.convolution import Convolution, Convolution1d
from crossbar.nn.layers.curves import Erf, GeluTanh, HardSigmoid, HardSwish
from crossbar.nn.layers.dense import Dense
from crossbar.nn.layers.dropout import DROPOUTS, BernoulliDropout, Dropout, ExactDropout
from crossbar.nn.layers.joins import Add, Concatenate
from crossbar.nn.layers.local import LocalResponseNormalisation
from crossbar.nn.layers.normalisation import BatchNormalisation, Normalisation, RunningNormalisation
from crossbar.nn.layers.padding import Pad
from crossbar.nn.layers.place import Matrix, Place, Shape
from crossbar.nn.layers.pooling import (
    AveragePooling,
    AveragePooling1d,
    GlobalAveragePooling,
    GlobalMaxPooling,
    MaxPooling,
    MaxPooling1d,
)
from crossbar.nn.layers.products import MatrixProduct, Multiply
from crossbar.nn.layers.quantise import Quantise
from crossbar.nn.layers.shapes import Flatten, Reshape, Transpose
from crossbar.nn.layers.softmax import Softmax
from crossbar.nn.layers.trace import Trace
from crossbar.nn.learners.adam import Adam
from crossbar.nn.learners.agad import Agad
from crossbar.nn.learners.base import LEARNERS, Backpropagation, Learner
from crossbar.nn.learners.chopped import Chopped
from crossbar.nn.learners.coincidence import Coincidence
from crossbar.nn.learners.cosine import Cosine
from crossbar.nn.learners.minibatch import Minibatch
from crossbar.nn.learners.mixed_precision import MixedPrecision
from crossbar.nn.learners.momentum import Momentum
from crossbar.nn.learners.sequential import Sequential
from crossbar.nn.learners.tiki_taka import TikiTaka
from crossbar.nn.learners.tiki_taka_2 import TikiTaka2
from crossbar.nn.learners.two_tiles import TransferLearner
from crossbar.nn.losses import LOSSES, CrossEntropy, Hinge, Loss, SquaredError
from crossbar.nn.networks.leti_cnn import leti_cnn
from crossbar.nn.ranges import Range, calibrate
from crossbar.nn.repairs.base import REPAIRS, Host, Repair, repaired
from crossbar.nn.repairs.correction import Correction
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
    "Adam",
    "Add",
    "Affine",
    "Agad",
    "AveragePooling",
    "AveragePooling1d",
    "Backpropagation",
    "BatchNormalisation",
    "BernoulliDropout",
    "Biased",
    "Chip",
    "Chopped",
    "Clip",
    "Coincidence",
    "ColumnFactors",
    "Concatenate",
    "Convolution",
    "Convolution1d",
    "Correction",
    "Cosine",
    "CrossEntropy",
    "Decisions",
    "Dense",
    "DivergenceError",
    "Dropout",
    "Epoch",
    "Erf",
    "Evaluation",
    "ExactDropout",
    "Factors",
    "Flatten",
    "Gelu",
    "GeluTanh",
    "GlobalAveragePooling",
    "GlobalFactor",
    "GlobalMaxPooling",
    "HardSigmoid",
    "HardSwish",
    "Hinge",
    "Host",
    "LastLayer",
    "Layer",
    "LayerError",
    "LayerState",
    "LeakyRelu",
    "Learner",
    "LocalResponseNormalisation",
    "Loss",
    "Matrix",
    "MatrixProduct",
    "MaxPooling",
    "MaxPooling1d",
    "Minibatch",
    "MixedPrecision",
    "Momentum",
    "Multiply",
    "Network",
    "Node",
    "Normalisation",
    "Pad",
    "Place",
    "Predictions",
    "Quantise",
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
    "Softmax",
    "SquaredError",
    "Tanh",
    "TikiTaka",
    "TikiTaka2",
    "Trace",
    "Training",
    "TransferLearner",
    "Transpose",
    "calibrate",
    "evaluate",
    "fit",
    "folded",
    "layer_errors",
    "leti_cnn",
    "repaired",
]
