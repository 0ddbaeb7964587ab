"""The five circuit blocks of the chip, behavioural: what each computes and how it errs.

Every block applies its ideal function and then :class:`Errors`. With all errors at zero the chip
equals the float network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from crossbar.checks import check_fields
from crossbar.kernels import signals
from crossbar.registry import Registry
from crossbar.sources import Source, assumed, derived, numbers
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Static and random errors of a block, relative to its full scale.

    y = clip((1 + gain_error) x + offset + noise z, -saturation, saturation), with x and y in units
    of the full scale and z standard normal in every use.

    Parameters
    ----------
    gain_error
        Error of the gain, relative.
    offset
        Offset, relative to full scale.
    noise
        Noise, standard deviation relative to full scale; drawn for every output in every use.
    saturation
        Largest output, relative to full scale; infinite for none.

    Source: definition; fit the values to a circuit. Valid for: errors that do not depend on time.
    """

    gain_error: float = quantity(
        0.0, share=True,
        low=-0.9, high=9,
        remedy="A block whose gain is ten times off is broken: no chip has it.",
    )  # fmt: skip
    offset: float = quantity(
        0.0, share=True,
        low=-1, high=1, remedy="It is relative to full scale, which no offset exceeds.",
    )  # fmt: skip
    noise: float = quantity(
        0.0, share=True,
        low=0, high=1, remedy="It is relative to full scale; at 1 no signal is left.",
    )  # fmt: skip
    saturation: float = quantity(
        math.inf, low=0.01, high=math.inf,
        remedy="It is relative to full scale; below 0.01 no signal is left. Infinite for none.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def ideal(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.gain_error or self.offset or self.noise) and math.isinf(self.saturation)

    @property
    def quiet(self) -> Errors:
        """The same errors without noise."""
        return replace(self, noise=0.0)

    def cut(self, y: Floats, full_scale: Floats | float) -> int:
        """Return how many of the outputs ``y`` stand at the saturation."""
        if math.isinf(self.saturation):
            return 0
        limit = np.asarray(self.saturation * full_scale, y.dtype)
        return int(np.count_nonzero(np.abs(y) >= limit))

    def apply(self, y: Floats, full_scale: Floats | float, *, rng: np.random.Generator) -> Floats:
        """Return ``y`` with the errors, in units where full scale is ``full_scale``."""
        if self.ideal:
            return y
        out = y * (1.0 + self.gain_error)
        if self.offset:
            out = out + self.offset * full_scale
        if self.noise:
            out = out + self.noise * full_scale * rng.standard_normal(y.shape)
        if not math.isinf(self.saturation):
            out = np.clip(out, -self.saturation * full_scale, self.saturation * full_scale)
        result: Floats = out.astype(y.dtype, copy=False)
        return result


def peak(x: Floats) -> Floats:
    """Return the largest magnitude of each sample (first axis), shaped to broadcast over ``x``."""
    largest: Floats = np.abs(x).max(axis=tuple(range(1, x.ndim)), keepdims=True)
    return np.where(largest > 0, largest, np.ones_like(largest))


@dataclass(frozen=True, kw_only=True)
class SynapticElement:
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

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class Normaliser:
    """Block 5, scales each sample so that its largest value meets the range of the next circuit.

    Source: LETI 2026, block 5; an automatic gain control with the ideal gain 1/max|x| is assumed.
    """

    errors: Errors = field(default_factory=Errors)

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class Softmax:
    """Block 2, P_k = exp(z_k) / sum exp(z) (eq 9); full scale is 1.

    Source: LETI 2026, eq 9.
    """

    errors: Errors = field(default_factory=Errors)

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(self, z: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the class probabilities (n, classes) of the outputs ``z`` (n, classes)."""
        p: Floats = np.empty_like(z)
        signals.softmax(z, p)
        return self.errors.apply(p, 1.0, rng=rng)


@dataclass(frozen=True, kw_only=True)
class VectorDifference:
    """Block 3, G_S = P - F (eq 10); full scale is 1.

    Source: LETI 2026, eq 10.
    """

    errors: Errors = field(default_factory=Errors)

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(self, p: Floats, f: Floats, *, rng: np.random.Generator) -> Floats:
        """Return ``p - f``."""
        return self.errors.apply(p - f, 1.0, rng=rng)


@dataclass(frozen=True, kw_only=True)
class Multiplier:
    """Block 4, each input times the last input: the products x_i d_j of eq 11 and 13.

    Full scale is max|x| max|d| of the sample.

    Source: LETI 2026, block 4.
    """

    errors: Errors = field(default_factory=Errors)

    def __post_init__(self) -> None:
        check_fields(self)

    def outer(self, x: Floats, d: Floats, *, rng: np.random.Generator) -> Floats:
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
class Blocks:
    """The blocks of one chip.

    Source: LETI 2026, the five blocks.
    """

    element: SynapticElement = field(default_factory=SynapticElement)
    softmax: Softmax = field(default_factory=Softmax)
    difference: VectorDifference = field(default_factory=VectorDifference)
    multiplier: Multiplier = field(default_factory=Multiplier)
    normaliser: Normaliser = field(default_factory=Normaliser)

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def quiet(self) -> Blocks:
        """The same blocks without noise."""
        return Blocks(
            element=replace(self.element, errors=self.element.errors.quiet),
            softmax=Softmax(errors=self.softmax.errors.quiet),
            difference=VectorDifference(errors=self.difference.errors.quiet),
            multiplier=Multiplier(errors=self.multiplier.errors.quiet),
            normaliser=Normaliser(errors=self.normaliser.errors.quiet),
        )


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


BLOCKS = Registry(Blocks, "blocks", "circuit blocks with their errors")
BLOCKS.register("ideal")(Blocks)
BLOCKS.register("circuit", words="Blocks with the errors of their circuits.")(CIRCUIT)


def sources(blocks: Blocks) -> dict[str, Source]:
    """Return the source of every number of ``blocks`` that is ideal or of the circuits."""
    ideal, circuit = numbers(Blocks()), numbers(CIRCUIT)
    found = {}
    for name, value in numbers(blocks).items():
        if value == ideal[name]:
            found[name] = assumed("ideal circuit block")
        elif value == circuit[name]:
            found[name] = derived("fitted to the circuits of spice_models in ngspice")
    return found | {"element.span": assumed("about five times the rms line current")}
