"""`crossbar spice`: cells measured in ngspice, and trained chips that it classifies with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli import completion
from crossbar.cli.arguments import CELLS, Parameters, path
from crossbar.cli.groups import group
from crossbar.cli.options import Json

spice = group("spice", "Measure cells in ngspice, and let it classify with a trained chip.")

Jobs = Annotated[
    int, typer.Option(metavar="N", help="ngspice processes at a time.", min=1, max=1024)
]


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
    samples: Annotated[
        int, typer.Option(metavar="N", help="Devices of Monte Carlo.", min=1, max=100_000)
    ] = 16,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of Monte Carlo.", min=0)] = 0,
    sweeps: Annotated[
        bool, typer.Option("--sweeps", help="CMOS synapse: energy under every condition too.")
    ] = False,
    jobs: Jobs = 2,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=path, metavar="DIR", help="Folder for CSV files, the device and figures."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Measure a cell: thresholds, on/off, energies, pulse response; or codes, settling, energy.

    What --out keeps is a device that a network trains on: the printed line says how.

    Example: crossbar spice characterise stanford_pku --out cells/pku

    Example: crossbar spice characterise cmos_synapse bits=6 --out cells/six-bit
    """
    from crossbar.cli.cell_measurement import measure_cell

    measure_cell(cell, parameters or [], samples, seed, jobs, out, sweeps=sweeps, json=json)
