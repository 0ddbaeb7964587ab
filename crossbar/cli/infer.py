"""`crossbar spice infer`: the command that classifies with a trained chip in ngspice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli import completion
from crossbar.cli.arguments import number, path
from crossbar.cli.options import Json

LIMIT = number("s", low=1.0, high=1e7)


def infer_command(
    folder: Annotated[
        Path, typer.Argument(parser=path, metavar="DIR", help="Folder that `train` wrote.")
    ],
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=completion.settings,
            metavar="[KEY=VALUE]...",
            help="tile.wires.r_wl=1 tile.wires.r_bl=1 tile.size=16,16 ...",
        ),
    ] = None,
    *,
    images: Annotated[int, typer.Option(metavar="N", help="Test images.", min=1)] = 20,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Seed of the run; default: the first.")
    ] = None,
    limit: Annotated[
        float,
        typer.Option(parser=LIMIT, metavar="TIME", help='Longest run, such as "10 min".'),
    ] = 1200.0,
    keep: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="DIR", help="Folder for netlist, log and raw file."),
    ] = None,
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
