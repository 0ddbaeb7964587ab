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
import time
from pathlib import Path

from bench.machine import description
from bench.parts import write_parts
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
    names, cells = page.grid(table, present)
    shown = Table("task", "bound", *names)
    for name, answers in cells.items():
        shown.add_row(name, f"{task(name).bound:.1e}", *answers)
    return shown


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
        write_parts(options.page, {
            "versions": f"{page.versions(present)} Machine: {took}.",
            "overview": page.overview(table, present), "sections": "\n\n".join(sections),
        })  # fmt: skip


if __name__ == "__main__":
    main()
