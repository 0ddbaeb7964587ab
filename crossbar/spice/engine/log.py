"""What a log of ngspice complains of: exit status 0 is no verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from crossbar.errors import Message, message


class _Complaint(NamedTuple):
    """A pattern of the log, what it means, and what to do.

    Groups of the pattern: ``what`` is shown; the place is that of the device or word ``at`` (else
    of the first word of ``what``), of the ``node``, or the ``line`` that ngspice told.
    """

    pattern: str
    expected: str
    remedy: str


# Trouble at the start of gmin or source stepping is none if the stepping reaches its end.
_UNSOLVED = r"(?![\s\S]*(gmin|source) stepping completed)"
_SMOOTH = "Smooth the steps of its sources and models, or loosen reltol."

# The first of these that the log matches is reported.
COMPLAINTS = (
    _Complaint(
        r"could not find include file\s+(?P<what>\S+)",
        "every included file",
        "Write it beside the netlist.",
    ),
    _Complaint(r"unknown subckt:\s+(?P<what>.+)", "a known subcircuit", "Include its model."),
    _Complaint(
        r'(?P<what>too (few|many) parameters for subcircuit type "[^"]*") '
        r"\(instance: x(?P<at>\S+)\)",
        "a node for each pin of the subcircuit",
        "Compare with its .subckt line.",
    ),
    _Complaint(
        r"unrecognized parameter \((?P<what>[^)]*)\)", "known parameters of the model", "Remove it."
    ),
    _Complaint(
        r"netlist line no\. (?P<line>\d+):\s*undefined parameter \[(?P<what>[^]]*)\]",
        "a value for every parameter",
        "Define it with .param.",
    ),
    _Complaint(
        r"error on line( (?P<line>\d+)[^\n]*|:)\n\s*(?P<what>[^\n]*)(\n(?P<why>[^\n]+))?",
        "a line that ngspice understands",
        "Correct it.",
    ),
    _Complaint(
        r"mismatch of \.subckt[\s\S]*check line (?P<what>\.subckt\s+(?P<at>\S+))",
        "an .ends for every .subckt",
        "Close it.",
    ),
    _Complaint(
        r"(?P<what>[\w.]+): resistance to low",
        "a value for every resistor",
        "Give it, 1 mohm at the least.",
    ),
    _Complaint(
        r"(?P<what>no data saved) for",
        "a vector to save",
        "Check the names after .save.",
    ),
    _Complaint(
        r"error: (?P<what>\S+ out of range for \w+)(\s*in line (?P<at>\S+))?",
        "arguments that its functions take",
        "Clamp them with min and max.",
    ),
    _Complaint(
        r"singular matrix:\s+check nodes?\s+(?P<node>\S*#branch\S*)" + _UNSOLVED,
        "currents that the circuit determines",
        "Two voltage sources may stand in parallel, or one is shorted.",
    ),
    _Complaint(
        r"singular matrix:\s+check nodes?\s+(?P<node>\S+)" + _UNSOLVED,
        "a path to ground for direct current from every node",
        "Connect the floating node.",
    ),
    _Complaint(
        r"(?P<what>timestep too small;[^\n]*?(?P<at>[\w.#]+)\"?)\s*$", "convergence", _SMOOTH
    ),
    _Complaint(r"(?P<what>timestep too small)", "convergence", _SMOOTH),
    _Complaint(
        r"(?P<what>source stepping failed|iteration limit reached|no convergence in[^\n]*)"
        + _UNSOLVED,
        "an operating point",
        "Give initial values, or smooth its models.",
    ),
    _Complaint(
        r"(?P<what>(argument out of range|division by zero|overflow|is nan)[^\n]*)",
        "finite numbers",
        "Clamp the arguments of its functions.",
    ),
    _Complaint(
        r"no such (device or model name|parameter) (?P<what>\S+?)\.?\s*$",
        "a device, or a parameter of it, that the circuit has",
        "Name it as ngspice does: r.x1.r2 is r2 inside x1.",
    ),
    _Complaint(
        r"(?P<what>cannot recover)",
        "a library of ngspice that survived its last error",
        "Start Python anew.",
    ),
    _Complaint(
        r"^error: there aren't (?P<what>any circuits)", "a netlist with a circuit", "Add elements."
    ),
    _Complaint(
        r"^\s*(fatal )?error:\s*(?P<what>[^\n]+)", "a simulation without error", "See its log."
    ),
    _Complaint(r"(?P<what>[^\n]*\baborted\b[^\n]*)", "a simulation to its end", "See its log."),
)
LONGEST = 100  # characters of a quotation from the log
_INCLUDE = re.compile(r"^\.inc\w*\s+\"?([^\"\n]+)\"?\s*$", re.IGNORECASE | re.MULTILINE)


def complaint(log: str, path: Path) -> Message | None:
    """Return one line on what ``log`` complains of in the netlist ``path``, or None."""
    spoken = "\n".join(line for line in log.splitlines() if not _names(line))
    for known in COMPLAINTS:
        if match := re.search(known.pattern, spoken, re.IGNORECASE | re.MULTILINE):
            place, got = _place(match.groupdict(), path)
            return message(place, known.expected, got, known.remedy)
    return None


def _names(line: str) -> bool:
    """Whether a line of the log shows names of the user's: the title, or a node's voltage."""
    return bool(re.match(r"circuit: |\S+\s+[-+.\de]+(\s+[-+.\de]+)?( \*)?\s*$", line, re.I))


def _place(groups: dict[str, str | None], path: Path) -> tuple[str, str]:
    """Return file and line that a complaint is about, and what stands there."""
    node, numbered = groups.get("node"), groups.get("line")
    what = " ".join((groups.get("what") or "").split())[:LONGEST]
    got = repr(what) if node is None else f"node {node} with none"
    if node is not None and "#" in node:
        got = f"none for {node.split('#')[0]}"
    if groups.get("why"):
        got += f" ({' '.join((groups['why'] or '').split())[:LONGEST]})"
    word = (groups.get("at") or node or what.split(" ")[0]).lower()
    for name in (word, _outermost(word)):
        for file in _files(path):
            if line := _line(file, name, int(numbered or 0)):
                return f"{file.name}, line {line}", got
    return f"{path.name}, line {numbered}" if numbered else path.name, got


def _outermost(name: str) -> str:
    """Return the name that stands in the netlist for what ngspice calls ``name``.

    ``x1.n`` is a node inside x1, ``r.x1.r2`` a resistor inside x1, ``v1#branch`` the current of v1.
    """
    parts = name.split("#")[0].strip("()\"'").split(".")
    parts = parts[1:] if len(parts) > 2 and len(parts[0]) == 1 else parts
    return parts[0]


def _files(path: Path) -> Iterator[Path]:
    """Yield the netlist and the files that it includes."""
    yield path
    for name in _INCLUDE.findall(path.read_text(errors="replace")):
        included = path.parent / name.strip()
        if included.is_file():
            yield included


def _line(file: Path, word: str, number: int) -> int | None:
    """Return the line that defines ``word``: ``number``, else the first, else one that has it."""
    lines = [_words(line) for line in file.read_text(errors="replace").splitlines()]
    numbered = dict(enumerate(lines[1:], 2))
    defining = [k for k, words in numbered.items() if words[:1] == [word]]
    if number in defining:
        return number
    return next(iter([*defining, *(k for k, words in numbered.items() if word in words)]), None)


def _words(line: str) -> list[str]:
    """Return the words of a netlist line, in lower case."""
    return [] if line.startswith("*") else re.split(r"[\s(),={}\"]+", line.lower())
