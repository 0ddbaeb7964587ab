"""Numbers of netlists as ngspice reads them."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.spice import Deck, number, run

pytestmark = pytest.mark.ngspice


def test_ngspice_reads_the_numbers_that_netlists_hold() -> None:
    rng = np.random.default_rng(3)
    values = (rng.uniform(-10, 10, 60) * 10.0 ** rng.integers(-17, 12, 60)).tolist()
    deck = Deck("numbers")
    deck.add(*(f"V{k} n{k} 0 {number(value)}" for k, value in enumerate(values)))
    deck.op()
    found = run(deck)
    # ngspice multiplies mantissa and scale, each within half a last place.
    for k, value in enumerate(values):
        assert found[f"v(n{k})"][0] == pytest.approx(value, rel=1e-14, abs=1e-25)
