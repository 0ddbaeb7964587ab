"""Benches of the circuit blocks: decks that sweep a block over its input range and beyond."""

from __future__ import annotations

import numpy as np

from crossbar.devices import PRESETS
from crossbar.spice.bench import Bench, Sweep, joined
from crossbar.spice.blocks import FULL, LOGIT, feedback, normaliser, softmax, supplies
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.types import Doubles

LINES = 8


_PLACES = np.arange(LINES)


_CODES = (37 * (LINES * _PLACES[:, None] + _PLACES) + 11) % 256


def _cells() -> tuple[Doubles, float]:
    """Return conductances (lines, lines) [S] all over the range of the CMOS synapse, and it."""
    low, _, high = PRESETS["cmos"].device.window
    return low + (high - low) * _CODES / 255, high - low


def _element() -> Deck:
    deck = Deck("synaptic crossbar element: forward and transposed")
    deck.comment(f"{LINES}x{LINES} resistors; x reads forward, y the same cells transposed")
    deck.add("Vin in 0 0", "Von on 0 1", "Voff off 0 0")
    cells, width = _cells()
    r_f = feedback(LINES, width)
    for array, (rows, columns) in {"x": ("on", "off"), "y": ("off", "on")}.items():
        for k in range(LINES):
            for side, mode in (("r", rows), ("c", columns)):
                node = f"{array}{side}{k}"
                sense = f"{node}s"
                deck.instance(f"x{node}", "line", node, "in", mode, sense, r_f=r_f)
                if mode == "off":
                    deck.save(f"v({sense})")
        for i, j in np.ndindex(cells.shape):
            ohm = number(float(f"{1 / cells[i, j]:.6g}"))
            deck.add(f"R{array}{i}_{j} {array}r{i} {array}c{j} {ohm}")
    deck.dc("Vin", -FULL, FULL, FULL / 20)
    return deck


def _read_element(waves: Waveforms) -> Sweep:
    cells, width = _cells()
    r_f, v = feedback(LINES, width), waves.axis
    ideal = [r_f * total * v / FULL for total in (*cells.sum(axis=0), *cells.sum(axis=1))]
    names = [f"v(xc{k}s)" for k in range(LINES)] + [f"v(yr{k}s)" for k in range(LINES)]
    return joined(np.array(ideal), waves, names)


_LOGITS = ((0.5, -0.5), (0.5, -0.5, 0.1, -0.3))  # z of each class, per volt of the swept source


_LEVELS = (-0.05, 0.0, 0.05)  # V, common to the inputs


def _softmax() -> Deck:
    deck = Deck("softmax: 2 and 4 classes at three common levels")
    supplies(deck)
    deck.add("Vd d 0 0")
    for case, (level, slopes) in enumerate((v, s) for v in _LEVELS for s in _LOGITS):
        name = f"s{case}"
        deck.add(f"Vm{case} m{case} 0 {number(level)}")
        inputs = [f"{name}z{k}" for k in range(len(slopes))]
        outputs = [f"{name}p{k}" for k in range(len(slopes))]
        for k, (z, slope) in enumerate(zip(inputs, slopes, strict=True)):
            deck.add(f"E{case}_{k} {z} m{case} d 0 {number(slope)}")
        softmax(deck, name, inputs, outputs)
        deck.save(*(f"v({p})" for p in outputs))
    deck.dc("Vd", -0.3, 0.3, 0.01)
    deck.save("i(vdd)", "i(vss)")
    return deck


def _read_softmax(waves: Waveforms) -> Sweep:
    ideal: list[Doubles] = []
    names: list[str] = []
    for case, slopes in enumerate(s for _ in _LEVELS for s in _LOGITS):
        e = np.exp(np.outer(slopes, waves.axis) / LOGIT)
        ideal.extend(e / e.sum(axis=0))
        names += [f"v(s{case}p{k})" for k in range(len(slopes))]
    return joined(np.array(ideal), waves, names)


def _difference() -> Deck:
    deck = Deck("vector difference: p - f for f = 0 and f = full scale")
    deck.add("Vp p 0 0", "Vnone f0 0 0", f"Vone f1 0 {number(FULL)}")
    for k in (0, 1):
        deck.instance(f"x{k}", "difference", "p", f"f{k}", f"d{k}")
        deck.save(f"v(d{k})")
    deck.dc("Vp", -0.175, 0.525, 0.0175)
    return deck


