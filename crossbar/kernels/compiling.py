"""How the loops are compiled, and where compiled code is kept.

Compiled code is cached on disk (see :mod:`crossbar.kernels.cache`). Numba looks only at the file of
a loop to tell whether its code is out of date, but code from other files is inlined: here the cache
goes by all files of this folder.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba as nb
from numba.core import event

from crossbar.kernels.cache import LoopCache

Loop = TypeVar("Loop", bound=Callable[..., Any])

# Sums may be taken in another order (vector lanes); NaN, infinity and rounding stay as they are.
# Loops are inlined, as a loop that were called would be the copy of whichever caller was loaded
# first, or the one compiled alone: all round alike but for the order of their sums, so that the
# first run of an installation would not give the bits of the second.
OPTIONS: dict[str, Any] = {
    "fastmath": {"contract", "nsz", "reassoc"},
    "error_model": "numpy",
    "forceinline": True,
}


def _digest() -> str:
    """Return a hash of all files of this folder and of those in it."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


DIGEST = _digest()


def jit(loop: Loop) -> Loop:
    """Compile ``loop`` when it is first called with arguments of some types, and keep the code.

    To a type checker the result is the function itself, so that callers are held to its types.
    """
    compiled: Any = nb.njit(**OPTIONS)(loop)
    with contextlib.suppress(RuntimeError):  # no folder can be written: compiled by each process
        compiled._cache = LoopCache(loop, DIGEST)
    kept: Loop = compiled
    return kept


inline = nb.njit(inline="always")


class _Once(event.Listener):
    """Calls ``tell`` when a compilation begins for the first time."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self.tell = tell
        self.told = False

    def on_start(self, event: Any) -> None:
        """Tell once."""
        if not self.told:
            self.told = True
            self.tell()

    def on_end(self, event: Any) -> None:
        """Do nothing."""


@contextlib.contextmanager
def telling(tell: Callable[[], None]) -> Iterator[None]:
    """Call ``tell`` once if, while this lasts, a loop is compiled that was not in the cache."""
    with event.install_listener("numba:compile", _Once(tell)):
        yield
