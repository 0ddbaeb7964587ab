"""How a circuit block errs: gain, offset, noise and saturation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from crossbar.checks import Checked
from crossbar.displayed import Displayed
from crossbar.types import Floats, Rng
from crossbar.units import NOISE, quantity


@dataclass(frozen=True, kw_only=True)
class Errors(Checked, Displayed):
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
        0.0, role=NOISE, share=True,
        low=0, high=1, remedy="It is relative to full scale; at 1 no signal is left.",
    )  # fmt: skip
    saturation: float = quantity(
        math.inf, low=0.01, high=math.inf,
        remedy="It is relative to full scale; below 0.01 no signal is left. Infinite for none.",
    )  # fmt: skip

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

    def apply(self, y: Floats, full_scale: Floats | float, *, rng: Rng) -> Floats:
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
