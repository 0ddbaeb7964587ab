"""Arguments that several commands share: paths, and cells with their parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crossbar.errors import ConfigError
from crossbar.paths import place


def path(given: str | Path) -> Path:
    """Return the path ``given``; a path that no system can hold is a usage error."""
    try:
        return place(str(given))
    except ConfigError as error:
        said = f"expected {error.expected}, got {error.got}. {error.remedy}"
        raise typer.BadParameter(said) from None


CELLS = "One of: vteam, yakopcic, stanford_pku, cmos_synapse"
Cell = Annotated[str, typer.Argument(metavar="CELL", help=f"{CELLS}.")]
Parameters = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PARAM=VALUE]...", help='Such as r_on=60 or v_in="0.2 V".'),
]
