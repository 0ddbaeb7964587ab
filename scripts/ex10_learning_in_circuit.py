"""A small network learns in circuit: one ngspice transient a sample, beside the behavioural chip.

The network has 8x8 inputs, three filters 4x4, eight hidden neurons and two classes: 664 synapses.
Both chips begin with the same codes, see the same images with the same dropout, and round weight
changes to the nearest code; the behavioural one has the circuit-calibrated blocks. From then on
each learns from what it computes itself.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crossbar.circuit.blocks import CIRCUIT
from crossbar.circuit.mapping import Offset
from crossbar.circuit.reading import Reading
from crossbar.data.audio import PRESETS as SOUNDS
from crossbar.devices import PRESETS, Deterministic
from crossbar.nn import Chip, evaluate, leti_cnn
from crossbar.plots.circuit_learning import circuit_learning
from crossbar.random import Streams
from crossbar.spice.training import Learner, Ranges
from crossbar.substrates.tile import Tile

TIE = 0.012  # largest error of the transistor-level softmax (docs/blocks.md)
SIDE, CROP = 8, 24  # the middle 24x24 pixels of a spectrogram, in blocks of 3x3


def images(clips: int) -> tuple[np.ndarray, np.ndarray]:
    """Return small spectrograms (n, 8, 8) of engine sound, zero mean and unit variance, labels."""
    windows = replace(SOUNDS["clear"], clips=clips).dataset()
    margin, block = (28 - CROP) // 2, CROP // SIDE
    middle = windows.x[:, margin : margin + CROP, margin : margin + CROP]
    x = middle.reshape(len(middle), SIDE, block, SIDE, block).mean(axis=(2, 4)).astype(float)
    return (x - x.mean()) / x.std(), windows.y


def new_chip(seed: int) -> Chip:
    """Return a chip of CMOS synapses with circuit-calibrated blocks and no noise."""
    device = replace(PRESETS["cmos"].device, sigma_read=0.0, rounding=Deterministic())
    reading, blocks = Reading(v_read=0.35, temperature=0.0), CIRCUIT.quiet
    tile = Tile(device=device, mapping=Offset(), reading=reading, blocks=blocks, dtype=np.float64)
    network = leti_cnn(classes=2, input_shape=(SIDE, SIDE), hidden=8)
    return network.build(tile, Streams(seed), blocks=blocks)


def codes(chip: Chip) -> np.ndarray:
    """Return the codes of all synapses."""
    cells = [c for held in chip.held.values() for c in held.array.cells]
    return np.concatenate([c.code.ravel() for c in cells]).astype(int)


def learn(chip: Chip, twin: Chip, options: argparse.Namespace) -> pd.DataFrame:
    """Let ``chip`` learn in ngspice and ``twin`` in behaviour; return what happened."""
    x, labels = images(options.clips)
    order = Streams(options.seed)("order").permutation(len(x))[: options.samples]
    still, rows = np.random.default_rng(0), []
    learner = Learner(chip, Ranges.of(chip, x[order], labels[order], rng=still))
    if options.out is not None:
        rows = _resumed(chip, twin, options)
    for k, i in list(enumerate(order))[len(rows) :]:
        before, start = codes(twin), time.perf_counter()
        masks = [Streams(options.seed)("dropout", sample=k) for _ in range(2)]
        circuit = learner.learn(x[i], int(labels[i]), options.rate, masks=masks[0])
        seconds = time.perf_counter() - start
        p = twin.learn(x[i : i + 1], labels[i : i + 1], options.rate, rng=still, masks=masks[1])[0]
        gap = np.abs(codes(chip) - codes(twin))
        rows.append(
            {
                "label": int(labels[i]),
                "p_circuit": float(circuit[labels[i]]),
                "p_chip": float(p[labels[i]]),
                "decision": _compared(circuit, p),
                "changed": int(np.count_nonzero(codes(twin) != before)),
                "equal_codes": float(np.mean(gap == 0)),
                "largest_gap": int(gap.max()),
                "seconds": seconds,
            }
        )
        print(_row(k, rows[-1]), flush=True)
        if options.out is not None:
            _keep(chip, twin, rows, options)
    return pd.DataFrame(rows)


def _state(options: argparse.Namespace) -> Path:
    """Return the file that holds a run with these options on its way."""
    name = f"circuit-learning-{options.seed}-{options.rate:g}-{options.clips}-{options.samples}"
    return Path(options.out) / f"{name}.npz"


def _keep(chip: Chip, twin: Chip, rows: list[dict[str, Any]], options: argparse.Namespace) -> None:
    """Keep both chips and the rows, so that a run that was stopped goes on."""
    options.out.mkdir(parents=True, exist_ok=True)
    state = {f"{who}/{k}": a for who, c in (("chip", chip), ("twin", twin))
             for k, a in c.arrays().items()}  # fmt: skip
    np.savez(_state(options), rows=json.dumps(rows), **state)


def _resumed(chip: Chip, twin: Chip, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the rows of a run that was stopped, and bring both chips to where it was."""
    if not _state(options).exists():
        return []
    with np.load(_state(options)) as state:
        for who, c in (("chip", chip), ("twin", twin)):
            c.restore({k: state[f"{who}/{k}"] for k in c.arrays()})
        rows: list[dict[str, Any]] = json.loads(str(state["rows"]))
    for k, row in enumerate(rows):
        print(_row(k, row))
    return rows


