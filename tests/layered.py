"""A layer on its own in hardware, and an example or more of every kind."""

from __future__ import annotations

import numpy as np

from crossbar.activity import Activity
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.nn import (
    Add,
    Affine,
    AveragePooling,
    AveragePooling1d,
    BatchNormalisation,
    BernoulliDropout,
    Clip,
    Concatenate,
    Convolution,
    Convolution1d,
    Dense,
    Erf,
    ExactDropout,
    Flatten,
    Gelu,
    GeluTanh,
    GlobalAveragePooling,
    GlobalMaxPooling,
    HardSigmoid,
    HardSwish,
    Layer,
    LayerState,
    LeakyRelu,
    LocalResponseNormalisation,
    MatrixProduct,
    MaxPooling,
    MaxPooling1d,
    Multiply,
    Pad,
    Quantise,
    Relu,
    Reshape,
    RunningNormalisation,
    Sigmoid,
    Softmax,
    Tanh,
    Transpose,
)
from crossbar.nn.layers.place import Place
from crossbar.spiking import (
    LIF,
    AxonalDelays,
    Clocked,
    EventLIF,
    FirstSpike,
    LastReadout,
    Leaky,
    RateReadout,
    Receptive,
    Repeated,
    SpikeDecoder,
    SpikeEncoder,
    SynapticDelays,
)
from crossbar.substrates.digital import Digital
from crossbar.substrates.tile import Tile

