"""The commands about the chips of one run: train, test, stress, count energy, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.cli.options import (
    GOES_ON,
    Assignments,
    Config,
    Jobs,
    Json,
    Retry,
    Trained,
    path_argument,
    path_option,
    whole_option,
)


def train_command(
    config: Config,
    assignments: Assignments = None,
    *,
    out: Annotated[
        Path | None,
        path_option("Folder of the run; default: runs/NAME-HASH, a hash of all settings."),
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


def evaluate_command(
    folder: Trained,
    assignments: Assignments = None,
    *,
    age: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help='Time since programming, such as "1e6 s", "30 d" or "10 y".'
        ),
    ] = None,
    chip: Annotated[
        int | None, whole_option("Program the weights into newly fabricated chip number N.")
    ] = None,
    temperature: Annotated[
        str | None,
        typer.Option(metavar="T", help='Temperature of storage, such as "85 degC" or "358 K".'),
    ] = None,
    repair: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Repair of the aged chip, or several with commas."),
    ] = None,
    compensate: Annotated[
        bool, typer.Option("--compensate", help="The same as --repair global.")
    ] = False,
    json: Json = False,
) -> None:
    """Test a trained chip again, as it is or with other non-idealities.

    If the device itself, the mapping, the arrays or the programming differ, the trained weights
    are programmed into new cells; with other noise, faults, converters or age the trained chip is
    used as it is.

    Options may be given as settings too (`test.age=30d`). With several values of a setting
    `test.NAME` every combination is tested, and a table shows them.

    Example: crossbar evaluate runs/cmos device.sigma_read=0.05 faults.p_on=0.01

    Example: crossbar evaluate runs/float device.kind=pcm --chip 3 --age "1e7 s" --compensate

    Example: crossbar evaluate runs/float device.kind=pcm test.age=1e8 test.repair=none,column
    """
    from crossbar.cli import show
    from crossbar.cli.conditions import asked
    from crossbar.cli.console import Bars, print_json
    from crossbar.runs import evaluate_run

    options = {"age": age, "chip": chip, "temperature": temperature, "repair": repair,
               "compensate": "true" if compensate else None}  # fmt: skip
    tests = asked(folder, assignments or [], options)
    with Bars() as bars:
        results = [(point, evaluate_run(plan, folder, conditions=under, progress=bars))
                   for point, plan, under in tests]  # fmt: skip
    if len(results) == 1:
        _, only = results[0]
        print_json(only) if json else show.result(only, None)
    elif json:
        print_json({"tests": [{"point": point} | record for point, record in results]})
    else:
        show.tests(results)


def stress_command(
    folder: Trained,
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
    from crossbar.cli.stored import ended
    from crossbar.runs import by_stress, stress
    from crossbar.runs.store.places import STRESS
    from crossbar.runs.store.table import records

    with Bars(GOES_ON) as bars:
        frame = stress(folder, assignments or [], jobs=jobs, retry_failed=retry_failed,
                       show=bars.stands, progress=bars)  # fmt: skip
    print_json(records(by_stress(frame))) if json else show.robustness(by_stress(frame))
    ended(frame, folder / STRESS, json=json)


def energy_command(
    source: Annotated[
        Path, path_argument("Settings, or the folder of a training.", "CONFIG.toml|DIR")
    ],
    assignments: Assignments = None,
    *,
    json: Json = False,
) -> None:
    """Count what a chip does and charge it by every convention, each cost with its source.

    In place of settings, DIR of `train` gives what was counted on its first trained chip.

    Example: crossbar energy scripts/leti_cnn.toml device.kind=reram energy.rate=1000
    """
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json
    from crossbar.errors import fail
    from crossbar.runs import energy, experiment, override, read
    from crossbar.runs.store.result import kept_energy

    if source.is_dir():
        if assignments:
            remedy = "Leave them out, or give CONFIG.toml in place of the folder."
            fail("crossbar energy", "a folder alone", " ".join(assignments), remedy)
        record = kept_energy(source)
    else:
        plan = experiment(override(read(source), assignments or []))
        with Bars() as bars:
            record = energy(plan, progress=bars)
    print_json(record) if json else show.energy(record)


def export_command(
    folder: Trained,
    out: Annotated[Path, path_option("For the files.")],
    json: Json = False,
) -> None:
    """Write weights, conductances, netlists and programming pulses of the chips of a run.

    Each seed has a folder: tables as CSV, arrays as .npz, and ngspice netlists of the arrays.
    pulses.csv is what programs a real array from its lowest conductance.

    Example: crossbar export runs/cmos --out runs/cmos-files
    """
    from crossbar.cli.console import print_json, say
    from crossbar.exports import export
    from crossbar.loading import load

    written = export(load(folder), out)
    if json:
        print_json({"files": list(map(str, written))})
        return
    say(f"{len(written)} files are in {out}.")
