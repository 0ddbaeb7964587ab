"""`crossbar map`: what a network takes on a chip, matrix by matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crossbar.cli.models import names_data, names_model
from crossbar.cli.options import Json, path_argument, path_option, settings_argument
from crossbar.errors import fail

if TYPE_CHECKING:
    from crossbar.types import Record

Words = Annotated[
    list[str] | None,
    settings_argument(
        "Samples (data.kind = arrays), then settings: DATA.npz tile.size=128,128 device.kind=reram",
        "[DATA.npz] [KEY=VALUE]...",
    ),
]


def map_command(
    model: Annotated[
        Path,
        path_argument("Settings, a network in ONNX, or a training.", "CONFIG.toml|MODEL.onnx|DIR"),
    ],
    words: Words = None,
    *,
    out: Annotated[
        Path | None, path_option("Folder for a page with figures; none: the table alone.")
    ] = None,
    json: Json = False,
) -> None:
    """Show arrays, cells, time, energy and area of every weight matrix of a network on a chip.

    Nothing is trained. Events are counted while some samples are classified, by a chip with initial
    weights or, where DIR is given, by its first trained chip; energy is that of `crossbar energy`
    by the convention `physical`. Without DATA.npz a network in ONNX is given random numbers.

    Example: crossbar map scripts/leti_cnn.toml device.kind=reram tile.size=128,128

    Example: crossbar map model.onnx device.kind=pcm tile.size=128,128

    Example: crossbar map scripts/digits.toml digits.npz tile.adc.bits=6 --out runs/digits-map
    """
    from crossbar.cli.console import print_json, say
    from crossbar.report.chip_map import write_map

    record = _mapped(model, words or [])
    page = None
    if out is not None:
        page = write_map(record, out, model.name)
        record["report"] = str(page)
    if json:
        print_json(record)
        return
    show(record)
    say("A page with figures: add --out DIR." if page is None else f"Page: {page}")


def _mapped(model: Path, words: list[str]) -> Record:
    """Return what the chip takes that ``model`` and ``words`` describe."""
    from crossbar.cli.console import Bars
    from crossbar.runs import experiment, load_plan, override, read
    from crossbar.runs.build import samples
    from crossbar.runs.chip_map import chip_map, trained_map
    from crossbar.runs.hardware import DEFAULT
    from crossbar.runs.imported import imported_experiment

    if model.is_dir():
        if words:
            remedy = "Leave them out, or give CONFIG.toml in place of the folder."
            fail("crossbar map", "a folder alone", " ".join(words), remedy)
        plan = load_plan(model)
        return trained_map(model, plan, samples(plan.common.data.few()).ends)
    if names_model(model):
        own, words = (Path(words[0]), words[1:]) if names_data(words) else (None, words)
        plan = imported_experiment(model, own, [f"device.kind={DEFAULT}", *words])
    elif names_data(words):  # in place of all that the file says of data
        data = {"kind": "arrays", "path": words[0]}
        plan = experiment(override({**read(model), "data": data}, words[1:]))
    else:
        plan = experiment(override(read(model), words))
    with Bars() as bars:
        return chip_map(plan, progress=bars)


def show(record: Record) -> None:
    """Print layers and totals."""
    from crossbar.cli.console import out, say, table
    from crossbar.report.tables import chip_map as tables
    from crossbar.report.tables.table import shown

    for made in (tables.layers(record), tables.totals(record)):
        rows = [[shown(cell) for cell in row] for row in made.rows]
        table(made.caption, [column.title for column in made.columns], rows)
    for name in ("area", "energy"):
        out.print(f"\nSources of {name}", style="bold")
        for line in tables.sources(record, name):
            say(f"- {line}")
    for note in record["notes"]:
        say(f"Note: {note}.")