QUIET = Reading(temperature=0.0)
NEURON = LIF(tau_s=1.0, capacitance=1.0, g_leak=0.5, threshold=1.0, refractory=2.0)
SUBSTRATES = {
    "digital": Digital(dtype=np.float64),
    "arrays": Tile(
        device=PRESETS["ideal"].device,
        mapping=DifferentialPair(),
        reading=QUIET,
        dtype=np.float64,
    ),
}
SINGLE = Digital()
NO_GRADIENT = {"coded", "first-spike-readout"}  # from numbers to spikes, or of spikes alone
# Layers of every kind, with the shapes of their inputs. A kind without an example fails the laws.
EXAMPLES: dict[str, list[tuple[Layer, tuple[tuple[int, ...], ...]]]] = {
    "dense": [(Dense(units=3), ((4,),)), (Dense(units=3, bias=True), ((2, 3),))],
    "convolution": [
        (Convolution(filters=2, kernel=2), ((4, 3),)),
        (Convolution(filters=2, kernel=2, copies=3), ((4, 3, 2),)),
        (Convolution(kernel=(3, 2), stride=(2, 1), padding=1, bias=True), ((5, 4, 2),)),
        (
            Convolution(filters=4, kernel=3, padding="same", dilation=2, groups=2, bias=True),
            ((5, 4, 4),),
        ),
        (Convolution(kernel=2, stride=2, padding=(1, 0), groups=3, copies=2), ((4, 5, 3),)),
    ],
    "convolution-1d": [
        (Convolution1d(filters=2, kernel=3), ((7,),)),
        (
            Convolution1d(filters=4, kernel=3, stride=2, padding="same", groups=2, bias=True),
            ((7, 2),),
        ),
        (Convolution1d(filters=2, kernel=2, dilation=3, padding=2, copies=2), ((6, 3),)),
        (Convolution1d(filters=2, kernel=3, stride=2, padding=(2, 0)), ((6, 2),)),
    ],
    "max-pooling": [
        (MaxPooling(), ((4, 5, 2),)),
        (MaxPooling(kernel=3, stride=2, padding=1), ((5, 4),)),
        (MaxPooling(kernel=2, stride=1, padding=(0, 1, 1, 0), dilation=2), ((5, 4),)),
    ],
    "max-pooling-1d": [(MaxPooling1d(kernel=3, stride=1), ((7, 2),))],
    "average-pooling": [
        (AveragePooling(kernel=(2, 3)), ((4, 6, 2),)),
        (AveragePooling(kernel=3, stride=2, padding=1), ((5, 4, 2),)),
    ],
    "average-pooling-1d": [(AveragePooling1d(), ((7, 2),))],
    "global-average-pooling": [(GlobalAveragePooling(), ((3, 4, 2),))],
    "global-max-pooling": [(GlobalMaxPooling(), ((3, 4, 2),))],
    "batch-normalisation": [
        (BatchNormalisation(), ((5,),)),
        (BatchNormalisation(), ((3, 2, 4),)),
    ],
    "running-normalisation": [(RunningNormalisation(), ((3, 2, 4),))],
    "relu": [(Relu(), ((3, 4),))],
    "leaky-relu": [(LeakyRelu(leak=0.2), ((3, 4),))],
    "clip": [(Clip(low=-0.7, high=0.9), ((3, 4),))],
    "tanh": [(Tanh(), ((3, 4),))],
    "sigmoid": [(Sigmoid(), ((3, 4),))],
    "gelu": [(Gelu(), ((3, 4),))],
    "gelu-tanh": [(GeluTanh(), ((3, 4),))],
    "erf": [(Erf(), ((3, 4),))],
    "hard-sigmoid": [(HardSigmoid(rise=0.6, middle=0.4), ((3, 4),))],
    "hard-swish": [(HardSwish(), ((3, 4),))],
    "softmax": [(Softmax(), ((3, 4),))],
    "affine": [
        (Affine(), ((3, 4),)),
        (Affine(shape=(1,)), ((3, 2),)),
        (Affine(shape=(3, 1, 2)), ((2, 3, 4, 2),)),
    ],
    "quantise": [(Quantise(scale=2e-12, low=-(2**39), high=2**39), ((3, 4),))],
    "local-response-normalisation": [
        (LocalResponseNormalisation(size=3, alpha=0.5), ((2, 5),)),
        (LocalResponseNormalisation(size=4, alpha=2.0, bias=0.7), ((6,),)),
    ],
    "dropout": [(BernoulliDropout(keep=0.6), ((3, 4),))],
    "exact-dropout": [(ExactDropout(), ((3, 4),))],
    "flatten": [(Flatten(), ((3, 2, 2),))],
    "reshape": [(Reshape(shape=(2, 6)), ((3, 4),))],
    "transpose": [(Transpose(axes=(2, 0, 1)), ((3, 4, 2),))],
    "pad": [(Pad(before=(1, 0), behind=(2, 3), value=0.5), ((3, 4),))],
    "multiply": [
        (Multiply(), ((3, 2), (3, 2))),
        (Multiply(), ((3, 4, 2), (1, 1, 2))),
    ],
    "matrix-product": [
        (MatrixProduct(), ((3, 2), (2, 4))),
        (MatrixProduct(), ((2, 3, 2), (2, 2, 1))),
    ],
    "add": [(Add(), ((3, 2), (3, 2))), (Add(), ((4,),) * 3)],
    "clocked": [  # of graded output: spikes have no differences
        (Clocked(units=3, events=False, neuron=Leaky(tau=2e-6)), ((4, 2),)),
        (
            Clocked(units=3, events=False, recurrent=True, neuron=Leaky(output="tanh")),
            ((4, 2),),
        ),
        (
            Clocked(
                units=2, events=False, recurrent=True, membranes=True, neuron=Leaky(output="tanh")
            ),
            ((3, 2),),
        ),
    ],
    "repeated": [(Repeated(steps=3), ((4,),)), (Repeated(steps=2), ((3, 2),))],
    "population": [
        (Receptive(neurons=5, low=-1.0), ((3,),)),
        (Receptive(neurons=4, width=0.7), ((2, 3),)),
    ],
    "rate-readout": [(RateReadout(gain=2.0), ((4, 3),))],
    "last-readout": [(LastReadout(), ((4, 3),)), (LastReadout(every=2), ((4, 3),))],
    "spike-encoder": [(SpikeEncoder(first=0.15, span=1.85), ((3, 4),))],
    "spike-decoder": [(SpikeDecoder(scale=0.5, last=0.7), ((3, 4),))],
    "first-spike": [  # all neurons fire, no delay comes to 0
        (FirstSpike(units=3, tau=0.7, mean=2.5), ((2, 3),)),
        (FirstSpike(units=3, tau=1.0, mean=2.5, delays=AxonalDelays(start=2, longest=9)), ((4,),)),
        (
            FirstSpike(units=4, tau=1.3, mean=2.5, delays=SynapticDelays(start=2, longest=9)),
            ((5,),),
        ),
    ],
    "event-lif": [  # all of two spikes, which no step of a difference adds or takes
        (
            EventLIF(units=3, neuron=NEURON, charge=1.0, duration=12.0, mean=2.5, readout="first"),
            ((4,),),
        ),
        (
            EventLIF(
                units=3,
                neuron=NEURON,
                charge=1.0,
                duration=12.0,
                mean=2.5,
                recurrent=True,
                readout="membranes",
                delays=AxonalDelays(start=2, longest=9),
            ),
            ((3, 2),),
        ),
    ],
    "concatenate": [(Concatenate(), ((3, 2), (3, 4)))],
}


def alone(layer: Layer, *shapes: tuple[int, ...], held: str = "digital") -> LayerState:
    """The state of ``layer`` for inputs of ``shapes``, with random weights and parameters."""
    rng, activity, weights = np.random.default_rng(0), Activity(), {}
    for matrix in layer.matrices(*shapes):
        values = layer.initial(matrix, rng)
        values += 0.1 * rng.standard_normal(values.shape)  # a bias begins at zero
        weights[matrix.part] = (SINGLE if held == "single" else SUBSTRATES[held]).program(
            values, rng=rng, copies=matrix.copies, name=matrix.part, activity=activity
        )
    state = layer.state(Place("alone", shapes, layer.output_shape(*shapes), weights, activity))
    for numbers in state.parameters.values():
        numbers += 0.3 * rng.standard_normal(numbers.shape)
    return state


def samples(n: int, *shapes: tuple[int, ...], seed: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, *shape)) for shape in shapes]
