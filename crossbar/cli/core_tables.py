"""Cores of a network: placements, tables, files."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crossbar import files
from crossbar.cli.console import Bars, out, say, table
from crossbar.cli.spiking_files import NIR, TOML
from crossbar.errors import ConfigError, fail
from crossbar.files import make_folder
from crossbar.plots.cores import placements
from crossbar.random import Streams
from crossbar.report.figures.canvas import save
from crossbar.runs.spiking import run_spiking, spiking_plan
from crossbar.spiking.cores import (
    SYSTEMS_OF_CORES,
    AtRandom,
    ByGraph,
    Connectivity,
    CoreSpec,
    CoreTraffic,
    InOrder,
    local_connectivity,
    small_world,
)
from crossbar.types import Record
from crossbar.units import si, text

PLACERS = {"in order": InOrder(), "at random": AtRandom(), "by graph": ByGraph()}
MADE = {"local": local_connectivity, "small-world": small_world}
RATE = 10.0  # Hz


class Flow(NamedTuple):
    """Traffic of a placement, and how long that took to place [s]."""

    traffic: CoreTraffic
    took: float


def placed(
    network: str, settings: list[str], like: str | None, rate: float | None, core: CoreSpec,
    seed: int,
) -> tuple[int, dict[str, Flow]]:  # fmt: skip
    """Return how many neurons ``network`` has, and the traffic of its placements by name.

    There are none where it is a number alone.
    """
    if Path(network).suffix.lower() in (TOML, NIR):
        if like is not None:
            fail("--like", "a number of neurons before it", network, "Leave it out.")
        wired, spikes, seconds = _run(network, settings, rate, seed)
        return wired.neurons, _flows(wired, spikes, seconds, core, seed)
    if settings:
        fail("crossbar cores", "a number alone", " ".join(settings), "Leave them out.")
    neurons = _number(network)
    if like is None:
        if rate is not None:
            fail("--rate", "a network that is placed", "a number alone", "Add --like local.")
        return neurons, {}
    wired = MADE[like](neurons, rng=Streams(seed)("network"))
    return neurons, _flows(wired, *_steady(wired, rate), core, seed)


def _number(given: str) -> int:
    """Return the whole number that ``given`` is, such as 1e6."""
    expected = "a whole number of neurons such as 1e6, or a file NETWORK.toml or MODEL.nir"
    remedy = "Give one of them."
    try:
        number = si(given, "")
    except ConfigError:
        fail("crossbar cores", expected, repr(given), remedy)
    if not 1 <= number <= 1e18 or number != int(number):
        fail("crossbar cores", expected, given, remedy)
    return int(number)


def _steady(wired: Connectivity, rate: float | None) -> tuple[Any, float]:
    """Return the spikes of lines that all fire at one rate [Hz], and their time [s]."""
    return np.full(wired.lines, RATE if rate is None else rate), 1.0


def _run(
    network: str, settings: list[str], rate: float | None, seed: int
) -> tuple[Connectivity, Any, float]:
    """Return the connectivity of a file, spikes of all lines and their time [s]."""
    plan = spiking_plan(Path(network), [*settings, f"seed={seed}"])
    wired = Connectivity.of(plan.model)
    if plan.run.until is None:
        return wired, *_steady(wired, rate)
    if rate is not None:
        fail("--rate", "no rate where a run says how many spikes there are",
             f"{rate:g} Hz and run.until", "Leave it out.")  # fmt: skip
    with Bars() as bars:
        recording, _ = run_spiking(plan, progress=bars)
    return wired, wired.counts(recording), recording.until


def _flows(
    wired: Connectivity, spikes: Any, seconds: float, core: CoreSpec, seed: int
) -> dict[str, Flow]:
    """Return the traffic of every way to place ``wired``."""
    flows = {}
    for name, placer in PLACERS.items():
        begin = time.perf_counter()
        placement = placer.place(wired, core, rng=Streams(seed)("placement"))
        took = time.perf_counter() - begin
        flows[name] = Flow(CoreTraffic(placement, spikes, seconds), took)
    return flows


def arithmetic(neurons: int, core: CoreSpec, flows: Mapping[str, Flow]) -> Record:
    """Return what the command prints, as plain values."""
    budget = core.budget(neurons)
    record: Record = {
        "neurons": neurons,
        "core": {"neurons": core.neurons, "axons": core.axons, "power": core.power},
        "cores": budget.cores,
        "synapses": budget.synapses,
        "power": budget.power,
        "printed": [
            {"system": one.words, "cores": one.cores, "neurons": one.neurons,
             "synapses": one.synapses, "power": one.power, "power_of_a_core": one.power_of_a_core,
             "source": str(one.source)}
            for one in SYSTEMS_OF_CORES
        ],
    }  # fmt: skip
    if flows:
        record["placements"] = {name: _placement(*flow) for name, flow in flows.items()}
        mesh = next(iter(flows.values())).traffic.mesh
        names = ("spike", "hop_x", "hop_y", "delivery", "event", "rest")
        record["sources"] = {name: str(getattr(mesh, name).source) for name in names}
    return record


def _placement(traffic: CoreTraffic, took: float) -> Record:
    """Return a placement and its traffic as plain values."""
    placement = traffic.placement
    mean, longest = traffic.latency
    return {
        "cores": placement.count,
        "neurons_a_core": float(placement.neurons.mean()),
        "axons_a_core": float(placement.axons.mean()),
        "seconds": took,
        "spikes": float(traffic.spikes.sum()),
        "packets": traffic.packets,
        "hops": traffic.hops,
        "local": traffic.local,
        "busiest_link": traffic.busiest,
        "latency_mean": mean if np.isfinite(mean) else None,
        "latency_longest": longest if np.isfinite(longest) else None,
        "energy": traffic.energy,
        "power": traffic.power,
        "budget": placement.power,
        "time": traffic.seconds,
    }


def show(record: Record) -> None:
    """Print arithmetic, what is printed elsewhere, and placements."""
    core = record["core"]
    title = (f"{record['neurons']:,} neurons on cores of {core['neurons']} neurons, "
             f"{core['axons']} axons, {text(core['power'], 'W')}")  # fmt: skip
    table(title, ["if every core is full", "value"], [
        ["cores", f"{record['cores']:,}"],
        ["synapses (cells)", f"{record['synapses']:,}"],
        ["power by the budget", text(record["power"], "W")],
    ])  # fmt: skip
    if "placements" not in record:
        rows = [[one["system"], f"{one['cores']:,}", _maybe(one["neurons"]),
                 _maybe(one["synapses"]), text(one["power"], "W"),
                 text(one["power_of_a_core"], "W", 3)] for one in record["printed"]]  # fmt: skip
        table("what is printed", ["system", "cores", "neurons", "synapses", "power", "a core"],
              rows)  # fmt: skip
        for one in record["printed"]:
            say(f"- {one['system']}: {one['source']}; power of a core derived.")
        say("To place a network: add --like local, or give NETWORK.toml.")
        return
    _show_placements(record)


def _show_placements(record: Record) -> None:
    """Print placements side by side, what the graph saves, and sources of costs."""
    each = record["placements"]
    words: dict[str, Callable[[Record], str]] = {
        "cores": lambda one: f"{one['cores']:,}",
        "neurons, axons a core": lambda one: (
            f"{one['neurons_a_core']:.0f}, {one['axons_a_core']:.0f}"
        ),
        "packets": lambda one: f"{one['packets']:.4g}",
        "hops": lambda one: f"{one['hops']:.4g}",
        "spikes within a core": lambda one: f"{one['local']:.4g}",
        "busiest link": lambda one: f"{one['busiest_link']:.2%}",
        "latency, mean": lambda one: _seconds(one["latency_mean"]),
        "latency, longest": lambda one: _seconds(one["latency_longest"]),
        "power, what happened": lambda one: text(one["power"], "W", 3),
        "power, budget": lambda one: text(one["budget"], "W", 3),
        "time to place": lambda one: text(one["seconds"], "s", 2),
    }
    first = next(iter(each.values()))
    title = f"{first['spikes']:.4g} spikes in {text(first['time'], 's')}"
    rows = [[name, *(of(one) for one in each.values())] for name, of in words.items()]
    table(title, ["", *each], rows)
    rows = [[part, *(text(one["energy"][part], "J", 3) for one in each.values())]
            for part in first["energy"]]  # fmt: skip
    table("energy of what happened", ["", *each], rows)
    graph = each["by graph"]
    for name in ("in order", "at random"):
        other = each[name]
        ratios = [f"{other[part] / graph[part]:.3g} times the {part}"
                  for part in ("cores", "packets", "hops") if graph[part]]  # fmt: skip
        say(f"Placed {name} it takes {', '.join(ratios)} of the placement by graph.")
    out.print("\nSources", style="bold")
    for name, source in record["sources"].items():
        say(f"- {name}: {source}")


def _maybe(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _seconds(value: float | None) -> str:
    return "" if value is None else text(value, "s", 3)


def keep(flows: Mapping[str, Flow], folder: Path) -> list[str]:
    """Write the cores of all placements and their figure, and return the names of files."""
    if not flows:
        fail("--out", "a network that is placed", "a number alone", "Add --like local.")
    make_folder(folder)
    frames = []
    for name, (traffic, _) in flows.items():
        placement = traffic.placement
        frames.append(pd.DataFrame({
            "placement": name, "core": np.arange(placement.count),
            "column": placement.positions[:, 0], "row": placement.positions[:, 1],
            "neurons": placement.neurons, "axons": placement.axons,
            "delivered": traffic.delivered}))  # fmt: skip
    content = pd.concat(frames).to_csv(index=False, lineterminator="\n")
    files.write(folder / "placements.csv", content)
    drawn = placements({name: flow.traffic for name, flow in flows.items()})
    save(drawn, folder)
    return [str(folder / name) for name in ("placements.csv", f"{drawn.name}.png")]
