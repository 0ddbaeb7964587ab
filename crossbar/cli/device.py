"""`crossbar device`: what the cells of a device do, drawn, beside what was published of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crossbar.cli import completion, device_fit
from crossbar.cli.options import Json, group, path_option, settings_argument, whole_option

SHOW = "show"


class NamesDevices(TyperGroup):
    """Commands, and in place of one the name of a device, which :data:`SHOW` then shows."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read a device before what would else be no command; alone it lists them all."""
        if not (args and args[0] in {*self.commands, *ctx.help_option_names}):
            args = [SHOW, *args]
        return super().parse_args(ctx, args)


ABOUT = """Show a device: its numbers with their sources, and figures of what its cells do.

`crossbar device` lists the devices. `crossbar device NAME` is `crossbar device show NAME`.
"""
device = group("device", ABOUT, kind=NamesDevices)
device.info.subcommand_metavar = "[NAME | COMMAND] [ARGS]..."
device.command(device_fit.NAME)(device_fit.fit_command)


@device.command(SHOW)
def show_command(
    name: Annotated[
        str | None,
        typer.Argument(
            autocompletion=completion.devices,
            metavar="[NAME]",
            help="What device.kind takes: a name, a file or module:Class; omitted: list them.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        settings_argument('Other numbers: device.sigma_read=0.02 device.g_max="50 uS" ...'),
    ] = None,
    *,
    out: Annotated[
        Path | None, path_option("Folder for a page with figures and tables; none: numbers alone.")
    ] = None,
    cells: Annotated[
        int, whole_option("Cells behind every mean and spread.", low=2, high=100_000)
    ] = 256,
    seed: Annotated[int, whole_option("Seed of their spread and noise.", low=0)] = 0,
    json: Json = False,
) -> None:
    """Show every number of a device with its unit and source, and draw what its cells do.

    --out writes report.html with figures (SVG, PNG, CSV) and tables. A source is `published`,
    `derived` from what is, or `assumed`.

    Example: crossbar device

    Example: crossbar device reram --out devices/reram

    Example: crossbar device pcm device.t0=1 --json
    """
    from crossbar.cli.console import print_json
    from crossbar.cli.device_sheet import listed, show, shown

    if name is None:
        record = listed(settings or [], out)
    else:
        record = shown(name, settings or [], out, cells=cells, seed=seed)
    print_json(record) if json else show(record)
