"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli import completion
from crossbar.cli.arguments import path

GOES_ON = "The same command resumes from there."

Source = Annotated[
    Path,
    typer.Argument(
        parser=path,
        metavar="CONFIG.toml|DIR",
        help="Settings to train with, or the folder of a run whose trained chips are tested.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(
        autocompletion=completion.settings,
        metavar="[KEY=VALUES]...",
        help="Values 0,0.01,0.05; whole numbers 4:9 (4 to 8); 0:0.1:lin11, 1e-4:1e-1:log7; "
        "whole ranges 0:0.1:lin, 1e-4:1e-1:log for samples and searches.",
    ),
]
CONFIG = "Settings, such as scripts/leti_cnn.toml."
Config = Annotated[Path, typer.Argument(parser=path, metavar="CONFIG.toml", help=CONFIG)]
Assignments = Annotated[
    list[str] | None,
    typer.Argument(
        autocompletion=completion.settings,
        metavar="[KEY=VALUE]...",
        help="Changes to the settings: train.epochs=5 device.kind=reram seed=0,1,2",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(parser=path, metavar="DIR", help="Folder of the runs; default: runs/NAME-HASH."),
]
Jobs = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Runs at once; default: one for each core.")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address."),
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Try runs again that failed before.")]
Question = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Question that the report is to answer.")
]
Together = Annotated[
    list[str] | None,
    typer.Option("--zip", metavar="A,B", help="Names whose lists vary together."),
]
Samples = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Sobol points of the ranges in place of a grid."),
]
AtRandom = Annotated[
    bool, typer.Option(help="Draw --samples at random, not from a Sobol sequence.")
]
Apart = Annotated[
    bool, typer.Option("--one-at-a-time", help="Each value with the first values of the others.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON only.")]
