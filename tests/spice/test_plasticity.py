"""A pair of spikes in ngspice against equations and rule; the command that shows them."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.plots.plasticity import learning_windows
from crossbar.spice.learning_windows import in_ways
from crossbar.spice.plasticity import simulated_alone
from crossbar.spiking import STANFORD_PKU_STDP, VTEAM_STDP, YAKOPCIC_STDP, DevicePlasticity

RULES = {"vteam": VTEAM_STDP, "yakopcic": YAKOPCIC_STDP, "stanford-pku": STANFORD_PKU_STDP}
pytestmark = pytest.mark.ngspice


@pytest.mark.parametrize("name", RULES)
def test_ngspice_equations_and_rule_agree(name: str) -> None:
    """1 % of the largest change: edges of ngspice take 0.5 % of a plateau. The mark is 3 %."""
    ways = in_ways(name, RULES[name], x=0.4, points=3).simulated()
    assert ways.circuit is not None
    assert ways.circuit_error is not None
    assert ways.circuit_error < 0.01
    assert ways.event_error < 0.01
    signs = np.sign(ways.lag)
    assert (np.sign(ways.circuit.change) == signs).all()
    np.testing.assert_allclose(ways.circuit.energy, ways.equations.energy, rtol=0.01)
    drawn = learning_windows([ways])
    np.testing.assert_array_equal(drawn.data["ngspice"], ways.circuit.change)


@pytest.mark.parametrize("name", RULES)
def test_a_spike_alone_changes_nothing_in_ngspice(name: str) -> None:
    """1e-9 of the range is the leak of 1e15 ohm and the charge tolerance of ngspice."""
    rule: DevicePlasticity = RULES[name]
    alone = rule.isolated(0.4)
    for simulated, energy in zip(
        simulated_alone(rule, np.array([0.4])), (alone.energy_pre, alone.energy_post), strict=True
    ):
        assert abs(simulated.change[0]) < 1e-9
        np.testing.assert_allclose(simulated.energy[0], energy, rtol=0.01)
