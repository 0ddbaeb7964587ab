"""The rows as a table: on the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quantiphy import Quantity
from rich.table import Table

Row = Mapping[str, Any]
HEADINGS = ("row", "case", "figure", "mark", "met", "fastest peer", "ratio", "MiB", "floor")


def figure(value: float | None, unit: str) -> str:
    """Return ``value`` with three digits: times with a prefix, rates with thousands apart."""
    if value is None:
        return ""
    if unit == "s":
        return str(Quantity(value, "s").render(prec=2))
    digits = 3 - len(str(int(value)))
    return f"{round(value, digits):,.{max(digits, 0)}f}".replace(",", " ")


def met(row: Row) -> str:
    """Return whether the mark is met, and that of memory where there is one."""
    if row["mark"] is None:
        return ""
    good = row["value"] <= row["mark"] if row["unit"] == "s" else row["value"] >= row["mark"]
    limit, used = row["memory_mark_mib"], row["memory_mib"]
    return "yes" if good and (limit is None or used is None or used <= limit) else "no"


def texts(row: Row) -> tuple[str, ...]:
    """Return the cells of ``row``."""
    unit, name = row["unit"], row["peer_name"]
    each = "" if unit == "s" else f" {unit}"
    memory, limit = row["memory_mib"], row["memory_mark_mib"]
    used = "" if memory is None else f"{memory:.0f}"
    return (
        row["name"],
        row["case"],
        figure(row["value"], unit) + each,
        figure(row["mark"], unit),
        met(row),
        "" if name is None else f"{figure(row['peer'], unit)} ({name})",
        "" if row["ratio"] is None else f"{row['ratio']:.2g}",
        used if limit is None else f"{used} (mark {limit:.0f})",
        f"{figure(row['floor'], unit)} ({row['floor_limit']})",
    )


def terminal(rows: list[Row], threads: int) -> Table:
    """Return the rows measured with ``threads`` threads, for the terminal."""
    table = Table(title=f"BLAS and OpenMP threads: {threads}")
    for heading in HEADINGS:
        right = heading in ("figure", "mark", "ratio", "MiB")
        table.add_column(heading, justify="right" if right else "left")
    for row in rows:
        if row["threads_asked"] == threads:
            table.add_row(*texts(row))
    return table


def markdown(rows: list[Row], threads: int) -> str:
    """Return the rows measured with ``threads`` threads, in Markdown."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(texts(r)) + " |" for r in rows if r["threads_asked"] == threads]
    return "\n".join(lines)
