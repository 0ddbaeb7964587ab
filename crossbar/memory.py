"""Work that does not fit in the memory of this machine is refused before it starts."""

from __future__ import annotations

import os

from crossbar.errors import fail

GIB = 2**30


def require_memory(where: str, needed: float, what: str, remedy: str) -> None:
    """Raise unless ``needed`` bytes, the least that ``what`` takes, fit in memory.

    Raises
    ------
    ConfigError
        If this machine has less; the message states both sizes.
    """
    here = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > here:
        expected = f"at most the {here / GIB:.3g} GiB of memory that this machine has"
        fail(where, expected, f"{needed / GIB:.3g} GiB for {what}", remedy)
