"""Master weights from outside: from Python, from TOML, in a sweep and in a report."""

from __future__ import annotations

import numpy as np

from crossbar.nn import Dense, Network
from crossbar.random import Streams
from crossbar.substrates import Digital

OWN = """
[train]
weights = { kind = "master_weights:Cautious", error = 0.1 }
"""


def test_from_python_reads_have_the_error_that_is_assumed() -> None:
    from master_weights import Cautious

    network = Network(input_shape=(40,), layers={"out": Dense(units=200)})
    cells, x = Digital(), np.ones((1, 40), np.float32)
    for error in (0.0, 0.1):
        chip = network.build(Cautious(error=error).substrate(cells, np.float32), Streams(1))
        exact = x @ chip.held["out"].weights[0]
        spread = (chip.scores(x, rng=np.random.default_rng(2)) - exact).std()
        cut = np.abs(chip.held["out"].weights).max()
        # Two cells a weight, errors relative to the range, which is that of the largest weight.
        np.testing.assert_allclose(spread, error * cut * np.sqrt(2 * 40), rtol=0.3, atol=1e-2)


def test_from_toml_in_a_sweep_and_in_a_report(lab) -> None:
    lab.train(OWN)
    assert lab.detail()["energy"]["physical"]
    assert "Cautious" in lab.report()
    frame = lab.sweep(OWN, {"train.weights.error": [0.0, 0.2]})
    assert frame.loss.nunique() == 2
