"""Arguments that several commands share: paths, numbers, and cells with their parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from crossbar.cli.completion import cells
from crossbar.errors import ConfigError, require_number
from crossbar.paths import place


def path(given: str | Path) -> Path:
    """Return the path ``given``; a path that no system can hold is a usage error."""
    with _usage():
        return place(str(given))


def number(unit: str = "", **limits: Any) -> Callable[[str | float], float]:
    """Return what reads a number that may have the SI ``unit``, a prefix or percent.

    ``limits`` are those of :func:`crossbar.errors.require_number`.
    """

    def read(given: str | float) -> float:
        from crossbar.units import si

        with _usage():
            return require_number("number", si(given, unit), unit=unit, **limits)

    return read


@contextlib.contextmanager
def _usage() -> Iterator[None]:
    """Turn an error about a value into one about the option that it was given to."""
    try:
        yield
    except ConfigError as error:
        said = f"expected {error.expected}, got {error.got}. {error.remedy}"
        raise typer.BadParameter(said) from None


CELLS = "One of: vteam, yakopcic, stanford_pku, cmos_synapse"
Cell = Annotated[str, typer.Argument(autocompletion=cells, metavar="CELL", help=f"{CELLS}.")]
Parameters = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PARAM=VALUE]...", help='Such as r_on=60 or v_in="0.2 V".'),
]
