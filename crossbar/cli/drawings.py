"""What figures of circuits show, gathered from measurements: reports know no circuits."""

from __future__ import annotations

import numpy as np

from crossbar.energy.published import A_AV
from crossbar.report.figures.synapse import Bar, SynapseDrawing
from crossbar.spice import run
from crossbar.spice.engine import measure
from crossbar.spice.synapse.characterise import Characterisation
from crossbar.spice.synapse.mismatch import Spread
from crossbar.spice.synapse.slots import LEAD, Slot, column, measure_slots, slots_deck
from crossbar.types import Doubles


def synapse_drawing(
    characterisation: Characterisation,
    slots: list[Slot],
    spread: Spread,
    behavioural: Doubles,
    sigma_unit: float,
) -> SynapseDrawing:
    """Return what the figure of a synapse shows.

    Parameters
    ----------
    found
        The characterisation.
    slots
        Slots with random codes.
    spread, behavioural
        Largest INL [LSB] in ngspice and of the behavioural model, both at ``sigma_unit``.
    """
    synapse, record = characterisation.synapse, characterisation.switching
    order = (60, 200)
    waves = run(slots_deck(synapse, order))
    start = LEAD * synapse.slot
    time, current = measure.window(waves, "i(vcol)", start, start + synapse.slot)
    ((written, _),) = measure_slots(synapse, order)
    codes = np.arange(synapse.codes)
    every = np.array([record.energy(codes, synapse.v_in, np.full_like(codes, c)) for c in codes])
    parts = {name: float(column(slots, name).mean()) for name in ("latch", "port", "row")}
    return SynapseDrawing(
        time=time - start,
        current=current,
        settling=written.settling,
        slot=synapse.slot,
        parts=parts | {"sense": characterisation.points[1].sense},
        published=A_AV,
        codes=column(slots, "code"),
        energies=column(slots, "energy"),
        held=record.energy(codes, synapse.v_in),
        mean=every.mean(axis=0),
        sd=every.std(axis=0),
        circuit=spread.inl,
        behavioural=behavioural,
        sigma_unit=sigma_unit,
        bars=[
            Bar(group=p.quantity, label=p.value, energy=p.energy, spread=p.spread,
                written=p.wrong == 0)
            for p in characterisation.points
        ],
    )  # fmt: skip
