"""`crossbar validate`: the command that runs behaviour beside ngspice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.arguments import path
from crossbar.cli.options import Json
from crossbar.files import make_folder


def validate_command(
    *,
    size: Annotated[
        int,
        typer.Option(
            metavar="N", help="Lines of the largest array; 8, 16 and 32 below it are run too."
        ),
    ] = 32,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Seed of weights, inputs, mismatch and devices.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="DIR",
            help="Folder for the record, such as that of a run to report.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Run behaviour and ngspice on the same objects; exit status 1 if an error is too large.

    Example: crossbar validate --out runs/demo && crossbar report runs/demo
    """
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.validation import record, show
    from crossbar.report.validation import VALIDATION
    from crossbar.seals import write_json
    from crossbar.spice import version
    from crossbar.spice.validation import validate

    version()  # or its absence, before anything is computed
    if out is not None:
        make_folder(out)
    with Bars() as bars:
        rows = validate(size, seed, progress=bars)
    outcome = record(rows, size, seed)
    if out is not None:
        write_json(out / VALIDATION, outcome)
    print_json(outcome) if json else show(rows, outcome)
    if not all(row.passed for row in rows):
        raise typer.Exit(1)
