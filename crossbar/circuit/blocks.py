"""The five circuit blocks of the chip, behavioural: what each computes and how it errs.

Every block applies its ideal function and then :class:`Errors`. With all errors at zero the chip
equals the float network.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from crossbar.checks import Checked
from crossbar.circuit.block_errors import Errors
from crossbar.displayed import Displayed
from crossbar.kernels import signals
from crossbar.registry import Registry
from crossbar.sources import Source, assumed, derived, numbers
from crossbar.types import Floats, Rng
from crossbar.units import quantity


def peak(x: Floats) -> Floats:
    """Return the largest magnitude of each sample (first axis), shaped to broadcast over ``x``."""
    largest: Floats = np.abs(x).max(axis=tuple(range(1, x.ndim)), keepdims=True)
    return np.where(largest > 0, largest, np.ones_like(largest))


@dataclass(frozen=True, kw_only=True)
class SynapticElement(Checked, Displayed):
    """Block 1, the crossbar with its line amplifiers, which serve both directions of reading.

    Parameters
    ----------
    span
        Full scale of the sense amplifier, of a line: ``span * sqrt(cells on the line)`` cells of
        the whole range at the full read voltage. Only errors and converters refer to it.
    errors
        Errors of the line amplifiers.

    Source: LETI 2026, block 1; span assumed (about five times the rms line current of random
    inputs).
    """

    span: float = quantity(
        1.0, low=1e-3, high=1e3,
        remedy="1 is about five times the rms current of a line; see its definition.",
    )  # fmt: skip
    errors: Errors = field(default_factory=Errors)


@dataclass(frozen=True, kw_only=True)
class Block(Checked, Displayed):
    """A block with the errors that follow its ideal function."""

    errors: Errors = field(default_factory=Errors)


@dataclass(frozen=True, kw_only=True)
class Normaliser(Block):
    """Block 5, scales each sample so that its largest value meets the range of the next circuit.

    Source: LETI 2026, block 5; an automatic gain control with the ideal gain 1/max|x| is assumed.
    """


@dataclass(frozen=True, kw_only=True)
class Softmax(Block):
    """Block 2, P_k = exp(z_k) / sum exp(z) (eq 9); full scale is 1.

    Source: LETI 2026, eq 9.
    """

    def __call__(self, z: Floats, *, rng: Rng) -> Floats:
        """Return the class probabilities (n, classes) of the outputs ``z`` (n, classes)."""
        p: Floats = np.empty_like(z)
        signals.softmax(z, p)
        return self.errors.apply(p, 1.0, rng=rng)


@dataclass(frozen=True, kw_only=True)
class VectorDifference(Block):
    """Block 3, G_S = P - F (eq 10); full scale is 1.

    Source: LETI 2026, eq 10.
    """

    def __call__(self, p: Floats, f: Floats, *, rng: Rng) -> Floats:
        """Return ``p - f``."""
        return self.errors.apply(p - f, 1.0, rng=rng)


@dataclass(frozen=True, kw_only=True)
class Multiplier(Block):
    """Block 4, each input times the last input: the products x_i d_j of eq 11 and 13.

    Full scale is max|x| max|d| of the sample.

    Source: LETI 2026, block 4.
    """

    def outer(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products (n, rows, cols) of ``x`` (n, rows) and ``d`` (n, cols).

        For ``x`` (n, positions, rows) and ``d`` (n, positions, cols) the products of all
        positions add up on the same weight (eq 15); each carries its own error.
        """
        if x.ndim == 2:
            full = peak(x)[..., None] * peak(d)[..., None]
            return self.errors.apply(x[:, :, None] * d[:, None, :], full, rng=rng)
        if self.errors.ideal:
            summed: Floats = np.matmul(x.transpose(0, 2, 1), d)
            return summed
        full = (peak(x) * peak(d))[..., None]
        each = self.errors.apply(x[..., :, None] * d[..., None, :], full, rng=rng)
        total: Floats = each.sum(axis=1)
        return total


@dataclass(frozen=True, kw_only=True)
class Blocks(Checked, Displayed):
    """The blocks of one chip.

    Source: LETI 2026, the five blocks.
    """

    element: SynapticElement = field(default_factory=SynapticElement)
    softmax: Softmax = field(default_factory=Softmax)
    difference: VectorDifference = field(default_factory=VectorDifference)
    multiplier: Multiplier = field(default_factory=Multiplier)
    normaliser: Normaliser = field(default_factory=Normaliser)

    @property
    def quiet(self) -> Blocks:
        """The same blocks without noise."""
        each = vars(self).items()
        return Blocks(**{name: replace(b, errors=b.errors.quiet) for name, b in each})


CIRCUIT = Blocks(
    element=SynapticElement(errors=Errors(gain_error=-0.00340, saturation=1.293)),
    softmax=Softmax(errors=Errors(gain_error=-0.00449, offset=0.00065, noise=0.00272)),
    difference=VectorDifference(errors=Errors(gain_error=-0.00100, saturation=1.296)),
    multiplier=Multiplier(
        errors=Errors(gain_error=-0.00685, offset=-0.00079, noise=0.0157, saturation=1.206)
    ),
    normaliser=Normaliser(errors=Errors(gain_error=-0.00117)),
)
"""The blocks with the errors of their circuits.

Source: fitted to the subcircuits of ``spice_models/`` in ngspice
(:func:`crossbar.spice.calibration.calibrated` gives the numbers again; docs/blocks.md). Softmax and
multiplier are transistor-level circuits with their noise, the others amplifier macromodels without
noise. Valid for: nominal transistors at 27 C, so without mismatch; signals slower than the blocks.
"""


BLOCKS = Registry(Blocks, "blocks", "circuit blocks with their errors", setting="blocks")
BLOCKS.register("ideal")(Blocks)
BLOCKS.register("circuit", words="Blocks with the errors of their circuits.")(CIRCUIT)


def sources(blocks: Blocks) -> dict[str, Source]:
    """Return the source of every number of ``blocks`` that is ideal or of the circuits."""
    ideal, circuit = numbers(Blocks()), numbers(CIRCUIT)
    known = {}
    for name, value in numbers(blocks).items():
        if value == ideal[name]:
            known[name] = assumed("ideal circuit block")
        elif value == circuit[name]:
            known[name] = derived("fitted to the circuits of spice_models in ngspice")
    return known | {"element.span": assumed("about five times the rms line current")}
