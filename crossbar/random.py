"""Named random streams: one seed reproduces a run, and no draw shifts another."""

from __future__ import annotations

import hashlib

import numpy as np

from crossbar.errors import require_number


class Streams:
    """Independent random generators derived from one seed by name.

    ``Streams(seed)("program", layer="fc")`` is the same generator in every run, whatever else was
    drawn before: adding a layer or switching a fault on changes no other draw.

    Parameters
    ----------
    seed
        Non-negative integer.

    Examples
    --------
    >>> a = Streams(7)("read", layer="fc").standard_normal()
    >>> b = Streams(7)("read", layer="fc").standard_normal()
    >>> a == b, a == Streams(7)("read", layer="out").standard_normal()
    (True, False)
    """

    def __init__(self, seed: int) -> None:
        require_number("Streams.seed", seed, low=0, remedy="Give a non-negative integer.")
        self.seed = int(seed)

    def __call__(self, name: str, **labels: object) -> np.random.Generator:
        """Return the generator of stream ``name`` with ``labels``, at its beginning."""
        path = name + "".join(f"/{key}={labels[key]}" for key in sorted(labels))
        digest = hashlib.sha256(f"{self.seed}:{path}".encode()).digest()
        words = np.frombuffer(digest, dtype=np.uint32).tolist()
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def key(rng: np.random.Generator) -> np.uint64:
    """Return a key for a counter-based generator of the compiled kernels, drawn from ``rng``."""
    return np.uint64(rng.bit_generator.random_raw())
