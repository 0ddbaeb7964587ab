"""A layer in a tile: outputs and decisions of the chip against two circuits of it."""

from __future__ import annotations

import numpy as np

from crossbar.random import Streams
from crossbar.spice.blocks import FULL
from crossbar.spice.engine.deck import Deck, begin
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import pwl, steps
from crossbar.spice.tiles import facts, tile_deck
from crossbar.spice.training.buses import Bus, normalised
from crossbar.spice.training.crossings import Crossing
from crossbar.spice.validation.check import Check, Row
from crossbar.spice.validation.objects import drawn_wires, synapse_tile
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats

SIDE, READS = 16, 32
SLOT, EDGE = 100e-9, 1e-9  # s, a read of the amplified tile: three times as long gives the same
NOISE = 0.15  # of an input, relative to the length of a pattern: decisions are clear, not certain


def _layer(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return weights (16, 16) whose columns are orthonormal patterns, and noisy patterns (32, 16).

    Every pattern comes twice: a layer that classifies, as the last one of a network does.
    """
    weights, _ = np.linalg.qr(rng.standard_normal((SIDE, SIDE)))
    patterns = weights.T[np.arange(READS) % SIDE]
    return weights, patterns + NOISE * rng.standard_normal((READS, SIDE))


def _resistive(name: str, streams: Streams) -> list[Row]:
    """Compare a tile with line resistance whose amplifiers are expressions."""
    rng = streams(name)
    wires = drawn_wires(rng)
    weights, x = _layer(rng)
    state = synapse_tile(wires).program(weights, rng=rng)
    deck = tile_deck(state, x)
    waves = run(deck)
    return _rows(name, state, x, np.stack([waves[node] for node in deck.wanted], axis=1))


def _amplified(name: str, streams: Streams) -> list[Row]:
    """Compare a tile with ideal lines made of the subcircuits of cells and blocks."""
    rng = streams(name)
    weights, x = _layer(rng)
    state = synapse_tile().program(weights, rng=rng)
    deck = amplified_deck(state, x)
    waves = run(deck)
    ends = np.array([SLOT * k - EDGE for k in range(1, len(x) + 1)], np.float64)
    return _rows(name, state, x, np.stack([waves.at(n, ends) for n in deck.wanted], axis=1))


def amplified_deck(state: TileState, x: Floats) -> Deck:
    """Return the netlist of ``state`` in subcircuits: cells, line amplifiers and normaliser.

    The reads follow each other in slots of :data:`SLOT`: amplifiers settle in time where ngspice
    finds no operating point.

    Parameters
    ----------
    state
        A tile of CMOS synapses with ideal lines.
    x : (n, rows)
        Numbers at its inputs. The outputs come back as v(y0) ..., 1 V for the number one.
    """
    deck = begin("tile of calibrated synapses on amplifiers", *facts(state))
    deck.option("reltol=1e-3", "abstol=1e-9", "vntol=1e-7", "method=gear")
    deck.add("Vforward forward 0 1", "Vbackward backward 0 0", "Voff off 0 0")
    inputs = Bus([f"x{k}" for k in range(x.shape[1])], FULL / float(np.abs(x).max()))
    for node, values in zip(inputs.nodes, (x * inputs.volts).T.tolist(), strict=True):
        deck.add(f"V{node} {node} 0 {pwl(steps(values, SLOT, EDGE))}")
    scaled = normalised(deck, "n", inputs)
    crossing = Crossing(state, "layer")
    crossing.place_codes(deck)
    for codes in crossing.groups:
        codes.place_fixed(deck)
    rows, lines = crossing.place_rows(deck, scaled), crossing.sensed("t")
    crossing.place_cells(deck, "t", rows, lines)
    crossing.place_senses(deck, lines, [])
    outputs = crossing.restored(deck, "y", lines, scaled, 1.0)
    deck.save(*(f"v({node})" for node in outputs.nodes))
    deck.tran(step=SLOT / 20, stop=len(x) * SLOT, uic=True)
    return deck


def _rows(name: str, state: TileState, x: Floats, circuit: Floats) -> list[Row]:
    """Compare the outputs of ``state`` for ``x`` with those of its ``circuit``."""
    behaviour = state.matvec(x, rng=np.random.default_rng(0))  # draws nothing
    correlation = float(np.corrcoef(circuit.ravel(), behaviour.ravel())[0, 1])
    error = float(np.sqrt(np.mean((circuit - behaviour) ** 2)) / np.ptp(behaviour))
    differ = float(np.mean(circuit.argmax(axis=1) != behaviour.argmax(axis=1)))
    detail = f"{READS} noisy patterns, {SIDE} classes; error relative to the range of the outputs"
    return [
        Row(check=name, metric="1 - correlation", error=max(1.0 - correlation, 0.0),
            tolerance=1e-4, note=detail),
        Row(check=name, metric="NRMSE", error=error,
            tolerance=0.01, note=detail),
        Row(check=name, metric="other class decisions", error=differ, tolerance=0.0,
            note=detail),
    ]  # fmt: skip


CHECKS = (
    Check(f"tile {SIDE}x{SIDE}, line resistance", _resistive),
    Check(f"tile {SIDE}x{SIDE}, circuit of blocks", _amplified),
)
