"""What ngspice says of behaviour, as a table and as a record for the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crossbar.cli.console import out, say, table
from crossbar.runs import versions
from crossbar.spice import version
from crossbar.spice.validation import Row
from crossbar.units import text


def record(rows: Sequence[Row], size: int, seed: int) -> dict[str, Any]:
    """Return what is printed and stored."""
    ngspice = version()
    solver = "with KLU" if ngspice.klu else "without KLU"
    return {
        "rows": [row.record() for row in rows],
        "size": size,
        "seed": seed,
        "versions": versions() | {"ngspice": f"{ngspice.number} {solver}"},
    }


def show(rows: Sequence[Row], record: dict[str, Any]) -> None:
    """Show the rows as a table; notes only where something failed."""
    shown, check = [], ""
    for row in rows:
        name = "" if row.check == check else row.check
        check = row.check
        verdict = "pass" if row.passed else "FAIL"
        shown.append([name, row.metric, _text(row.error, row), _text(row.tolerance, row), verdict])
    title = f"Behaviour against ngspice {record['versions']['ngspice']}, seed {record['seed']}"
    table(title, ["check", "metric", "error", "tolerance", ""], shown, words=2)
    failed = [row for row in rows if not row.passed]
    for row in failed:
        say(f"{row.check}, {row.metric}: {row.note}")
    out.print(f"{len(rows) - len(failed)} of {len(rows)} within their tolerances.")


def _text(value: float | None, row: Row) -> str:
    """Return an error or a tolerance with its unit."""
    if value is None:
        return "none"
    if row.unit == "LSB":
        return f"{value:.2g} LSB"
    return text(value, row.unit, 3) if row.unit else f"{value:.3g}"
