"""The commands about the chips of one run: train, test, stress, count energy, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
