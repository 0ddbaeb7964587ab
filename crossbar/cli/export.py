"""`crossbar export`: the command that writes trained chips as tables, archives and netlists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.arguments import path
from crossbar.cli.options import Json


def export_command(
    folder: Annotated[
        Path, typer.Argument(parser=path, metavar="DIR", help="Folder that `train` wrote.")
    ],
    out: Annotated[Path, typer.Option(parser=path, metavar="DIR", help="For the files.")],
    json: Json = False,
) -> None:
    """Write weights, conductances, netlists and programming pulses of the chips of a run.

    Each seed has a folder: tables as CSV, arrays as .npz, and ngspice netlists of the arrays.
    pulses.csv is what programs a real array from its lowest conductance.

    Example: crossbar export runs/cmos --out runs/cmos-files
    """
    from crossbar.cli.console import out as console
    from crossbar.cli.console import print_json
    from crossbar.exports import export
    from crossbar.loading import load

    written = export(load(folder), out)
    if json:
        print_json({"files": list(map(str, written))})
        return
    console.print(f"{len(written)} files are in {out}.", soft_wrap=True)
