"""What a log of ngspice complains of: exit status 0 is no verdict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from crossbar.errors import message


class _Complaint(NamedTuple):
    """A pattern of the log, what it means, and what to do."""

    pattern: re.Pattern[str]
    expected: str
    remedy: str


def _complaint(pattern: str, expected: str, remedy: str) -> _Complaint:
    return _Complaint(re.compile(pattern, re.IGNORECASE), expected, remedy)


# The first of these that the log matches is reported.
COMPLAINTS = (
    _complaint(
        r"could not find include file\s+(?P<what>\S+)",
        "every included file",
        "Write it beside the netlist.",
    ),
    _complaint(r"unknown subckt:\s+(?P<what>.+)", "a known subcircuit", "Include its model."),
    _complaint(
        r"unrecognized parameter \((?P<what>[^)]*)\)", "known parameters of the model", "Remove it."
    ),
    _complaint(
        r"error on line (?P<line>\d+)[^\n]*\n\s*(?P<what>[^\n]*)(\n(?P<why>[^\n]+))?",
        "a line that ngspice understands",
        "Correct it.",
    ),
    _complaint(
        r"(?P<what>\w+): resistance to low",
        "a value for every resistor",
        "Give it, 1 mohm at the least.",
    ),
    _complaint(
        r"singular matrix:\s+check nodes?\s+(?P<node>\S*#branch\S*)",
        "currents that the circuit determines",
        "Two voltage sources may stand in parallel, or one is shorted.",
    ),
    _complaint(
        r"singular matrix:\s+check nodes?\s+(?P<node>\S+)",
        "a path to ground for direct current from every node",
        "Connect the floating node.",
    ),
    _complaint(
        r"(?P<what>timestep too small[^\n]*)",
        "convergence",
        "Smooth the steps of its sources and models, or loosen reltol.",
    ),
    _complaint(
        r"(?P<what>(gmin|source) stepping failed|no convergence[^\n]*|iteration limit reached)"
        r"(?![\s\S]*(source|gmin) stepping completed)",
        "convergence",
        "Give initial values, or smooth its models.",
    ),
    _complaint(
        r"(?P<what>(argument out of range|division by zero|overflow|is nan)[^\n]*)",
        "finite numbers",
        "Clamp the arguments of its functions.",
    ),
    _complaint(r"^\s*(fatal )?error:?\s*(?P<what>[^\n]+)", "a simulation without error", "See it."),
    _complaint(r"(?P<what>[^\n]*\baborted\b[^\n]*)", "a simulation to the end", "See the log."),
)


def complaint(log: str, path: Path) -> str | None:
    """Return one line on what ``log`` complains of in the netlist ``path``, or None."""
    for known in COMPLAINTS:
        found = re.search(known.pattern.pattern, log, re.IGNORECASE | re.MULTILINE)
        if found is not None:
            where, got = _place(found.groupdict(), path)
            return message(where, known.expected, got, known.remedy)
    return None


def _place(found: dict[str, str | None], path: Path) -> tuple[str, str]:
    """Return file and line that a complaint is about, and what stands there."""
    lines = path.read_text(errors="replace").splitlines()
    what = " ".join((found.get("what") or "").split())
    node = found.get("node")
    if node is not None:
        what = f"node {node} with none" if "#" not in node else f"none for {node.split('#')[0]}"
    if found.get("why"):
        what += f" ({' '.join((found['why'] or '').split())})"
    word = (node or what.split(" ")[0]).split("#")[0].split(".")[0].lower()
    number = next(
        (k for k, line in enumerate(lines, 1) if k > 1 and word in _words(line)), found.get("line")
    )
    return f"{path.name}, line {number}" if number else path.name, repr(what) if not node else what


def _words(line: str) -> list[str]:
    """Return the words of a netlist line, in lower case."""
    return [] if line.startswith("*") else re.split(r"[\s(),={}]+", line.lower())
