"""`crossbar netlist`: circuits of cells, arrays, tiles, networks and training steps as text."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossbar.cli import completion
from crossbar.cli.options import (
    CELLS,
    Parameters,
    SeedOfRun,
    Trained,
    group,
    path_option,
    settings_argument,
    whole_option,
)
from crossbar.errors import fail, require_number

if TYPE_CHECKING:
    from crossbar.spice.engine.deck import Deck

netlist = group(
    "netlist", "Write a circuit as an ngspice netlist, with the models that it includes beside it."
)

Out = Annotated[
    Path | None,
    path_option("File; its models go to spice_models/ beside it. Default: print it.", "FILE"),
]
Settings = Annotated[
    list[str] | None,
    settings_argument("Settings as for `crossbar train`: device.kind=reram tile.wires.r_wl=1 ..."),
]
Seed = Annotated[int, whole_option("Seed of weights, spread and inputs.", low=0)]
Rows = Annotated[int, whole_option("Word lines.", low=1)]
Cols = Annotated[int, whole_option("Weights on a word line.", low=1)]
Reads = Annotated[int, whole_option("Input vectors; more than one is a sweep.", low=1)]


def written(deck: Deck, out: Path | None) -> None:
    """Write ``deck`` to ``out``, or print it."""
    from crossbar.cli.console import err

    if out is None:
        sys.stdout.write(deck.text)
        if deck.used:
            err.print("It includes models: --out FILE writes them beside it.")
        return
    deck.write(out)
    command = shlex.join(["ngspice", "-b", "-r", "out.raw", str(out)])
    err.print(f"{out}: {len(deck.lines)} lines. Simulate it: {command}", soft_wrap=True)


@netlist.command("cell")
def cell_command(
    cell: Annotated[
        str, typer.Argument(autocompletion=completion.cells, metavar="CELL", help=f"{CELLS}.")
    ],
    parameters: Parameters = None,
    *,
    loop: Annotated[
        bool, typer.Option("--loop", help="Drive a memristor with its sine, not with pulses.")
    ] = False,
    code: Annotated[
        list[int] | None,
        whole_option("Codes to write to a CMOS synapse, the first before the start."),
    ] = None,
    out: Out = None,
) -> None:
    """Write a cell with its pulses.

    Example: crossbar netlist cell vteam r_on=60 --out cell.cir

    Example: crossbar netlist cell cmos_synapse bits=4 --code 3 --code 12 --out synapse.cir
    """
    from crossbar.cli.cells import circuit_cell
    from crossbar.spice.memristors.hysteresis import loop_deck
    from crossbar.spice.memristors.trains import schedule, train_deck
    from crossbar.spice.synapse.circuit import Synapse
    from crossbar.spice.synapse.slots import slots_deck

    model = circuit_cell(cell, parameters or [])
    if isinstance(model, Synapse):
        if loop:
            fail("--loop", "a memristor", cell, "Leave it out: a CMOS synapse has codes, no loop.")
        codes = code or [0, model.codes - 1, model.codes // 2]
        for number in codes:
            require_number("--code", number, low=0, high=model.codes - 1)
        deck = slots_deck(model, codes)
    elif code:
        fail("--code", "cmos_synapse", cell, "Leave it out: a memristor has pulses, no codes.")
    elif loop:
        deck = loop_deck(model, model.sine)
    else:
        deck = train_deck(model, model.pulses, schedule(model.pulses))
    written(deck, out)


@netlist.command("array")
def array_command(
    settings: Settings = None,
    *,
    rows: Rows = 8,
    cols: Cols = 8,
    reads: Reads = 1,
    seed: Seed = 0,
    out: Out = None,
) -> None:
    """Write an array of a device with random weights, its lines and drivers.

    Example: crossbar netlist array device.kind=reram tile.wires.r_wl=1 tile.wires.r_bl=1
    --rows 16 --out array.cir
    """
    from crossbar.runs import experiment, override
    from crossbar.runs.circuits import sample_array_deck

    plan = experiment(override({}, settings or []))
    written(sample_array_deck(plan, rows, cols, reads, seed), out)


@netlist.command("tile")
def tile_command(
    settings: Settings = None,
    *,
    rows: Rows = 8,
    cols: Cols = 8,
    reads: Reads = 1,
    seed: Seed = 0,
    out: Out = None,
) -> None:
    """Write a tile with random weights: normaliser, drivers, arrays, mapping, amplifiers.

    Example: crossbar netlist tile tile.mapping=pair tile.adc.bits=6 --out tile.cir
    """
    from crossbar.runs import experiment, override
    from crossbar.runs.circuits import sample_tile_deck

    plan = experiment(override({}, settings or []))
    written(sample_tile_deck(plan, rows, cols, reads, seed), out)


@netlist.command("network")
def network_command(
    folder: Trained,
    settings: Settings = None,
    *,
    images: Annotated[int, whole_option("Test images; more than one is a sweep.", low=1)] = 1,
    seed: SeedOfRun = None,
    out: Out = None,
) -> None:
    """Write a trained network, whole, classifying test images.

    Example: crossbar netlist network runs/cmos --images 20 --out network.cir
    """
    from crossbar.cli.console import Bars
    from crossbar.runs import load_plan
    from crossbar.runs.circuits import trained_deck

    with Bars() as bars:
        deck = trained_deck(load_plan(folder, settings or []), folder, images, seed, progress=bars)
    written(deck, out)


@netlist.command("train-step")
def step_command(
    settings: Settings = None,
    *,
    side: Annotated[int, whole_option("Height and width of the image.", low=2)] = 8,
    seed: Seed = 0,
    out: Out = None,
) -> None:
    """Write one training step of a small network, as one transient.

    Example: crossbar netlist train-step network.hidden=8 train.gamma=0.01 --out step.cir
    """
    from crossbar.runs import experiment, override
    from crossbar.runs.circuits import sample_step_deck

    plan = experiment(override({"network": {"hidden": 8}}, settings or []))
    written(sample_step_deck(plan, side, seed), out)
