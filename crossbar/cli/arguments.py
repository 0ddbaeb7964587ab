"""Paths among the arguments of a command."""

from __future__ import annotations

from pathlib import Path

import typer

from crossbar.errors import ConfigError
from crossbar.runs.paths import place


def path(given: str | Path) -> Path:
    """Return the path ``given``; a path that no system can hold is a usage error."""
    try:
        return place(str(given))
    except ConfigError as error:
        said = f"expected {error.expected}, got {error.got}. {error.remedy}"
        raise typer.BadParameter(said) from None
