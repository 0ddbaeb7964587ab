"""The converters of an experiment: how many, and what each takes."""

from __future__ import annotations

from crossbar.circuit.layout import Layout
from crossbar.circuit.sensing import converter_lines
from crossbar.converters import Converter
from crossbar.data import Ends
from crossbar.energy import Cost, Costs
from crossbar.runs import build
from crossbar.runs.experiment import Experiment
from crossbar.types import Record


def converter_records(plan: Experiment, ends: Ends, costs: Costs) -> list[Record]:
    """Return the converters of every matrix, as plain values: number, energy, time and area.

    There is one a line of every array, and on both sides of the matrices that training reads
    transposed, as something that learns stands before them. ``area`` is that of all of them.
    """
    records: list[Record] = []
    network = build.network(plan, ends)
    matrices = [(node, *item) for node, own in network.parts.items() for item in own.items()]
    for node, name, matrix in matrices:
        tile, back = plan.of(node).tile, name not in network.foremost
        layout = Layout(rows=matrix.rows, cols=matrix.cols, copies=matrix.copies, size=tile.size)
        dac, adc, dac_back, adc_back = converter_lines(layout, tile.mapping.amplifiers)
        lines = {"dac": dac + back * dac_back, "adc": adc + back * adc_back}
        prices = costs.of(name).table()
        records += [
            _record(name, event, getattr(tile, event), count, prices[event])
            for event, count in lines.items()
            if getattr(tile, event) is not None
        ]
    return records


def _record(name: str, event: str, converter: Converter, lines: int, energy: Cost) -> Record:
    """Return what ``lines`` converters of the matrix ``name`` take."""
    kinds = {"energy": energy, "time": converter.time, "area": converter.area}
    return {
        "layer": name,
        "event": event,
        "type": type(converter).__name__,
        "lines": lines,
        **{kind: cost.value for kind, cost in kinds.items()},
        "area": lines * converter.area.value,
        "sources": {kind: str(cost.source) for kind, cost in kinds.items()},
    }
