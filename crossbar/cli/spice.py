"""`crossbar spice`: cells and neurons measured in ngspice, and classification in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli import completion
from crossbar.cli.options import (
    CELLS,
    Json,
    Parameters,
    SeedOfRun,
    Trained,
    group,
    number,
    path_option,
    settings_argument,
    whole_option,
)

spice = group("spice", "Measure cells in ngspice, and let it classify with a trained chip.")


@spice.command("characterise")
def characterise_command(
    cell: Annotated[
        str,
        typer.Argument(
            autocompletion=completion.cells,
            metavar="CELL",
            help=f"{CELLS}; or a CSV file of measured pulses.",
        ),
    ],
    parameters: Parameters = None,
    *,
    samples: Annotated[int, whole_option("Devices of Monte Carlo.", low=1, high=100_000)] = 16,
    seed: Annotated[int, whole_option("Seed of Monte Carlo.", low=0)] = 0,
    sweeps: Annotated[
        bool, typer.Option("--sweeps", help="CMOS synapse: energy under every condition too.")
    ] = False,
    jobs: Annotated[int, whole_option("ngspice processes at a time.", low=1, high=1024)] = 2,
    out: Annotated[
        Path | None, path_option("Folder for CSV files, the device and figures.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure a cell: thresholds, on/off, energies, pulse response; or codes, settling, energy.

    What --out keeps is a device that a network trains on: the printed line says how.

    Example: crossbar spice characterise stanford_pku --out cells/pku

    Example: crossbar spice characterise cmos_synapse bits=6 --out cells/six-bit
    """
    from crossbar.cli.cell_measurement import Work, measure_cell

    work = Work(samples, seed, jobs, out)
    measure_cell(cell, parameters or [], work, sweeps=sweeps, json=json)


@spice.command("infer")
def infer_command(
    folder: Trained,
    settings: Annotated[
        list[str] | None,
        settings_argument("tile.wires.r_wl=1 tile.wires.r_bl=1 tile.size=16,16 ..."),
    ] = None,
    *,
    images: Annotated[int, whole_option("Test images.", low=1)] = 20,
    seed: SeedOfRun = None,
    limit: Annotated[
        float,
        typer.Option(
            parser=number("s", low=1.0, high=1e7),
            metavar="TIME",
            help='Longest run, such as "10 min".',
        ),
    ] = 1200.0,
    keep: Annotated[Path | None, path_option("Folder for netlist, log and raw file.")] = None,
    json: Json = False,
) -> None:
    """Let ngspice classify test images with a trained chip, every cell a resistor.

    Noise is omitted on both sides. With line resistance, give tiles that ngspice can hold: the
    reference network on tiles of 16x16 has half a million resistors and takes some minutes.

    Example: crossbar spice infer runs/cmos --images 20

    Example: crossbar spice infer runs/cmos tile.size=16,16 tile.wires.r_wl=1 tile.wires.r_bl=1
    """
    from crossbar.cli.console import Bars, print_json, table
    from crossbar.runs import load_plan
    from crossbar.runs.circuits import infer
    from crossbar.spice.engine.ngspice import version

    plan = load_plan(folder, settings or [])
    version()
    with Bars() as bars:
        record = infer(
            plan, folder, images=images, seed=seed, limit=limit,
            keep=keep, progress=bars,
        )  # fmt: skip
    if json:
        print_json(record)
        return
    n = record["images"]
    rows = [
        ["class decisions equal", f"{record['decisions_equal']} of {n}"],
        ["right, circuit and chip", f"{record['right_circuit']} and {record['right_chip']} of {n}"],
        ["largest difference of a score", f"{record['score_error']:.1e} of the largest score"],
        ["ngspice", f"{record['seconds']:.1f} s, {record['memory'] / 2**20:.0f} MiB"],
        ["netlist", f"{record['lines']} lines"],
    ]
    table("ngspice against the behavioural chip", ["", "found"], rows)


@spice.command("neuron")
def neuron_command(
    *,
    stimuli: Annotated[
        int, whole_option("Stimuli that it is not calibrated on.", low=1, high=1000)
    ] = 5,
    seed: Annotated[int, whole_option("Seed of the stimuli.", low=0)] = 0,
    jobs: Annotated[int, whole_option("ngspice processes at a time.", low=1, high=1024)] = 2,
    out: Annotated[Path | None, path_option("Folder for the figure.")] = None,
    json: Json = False,
) -> None:
    """Calibrate a spiking neuron on its circuit, and test it on other stimuli of 100 us.

    Example: crossbar spice neuron --stimuli 10 --out cells/neuron
    """
    from crossbar.cli.console import Bars
    from crossbar.cli.neuron import measured, show
    from crossbar.random import Streams
    from crossbar.spice.engine.ngspice import version

    version()
    with Bars() as bars:
        calibration = measured(Streams(seed), stimuli=stimuli, jobs=jobs, out=out, progress=bars)
    show(calibration, json=json)
