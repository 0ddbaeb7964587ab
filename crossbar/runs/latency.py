"""How long one inference of an experiment takes, with what its signals pass on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossbar.data import Ends
from crossbar.energy import Cost, Delays, Latency, Path, latency_table, own_latency
from crossbar.energy.latency import COPIES
from crossbar.energy.operations import RECTIFIER
from crossbar.nn import Network
from crossbar.runs import build
from crossbar.runs.experiment import Experiment, layer_name, sources
from crossbar.runs.tile_settings import TileSettings
from crossbar.sources import assumed, unlisted

CLOCK = assumed("settings of the spiking layers, beyond what the rest takes")


def latencies(plan: Experiment, ends: Ends, copies: Sequence[int] = COPIES) -> tuple[Latency, ...]:
    """Return the latency of one inference of ``plan``, by part, for each number of ``copies``."""
    network, per_weight = build.network(plan, ends), len(plan.tile.mapping.signs)
    path = path_of(plan, network)
    return latency_table(network.matrices, path=path, copies=copies, cells_per_weight=per_weight)


def chip_latency(plan: Experiment, ends: Ends) -> Latency:
    """Return the latency of one inference of the chip of ``plan``, with the copies that it has."""
    network, per_weight = build.network(plan, ends), len(plan.tile.mapping.signs)
    copies = {name: matrix.copies for own in network.parts.values() for name, matrix in own.items()}
    path = path_of(plan, network)
    return own_latency(network.matrices, copies, path=path, cells_per_weight=per_weight)


def path_of(plan: Experiment, network: Network) -> Path:
    """Return what a signal passes on its way through the chip of ``plan``."""
    own = {}
    for name, matrices in network.parts.items():
        one = plan.of(name)
        columns = max((matrix.cols for matrix in matrices.values()), default=1)
        own[name] = _delays(one.tile, columns)
        if name in plan.layers:
            cells = len(one.tile.mapping.signs) if one.device else 0  # memory has none
            own[name] = replace(own[name], slot=_slot(plan, name), cells=cells)
    return Path(
        slot=_slot(plan),
        rectifiers=sum(n.layer.settling.count(RECTIFIER) for n in network.nodes.values()),
        layers=own,
        lasts=Cost(value=network.lasts, unit="s", source=CLOCK) if network.lasts else None,
    )


def _delays(tile: TileSettings, columns: int) -> Delays:
    """Return what ``tile`` adds to a cycle of a matrix of so many ``columns``, and to its lines."""
    adc, spare = None, tile.spare_rows or 0
    if tile.adc is not None:
        widest = min(columns, tile.size[1]) if tile.size else columns
        adc = tile.adc.time.times(min(tile.adc.shared, widest), "lines in turn")
    if (dac := tile.dac) is None:
        return Delays(adc=adc, spare=spare)
    serial = (dac.slots - 1) * tile.reading.t_read
    given = replace(dac.time, value=dac.time.value + serial)
    return Delays(dac=given, adc=adc, spare=spare)


def _slot(plan: Experiment, layer: str = "") -> Cost:
    """Return the time of a read of the chip, or of ``layer``, with its source."""
    time, places = plan.of(layer).tile.reading.t_read, ["tile.reading.t_read"]
    if layer:
        shared = time == plan.tile.reading.t_read
        places = [layer_name(layer, places[0]), *(places if shared else ())]
    known = unlisted(sources(plan))
    given = (known[name] for name in places if name in known)
    source = next(given, assumed(f"{places[-1]}, set for this run"))
    return Cost(value=time, unit="s", source=source)
