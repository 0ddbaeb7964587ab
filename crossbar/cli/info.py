"""The command that shows versions, and where the numbers of devices and circuits come from."""

from __future__ import annotations

from typing import Any

from crossbar.cli import show
from crossbar.cli.console import print_json
from crossbar.cli.options import Json
from crossbar.errors import OutputError, SimulationError
from crossbar.runs import versions
from crossbar.runs.experiment import kind_sources
from crossbar.runs.hardware import kinds
from crossbar.sources import listed
from crossbar.spice.engine.ngspice import version as ngspice_version
from crossbar.spice.sources import circuits


def info_command(json: Json = False) -> None:
    """Show versions, and the sources of devices (device.kind) and circuits, number by number."""
    record: dict[str, Any] = {
        "versions": versions() | {"ngspice": _ngspice()},
        "devices": {name: kind_sources(name) for name in kinds()},
        "circuits": {name: listed(sources) for name, sources in circuits().items()},
    }
    print_json(record) if json else show.info(record)


def _ngspice() -> str:
    """Return which ngspice there is, or how to install it."""
    try:
        installed = ngspice_version()
    except SimulationError as error:
        return f"none. {error.remedy or error}"
    except OutputError as error:
        return f"not tried. {error}"
    return f"{installed.number}, {'with' if installed.klu else 'without'} KLU"
