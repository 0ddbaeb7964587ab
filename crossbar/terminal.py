"""What stands at the other end of stderr: a terminal, a notebook, or nobody who watches."""

from __future__ import annotations

import sys
import unicodedata
from contextvars import ContextVar

BUSY: ContextVar[bool] = ContextVar("BUSY", default=False)
"""Whether bars are up: work within other work shows none of its own."""

UNSEEN = ("Cc", "Cs")  # control characters, and surrogates, which stand for bytes of bad names


def visible(text: str) -> str:
    r"""Return ``text`` with what a terminal obeys, or no file can hold, written out.

    Examples
    --------
    >>> print(visible("a\x1b[2J [b] \udcff"))
    a\x1b[2J [b] \udcff
    """
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in UNSEEN else ascii(c)[1:-1] for c in text
    )


def in_notebook() -> bool:
    """Return whether this process is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def watched() -> bool:
    """Return whether somebody watches what this process does; nobody watches a worker."""
    from multiprocessing import parent_process  # not for commands that show no progress

    if parent_process() is not None:
        return False
    return in_notebook() or (sys.stderr is not None and sys.stderr.isatty())