def _read_difference(waves: Waveforms) -> Sweep:
    p = waves.axis / FULL
    inside = (p > -1e-9) & (p < 1 + 1e-9)
    return joined(np.array([p, p - 1]), waves, ["v(d0)", "v(d1)"], np.array([inside, inside]))


_FACTORS = np.linspace(-1.25, 1.25, 11)


def _multiplier() -> Deck:
    deck = Deck("multiplier: x swept, y in eleven steps")
    supplies(deck)
    deck.add("Vx x 0 0")
    for k, y in enumerate(_FACTORS):
        deck.add(f"Vy{k} y{k} 0 {number(round(float(y * FULL), 9))}")
        deck.instance(f"x{k}", "multiplier", "x", f"y{k}", f"o{k}", "vdd", "vss")
        deck.save(f"v(o{k})")
    deck.dc("Vx", -1.25 * FULL, 1.25 * FULL, FULL / 16)
    deck.save("i(vdd)", "i(vss)")
    return deck


def _read_multiplier(waves: Waveforms) -> Sweep:
    x = waves.axis / FULL
    inside = (np.abs(x) < 1 + 1e-9) & (np.abs(_FACTORS[:, None]) < 1 + 1e-9)
    names = [f"v(o{k})" for k in range(len(_FACTORS))]
    return joined(np.outer(_FACTORS, x), waves, names, inside)


_PATTERN = np.array([1.0, 0.9, 0.6, 0.3, 0.05, -0.2, -0.5, -0.95])


def _normaliser() -> Deck:
    deck = Deck("normaliser: a pattern of eight lines, its largest value swept")
    deck.add("Va a 0 0")
    inputs = [f"x{k}" for k in range(len(_PATTERN))]
    outputs = [f"y{k}" for k in range(len(_PATTERN))]
    for x, share in zip(inputs, _PATTERN, strict=True):
        deck.add(f"E{x} {x} 0 a 0 {number(float(share))}")
    normaliser(deck, "n", inputs, outputs)
    deck.save(*(f"v({y})" for y in outputs))
    deck.dc("Va", 0.02 * FULL, FULL, 0.02 * FULL)
    return deck


def _read_normaliser(waves: Waveforms) -> Sweep:
    ideal = np.repeat(_PATTERN[:, None], len(waves), axis=1)
    return joined(ideal, waves, [f"v(y{k})" for k in range(len(_PATTERN))])


def _relu() -> Deck:
    deck = Deck("rectifier")
    deck.add("Vx x 0 0")
    deck.instance("x1", "relu", "x", "y", "gate")
    deck.dc("Vx", -FULL, FULL, FULL / 50)
    deck.save("v(y)", "v(gate)")
    return deck


def _read_relu(waves: Waveforms) -> Sweep:
    return joined(np.maximum(waves.axis, 0)[None] / FULL, waves, ["v(y)"])


ELEMENT = Bench(
    name="synaptic element", model="line", over=f"{LINES}x{LINES} cells, both directions",
    deck=_element, read=_read_element,
)  # fmt: skip


SOFTMAX = Bench(
    name="softmax", model="softmax_leg", over="2 and 4 classes, |z1 - z2| < 7.7",
    deck=_softmax, read=_read_softmax, outputs=len(_LEVELS) * sum(map(len, _LOGITS)),
)  # fmt: skip


DIFFERENCE = Bench(
    name="difference", model="difference", over="p of 0 to 1, f = 0 and 1",
    deck=_difference, read=_read_difference,
)  # fmt: skip


MULTIPLIER = Bench(
    name="multiplier", model="multiplier", over="x and y of -1 to 1",
    deck=_multiplier, read=_read_multiplier, outputs=len(_FACTORS),
)  # fmt: skip


NORMALISER = Bench(
    name="normaliser", model="normaliser", over="max|x| of 0.02 to 1",
    deck=_normaliser, read=_read_normaliser,
)  # fmt: skip


RELU = Bench(name="rectifier", model="relu", over="-1 to 1", deck=_relu, read=_read_relu)


BENCHES = (ELEMENT, SOFTMAX, DIFFERENCE, MULTIPLIER, NORMALISER, RELU)
