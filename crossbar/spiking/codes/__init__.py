"""Codes: numbers in, spikes out; and decoders, which tell numbers from spikes and voltages."""

from crossbar.spiking.codes.code import CODES, Code
from crossbar.spiking.codes.complement import Complement
from crossbar.spiking.codes.decoders import (
    Decoder,
    FirstSpikeDecoder,
    MembraneDecoder,
    Outcome,
    RateDecoder,
    SigmoidVote,
    SoftmaxVote,
)
from crossbar.spiking.codes.latency import Latency
from crossbar.spiking.codes.population import Population
from crossbar.spiking.codes.rate import BernoulliRate, PeriodicRate

__all__ = [
    "CODES",
    "BernoulliRate",
    "Code",
    "Complement",
    "Decoder",
    "FirstSpikeDecoder",
    "Latency",
    "MembraneDecoder",
    "Outcome",
    "PeriodicRate",
    "Population",
    "RateDecoder",
    "SigmoidVote",
    "SoftmaxVote",
]
