"""Signals of a netlist: stimuli, peaks, and the errors of blocks as expressions of B-sources."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from crossbar.circuit.block_errors import Errors
from crossbar.errors import fail
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.types import Floats

SAMPLE = "sample"  # the node whose voltage counts the samples
FAN = 8  # signals that one B-source compares


def drive(deck: Deck, nodes: Sequence[str], values: Floats) -> None:
    """Put ``values`` (n, nodes) [V] on ``nodes`` and ask for an analysis of all n samples.

    One sample is an operating point. Several are a sweep of the source ``Vsample``, one step a
    sample: statics have no time.
    """
    if len(values) == 1:
        deck.add(*(f"V{n} {n} 0 {number(float(v))}" for n, v in zip(nodes, values[0], strict=True)))
        deck.op()
        return
    deck.add(f"V{SAMPLE} {SAMPLE} 0 0")
    for node, column in zip(nodes, values.T, strict=True):
        points = ",".join(f"{k},{number(float(v))}" for k, v in enumerate(column))
        deck.add(f"B{node} {node} 0 V=pwl(v({SAMPLE}),{points})")
    deck.dc(f"V{SAMPLE}", 0, len(values) - 1, 1)


def peak(deck: Deck, tag: str, nodes: Sequence[str]) -> str:
    """Add a tree of maxima and return the node of the largest magnitude on ``nodes``."""
    level, parts = 0, [f"abs(v({node}))" for node in nodes]
    while True:
        groups = [parts[k : k + FAN] for k in range(0, len(parts), FAN)]
        names = [f"{tag}_max{level}_{k}" for k in range(len(groups))]
        deck.add(*(f"B{n} {n} 0 V={_largest(g)}" for n, g in zip(names, groups, strict=True)))
        if len(names) == 1:
            return names[0]
        level, parts = level + 1, [f"v({name})" for name in names]


def _largest(parts: list[str]) -> str:
    """Return the expression of the largest of ``parts``, halved again and again."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"max({_largest(parts[:half])},{_largest(parts[half:])})"


def erring(expression: str, errors: Errors, full: float) -> str:
    """Return ``expression`` with the static errors of a block whose full scale is ``full``."""
    if errors.gain_error:
        expression = f"({expression})*{number(1.0 + errors.gain_error)}"
    if errors.offset:
        offset = errors.offset * full
        expression = f"{expression}{'+' if offset > 0 else '-'}{number(abs(offset))}"
    return limited(expression, errors.saturation * full)


def limited(expression: str, limit: float) -> str:
    """Return ``expression`` cut at plus and minus ``limit``."""
    if math.isinf(limit):
        return expression
    return f"min(max({expression},{number(-limit)}),{number(limit)})"


def quantised(expression: str, top: int | None, full: float) -> str:
    """Return ``expression`` in whole steps of ``full / top`` up to ``top`` of them; None: as is.

    Raises
    ------
    ConfigError
        If ``top`` is 0: DACs that go by a table have no netlist.
    """
    if top is None:
        return expression
    if not top:
        fail("netlist", "DACs with uniform steps", "one that goes by a table", "Take SerialDac.")
    step = number(full / top)
    return f"{limited(f'nint(({expression})/{step})', float(top))}*{step}"


def looked_up(deck: Deck, node: str, expression: str, table: Floats, full: float) -> str:
    """Return the level of the code of ``expression``, relative to full scale on ``node``.

    ``table`` has thresholds and levels, as of :func:`crossbar.kernels.conversion.tabulate`.
    """
    last = len(table) // 2
    thresholds, levels = table[:last].astype(float), table[last:].astype(float)
    deck.add(f"B{node} {node} 0 V=({expression})/{number(full)}")
    steps = (
        f"+{number(float(step))}*u(v({node})-({number(float(threshold))}))"
        for threshold, step in zip(thresholds, np.diff(levels), strict=True)
        if step
    )
    return f"{number(full)}*({number(float(levels[0]))}{''.join(steps)})"


def node_name(text: str) -> str:
    """Return ``text`` as ngspice can name a node: lower case, letters, digits, underscores."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower())
