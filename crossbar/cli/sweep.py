"""`crossbar sweep`: the command that runs every point."""

from __future__ import annotations

from typing import Annotated

import typer

from crossbar.cli.options import (
    GOES_ON,
    Jobs,
    Json,
    Out,
    Question,
    Retry,
    Scheduler,
    Source,
    Values,
    whole_option,
)


def sweep_command(
    source: Source,
    given: Values = None,
    *,
    out: Out = None,
    jobs: Jobs = None,
    together: Annotated[
        list[str] | None,
        typer.Option("--zip", metavar="A,B", help="Names whose lists vary together."),
    ] = None,
    samples: Annotated[
        int | None, whole_option("Sobol points of the ranges in place of a grid.", low=1)
    ] = None,
    random: Annotated[
        bool, typer.Option(help="Draw --samples at random, not from a Sobol sequence.")
    ] = False,
    apart: Annotated[
        bool,
        typer.Option("--one-at-a-time", help="Each value with the first values of the others."),
    ] = False,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    question: Question = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would run, and run nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Run an experiment at every point of its settings, for every seed, and keep each run.

    The same command resumes where it was stopped, killed or cut off; with more values it
    runs only what is new. A run that fails keeps its error and stops no other. The same seed
    means the same data, initial weights and fabricated spread at every point.

    Names that begin with `test.` change the chip after training: points that differ only in them
    share one trained chip for each seed. `test.age` is the time since programming, `test.chip`
    numbers newly fabricated chips, `test.compensate` rescales after drift, `test.stuck` is a share
    of cells that get stuck, half of them on, and `test.read_noise` is additional noise of reads.

    Example: crossbar sweep scripts/leti_cnn.toml device.sigma_read=0,0.01,0.05 device.bits=4:9
    seed=0:5 --out runs/noise --jobs 2

    Example: crossbar sweep runs/cmos faults.p_off=0,1e-3:1e-1:log5 chip=0:20 --out runs/yield

    Example: crossbar sweep runs/cmos device.sigma_read=1e-3:1e-1:log age=1:1e7:log --samples 64

    Example: crossbar sweep runs/cmos stuck=0,1%,5% read_noise=0,2%,10% --one-at-a-time

    Then: crossbar report DIR, crossbar runs list DIR
    """
    from crossbar.cli.assignments import about, asked, executor_at, kept_in, sampled
    from crossbar.cli.console import Bars
    from crossbar.cli.stored import show_plan, show_sweep
    from crossbar.runs.sweep import sweep

    base, axes, seeds = asked(source, given or [], together or [])
    sampling = sampled(samples, random=random, apart=apart)
    folder = out or kept_in(source, base, given or [])
    if plan:
        show_plan(base, axes, sampling, seeds, folder)
        return
    with executor_at(scheduler) as executor, Bars(GOES_ON) as bars:
        frame = sweep(
            base, axes, store=folder, seeds=seeds, sampling=sampling, executor=executor,
            jobs=jobs, retry_failed=retry_failed, about=about(folder, question),
            show=bars.stands, progress=bars,
        )  # fmt: skip
    show_sweep(frame, folder, json=json)
