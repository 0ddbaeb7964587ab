"""The converters of an experiment: how many, and what each takes."""

from __future__ import annotations

from crossbar.circuit.layout import Layout
from crossbar.circuit.sensing import converter_lines
from crossbar.energy import Costs
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.runs.folder import Record


def converter_records(plan: Experiment, classes: int, costs: Costs) -> list[Record]:
    """Return the converters of every layer, as plain values: number, energy, time and area.

    There is one a line of every array, and on both sides of every matrix but the first, which
    training reads transposed. ``area`` is that of all of them.
    """
    records = []
    network, shared = build.network(plan, classes), getattr(plan.common.network, "copies", 1)
    for layer, rows, cols, vectors in network.matrices:
        copies, tile = min(shared, vectors), plan.of(layer).tile
        layout = Layout(rows=rows, cols=cols, copies=copies, size=tile.size)
        dac, adc, dac_back, adc_back = converter_lines(layout)
        back = layer != network.matrices[0][0]
        for event, lines in (("dac", dac + back * dac_back), ("adc", adc + back * adc_back)):
            converter = getattr(tile, event)
            if converter is None:
                continue
            energy = costs.of(layer).table()[event]
            kinds = {"energy": energy, "time": converter.time, "area": converter.area}
            records.append(
                {"layer": layer, "event": event, "type": type(converter).__name__, "lines": lines}
                | {name: cost.value for name, cost in kinds.items()}
                | {"area": lines * converter.area.value}
                | {"sources": {name: str(cost.source) for name, cost in kinds.items()}}
            )
    return records
