"""`crossbar runs`: what the store of a sweep holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.options import Json, group, metric_option, path_argument, whole_option
from crossbar.errors import DataError, message

runs = group("runs", "Look into the runs of a sweep: list, show one, export all.")


Where = Annotated[
    list[str] | None,
    metric_option('Only these, also with != < <= > >=: "accuracy>=90%".', metavar="NAME=VALUE"),
]
At = Annotated[Path, path_argument("Folder that `sweep --out` wrote.")]
AGAIN = "Give the folder that `sweep --out` wrote."


@runs.command("list")
def list_command(
    folder: At,
    *,
    where: Where = None,
    sort: Annotated[str | None, metric_option("Column to sort by, largest first.")] = None,
    limit: Annotated[int, whole_option("Largest number of rows.", low=1, high=10_000_000)] = 30,
    json: Json = False,
) -> None:
    """List runs with their parameters and metrics.

    Example: crossbar runs list runs/noise --where status=done --where "accuracy>=0.9"
    --sort accuracy
    """
    from crossbar.cli.stored import show_runs

    show_runs(folder, where or [], sort, limit, json=json)


@runs.command("show")
def show_command(
    folder: At,
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")],
    json: Json = False,
) -> None:
    """Show one run: settings, metrics, versions, error with its traceback."""
    from crossbar.cli.stored import show_run

    show_run(folder, run, json=json)


@runs.command("export")
def export_command(
    folder: At,
    file: Annotated[Path, path_argument("NAME.csv, .json or .parquet.", "FILE")],
    *,
    where: Where = None,
) -> None:
    """Write all runs into a table for other programs, one row a run, SI units, all digits."""
    from crossbar.cli.console import say
    from crossbar.cli.stored import chosen
    from crossbar.runs.store import Store
    from crossbar.runs.store.table import export

    with Store(folder) as store:
        frame = chosen(store, where or [])
    export(frame, file)
    say(f"{len(frame)} runs in {file}")


@runs.command("drop")
def drop_command(
    folder: At,
    *,
    where: Annotated[
        list[str],
        metric_option('Which, also with != < <= > >=: "accuracy<50%".', metavar="NAME=VALUE"),
    ],
) -> None:
    """Forget runs, for good; the command of the sweep would do them again.

    Example: crossbar runs drop runs/noise --where status=failed --where device.bits=2
    """
    from crossbar.cli.console import say
    from crossbar.cli.stored import chosen
    from crossbar.runs.store import Store

    with Store(folder) as store:
        numbers = chosen(store, where)["run"].tolist()
    with Store(folder, write=True) as store:
        dropped = store.drop(numbers)
        left = sum(store.counts().values())
    say(f"{dropped} runs dropped, {left} left.")


@runs.command("migrate")
def migrate_command(folder: At) -> None:
    """Bring a store that an older version wrote up to date; its runs stay as they are."""
    from crossbar.cli.console import say
    from crossbar.runs.store import Store
    from crossbar.runs.store.store import located

    file = located(folder)
    if not file.is_file():
        raise DataError(message(str(file), "the store of a sweep", "no such file", AGAIN))
    with Store(folder, write=True) as store:
        say(f"{file} is up to date: {sum(store.counts().values())} runs.")
