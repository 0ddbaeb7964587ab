"""What a repair takes: energy, time and counts."""

from __future__ import annotations

from crossbar.activity import Activity
from crossbar.data import Ends
from crossbar.energy.latency import CYCLE
from crossbar.energy.physical import charged
from crossbar.nn import Chip
from crossbar.runs import build
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment
from crossbar.runs.latency import chip_latency, path_of
from crossbar.sources import is_assumed


def repair_figures(
    plan: Experiment, ends: Ends, chip: Chip, counts: Activity
) -> tuple[dict[str, float], dict[str, float]]:
    """Return energy [J] and time [s] of a repair of ``chip`` that took ``counts``.

    And the share of the energy whose cost is assumed, under the name of the energy.

    Everything counted is charged as in inference and training, with the energy of programming in
    the cells. Times follow one after the other: array cycles with their converters, what samples
    pass beside them, pulses of learning, which are given one by one, and programming and refreshes
    of pairs, in which all cells of a group take each pulse and each verifying read at once.
    """
    rows = charged(counts, costs(plan), phase="repair")
    energy = sum(row.energy for row in rows) + counts.total("program_energy")
    path, beside = path_of(plan, build.network(plan, ends)), chip_latency(plan, ends)
    seconds = counts.total("program_time") + counts.total("refresh_time")
    seconds += counts.total("images") * sum(
        part.seconds for part in beside.parts if part.name not in CYCLE
    )
    for name, held in chip.held.items():
        seconds += counts.total("cycles", name) * path.cycle(name)
        if held.tile is not None:
            _, t_write = held.tile.spec.device.write_pulse
            seconds += counts.total("pulses", name) * t_write
    assumed = sum(row.energy for row in rows if is_assumed(row.source))
    shares = {"repair_energy": assumed / energy if energy else 0.0}
    return {"repair_energy": energy, "repair_time": seconds}, shares
