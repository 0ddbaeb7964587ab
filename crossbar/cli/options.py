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
Out = Annotated[
    Path | None,
    typer.Option(parser=path, metavar="DIR", help="Folder of it; without it runs/NAME-HASH."),
]
Jobs = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Runs at once; without it one a core.")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster at this address."),
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Try runs again that failed before.")]
Question = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What is to be answered, for the report.")
]
Together = Annotated[
    list[str] | None,
    typer.Option("--zip", metavar="A,B", help="Names whose lists vary together."),
]
Samples = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Sobol points of the ranges in place of a grid."),
]
AtRandom = Annotated[bool, typer.Option(help="Take --samples at random, not Sobol's.")]
Apart = Annotated[
    bool, typer.Option("--one-at-a-time", help="Each value beside the first values of the others.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON only.")]
