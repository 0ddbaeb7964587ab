"""`crossbar spikes`: networks of spiking neurons, from files to rasters and energies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossbar.cli.options import (
    Json,
    group,
    number,
    path,
    path_argument,
    path_option,
    settings_argument,
    whole_option,
)

if TYPE_CHECKING:
    from crossbar.runs.spiking import SpikingPlan

spikes = group("spikes", "Run networks of spiking neurons, event by event, on any hardware.")
TIME = number("s", above=0, high=1e15)

Settings = Annotated[
    list[str] | None,
    settings_argument(
        "Changes to the file, and hardware: groups.out.neuron.threshold=0.4 device.kind=reram "
        "tile.adc.bits=6 run.code.f_max=1e4"
    ),
]
Given = Annotated[
    Path | None,
    typer.Option(
        "--spikes",
        parser=path,
        metavar="FILE.csv|npz",
        help="Spikes of the inputs: a table with the columns time (time_us), line and input, or "
        "an archive of times and lines.",
    ),
]
Encode = Annotated[
    tuple[str, str] | None,
    typer.Option(
        metavar="CODE X,...",
        help="Numbers from 0 to 1 in place of spikes, and their code: rate, bernoulli, latency, "
        "population or module:Class.",
    ),
]
Until = Annotated[
    float | None, typer.Option(parser=TIME, metavar="TIME", help='End, such as "1 ms".')
]
Sample = Annotated[
    float | None,
    typer.Option(parser=TIME, metavar="TIME", help="Time between voltages; default: 400 of them."),
]
Hardware = Annotated[
    Path | None,
    path_option("Hardware of another settings file: its device, tile, ...", "CONFIG.toml"),
]
Seed = Annotated[int | None, whole_option("Seed of chip, noise and codes; default: 0.", low=0)]


@spikes.command("run")
def run_command(
    network: Annotated[
        Path, path_argument("Network with its weights, in TOML or NIR.", "NETWORK.toml|MODEL.nir")
    ],
    settings: Settings = None,
    *,
    given: Given = None,
    encode: Encode = None,
    until: Until = None,
    sample: Sample = None,
    config: Hardware = None,
    seed: Seed = None,
    out: Annotated[
        Path | None, path_option("Folder for spikes and membranes (CSV) and their figure.")
    ] = None,
    json: Json = False,
) -> None:
    """Run a network of spiking neurons: spikes, voltages, events and energy.

    Neurons are exact between events. Weights are ideal unless settings name hardware; then every
    arrival reads its word line, with the noise, the lines and the converters of the tile. The file
    has [inputs], [groups.NAME] with neurons, [synapses.NAME] with weights and delays, and may have
    [run] with what the options say. --out writes inputs.csv (which --spikes takes again),
    spikes.csv, membranes.csv and raster.png.

    A graph in NIR is read in the time step nir.dt of the tool that made it.

    Example: crossbar spikes run scripts/spiking_loop.toml --out runs/loop

    Example: crossbar spikes run scripts/spiking_loop.toml --encode rate 0.9,0.1 --until "2 ms"
    device.kind=reram tile.adc.bits=6

    Example: crossbar spikes run model.nir nir.dt=1e-4 --spikes spikes.csv --until "0.1 s"
    """
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.spiking_run import hint, keep, show
    from crossbar.files import make_folder
    from crossbar.runs.spiking import run_spiking

    plan = planned(network, settings or [], given, encode, until, sample, config, seed)
    if out is not None:
        make_folder(out)
    with Bars() as bars:
        recording, record = run_spiking(plan, progress=bars)
        if out is not None:
            record["files"] = keep(recording, out)
    print_json(record) if json else show(record, plan)
    hint(record, plan)


@spikes.command("convert")
def convert_command(
    source: Annotated[Path, path_argument("Network in TOML or NIR.", "NETWORK.toml|MODEL.nir")],
    target: Annotated[Path, path_argument("File to write, in TOML or NIR by its ending.", "FILE")],
    *,
    dt: Annotated[
        float | None,
        typer.Option(
            "--dt",
            parser=TIME,
            metavar="TIME",
            help="Time step of the tool that made or reads the graph in NIR; default: none, spikes "
            "are Dirac pulses.",
        ),
    ] = None,
    g_leak: Annotated[
        float | None,
        typer.Option(
            "--leak",
            parser=number("S", above=0, high=1e15),
            metavar="SIEMENS",
            help="Leak of a neuron that is read from NIR, which has no unit; default: 1 S.",
        ),
    ] = None,
) -> None:
    """Write a network of spiking neurons as another file: TOML with its arrays beside it, or NIR.

    Sections that say how it runs and on what, such as [run] and [device], are left out.

    Example: crossbar spikes convert model.nir network.toml --dt "0.1 ms" --leak "10 nS"

    Example: crossbar spikes convert scripts/spiking_loop.toml loop.nir
    """
    from crossbar.cli.console import say
    from crossbar.cli.spiking_files import convert

    say(f"{target}: {convert(source, target, dt, g_leak)!r}")


def planned(
    network: Path,
    settings: list[str],
    given: Path | None,
    encode: tuple[str, str] | None,
    until: float | None,
    sample: float | None,
    config: Path | None,
    seed: int | None,
) -> SpikingPlan:
    """Return the plan of the file ``network`` with what the options say over it."""
    from crossbar.runs.spiking import spiking_plan

    code, numbers = encode or (None, None)
    asked = {
        "run.spikes": given or ("none" if encode else None),
        "run.numbers": numbers or ("none" if given else None),
        "run.until": until,
        "run.sample": sample,
        "seed": seed,
    }
    options = [f"{name}={value}" for name, value in asked.items() if value is not None]
    return spiking_plan(network, [*settings, *options], config=config, code=code)
