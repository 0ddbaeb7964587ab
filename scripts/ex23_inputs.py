"""What does it help to give inputs in time? Products of sinh cells, by amplitude and by time.

A voltage in proportion to a number is bent by the law of the cells: x counts as sinh(a x) /
sinh(a), with a = v_read / v0. Bits one after the other, or a pulse as long as the number, stand
at one voltage, where only the rounding of the number is left. All three have the same bits.
Numbers are uniform from -1 to 1, weights random; the gain of the products is that of the least
error, as any layer behind may have it.

    python scripts/ex23_inputs.py --out runs/inputs
"""

from __future__ import annotations

import math
from typing import Any

import gallery
import numpy as np
import pandas as pd
from scipy.integrate import quad

from crossbar import (
    DifferentialPair,
    IdealCell,
    PulseWidthDac,
    Reading,
    SerialDac,
    StringDac,
    Tile,
)
from crossbar.devices import Sinh
from crossbar.report.sweeps import curve

BITS, V, ROWS, COLS, VECTORS = 7, 0.2, 256, 64, 200
INPUT, BENT = "input", "read voltage / v0"
STEEP = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
DACS = {"amplitude": StringDac, "bit-serial": SerialDac, "pulse-width": PulseWidthDac}
THEORY = {"amplitude": "amplitude, closed form", "pulse-width": "rounding, closed form"}
LABELS = (*DACS, *THEORY.values())


def bending(a: float) -> float:
    """Return the error of products whose inputs are bent, relative to them.

    sqrt(1 - E[x f]^2 / (E[x^2] E[f^2])), f = sinh(a x), of the best gain and independent weights.
    """
    squares = quad(lambda x: math.sinh(a * x) ** 2, 0, 1)[0]
    both = quad(lambda x: x * math.sinh(a * x), 0, 1)[0]
    return math.sqrt(max(1 - both**2 / (squares / 3), 0.0))


def rounding() -> float:
    """Return that of rounding to steps s = 1 / top: s^2 / 12 against E[x^2] = 1 / 3."""
    return 0.5 / (2 ** (BITS - 1) - 1)


def product(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return the error of products, relative to them, with energy and time of a read."""
    label, a = point[INPUT], point[BENT]
    if label not in DACS:
        bent = bending(a) if label == THEORY["amplitude"] else 0.0
        return {"error": math.hypot(bent, rounding())}
    rng = np.random.default_rng(seed)
    reading = Reading(v_read=V, t_read=1e-9, temperature=0.0)
    device = IdealCell(g_min=1e-6, conduction=Sinh(v0=V / a))
    tile = Tile(device=device, mapping=DifferentialPair(), reading=reading,
                dac=DACS[label](bits=BITS), dtype=np.float64)  # fmt: skip
    weights = rng.normal(size=(ROWS, COLS))
    x = rng.uniform(-1, 1, (VECTORS, ROWS))
    state = tile.program(weights, rng=rng)
    y, exact = state.matvec(x, rng=rng), x @ weights
    left = 1 - (y * exact).sum() ** 2 / ((y * y).sum() * (exact * exact).sum())
    counted = state.activity.total("read_energy") / VECTORS
    return {"error": math.sqrt(left), "energy": counted, "steps": float(tile.dac.slots)}


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = gallery.parser(__doc__, "inputs").parse_args(arguments)
    options.seeds = 1  # the sums are over 13 000 products
    question = "What does it help to give inputs in time?"
    axes = {INPUT: LABELS, BENT: STEEP}
    sweep = gallery.run(options, product, axes, question, units={"error": "%", "energy": "J"})
    table = sweep.done[[INPUT, BENT, *sweep.metrics]]
    print(table.to_string(index=False, float_format="{:.4g}".format))
    gallery.keep(curve(sweep, BENT, "error", INPUT, name="inputs"), options)
    for a in STEEP:
        here = table[table[BENT] == a].set_index(INPUT)
        both = here.loc[["amplitude", "pulse-width"], "error"]
        print(
            f"v_read = {a:g} v0: {both['amplitude']:.2%} by amplitude (closed form"
            f" {math.hypot(bending(a), rounding()):.2%}), {both['pulse-width']:.2%} by pulse width"
            f" (closed form {rounding():.2%})."
        )
    return table


if __name__ == "__main__":
    main()
