"""A matrix-vector product in a crossbar: ideal, and with each non-ideality alone.

Prints the computed product beside the exact one, and for each non-ideality the measured error
beside the one that its definition predicts.
"""

from __future__ import annotations

import numpy as np

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import SarAdc
from crossbar.devices import CmosSynapse, IdealCell, Memristor, StuckAt
from crossbar.random import Streams
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires

ROWS, COLS, READS = 64, 32, 2000
QUIET = Reading(temperature=0.0)
PAIR = DifferentialPair(w_max=1.0)


def error(tile: Tile, weights: np.ndarray, x: np.ndarray) -> float:
    """Return the rms error of x @ W, read once for every x."""
    streams = Streams(1)
    state = tile.program(weights, rng=streams("program"))
    return float(np.sqrt(np.mean((state.matvec(x, rng=streams("read")) - x @ weights) ** 2)))


def predictions(x: np.ndarray) -> dict[str, tuple[Tile, float | None]]:
    """Return tiles with one non-ideality each, and the rms error that its definition predicts.

    Weight w stands for k w, k = (g_max - g_min)/w_max for a pair; a conductance error of s times
    the range on both cells is sqrt(2) s w_max in the weight, and adds up over the inputs.
    """
    length = float(np.sqrt(np.mean((x**2).sum(axis=1))))
    cell = Memristor(g_min=1e-6, g_max=41e-6)
    tile = {"mapping": PAIR, "reading": QUIET, "dtype": np.float64}
    noisy = Memristor(g_min=1e-6, g_max=41e-6, sigma_read=0.01)
    written = Memristor(g_min=1e-6, g_max=41e-6, sigma_program=(0.01,))
    step = 1 / 128
    full = np.sqrt(ROWS) * np.abs(x).max(axis=1)
    lsb = np.sqrt(np.mean(full**2)) / 127
    hot = Reading(temperature=300.0)
    kelvin = 4 * 1.380649e-23 * 300.0 * (0.5 / hot.t_read) * ROWS * 2 * 21e-6
    volts = hot.v_read / np.abs(x).max(axis=1)
    thermal = np.sqrt(kelvin * np.mean(1 / volts**2)) / 40e-6
    return {
        "ideal": (Tile(device=IdealCell(), **tile), 0.0),
        "read noise 1 %": (Tile(device=noisy, **tile), np.sqrt(2) * 0.01 * length),
        "programming error 1 %": (Tile(device=written, **tile), np.sqrt(2) * 0.01 * length),
        "8-bit codes": (
            Tile(
                device=CmosSynapse(sigma_unit=0.0),
                mapping=Offset(w_max=1.0),
                reading=QUIET,
                dtype=np.float64,
            ),
            step / np.sqrt(12) * length,
        ),
        "8-bit ADC": (Tile(device=cell, adc=SarAdc(bits=8), **tile), lsb / np.sqrt(12)),
        "thermal noise 300 K": (Tile(device=cell, **{**tile, "reading": hot}), thermal),
        "1 % stuck cells": (Tile(device=StuckAt(cell, p_on=0.005, p_off=0.005), **tile), None),
        "2 ohm a segment": (Tile(device=cell, wires=Wires(r_wl=2.0, r_bl=2.0), **tile), None),
    }


def main() -> dict[str, tuple[float, float | None]]:
    rng = Streams(0)("inputs")
    weights = rng.uniform(-0.9, 0.9, (ROWS, COLS))
    x = rng.standard_normal((READS, ROWS))
    print(f"x @ W, {ROWS}x{COLS}, rms of the exact product {np.std(x @ weights):.4f}\n")
    print(f"{'':24}{'rms error':>12}{'predicted':>12}")
    results = {}
    for name, (tile, predicted) in predictions(x).items():
        measured = error(tile, weights, x)
        results[name] = (measured, predicted)
        beside = "no closed form" if predicted is None else f"{predicted:.3g}"
        print(f"{name:24}{measured:12.3g}{beside:>16}")
    return results


if __name__ == "__main__":
    main()
