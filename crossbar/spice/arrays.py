"""Arrays as netlists: a resistor (or current source) a cell, a resistor a segment of line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from crossbar.devices import Conduction
from crossbar.errors import ShapeError, fail, message
from crossbar.spice.engine.deck import Deck, begin, in_words
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.signals import drive
from crossbar.types import Doubles, Floats
from crossbar.wires import Driven, Sensed, Wires

DIGITS = 12  # significant digits of a resistance


def ohms(conductance: float) -> str:
    """Return the resistance of ``conductance`` [S], to :data:`DIGITS` digits."""
    return number(float(f"{1.0 / conductance:.{DIGITS}g}"))


def place_array(
    deck: Deck,
    tag: str,
    g: Floats,
    rows: Sequence[str],
    cols: Sequence[str],
    wires: Wires | None = None,
    law: Conduction | None = None,
) -> None:
    """Add cells ``g`` (rows, cols) [S] between terminals, with the lines of ``wires``.

    Names of what is added begin with ``tag``.

    Parameters
    ----------
    rows, cols
        Node of each source (or virtual ground, in a transposed read) of a word line, and of each
        virtual ground (or source) of a bit line.
    wires
        Line resistances and sides as :class:`crossbar.wires.Wires` defines them; None for ideal
        lines. A cell of zero conductance is omitted.
    law
        Current of a cell against its voltage; None for resistors.

    Raises
    ------
    ConfigError
        If the law has no expression in ngspice.
    """
    if wires is None:
        along, down = [[row] * len(cols) for row in rows], [list(cols)] * len(rows)
    else:
        along, down = _lines(deck, tag, rows, cols, wires)
    for i, cells in enumerate(g):
        deck.lines += [
            _cell(f"{tag}_{i}_{j}", along[i][j], down[i][j], cells[j], law)
            for j in np.flatnonzero(cells).tolist()
        ]


def _cell(name: str, word: str, bit: str, g: float, law: Conduction | None) -> str:
    """Return a cell: a resistor, or a source of the current by its law."""
    if law is None or law.ohmic:
        return f"R{name} {word} {bit} {ohms(g)}"
    current = law.expression(number(float(g)), f"v({word},{bit})")
    if current is None:
        got, remedy = repr(law), "Write its expression method, or compare with Wires.solve."
        fail("Device.conduction", "a law with an expression in ngspice", got, remedy)
    return f"B{name} {word} {bit} I={current}"


def _lines(
    deck: Deck, tag: str, rows: Sequence[str], cols: Sequence[str], wires: Wires
) -> tuple[list[list[str]], list[list[str]]]:
    """Add the lines of ``wires``; return the nodes of word line and bit line at every cell."""
    sides = (wires.driven is not Driven.RIGHT, wires.driven is not Driven.LEFT)
    along = [
        _line(deck, f"{tag}_w{i}", node, len(cols), wires.r_wl, wires.r_driver, sides)
        for i, node in enumerate(rows)
    ]
    sides = (wires.sensed is not Sensed.TOP, wires.sensed is not Sensed.BOTTOM)
    down = [
        _line(deck, f"{tag}_b{j}", node, len(rows), wires.r_bl, wires.r_sense, sides)
        for j, node in enumerate(cols)
    ]
    # The near end of a bit line is its last cell.
    return along, [list(nodes) for nodes in zip(*(line[::-1] for line in down), strict=True)]


def _line(
    deck: Deck,
    tag: str,
    terminal: str,
    cells: int,
    segment: float,
    end: float,
    sides: tuple[bool, bool],
) -> list[str]:
    """Add the segments of a line; return its node at every cell, from the near end on.

    ``sides`` says whether the terminal is at the near and at the far end. A resistance of zero is
    no resistor: both its nodes are one.
    """
    outer = segment + end
    if outer == 0.0:
        return [terminal] * cells
    nodes = [f"{tag}_{k if segment else 0}" for k in range(cells)]
    if segment:
        deck.lines += [
            f"R{tag}_{k} {nodes[k - 1]} {nodes[k]} {number(segment)}" for k in range(1, cells)
        ]
    for at_end, node, name in zip(sides, (nodes[0], nodes[-1]), ("near", "far"), strict=True):
        if at_end:
            deck.add(f"R{tag}_{name} {terminal} {node} {number(outer)}")
    return nodes


def array_deck(
    g: ArrayLike,
    v: ArrayLike,
    wires: Wires | None = None,
    *,
    law: Conduction | None = None,
    about: Sequence[str] = (),
) -> Deck:
    """Return the netlist of an array with its drivers, for one or several reads.

    Parameters
    ----------
    g : (rows, cols) [S]
        Conductances.
    v : (n, rows) [V]
        Word-line voltages of each read; n > 1 is a sweep, a step a read.
    wires, law
        As :func:`place_array` takes them.
    about
        What else the netlist says of the array.

    Raises
    ------
    ConfigError
        If the law has no expression in ngspice.
    ShapeError
        If ``v`` does not fit ``g``.
    """
    cells, volts = np.atleast_2d(np.asarray(g, float)), np.atleast_2d(np.asarray(v, float))
    if volts.shape[1] != len(cells):
        expected = f"voltages (n, {len(cells)})"
        text = message("array_deck", expected, volts.shape, "Give one a word line.")
        raise ShapeError(text)
    part = "R" if law is None or law.ohmic else "B"
    size = f"{cells.shape[0]} word lines, {cells.shape[1]} bit lines"
    deck = begin(
        f"array {cells.shape[0]}x{cells.shape[1]}",
        f"array: {size}; cell (i, j) is {part}..._i_j between word line i and bit line j",
        f"wires: {'ideal' if wires is None else in_words(wires)}",
        "bit line j ends in the virtual ground Vbl_j; i(vbl_j) is its current, out of the array",
        *about,
    )
    deck.option("klu", "reltol=1e-9", "abstol=1e-18", "vntol=1e-12")  # no KLU before release 42
    rows, cols = (
        [f"{n}_{k}" for k in range(m)] for n, m in zip(("wl", "bl"), cells.shape, strict=True)
    )
    drive(deck, rows, volts)
    place_array(deck, "cell", cells, rows, cols, wires, law)
    deck.add(*(f"V{node} {node} 0 0" for node in cols))
    deck.save(*(f"i(v{node})" for node in cols))
    return deck


def currents(
    g: ArrayLike, v: ArrayLike, wires: Wires | None = None, *, limit: float = LIMIT
) -> Doubles:
    """Return the bit-line currents (n, cols) [A] that ngspice finds; see :func:`array_deck`."""
    deck = array_deck(g, v, wires)
    waves = run(deck, limit=limit)
    return np.stack([waves[name] for name in deck.wanted], axis=1)
