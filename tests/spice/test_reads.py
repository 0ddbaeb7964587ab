"""Reads of memristors with a sense amplifier."""

from __future__ import annotations

import pytest

from crossbar.devices.equations import MEMRISTORS
from crossbar.spice.memristors.reads import V_DD, sensed_read, sensed_reads, state_at
from crossbar.spice.memristors.trains import operations
from crossbar.spice.synapse.slots import Sense

pytestmark = pytest.mark.ngspice


@pytest.mark.parametrize("name", MEMRISTORS)
def test_reads_cost_what_they_do_without_amplifier_and_its_supply(name):
    cell = MEMRISTORS[name]()
    alone = operations(cell)
    low, high = sensed_reads(cell, alone.g_min, alone.g_max)
    # The virtual ground moves by 0.1 % of the output, and the edges of a nonlinear cell count
    # differently: 1.1 % was measured for Yakopcic's.
    assert low.cell == pytest.approx(alone.read_off, rel=0.02)
    assert high.cell == pytest.approx(alone.read_on, rel=0.02)
    # Quiescent current, and class AB that of the cell: trapezoid pulses of width and one edge.
    time = cell.pulses.t_read + 2 * cell.pulses.t_edge
    quiet = V_DD * Sense().i_q * time
    driven = V_DD * abs(cell.pulses.v_read) * alone.g_max * (time - cell.pulses.t_edge)
    assert high.sense == pytest.approx(quiet + driven, rel=0.02)
    assert low.sense < high.sense


def test_state_of_a_conductance():
    cell = MEMRISTORS["stanford_pku"]()
    x = state_at(cell, 2e-5)
    bare = float(cell.conductance(cell.pulses.v_read, x))
    assert 1 / (1 / bare + cell.pulses.r_access) == pytest.approx(2e-5, rel=1e-9)
    assert state_at(cell, 1.0) == 1.0
    assert sensed_read(cell, x, 1e3).cell > 0
