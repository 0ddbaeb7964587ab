"""Which code a signal has, and what the code stands for: thresholds and levels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crossbar.array_checks import require_array
from crossbar.errors import ShapeError, fail, message
from crossbar.types import Floats


class Transfer(NamedTuple):
    """Thresholds between the codes of a converter, and levels of the codes.

    Attributes
    ----------
    thresholds
        (codes - 1,) signals at which the next code begins, relative to full scale and in rising
        order; or (lines, codes - 1), where each line has its own.
    levels
        (codes,) or (lines, codes) what the codes stand for, relative to full scale and in rising
        order.

    The range ends half a step of the levels beyond the last of them; a signal beyond it is cut,
    and counted.

    Examples
    --------
    >>> two_bits = uniform(2)
    >>> two_bits.thresholds, two_bits.levels
    (array([-0.5,  0.5]), array([-1.,  0.,  1.]))
    >>> two_bits.inl, nearest([-1.0, 0.2, 1.0]).dnl
    (array([0., 0.]), array([0.]))
    >>> round(float(uniform(8).enob()), 2)
    8.0
    """

    thresholds: Floats
    levels: Floats

    @property
    def codes(self) -> int:
        """Number of codes."""
        return int(np.shape(self.levels)[-1])

    @property
    def dnl(self) -> Floats:
        """Differential nonlinearity: width of the inner codes over the mean width, less one."""
        widths: Floats = np.diff(self.thresholds)
        mean = widths.sum(axis=-1, keepdims=True) / max(self.codes - 2, 1)
        relative: Floats = widths / mean - 1.0
        return relative

    @property
    def inl(self) -> Floats:
        """Integral nonlinearity: thresholds less the line through the first and the last, in steps.

        A step is the mean width of the inner codes; two codes have none, and the only threshold
        is on the line.
        """
        first, last = self.thresholds[..., :1], self.thresholds[..., -1:]
        codes = np.arange(self.codes - 1)
        step = (last - first) / (self.codes - 2) if self.codes > 2 else 1.0
        distance: Floats = (self.thresholds - first) / step - codes
        return distance

    def enob(self, noise: float = 0.0) -> Floats:
        """Return the effective number of bits in a test with a sine of full scale.

        It is log2(SINAD / 1.5) / 2. The signal is the sine that fits the levels best; everything
        else, but for a constant, is noise and distortion. The moments of levels and sine are exact:
        code c has the probability (asin t_(c+1) - asin t_c) / pi. A line that always gives one code
        has 0 bits.

        Parameters
        ----------
        noise
            Standard deviation of the noise before the quantiser, relative to full scale.

        Source: IEEE Std 1241, sine-wave test. Valid for: slow signals; small noise, which is added
        behind the quantiser (0.04 bit off at 1 % of full scale, 0.13 bit at 30 %).
        """
        ends = np.pad(np.clip(self.thresholds, -1, 1), [(0, 0)] * (self.thresholds.ndim - 1)
                      + [(1, 1)], constant_values=(-1, 1))  # fmt: skip
        likely = np.diff(np.arcsin(ends)) / np.pi
        mean = (self.levels * likely).sum(axis=-1)
        power = (np.square(self.levels) * likely).sum(axis=-1)
        gain = 2 * (self.levels * -np.diff(np.sqrt(1 - ends**2))).sum(axis=-1) / np.pi
        left = power - mean**2 - gain**2 / 2 + (gain * noise) ** 2
        sinad = gain**2 / 2 / np.where(gain == 0, 1.0, left)
        bits: Floats = np.log2(np.maximum(sinad / 1.5, 1.0)) / 2
        return bits

    def of_lines(self, where: str, lines: int) -> Floats:
        """Return the table (1 or lines, 2 codes - 1) of the compiled loops.

        Raises
        ------
        ShapeError, DataError, ConfigError
            If thresholds and levels do not fit each other and ``lines``, are not finite, or fall.
        """
        parts = []
        for name, values in self._asdict().items():
            wide = np.atleast_2d(require_array(f"{where}.{name}", values))
            if wide.ndim != 2 or len(wide) not in (1, lines):
                expected = f"({name},) or ({lines} lines, {name})"
                remedy = "Give one row for all lines, or one for each."
                raise ShapeError(message(f"{where}.{name}", expected, np.shape(values), remedy))
            if (np.diff(wide, axis=1) < 0).any():
                fail(f"{where}.{name}", "rising numbers", "some that fall", "Sort them.")
            parts.append(wide)
        codes = parts[1].shape[1]
        if parts[0].shape[1] != codes - 1 or codes < 2:
            got = f"{parts[0].shape[1]} for {codes} codes"
            remedy = "Two codes and more have a threshold between neighbours."
            raise ShapeError(message(f"{where}.thresholds", "codes - 1", got, remedy))
        rows = max(map(len, parts))
        both = [np.broadcast_to(part, (rows, part.shape[1])) for part in parts]
        table: Floats = np.concatenate(both, axis=1)
        return table


def uniform(bits: int) -> Transfer:
    """Return the mid-tread quantiser of 2^bits - 1 levels from minus to plus full scale."""
    levels = levels_of(2 ** (bits - 1) - 1)
    return Transfer((levels[1:] + levels[:-1]) / 2, levels)


def levels_of(top: int) -> Floats:
    """Return the levels of a uniform quantiser with ``top`` codes to each side of zero."""
    levels: Floats = np.arange(-top, top + 1) / top
    return levels


def nearest(levels: Floats) -> Transfer:
    """Return the transfer that takes the nearest of ``levels``: thresholds halfway between them."""
    given = np.asarray(levels, float)
    return Transfer((given[1:] + given[:-1]) / 2, given)
