"""Arguments that stay the same from call to call, handed to a loop as one.

Numba looks at every argument in every call: 40 ns for an array, a microsecond for a named tuple of
them (measured). A read takes two dozen arrays that only change when cells are replaced. They are
bound once, and a call then takes one argument in their place.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.experimental import structref

from crossbar.kernels.compiling import jit


@structref.register
class BoundType(types.StructRef):
    """How compiled code sees a :class:`Bound`."""


class Bound(structref.StructRefProxy):
    """Named tuples that a loop unpacks as ``bound.entries``; made by :func:`bind`.

    The arrays in them are those that were bound, not copies: what is written there is seen.
    """

    entries: Any

    def __new__(cls, *entries: Any) -> Bound:
        """Refuse: Numba compiles a constructor anew in every process, and :func:`bind` is kept."""
        raise TypeError("Bound is made by bind().")


structref.define_proxy(Bound, BoundType, ["entries"])


@jit
def bind(entries: Any) -> Bound:
    """Return the named tuples ``entries`` as one argument of a loop."""
    return Bound(entries)
