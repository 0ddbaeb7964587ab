"""The commands: each reads settings, calls one function of the package and shows the result.

A module that declares a command imports nothing slow before the command runs: `--help` is quick.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Annotated

import typer

from crossbar import interrupts
from crossbar.cli import endings, streams
from crossbar.cli.accept import accept_command
from crossbar.cli.arguments import path
from crossbar.cli.energy import energy_command
from crossbar.cli.export import export_command
from crossbar.cli.groups import group
from crossbar.cli.infer import infer_command
from crossbar.cli.info import info_command
from crossbar.cli.netlist import netlist
from crossbar.cli.options import GOES_ON, Assignments, Config, Jobs, Json, Retry
from crossbar.cli.runs import runs
from crossbar.cli.search import search_command
from crossbar.cli.spice import spice
from crossbar.cli.sweep import sweep_command
from crossbar.cli.validate import validate_command

ABOUT = "Analog in-memory computing, simulated: an analog chip learns, and what it costs."
app = group("crossbar", ABOUT, completion=True)
app.add_typer(netlist)
spice.command("infer")(infer_command)
app.add_typer(spice)
app.add_typer(runs)

Folder = Annotated[
    Path, typer.Argument(parser=path, metavar="DIR", help="Folder that `train --out` wrote.")
]
RECORDED = "Folder that `train` or `sweep` wrote, or a store NAME.db."
Recorded = Annotated[Path, typer.Argument(parser=path, metavar="DIR", help=RECORDED)]


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


@app.command("demo")
def demo(
    out: Annotated[
        Path, typer.Option(parser=path, metavar="DIR", help="Folder of the demo.")
    ] = Path("runs/demo"),
    json: Json = False,
) -> None:
    """Train small analog chips beside a float network and write a report (about a minute)."""
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.console import out as console
    from crossbar.cli.demo import run_demo

    with Bars(GOES_ON) as bars:
        result = run_demo(out, bars)
    if json:
        print_json(result)
        return
    show.comparison(result["runs"])
    console.print(f"Report: {result['report']}", soft_wrap=True)


@app.command("train")
def train_command(
    config: Config,
    assignments: Assignments = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="DIR",
            help="Folder of the run; default: runs/NAME-HASH, a hash of all settings.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Train a chip for every seed, test it, and keep everything in a folder.

    A run that was stopped resumes from its last epoch when the same command is given again.

    Example: crossbar train scripts/leti_cnn.toml device.bits=6 seed=0,1,2 --out runs/six-bit
    """
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json
    from crossbar.runs import experiment, override, read, train
    from crossbar.runs.folder import default_folder

    plan = experiment(override(read(config), assignments or []))
    out = default_folder(config.stem, plan.settings) if out is None else out
    with Bars(GOES_ON) as bars:
        result = train(plan, out, progress=bars)
    print_json(result) if json else show.result(result, out)


@app.command("evaluate")
def evaluate_command(
    folder: Folder,
    assignments: Assignments = None,
    *,
    age: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help='Time since programming, such as "1e6 s", "30 d" or "10 y".'
        ),
    ] = None,
    chip: Annotated[
        int | None,
        typer.Option(metavar="N", help="Program the weights into newly fabricated chip number N."),
    ] = None,
    compensate: Annotated[
        bool, typer.Option("--compensate", help="Compensate the drift of every layer by a factor.")
    ] = False,
    json: Json = False,
) -> None:
    """Test a trained chip again, as it is or with other non-idealities.

    If the device itself or the mapping differs, the trained weights are programmed into new
    cells; with other noise, faults, converters or age the trained chip is used as it is.

    Example: crossbar evaluate runs/cmos device.sigma_read=0.05 faults.p_on=0.01

    Example: crossbar evaluate runs/float device.kind=pcm --chip 3 --age "1e7 s" --compensate
    """
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json
    from crossbar.runs import Conditions, evaluate_run, load_plan
    from crossbar.units import duration

    seconds = None if age is None else duration(age, where="--age")
    conditions = Conditions(age=seconds, chip=chip, compensate=compensate)
    plan = load_plan(folder, assignments or [])
    with Bars() as bars:
        result = evaluate_run(plan, folder, conditions=conditions, progress=bars)
    print_json(result) if json else show.result(result, None)


@app.command("stress")
def stress_command(
    folder: Folder,
    assignments: Assignments = None,
    *,
    jobs: Jobs = None,
    retry_failed: Retry = False,
    json: Json = False,
) -> None:
    """Test a trained chip under stuck cells, read noise and drift, for the report.

    The tests are a sweep of `test.stuck`, `test.read_noise` and `test.age`, one at a time, kept
    in DIR/stress: `crossbar report DIR/stress` works on it. The same command resumes a stress.

    Example: crossbar stress runs/cmos

    Example: crossbar stress runs/float device.kind=pcm
    """
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.sweep_result import ended
    from crossbar.runs import by_stress, stress
    from crossbar.runs.store.export import records
    from crossbar.runs.store.places import STRESS

    with Bars(GOES_ON) as bars:
        frame = stress(folder, assignments or [], jobs=jobs, retry_failed=retry_failed,
                       show=bars.stands, progress=bars)  # fmt: skip
    print_json(records(by_stress(frame))) if json else show.robustness(by_stress(frame))
    ended(frame, folder / STRESS, json=json)


@app.command("report")
def report_command(folder: Recorded, json: Json = False) -> None:
    """Write one HTML page about a run, all runs in a folder, or a sweep, from the records.

    A folder that holds a sweep (`runs.db`), or a store `NAME.db`, gets the report of the sweep.
    """
    from crossbar.cli.console import out, print_json
    from crossbar.report import write_report

    page = write_report(folder)
    if json:
        print_json({"report": str(page)})
    else:
        out.print(f"Report: {page}", soft_wrap=True)


app.command("energy")(energy_command)
app.command("accept")(accept_command)
app.command("sweep")(sweep_command)
app.command("search")(search_command)
app.command("validate")(validate_command)
app.command("export")(export_command)
app.command("info")(info_command)


def main() -> None:
    """Run the command line; errors of the input end in one line and exit status 2."""
    interrupts.run(_run)


def _run() -> None:
    with streams.guarded(), endings.errors_in_one_line():
        status = app(args=sys.argv[1:], prog_name="crossbar", standalone_mode=False)
        if status == interrupts.STOPPED:  # outside of any progress
            interrupts.stop()
        sys.exit(status)
