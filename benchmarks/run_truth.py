"""Put tasks with known answers to crossbar and to every peer that is installed.

Every answer comes from a process of its own. A tool of another environment takes part by its
interpreter.

    python benchmarks/run_truth.py                              # print the table
    python benchmarks/run_truth.py --page docs/truth.md         # write it into the page
    python benchmarks/run_truth.py --only ir_drop --tools crossbar ngspice
    python benchmarks/run_truth.py --python brian2=/path/to/python
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

from bench.machine import description
from rich.console import Console
from rich.table import Table
from truth import page
from truth.round import Row, rows, tools
from truth.task import TASKS, TOOLS, task


def arguments(given: list[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=TASKS, default=TASKS, metavar="TASK")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=TOOLS, metavar="TOOL")
    parser.add_argument("--python", nargs="+", default=[], metavar="TOOL=PATH")
    parser.add_argument("--page", type=Path, metavar="FILE", help="replace the tables in this page")
    return parser.parse_args(given)


def printed(table: list[Row], present: dict[str, Row]) -> Table:
    """Return the table for a terminal."""
    keys = [key for key, seen in present.items() if seen["version"] is not None]
    shown = Table("task", "bound", *(present[key]["name"] for key in keys))
    for name in dict.fromkeys(row["task"] for row in table):
        cells = {row["tool"]: page.cell(row) for row in table if row["task"] == name}
        shown.add_row(name, f"{task(name).bound:.1e}", *(cells[key] for key in keys))
    return shown


def write(path: Path, parts: dict[str, str]) -> None:
    """Replace what stands between ``<!-- NAME -->`` and ``<!-- end -->`` in a page."""
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        text = re.sub(pattern, lambda m, part=part: f"{m[1]}{part}\n{m[2]}", text, flags=re.DOTALL)
    path.write_text(text, encoding="utf-8")


def main(given: list[str] | None = None) -> None:
    """Ask, print the table and write the page."""
    options, console, start = arguments(given), Console(stderr=True), time.perf_counter()
    pythons = dict(pair.split("=", 1) for pair in options.python)
    present = tools(options.tools, pythons)
    table = rows(options.only, present, pythons, console.print)
    Console(width=max(160, console.width)).print(printed(table, present))
    print(page.versions(present))
    if options.page:
        seen = description()
        took = f"{seen['processor']}, {seen['cores']} cores; {time.perf_counter() - start:.0f} s"
        sections = [page.section(name, table, present) for name in options.only]
        write(options.page, {
            "versions": f"{page.versions(present)} Machine: {took}.",
            "overview": page.overview(table, present), "sections": "\n\n".join(sections),
        })  # fmt: skip


if __name__ == "__main__":
    main()
