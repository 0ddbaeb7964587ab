"""`crossbar design`: the cheapest settings by gradients through trained chips."""

from __future__ import annotations

from typing import Annotated

import typer

from crossbar.cli.options import GOES_ON, Jobs, Json, Retry, settings_argument, whole_option
from crossbar.cli.sweeps import (
    Bounds,
    Large,
    Out,
    Question,
    SamplerSeed,
    Scheduler,
    Small,
    Source,
    sought,
)
from crossbar.errors import fail

Ranges = Annotated[
    list[str] | None,
    settings_argument(
        'Whole ranges 0.01:0.4:log, "1 uS:50 uS:log", 0:0.1:lin; whole numbers 4:11 (4 to 10); '
        "one value is a constant.",
        "[KEY=VALUES]...",
    ),
]
Pareto = Annotated[
    str | None,
    typer.Option(
        metavar="BOUNDS",
        help="Bounds of the first constraint, 0.9:0.97:lin8, or how many between the runs: models "
        "say the least objective for each.",
    ),
]


def design_command(
    source: Source,
    given: Ranges = None,
    *,
    minimise: Small = None,
    maximise: Large = None,
    subject_to: Bounds = None,
    points: Annotated[
        int, whole_option("Largest number of points to run; 0 runs nothing.", low=0)
    ] = 12,
    pareto: Pareto = None,
    samples: Annotated[int, whole_option("Training samples that models present.", low=2)] = 500,
    out: Out = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    retry_failed: Retry = False,
    sampler_seed: SamplerSeed = 0,
    question: Question = None,
    json: Json = False,
) -> None:
    """Look for the settings that are best for one number, by gradients through trained chips.

    After a point is run for every seed, its trained chips are programmed again under other
    settings. Two passes over some training samples then give metrics and their derivatives to every
    setting, which lead to the next point: fewer runs than `crossbar search` needs. Only numbers
    can be designed, and only metrics with derivatives: loss, accuracy, energy_inference, latency,
    cells. Names that begin with `test.` change the chip after training.

    Shown are the best points that were run, and at the best one the sensitivities: by how much a
    tenth of every setting, or one bit, moves objective and constraints. OUT/design.json and
    OUT/figures keep them. With a run folder and --points 1 that is all that is done.

    Example: crossbar design scripts/leti_cnn.toml device.g_full=1e-4:1e-2:log tile.adc.bits=3:11
    tile.reading.v_read=0.01:0.4:log --minimise energy_inference --subject-to "accuracy>=0.94"

    Example: crossbar design runs/cmos tile.reading.v_read=0.01:0.4:log tile.adc.bits=3:11
    --minimise energy_inference --subject-to "accuracy>=0.9" --pareto 8 --out runs/cheapest

    Then: crossbar report DIR, crossbar runs list DIR
    """
    from crossbar.cli.assignments import about, executor_at
    from crossbar.cli.console import Bars, print_json
    from crossbar.cli.design_result import keep, record, show
    from crossbar.runs.design import design

    base, axes, seeds, goal, folder = sought(
        source, given or [], minimise, maximise, subject_to or [], out
    )
    with executor_at(scheduler) as executor, Bars(GOES_ON) as bars:
        outcome = design(
            base, axes, goal, store=folder, seeds=seeds, points=points,
            front=front_of(pareto), samples=samples, sampler_seed=sampler_seed,
            executor=executor, jobs=jobs, retry_failed=retry_failed,
            about=about(folder, question), show=bars.stands, progress=bars,
        )  # fmt: skip
    keep(outcome, folder)
    print_json(record(outcome, folder)) if json else show(outcome, folder)
    if outcome.search.best is None:
        raise typer.Exit(1)


def front_of(asked: str | None) -> int | list[float]:
    """Return the bounds that --pareto asks for, or how many of them; 0 for none."""
    from crossbar.runs.search.space import number
    from crossbar.runs.sweep import Range
    from crossbar.runs.sweep.axes import values

    if asked is None:
        return 0
    given = values("--pareto", asked)
    if isinstance(given, Range):
        fail("--pareto", "a number of bounds", repr(asked), "Write 0.9:0.97:lin8.")
    if len(given) == 1 and isinstance(given[0], int):
        return given[0]
    return [number("--pareto", one) for one in given]
