"""Named random streams: one seed reproduces a run, and no draw shifts another."""

from __future__ import annotations

import hashlib

import numpy as np

from crossbar.checks import require_whole
from crossbar.errors import fail, shown


class Streams:
    """Independent random generators derived from one seed by name.

    ``Streams(seed)("program", layer="fc")`` is the same generator in every run, whatever else was
    drawn before: adding a layer or switching a fault on changes no other draw.

    Parameters
    ----------
    seed
        Whole number from 0.
    chip
        Number of a chip that is fabricated anew for the seed: what all chips of the seed
        :meth:`share` stays as it is, all other streams are its own. None for the chip of the seed.

    Examples
    --------
    >>> a = Streams(7)("read", layer="fc").standard_normal()
    >>> b = Streams(7)("read", layer="fc").standard_normal()
    >>> a == b, a == Streams(7)("read", layer="out").standard_normal()
    (True, False)
    >>> one, other = Streams(7), Streams(7, chip=0)
    >>> draws = [s.share("order").random() == one("order").random() for s in (one, other)]
    >>> draws, other("read").random() == one("read").random()
    ([True, True], False)
    """

    def __init__(self, seed: int, *, chip: int | None = None) -> None:
        self.seed = require_whole("Streams.seed", seed, low=0, remedy="Seeds count from 0.")
        self._own = self.seed
        if chip is not None:
            require_whole("Streams.chip", chip, low=0, remedy="Chips count from 0.")
            self._own = int(self.share("chip", number=chip).integers(2**63))

    def __call__(self, name: str, **labels: object) -> np.random.Generator:
        """Return the generator of stream ``name`` with ``labels``, at its beginning."""
        return self._generator(self._own, name, labels)

    def share(self, name: str, **labels: object) -> np.random.Generator:
        """Return the generator of a stream that all chips of the seed have in common."""
        return self._generator(self.seed, name, labels)

    @staticmethod
    def _generator(seed: int, name: str, labels: dict[str, object]) -> np.random.Generator:
        if not isinstance(name, str):
            fail("Streams", "the name of a stream", shown(name), 'Write streams("read").')
        path = name + "".join(f"/{key}={labels[key]}" for key in sorted(labels))
        digest = hashlib.sha256(f"{seed}:{path}".encode()).digest()
        words = np.frombuffer(digest, dtype=np.uint32).tolist()
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def key(rng: np.random.Generator) -> np.uint64:
    """Return a key for a counter-based generator of the compiled kernels, drawn from ``rng``."""
    return np.uint64(rng.bit_generator.random_raw())
