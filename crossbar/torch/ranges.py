"""A full scale that learns."""

from __future__ import annotations

import math
from typing import Any

from crossbar.converters.converter import Converter
from crossbar.torch.base import Module, torch


class Range(Module):
    """A positive number that a gradient changes: the full scale of inputs, or of outputs.

    It is kept as a logarithm, so that a step of an optimiser is relative and never changes its
    sign. It begins at the first values that it sees: at the largest, or at
    ``2 mean|x| sqrt(top)`` where that is smaller, ``top`` steps of the converter to each side. Its
    gradient counts ``1 / sqrt(n top)`` for n values a sample, so that it moves about as fast as
    weights do.

    Parameters
    ----------
    converter
        The converter; None for none.

    Source: Esser et al., ICLR 2020, for the step of a quantiser; the logarithm is ours.
    """

    def __init__(self, converter: Converter | None) -> None:
        super().__init__()
        self.top = 0.5 * (converter.transfer().codes - 1) if converter is not None else 1.0
        self.log = torch.nn.Parameter(torch.tensor(math.nan))

    @property
    def known(self) -> bool:
        """Whether it has begun."""
        return not math.isnan(self.log.item())

    def begin(self, values: Any) -> None:
        """Begin at ``values``, a tensor."""
        magnitudes = values.detach().abs()
        largest = float(magnitudes.max()) or 1.0
        usual = 2.0 * float(magnitudes.mean()) * math.sqrt(self.top)
        first = min(largest, usual) if self.top > 1 else largest
        with torch.no_grad():
            self.log.fill_(math.log(first))

    def forward(self, values: int) -> Any:
        """Return the full scale, whose gradient is that of ``values`` numbers a sample."""
        full, share = self.log.exp(), 1.0 / math.sqrt(values * self.top)
        return full.detach() + share * (full - full.detach())
