"""Uniform quantisers of a number of bits, with a code for zero."""

from __future__ import annotations

from crossbar.converters.converter import Converter
from crossbar.converters.transfer import Transfer, uniform


class MidTread(Converter):
    """A converter of 2^bits - 1 equal steps from minus to plus full scale.

    A class derived from it has the field ``bits``, with the limits that suit it.
    """

    bits: int

    @property
    def top(self) -> int:
        """Largest code to each side of zero."""
        return int(2 ** (self.bits - 1) - 1)

    def transfer(self) -> Transfer:
        """Return the mid-tread quantiser."""
        return uniform(self.bits)
