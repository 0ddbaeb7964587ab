"""The hand-written subcircuits of spice_models/: where they are, what their headers say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crossbar.errors import DataError, fail, message, nearest

_FIELD = re.compile(r"^\* *(level|source|valid for|pins|needs|parameters): *(.*)$")
_PARAMETER = re.compile(r"^\* +(\w+) *= *(\S+) *\[([^]]*)\] *(.*)$")
_PIN = re.compile(r"(\w+) *\(([^)]*)\)")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a subcircuit: default, unit and meaning."""

    name: str
    default: str
    unit: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Model:
    """What the header of ``spice_models/NAME.sub`` says.

    Attributes
    ----------
    level
        ``transistor`` or ``behavioural``, with what else the header says of it.
    pins
        Name and unit of every pin, in order.
    needs
        Models that this one refers to.
    """

    name: str
    summary: str
    level: str
    source: str
    valid_for: str
    pins: dict[str, str]
    parameters: dict[str, Parameter]
    needs: tuple[str, ...]

    def check(self, nodes: int, given: Mapping[str, object]) -> None:
        """Raise unless an instance has ``nodes`` nodes and only known parameters."""
        if nodes != len(self.pins):
            pins = " ".join(self.pins)
            fail(f"{self.name}", f"{len(self.pins)} nodes ({pins})", f"{nodes}", "Name each pin.")
        for name in given:
            if name not in self.parameters:
                known = nearest(name, self.parameters) if self.parameters else "It has none."
                fail(f"{self.name}.{name}", "a parameter of the model", "an unknown name", known)


def folder() -> Path:
    """Return the folder of the models: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[2]
    inside = package / "spice_models"
    return inside if inside.is_dir() else package.parent / "spice_models"


def path(name: str) -> Path:
    """Return the file of the model ``name``, or raise with the nearest known name."""
    file = folder() / f"{name}.sub"
    if not file.is_file():
        known = [listed.stem for listed in folder().glob("*.sub")]
        fail("model", f"a file in {folder().name}/", repr(name), nearest(name, known))
    return file


@cache
def model(name: str) -> Model:
    """Return what the header of the model ``name`` says.

    Raises
    ------
    DataError
        If a part of the header is missing.
    """
    file = path(name)
    fields: dict[str, str] = {}
    parameters: dict[str, Parameter] = {}
    lines = file.read_text(encoding="utf-8").splitlines()
    last = ""
    for line in lines:
        if not line.startswith("*"):
            break
        if match := _FIELD.match(line):
            last = match[1]
            fields[last] = match[2].strip()
        elif last == "parameters" and (entry := _PARAMETER.match(line)):
            parameters[entry[1]] = Parameter(
                name=entry[1], default=entry[2], unit=entry[3], meaning=entry[4]
            )
        elif last and last != "parameters":
            fields[last] += " " + line.lstrip("* ").strip()
    for needed in ("level", "source", "valid for", "pins"):
        if needed not in fields:
            expected = f"a header line '* {needed}: ...'"
            raise DataError(message(f"{name}.sub", expected, "none", "Complete the header."))
    return Model(
        name=name,
        summary=lines[0].lstrip("* ").removeprefix(f"{name}:").strip(),
        level=fields["level"],
        source=fields["source"],
        valid_for=fields["valid for"],
        pins=dict(_PIN.findall(fields.get("pins", ""))),
        parameters=parameters,
        needs=tuple(fields.get("needs", "").split()),
    )
