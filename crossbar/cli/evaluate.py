"""`crossbar evaluate`: a trained chip tested again, or chips that its weights are put into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from crossbar.cli.models import run_of
from crossbar.cli.options import Json, path_argument, settings_argument, whole_option
from crossbar.errors import fail

if TYPE_CHECKING:
    from crossbar.types import Record

Model = Annotated[
    Path, path_argument("Folder that `train` wrote, or a network in ONNX.", "DIR|MODEL.onnx")
]
Words = Annotated[
    list[str] | None,
    settings_argument(
        "Of a network in ONNX its samples; then settings: device.kind=reram tile.adc.bits=6",
        "[DATA.npz] [KEY=VALUE]...",
    ),
]
Tests: TypeAlias = "list[tuple[dict[str, Any], Record]]"
Layers = Annotated[
    bool, typer.Option("--layers", help="Show the error of every layer against floating point.")
]


def evaluate_command(
    folder: Model,
    assignments: Words = None,
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
    chips: Annotated[
        int | None,
        whole_option("Program the weights into N new chips: means and their interval.", low=1),
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
    layers: Layers = False,
    json: Json = False,
) -> None:
    """Test a trained chip again, as it is or with other non-idealities, or a network in ONNX.

    If the device itself, the mapping, the arrays or the programming differ, the trained weights
    are programmed into new cells; with other noise, faults, converters or age the trained chip is
    used as it is.

    A network in ONNX is tested on the samples that follow it (`x` and `y`): a tenth sets ranges of
    ADCs, the rest is the test. It is kept under runs/ as a run, to sweep and to stress.

    Beside the figure of merit stands the share of decisions that are those of the trained chip.

    Options may be given as settings too (`test.age=30d`). With several values of a setting
    `test.NAME` every combination is tested, and a table shows them.

    Example: crossbar evaluate runs/cmos device.sigma_read=0.05 faults.p_on=0.01

    Example: crossbar evaluate runs/float device.kind=pcm --chip 3 --age "1e7 s" --compensate

    Example: crossbar evaluate model.onnx data.npz device.kind=reram --chips 20 tile.adc.bits=6

    Example: crossbar evaluate runs/float device.kind=pcm test.age=1e8 test.repair=none,column
    """
    if chip is not None and chips is not None:
        fail("--chips", "one of --chip and --chips", "both", "Leave one of them out.")
    numbers = chip if chips is None else f"0:{chips}"
    options = {"age": age, "chip": None if numbers is None else str(numbers),
               "temperature": temperature, "repair": repair,
               "compensate": "true" if compensate else None}  # fmt: skip
    _show(_evaluated(folder, assignments or [], options, chips is not None, layers), json)


def _evaluated(
    folder: Path, assignments: list[str], options: dict[str, str | None], together: bool,
    layers: bool,
) -> Tests:  # fmt: skip
    """Return what every test gave, or one result for all chips of a point ``together``."""
    from crossbar.cli.conditions import asked
    from crossbar.cli.console import Bars
    from crossbar.runs import evaluate_run
    from crossbar.runs.over_chips import by_point, of_trained_chips

    folder, assignments = run_of(folder, assignments)
    tests = asked(folder, assignments, options)
    with Bars() as bars:
        results = [
            (point, evaluate_run(plan, folder, conditions=under, layers=layers, progress=bars))
            for point, plan, under in tests
        ]
    trained = of_trained_chips(folder, tests[0][1].common.seed)
    joined = by_point(results) if together else results
    return [(point, record | trained) for point, record in joined]


def _show(results: Tests, json: bool) -> None:
    """Print one result, or a table of several."""
    from crossbar.cli import show
    from crossbar.cli.console import print_json
    from crossbar.runs.layer_errors import ERRORS

    if len(results) == 1:
        _, only = results[0]
        print_json(only) if json else show.result(only, None)
    elif json:
        print_json({"tests": [{"point": point} | record for point, record in results]})
    else:
        show.tests(results)
    for point, record in results:
        if ERRORS in record and not json:
            show.layers(point, record[ERRORS])
