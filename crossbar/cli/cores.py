"""`crossbar cores`: how many cores a network takes, where neurons go, what their spikes cost."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.options import Json, number, path_option, settings_argument, whole_option


class Kind(enum.StrEnum):
    """Networks that are made by rule."""

    LOCAL = "local"
    SMALL_WORLD = "small-world"


Given = Annotated[
    str,
    typer.Argument(
        metavar="NEURONS|NETWORK.toml|MODEL.nir",
        help="A number of neurons such as 1e6, or a spiking network with its weights.",
    ),
]
Settings = Annotated[
    list[str] | None,
    settings_argument("Changes to the file, as `crossbar spikes run` takes them."),
]
Like = Annotated[
    Kind | None,
    typer.Option(
        help="Network of NEURONS that is placed: neighbours in a plane, in shuffled order; or with "
        "5 % of the connections going anywhere."
    ),
]
Rate = Annotated[
    float | None,
    typer.Option(
        parser=number("Hz", above=0, high=1e12),
        metavar="HZ",
        help="Spikes of every line, where no run says how many; default: 10 Hz.",
    ),
]
Power = Annotated[
    float,
    typer.Option(
        parser=number("W", low=0, high=1e6),
        metavar="W",
        help='What a core takes by its budget, such as "2 mW".',
    ),
]


def cores_command(
    network: Given,
    settings: Settings = None,
    *,
    like: Like = None,
    rate: Rate = None,
    neurons: Annotated[int, whole_option("Neurons that a core has.", low=1)] = 512,
    axons: Annotated[int, whole_option("Lines that the neurons of a core hear.", low=1)] = 512,
    power: Power = 2e-3,
    seed: Annotated[int, whole_option("Seed of networks, placements and runs.", low=0)] = 0,
    out: Annotated[Path | None, path_option("Folder for placements.csv and a figure.")] = None,
    json: Json = False,
) -> None:
    """Show how many cores of 512 neurons a network takes, with their power and their traffic.

    A core is a tile: a row for every line that its neurons hear (an axon), a column for every
    neuron. A number alone gives cores and power by the budget, beside what is printed about such
    systems.

    A network is placed in three ways: in the order of its neurons, at random, and by its graph
    (extra `cores`). A spike is a packet for every core that hears it. Where the file says how the
    network is run ([run] until = "1 ms"), spikes are those of the run; else every line fires at
    --rate. Power of what happened is that of spikes, packets and synaptic events, with the source
    of each cost.

    Example: crossbar cores 1e6

    Example: crossbar cores 100000 --like small-world --rate "10 Hz" --out runs/cores

    Example: crossbar cores scripts/spiking_loop.toml --neurons 2 --axons 7
    """
    from crossbar.cli.console import print_json, say
    from crossbar.cli.core_tables import arithmetic, keep, placed, show
    from crossbar.spiking.cores import CoreSpec

    core = CoreSpec(neurons=neurons, axons=axons, power=power)
    count, flows = placed(network, settings or [], like, rate, core, seed)
    record = arithmetic(count, core, flows)
    if out is not None:
        record["files"] = keep(flows, out)
    if json:
        print_json(record)
        return
    show(record)
    if "files" in record:
        say(f"Files: {', '.join(record['files'])}")
