"""The command that runs behaviour beside ngspice: table, JSON and record for the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from crossbar.cli import console
from crossbar.cli.arguments import path
from crossbar.cli.console import Bars, print_json
from crossbar.files import make_folder
from crossbar.report.validation import VALIDATION
from crossbar.runs import versions
from crossbar.seals import write_json
from crossbar.spice import version
from crossbar.spice.validation import Row, validate
from crossbar.units import text


def validate_command(
    *,
    size: Annotated[
        int, typer.Option(help="Lines of the largest array; 8, 16 and 32 below it are run too.")
    ] = 32,
    seed: Annotated[int, typer.Option(help="Of weights, inputs, mismatch and devices.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(parser=path, help="Folder for the record, such as that of a run to report."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, and only that.")
    ] = False,
) -> None:
    """Run behaviour and ngspice on the same objects; exit status 1 if an error is too large.

    Example: crossbar validate --out runs/demo && crossbar report runs/demo
    """
    version()  # or its absence, before anything is computed
    if out is not None:
        make_folder(out)
    with Bars() as bars:
        rows = validate(size, seed, lambda done, total, name: bars("validate", done, total, name))
    record = _record(rows, size, seed)
    if out is not None:
        write_json(out / VALIDATION, record)
    print_json(record) if json else _show(rows, record)
    if not all(row.passed for row in rows):
        raise typer.Exit(1)


def _record(rows: Sequence[Row], size: int, seed: int) -> dict[str, Any]:
    """Return what is printed and stored."""
    ngspice = version()
    solver = "with KLU" if ngspice.klu else "without KLU"
    return {
        "rows": [row.record() for row in rows],
        "size": size,
        "seed": seed,
        "versions": versions() | {"ngspice": f"{ngspice.number} {solver}"},
    }


def _show(rows: Sequence[Row], record: dict[str, Any]) -> None:
    """Show the rows as a table; notes only where something failed."""
    shown, check = [], ""
    for row in rows:
        name = "" if row.check == check else row.check
        check = row.check
        verdict = "pass" if row.passed else "FAIL"
        shown.append([name, row.metric, _text(row.error, row), _text(row.tolerance, row), verdict])
    title = f"Behaviour against ngspice {record['versions']['ngspice']}, seed {record['seed']}"
    console.table(title, ["check", "metric", "error", "tolerance", ""], shown, words=2)
    failed = [row for row in rows if not row.passed]
    for row in failed:
        console.out.print(f"{row.check}, {row.metric}: {row.note}", soft_wrap=True)
    console.out.print(f"{len(rows) - len(failed)} of {len(rows)} within their tolerances.")


def _text(value: float | None, row: Row) -> str:
    """Return an error or a tolerance with its unit."""
    if value is None:
        return "none"
    if row.unit == "LSB":
        return f"{value:.2g} LSB"
    return text(value, row.unit, 3) if row.unit else f"{value:.3g}"
