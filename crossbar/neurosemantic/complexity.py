"""Operations of a neurosemantic network: counted, published, and those of attention."""

from __future__ import annotations

import math
from typing import NamedTuple

from crossbar.checks import require_whole
from crossbar.errors import require_number
from crossbar.neurosemantic.network import NeurosemanticNetwork

ATTENTION_LAYERS = 96  # with which the slides compare; see published_operations


class WorkCounts(NamedTuple):
    """Operations of a stream.

    Attributes
    ----------
    compared
        Comparisons of gaps, of which a pattern ends at one.
    looked_up
        Elements of patterns that are looked up, each once.
    """

    compared: int
    looked_up: int

    @classmethod
    def of(cls, network: NeurosemanticNetwork) -> WorkCounts:
        """Return what ``network`` did so far."""
        return cls(sum(network.compared), sum(network.entered))

    @property
    def total(self) -> int:
        """Both."""
        return self.compared + self.looked_up


def published_operations(length: int, *, mean: float = 4.0, layers: int = 8) -> tuple[float, float]:
    r"""Return the operations of ``length`` symbols by the published formula.

    Layer l takes :math:`k D_{l-1} + \ln(k D_l)` with :math:`D_0` the length and
    :math:`D_l = D_{l-1} / k`. The first number is the sum of :math:`k D_{l-1}` alone, the
    second one has the logarithms too.

    **Source**: Lavrentiev, neurosemantic networks (slides), with 21 333 for 4 000 symbols, k = 4
    and 8 layers. The second number is derived from the formula.

    Examples
    --------
    >>> [round(each) for each in published_operations(4000)]
    [21333, 21362]
    """
    remedy = "4000 is published."
    require_whole("published_operations.length", length, low=1, remedy=remedy)
    require_number("published_operations.mean", mean, above=1.0, high=64.0)
    entering = [length / mean**layer for layer in range(layers)]
    steps = sum(mean * each for each in entering)
    return steps, steps + sum(math.log(each) for each in entering if each > 1.0)


def attention_operations(length: int, *, layers: int = ATTENTION_LAYERS) -> int:
    """Return the pairs that attention compares: the square of ``length`` in each of ``layers``.

    Examples
    --------
    >>> attention_operations(4000)
    1536000000
    """
    require_whole("attention_operations.length", length, low=1, remedy="4000 is published.")
    return length**2 * layers
