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


def grid(rows: list[Row], present: dict[str, Row]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the names of the tools that are installed, and their cells by task."""
    keys = [key for key, seen in present.items() if seen["version"] is not None]
    cells: dict[str, dict[str, str]] = {}
    for row in rows:
        cells.setdefault(row["task"], {})[row["tool"]] = cell(row)
    answers = {name: [each[key] for key in keys] for name, each in cells.items()}
    return [present[key]["name"] for key in keys], answers


def overview(rows: list[Row], present: dict[str, Row]) -> str:
    """Return a table of a line a task: who is within its bound, and who is beyond it."""
    names, cells = grid(rows, present)
    lines = ["| task | bound | within it | beyond it, or failed |", "|---|---|---|---|"]
    for name, answers in cells.items():
        made, within, beyond = task(name), [], []
        for tool, answer in zip(names, answers, strict=True):
            mark, _, error = answer.partition(" ")
            if mark == MARKS["within"]:
                within.append(f"{tool} {error}")
            elif mark != MARKS["cannot"]:
                beyond.append(f"{tool} {error or mark}")
        title = f"[{made.title}](#{anchor(name)})"
        lines.append(f"| {title} | {made.bound:g} | {', '.join(within)} | {', '.join(beyond)} |")
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
    """Return who took part, and who is not installed, with the reason."""
    here = [f"{s['name']} {s['version']}" for s in present.values() if s["version"] is not None]
    away = [f"{s['name']} ({s['absent']})" for s in present.values() if s["version"] is None]
    return f"Tools: {', '.join(here)}." + (f" Not installed: {', '.join(away)}." if away else "")
