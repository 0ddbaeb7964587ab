"""Files of noise for the tests of what is read from recordings."""

import re

import numpy as np
import pytest
import soundfile

from crossbar.errors import DataError

RATE = 22_050  # Hz
RNG = np.random.default_rng(0)


def write(path, seconds=1.0, sound=None, **options):
    """Write ``sound``, or noise of some ``seconds``, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if sound is None:
        sound = 0.1 * RNG.standard_normal(round(seconds * RATE)).clip(-9, 9)
    soundfile.write(path, sound, RATE, **options)
    return path


def raises(expected):
    """Expect an error of the data whose message has the text ``expected``."""
    return pytest.raises(DataError, match=re.escape(expected))
