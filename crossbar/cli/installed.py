"""What is installed: versions, what settings may name, and the sources of numbers."""

from __future__ import annotations

from typing import Any

from crossbar.errors import ConfigError, OutputError, SimulationError
from crossbar.registry import Registry, registries
from crossbar.runs import versions
from crossbar.runs.experiment import kind_sources
from crossbar.runs.hardware import kinds
from crossbar.sources import listed
from crossbar.spice.engine.ngspice import version as ngspice_version
from crossbar.spice.sources import circuits


def record() -> dict[str, Any]:
    """Return it as plain data."""
    return {
        "versions": versions() | {"ngspice": _ngspice()},
        "devices": {name: kind_sources(name) for name in kinds()},
        "registries": {one.group: registered(one) for one in registries()},
        "settings": {one.group: one.setting for one in registries()},
        "circuits": {name: listed(sources) for name, sources in circuits().items()},
    }


def registered(registry: Registry) -> dict[str, str]:
    """Return one line about everything that ``registry`` has, by name; what is broken says so."""
    lines = {}
    for name in registry.names:
        try:
            lines[name] = registry.words(name)
        except ConfigError as error:
            lines[name] = str(error)
    return lines


def _ngspice() -> str:
    """Return which ngspice there is, or how to install it."""
    try:
        installed = ngspice_version()
    except SimulationError as error:
        return f"none. {error.remedy or error}"
    except OutputError as error:
        return f"not tried. {error}"
    return f"{installed.number}, {'with' if installed.klu else 'without'} KLU"
