"""ADCs that decide bit after bit: what errors of their comparisons make of the thresholds."""

from __future__ import annotations

import numpy as np

from crossbar.converters.transfer import Transfer, levels_of
from crossbar.types import Doubles


def searched(tests: Doubles) -> Doubles:
    """Return the thresholds of a binary search that compares its signal with ``tests``.

    The search compares with the test of the middle code, then with that of the middle of the half
    that is left, and so on. A test beyond what earlier comparisons left decides nothing: its
    threshold is the end of the interval, and a code between is never given. So thresholds never
    fall, however large the errors of the tests are.

    Parameters
    ----------
    tests : (lines, 2^bits - 1)
        Signals at which code 1, 2, ... begins, where a search comes to ask for it.
    """
    thresholds = np.empty_like(tests)
    low = np.full((len(tests), 1), -np.inf)
    high = np.full((len(tests), 1), np.inf)
    step = tests.shape[1] + 1
    while step > 1:
        asked = np.s_[:, step // 2 - 1 :: step]
        decided = np.clip(tests[asked], low, high)
        thresholds[asked] = decided
        low, high = _between(low, decided), _between(decided, high)
        step //= 2
    return thresholds


def _between(first: Doubles, second: Doubles) -> Doubles:
    """Return the columns of both in turn."""
    both: Doubles = np.stack([first, second], axis=2).reshape(len(first), -1)
    return both


def mid_tread(tests: Doubles, bits: int) -> Transfer:
    """Return the transfer of searches over 2^bits codes whose middle one stands for zero.

    The signal is half a step higher than it would be with a threshold at zero. Code 0 has no
    counterpart of the other sign: the digital side takes it as code 1.

    Parameters
    ----------
    tests : (lines, 2^bits - 1)
        Where code 1, 2, ... begins, in steps; without errors these are the codes.
    """
    top = 2 ** (bits - 1) - 1
    thresholds: Doubles = (searched(tests)[:, 1:] - 0.5 - 2 ** (bits - 1)) / top
    return Transfer(thresholds, levels_of(top))
