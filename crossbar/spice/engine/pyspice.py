"""PySpice, where it is installed: netlists as its circuits, and fast runs of one within Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crossbar.spice.engine import models
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.library import imported, importing, quiet, shared
from crossbar.spice.engine.numbers import parsed
from crossbar.spice.engine.session import require_no_session

_SIMPLE = re.compile(
    r"(?P<kind>[rcl])(?P<name>\S+)\s+(?P<plus>\S+)\s+(?P<minus>\S+)\s+(?P<value>[^\s{}']+)", re.I
)
_SOURCE = re.compile(
    r"(?P<kind>[vi])(?P<name>\S+)\s+(?P<plus>\S+)\s+(?P<minus>\S+)\s+(?P<value>[^{}']+)", re.I
)
_INSTANCE = re.compile(
    r"x(?P<name>\S+)(?P<words>(\s+[^\s=]+)+)(?P<given>(\s+\w+=[^\s{}']+)*)", re.I
)


def circuit(deck: Deck) -> Any:
    """Return a netlist as a ``Circuit`` of PySpice, which any of its simulators takes.

    Resistors, capacitors, inductors, sources and instances of subcircuits become elements, which
    can be looked up and changed (``circuit["R1"].resistance = 2e3``); models are included; what
    else there is stays netlist text (``circuit.raw_spice``). The analysis, what to save and the
    temperature belong to a simulator; see :func:`simulator`.

    Raises
    ------
    SimulationError
        If PySpice is not installed.
    """
    with quiet():
        made = imported("PySpice.Spice.Netlist").Circuit(deck.title)
        for name in deck.used:
            made.include(models.path(name))
        for card in deck.cards:
            made.include(card)
        made.raw_spice = "\n".join(_rest(made, _lines(deck)))
    return made


def simulator(deck: Deck) -> Any:
    """Return PySpice's simulator of :func:`circuit`, in this process, at the deck's temperature.

    Its methods are the analyses of PySpice: ``simulator(deck).operating_point()``.

    Raises
    ------
    SimulationError
        If PySpice or the library of ngspice is not installed, or a :class:`Session` is open.
    """
    shared()
    require_no_session()
    given = dict(option.split("=", 1) for option in deck.options if "=" in option)
    with quiet(), importing():
        return circuit(deck).simulator(
            simulator="ngspice-shared",
            temperature=parsed(given.get("temp", "27")),
            nominal_temperature=parsed(given.get("tnom", "27")),
        )


def _lines(deck: Deck) -> list[str]:
    """Return the lines of a netlist, continued ones whole, with its options at the end."""
    whole = "\n".join(deck.lines).replace("\n+", "").splitlines()
    return whole + ([f".options {' '.join(deck.options)}"] if deck.options else [])


def _rest(made: Any, lines: list[str]) -> Iterator[str]:
    """Add the elements among ``lines`` to a circuit of PySpice and yield the other lines."""
    inside = False  # of a subcircuit
    for line in lines:
        inside = inside or line.lower().startswith(".subckt")
        if inside or not _element(made, line):
            yield line
        inside = inside and not line.lower().startswith(".ends")


def _element(made: Any, line: str) -> bool:
    """Add the element that ``line`` stands for to a circuit of PySpice, if there is one."""
    if match := _INSTANCE.fullmatch(line):
        *nodes, model = match["words"].split()
        given = dict(pair.split("=") for pair in match["given"].split())
        made.X(match["name"], model, *nodes, **given)
        return True
    match = _SIMPLE.fullmatch(line) or _SOURCE.fullmatch(line)
    if match is None:
        return False
    add = getattr(made, match["kind"].upper())
    add(match["name"], match["plus"], match["minus"], match["value"])
    return True