def _compared(circuit: np.ndarray, p: np.ndarray) -> str:
    """Return whether two decisions are the same; near one half the softmax cannot tell."""
    if max(abs(circuit[0] - 0.5), abs(p[0] - 0.5)) < TIE:
        return "tie"
    return "same" if circuit.argmax() == p.argmax() else "DIFFERS"


def _row(k: int, row: dict[str, float]) -> str:
    """Return a line of the table."""
    return (
        f"{k:6}  {row['p_circuit']:9.3f}  {row['p_chip']:9.3f}  {row['decision']:8}"
        f"  {row['changed']:7}  {row['equal_codes']:11.3f}  {row['largest_gap']:11}"
        f"  {row['seconds']:7.1f}"
    )


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=24, help="images to learn")
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--clips", type=int, default=20, help="clips of sound a class")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for the figure and a CSV")
    options = parser.parse_args(arguments)
    chip = new_chip(options.seed)
    twin = chip.copy()
    print("sample  p circuit  p chip     decision  changed  equal codes  largest gap  seconds")
    table = learn(chip, twin, options)
    x, labels = images(options.clips)
    still = np.random.default_rng(0)
    for name, who, p in (("circuit", chip, "p_circuit"), ("chip", twin, "p_chip")):
        loss = -np.log(table[p].clip(lower=1e-3))
        accuracy = np.mean(who.scores(x, rng=still).argmax(axis=1) == labels)
        after = evaluate(who, x, labels, rng=still).loss
        print(
            f"{name:8} loss while learning {loss.mean():.3f}; after it, on all {len(x)} windows,"
            f" behavioural: loss {after:.3f}, accuracy {accuracy:.3f}"
        )
    first = table.iloc[0]
    print(
        f"first step: {first['equal_codes']:.1%} of codes equal, mark 95.0%;"
        f" largest difference {first['largest_gap']}, mark 1"
    )
    print(
        "decisions: " + ", ".join(f"{n} {k}" for k, n in table["decision"].value_counts().items())
    )
    if options.out is not None:
        table.to_csv(options.out / "circuit-learning.csv", index=False, float_format="%.6g")
        drawing = circuit_learning(table)
        (options.out / f"{drawing.name}.svg").write_bytes(drawing.svg)
        (options.out / f"{drawing.name}.png").write_bytes(drawing.png)
        _state(options).unlink()
    return table


if __name__ == "__main__":
    main()
