"""`crossbar runs`: what the store of a sweep holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from crossbar.cli.arguments import path
from crossbar.cli.console import out, print_json, table
from crossbar.errors import DataError, fail, message, nearest
from crossbar.runs.metrics import METRICS, Better, units
from crossbar.runs.store import Store
from crossbar.runs.store.export import export, records
from crossbar.runs.store.selection import selected
from crossbar.runs.store.store import located
from crossbar.runs.toml import leaves
from crossbar.units import text

runs = typer.Typer(
    name="runs",
    help="Look into the runs of a sweep: list, show one, export all.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="NAME=VALUE", help="Only these, also with != < <= > >=."),
]
At = Annotated[
    Path, typer.Argument(parser=path, metavar="DIR", help="Folder that `sweep --out` wrote.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and only that.")]
AGAIN = "Give the folder that `sweep --out` wrote."
SHOWN = ("run", "status")
FIRST = 4  # metrics of the package that are listed, where a run has them


def chosen(store: Store, where: list[str]) -> pd.DataFrame:
    """Return the runs of ``store`` that meet all conditions, whose numbers may have units."""
    known = units(store.about)
    short = {name: known.get(name.removeprefix("test."), "") for name in store.parameters}
    return selected(store.frame(), where, (short | known).get)


@runs.command("list")
def list_command(
    folder: At,
    *,
    where: Where = None,
    sort: Annotated[str | None, typer.Option(help="Column to sort by, largest first.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000_000, help="Most rows to show.")] = 30,
    json: Json = False,
) -> None:
    """List runs with their parameters and metrics.

    Example: crossbar runs list runs/noise --where status=done --where "accuracy>=0.9"
    --sort accuracy
    """
    with Store(folder) as store:
        whole, parameters = len(store.frame()), store.parameters
        frame, known_units = chosen(store, where or []), units(store.about)
        judged = [name for name, one in store.about.get("metrics", {}).items()
                  if one["better"] != Better.NEITHER.value and name in frame.columns]  # fmt: skip
    if sort is not None:
        if sort not in frame.columns:
            fail("--sort", "a column", repr(sort), nearest(sort, map(str, frame.columns)))
        frame = frame.sort_values(sort, ascending=False, kind="stable")
    shown = frame.head(limit)
    if json:
        print_json(records(shown))
        return
    known = [name for name in judged if name in METRICS.names]
    own = [name for name in judged if name not in known]
    metrics = [*known[:FIRST], *own] or _own_metrics(frame)[:6]
    columns = [*SHOWN, *parameters, "seed", *metrics, "duration"]
    cells = {
        _title(name): [_text(value, known_units.get(name, "")) for value in shown[name]]
        for name in columns
    }
    for name in parameters:
        cells[name] = [text or "none" for text in cells[name]]
    counts = ", ".join(f"{n} {status}" for status, n in frame["status"].value_counts().items())
    if len(shown):
        out.print(pd.DataFrame(cells).to_string(index=False), soft_wrap=True)
    more = f"; the first {limit}, more with --limit" if len(frame) > limit else ""
    out.print(f"{len(frame)} of {whole} runs ({counts or 'none'}){more}", soft_wrap=True)


@runs.command("show")
def show_command(
    folder: At,
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")],
    json: Json = False,
) -> None:
    """Show one run: settings, metrics, versions, error with its traceback."""
    with Store(folder) as store:
        record = store.run(run)
    if json:
        print_json(record)
        return
    detail, trace = record.pop("detail"), record.pop("traceback")
    if record["began"]:
        record["began"] = datetime.fromtimestamp(record["began"], UTC).isoformat(" ", "seconds")
    rows = [[name, _plain(value)] for name, value in record.items() if value not in ("", {}, None)]
    table(f"Run {run}", ["", ""], rows, words=2)
    if trace:
        out.print(trace, soft_wrap=True)
    if detail:
        out.print(f"Details (--json shows them): {', '.join(detail)}.", soft_wrap=True)


@runs.command("export")
def export_command(
    folder: At,
    file: Annotated[
        Path, typer.Argument(parser=path, metavar="FILE", help="NAME.csv, .json or .parquet.")
    ],
    *,
    where: Where = None,
) -> None:
    """Write all runs into a table for other programs, one row a run, SI units, all digits."""
    with Store(folder) as store:
        frame = chosen(store, where or [])
    export(frame, file)
    out.print(f"{len(frame)} runs in {file}", soft_wrap=True)


@runs.command("drop")
def drop_command(
    folder: At,
    *,
    where: Annotated[
        list[str],
        typer.Option("--where", metavar="NAME=VALUE", help="Which, also with != < <= > >=."),
    ],
) -> None:
    """Forget runs, for good; the command of the sweep would do them again.

    Example: crossbar runs drop runs/noise --where status=failed --where device.bits=2
    """
    with Store(folder) as store:
        numbers = chosen(store, where)["run"].tolist()
    with Store(folder, write=True) as store:
        dropped = store.drop(numbers)
        left = sum(store.counts().values())
    out.print(f"{dropped} runs dropped, {left} left.", soft_wrap=True)


@runs.command("migrate")
def migrate_command(folder: At) -> None:
    """Bring a store that an older version wrote up to date; its runs stay as they are."""
    file = located(folder)
    if not file.is_file():
        raise DataError(message(str(file), "the store of a sweep", "no such file", AGAIN))
    with Store(folder, write=True) as store:
        out.print(f"{file} is up to date: {sum(store.counts().values())} runs.", soft_wrap=True)


def _own_metrics(frame: pd.DataFrame) -> list[str]:
    """Return the columns between seed and times: what a function of the user returned."""
    names = [str(name) for name in frame.columns]
    return names[names.index("seed") + 1 : names.index("began")]


def _title(name: str) -> str:
    return {"duration": "time (s)"}.get(name, name)


def _text(value: Any, unit: str) -> str:
    """Return a cell of the table, empty where there is nothing."""
    if value is None or value != value:
        return ""
    if unit not in ("", "%", "nats") and isinstance(value, float):
        return text(value, unit)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{k} = {_plain(v)}" for k, v in leaves(value).items())
    return f"{value:.6g}" if isinstance(value, float) else str(value)
