"""A mesh of cores: what a spike takes on its way, and how long."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.energy.cost import Cost
from crossbar.energy.costs import AT_REST, DIGITAL_ADD, HOROWITZ, SPIKE
from crossbar.sources import derived, published
from crossbar.specification import Specification
from crossbar.units import quantity

LOIHI = "Davies et al., IEEE Micro 38(1):82, 2018, table 2, 14 nm, simulated before silicon"


HOP_X = Cost(value=3.0e-12, source=published(f"{LOIHI}: 3.0 pJ a hop between tiles, east or west"))
HOP_Y = Cost(value=4.0e-12, source=published(f"{LOIHI}: 4.0 pJ a hop, north or south"))
DELIVERY = Cost(value=1.7e-12, source=published(f"{LOIHI}: 1.7 pJ a spike within a tile"))
EVENT = Cost(
    value=DIGITAL_ADD.value,
    source=derived(f"an event is an addition, {HOROWITZ}: 32-bit floating-point add 0.9 pJ"),
)


@dataclass(frozen=True, kw_only=True)
class CoreMesh(Specification):
    """Energy and time of spikes between cores that sit in a rectangle.

    A packet goes along its row to the column of its core, and then along that. Inputs come in at a
    gate to the west of the core in the corner.

    Parameters
    ----------
    hop_x, hop_y : [J]
        From a core to the next in a row, in a column.
    delivery : [J]
        Of a packet into the core that it is for, also into that which sent it.
    spike, event, rest : [J]
        Of a spike of a neuron, of a synaptic event, and of a second of a neuron.
    t_x, t_y, t_delivery : [s]
        Times of hops and deliveries.

    Source: hops and deliveries those between and within tiles of Loihi, published; spike published
    (Alymova 2025); event derived from an addition; rest assumed. The gate, the way of packets and
    that a hop between single cores is one between tiles are assumed. **Valid for** links that wait
    for none of their packets: see :attr:`CoreTraffic.busiest`.
    """

    hop_x: Cost = HOP_X
    hop_y: Cost = HOP_Y
    delivery: Cost = DELIVERY
    spike: Cost = SPIKE
    event: Cost = EVENT
    rest: Cost = AT_REST
    t_x: float = quantity(4.1e-9, unit="s", low=0, high=1e3)
    t_y: float = quantity(6.5e-9, unit="s", low=0, high=1e3)
    t_delivery: float = quantity(2.1e-9, unit="s", low=0, high=1e3)
