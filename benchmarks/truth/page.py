"""The page of a round: tables in Markdown."""

from __future__ import annotations

from truth.round import Row
from truth.task import task

MARKS = {"within": "✓", "beyond": "✗", "failed": "failed", "cannot": "cannot"}


def cell(row: Row) -> str:
    """Return verdict and error of an answer in a few characters."""
    if "error" not in row:
        return MARKS[row["verdict"]]
    return f"{MARKS[row['verdict']]} {row['error']:.1e}"


def overview(rows: list[Row], present: dict[str, Row]) -> str:
    """Return a table of a line a task and a column a tool."""
    keys = [key for key, seen in present.items() if seen["version"] is not None]
    lines = ["| task | bound | " + " | ".join(present[k]["name"] for k in keys) + " |"]
    lines.append("|---|---|" + "---|" * len(keys))
    for name in dict.fromkeys(row["task"] for row in rows):
        cells = {row["tool"]: cell(row) for row in rows if row["task"] == name}
        made = task(name)
        lines.append(f"| [{made.title}](#{anchor(name)}) | {made.bound:g} | "
                     + " | ".join(cells[key] for key in keys) + " |")  # fmt: skip
    return "\n".join(lines)


def anchor(name: str) -> str:
    """Return the address of the section of a task."""
    return "truth-" + name.replace("_", "-")


def section(name: str, rows: list[Row], present: dict[str, Row]) -> str:
    """Return a task with all answers: error, time, memory and settings."""
    made = task(name)
    lines = [
        f"({anchor(name)})=", f"### {made.title}", "",
        f"Truth: {made.truth}. Error: {made.why}. Bound: {made.bound:g}.", "",
        "| tool | error | verdict | time | memory | how |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in (r for r in rows if r["task"] == name):
        seen = present[row["tool"]]
        if row["verdict"] == "cannot":
            if row["why"]:  # else it is not its field
                lines.append(f"| {seen['name']} | | cannot | | | {row['why']} |")
            continue
        how = seen["settings"][name]
        if row["verdict"] == "failed":
            lines.append(f"| {seen['name']} | | failed | | | {how} `{row['why']}` |")
            continue
        mib = "" if row["mib"] is None else f"{row['mib']:.0f} MiB"
        lines.append(f"| {seen['name']} | {row['error']:.2e} | {row['verdict']} the bound | "
                     f"{duration(row['seconds'])} | {mib} | {how} |")  # fmt: skip
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Return a time to two digits."""
    unit, scale = ("s", 1) if seconds >= 1 else ("ms", 1e3) if seconds >= 1e-3 else ("us", 1e6)
    value = seconds * scale
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def versions(present: dict[str, Row]) -> str:
    """Return who took part, and who is not installed."""
    here = [f"{s['name']} {s['version']}" for s in present.values() if s["version"] is not None]
    away = [s["name"] for s in present.values() if s["version"] is None]
    return f"Tools: {', '.join(here)}." + (f" Not installed: {', '.join(away)}." if away else "")
