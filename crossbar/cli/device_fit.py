"""`crossbar device fit`: a device, with its uncertainty, from measured trains of pulses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.options import Json, number, path_argument, path_option, whole_option

NAME = "fit"


def fit_command(
    files: Annotated[
        list[Path], path_argument("CSV files of pulses, one row each.", "FILE.csv...")
    ],
    *,
    level: Annotated[
        float,
        typer.Option(
            parser=number(low=0.5, high=0.999, remedy="0.9 is usual."),
            metavar="SHARE",
            help="Share of cases in which an interval covers the truth.",
        ),
    ] = 0.9,
    law: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Law to try: a step or module:Class; default: all."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="HERE=THERE", help='What a column is: "g=Gd [uS]", "v=0.2 V".'),
    ] = None,
    out: Annotated[
        Path | None, path_option("Folder for device.toml, posterior.csv and a page.")
    ] = None,
    seed: Annotated[int, whole_option("Seed of the draws of the posterior.", low=0)] = 0,
    json: Json = False,
) -> None:
    """Fit laws of the step to measured pulses; choose one; say how certain each parameter is.

    Laws are compared by how well they predict devices, or cycles, that they were not fitted to.
    --out writes the device as a file that trains, draws of its posterior, and a page with figures.
    Devices of different files are different devices.

    Example: crossbar device fit scripts/data/synthetic-pulse-traces.csv --out runs/fit

    Example: crossbar device fit a.csv b.csv --law soft-bounds --law exponential --json
    """
    from crossbar.cli.console import print_json
    from crossbar.cli.device_fitted import fitted, show

    record = fitted(files, level, law or [], column or [], out, seed)
    print_json(record) if json else show(record)
