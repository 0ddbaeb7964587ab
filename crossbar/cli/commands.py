"""The commands: each reads settings, calls one function of the package and shows the result.

A module that declares a command imports nothing slow before the command runs: `--help` is quick.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from crossbar import interrupts
from crossbar.cli import chip_map, chips, design, endings, evaluate, streams, sweeps
from crossbar.cli.columns import columns_command
from crossbar.cli.cores import cores_command
from crossbar.cli.device import device
from crossbar.cli.monitor import monitor_command
from crossbar.cli.netlist import netlist
from crossbar.cli.options import GOES_ON, Json, group, path_argument, path_option, whole_option
from crossbar.cli.reading import read_command
from crossbar.cli.runs import runs
from crossbar.cli.serve import serve_command
from crossbar.cli.spice import spice
from crossbar.cli.spikes import spikes
from crossbar.cli.stdp import stdp_command
from crossbar.files import make_folder

ABOUT = "Analog in-memory computing, simulated: an analog chip learns, and what it costs."
app = group("crossbar", ABOUT, completion=True)
app.add_typer(device)
app.add_typer(netlist)
app.add_typer(spice)
app.add_typer(spikes)
app.add_typer(runs)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(importlib.metadata.version("crossbar-sim"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def demo_command(
    out: Annotated[Path, path_option("Folder of the demo.")] = Path("runs/demo"),
    json: Json = False,
) -> None:
    """Train small analog chips beside a float network and write a report (about a minute)."""
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json, say
    from crossbar.cli.demo import run_demo

    with Bars(GOES_ON) as bars:
        result = run_demo(out, bars)
    if json:
        print_json(result)
        return
    show.comparison(result["runs"])
    say(f"Report: {result['report']}")


def report_command(
    folder: Annotated[
        Path, path_argument("Folder that `train` or `sweep` wrote, or a store NAME.db.")
    ],
    json: Json = False,
) -> None:
    """Write one HTML page about a run, all runs in a folder, or a sweep, from the records.

    A folder that holds a sweep (`runs.db`), or a store `NAME.db`, gets the report of the sweep.
    """
    from crossbar.cli.console import print_json, say
    from crossbar.report import write_report

    page = write_report(folder)
    if json:
        print_json({"report": str(page)})
    else:
        say(f"Report: {page}")


def accept_command(
    folder: Annotated[Path, path_argument("Folder that `train` or `sweep` wrote, or NAME.db.")],
) -> None:
    """Take records as they are: edited by hand, repaired, or without checksums.

    Every record carries a checksum of its content, and one that does not match is refused as
    damaged or edited. This gives each record a checksum of its present content, and names those
    that changed.

    Example: crossbar accept runs/cmos
    """
    from crossbar.cli.console import say
    from crossbar.runs.folder import accept

    changed, rows = accept(folder)
    for record in changed:
        say(f"Accepted: {record}")
    say(f"{len(changed)} files and {rows} rows accepted.")


def validate_command(
    *,
    size: Annotated[
        int, whole_option("Lines of the largest array; 8, 16 and 32 below it are run too.")
    ] = 32,
    seed: Annotated[int, whole_option("Seed of weights, inputs, mismatch and devices.")] = 0,
    out: Annotated[
        Path | None, path_option("Folder for the record, such as that of a run to report.")
    ] = None,
    json: Json = False,
) -> None:
    """Run behaviour and ngspice on the same objects; exit status 1 if an error is too large.

    Example: crossbar validate --out runs/demo && crossbar report runs/demo
    """
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.validation import record, show
    from crossbar.report.validation import VALIDATION
    from crossbar.seals import write_json
    from crossbar.spice import version
    from crossbar.spice.validation import validate

    version()  # or its absence, before anything is computed
    if out is not None:
        make_folder(out)
    with Bars() as bars:
        rows = validate(size, seed, progress=bars)
    outcome = record(rows, size, seed)
    if out is not None:
        write_json(out / VALIDATION, outcome)
    print_json(outcome) if json else show(rows, outcome)
    if not all(row.passed for row in rows):
        raise typer.Exit(1)


def info_command(json: Json = False) -> None:
    """Show versions, what settings may name, and the source of each number of device and circuit.

    Where a name is accepted, so is `module:Class`, from the current folder or PYTHONPATH.
    """
    from crossbar.cli import show
    from crossbar.cli.console import print_json
    from crossbar.cli.installed import record

    print_json(record()) if json else show.info(record())


COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo_command,
    "train": chips.train_command,
    "evaluate": evaluate.evaluate_command,
    "stress": chips.stress_command,
    "report": report_command,
    "energy": chips.energy_command,
    "map": chip_map.map_command,
    "read": read_command,
    "cores": cores_command,
    "serve": serve_command,
    "accept": accept_command,
    "sweep": sweeps.sweep_command,
    "search": sweeps.search_command,
    "design": design.design_command,
    "columns": columns_command,
    "monitor": monitor_command,
    "validate": validate_command,
    "stdp": stdp_command,
    "export": chips.export_command,
    "info": info_command,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> None:
    """Run the command line; errors of the input end in one line and exit status 2."""
    interrupts.run(_run)


def _run() -> None:
    with streams.guarded(), endings.errors_in_one_line():
        status = app(args=sys.argv[1:], prog_name="crossbar", standalone_mode=False)
        if status == interrupts.STOPPED:  # outside of any progress
            interrupts.stop()
        sys.exit(status)
