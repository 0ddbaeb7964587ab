"""What does the decoder of a spiking network cost and win? Error against energy of an inference.

A recurrent spiking network tells the stress of a metal at the end of a path of strain. Its neurons
are read by their voltages, by a vote of these, by their rates or by their first spikes. Networks of
12, 24 and 48 neurons learn in digital memory and are programmed into ideal cells.

    python scripts/ex29_spiking_decoders.py --out runs/decoders --jobs 2
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import gallery
import pandas as pd

from crossbar.report.sweeps import pareto
from crossbar.report.sweeps.statistics import means

RECIPE = Path(__file__).with_name("hardening.toml")
DECODER, NEURONS = "network.decoder", "network.hidden"
DECODERS = ("vote", "membrane", "rate", "first-spike")
SIZES = ([12], [24], [48])
ERROR, ENERGY = "rmse", "energy_inference"


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--epochs", type=int, default=80)
    ours.add_argument("--seeds", type=int, default=3, help="how many, each with its own split")
    ours.add_argument("--jobs", type=int, help="processes; without it one a core")
    ours.add_argument("--out", type=Path, default=Path("runs") / "decoders", help="store, figure")
    return ours


def recipe(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of the network without decoder and size."""
    given = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    given["seed"] = list(range(options.seeds))
    given["train"] |= {"epochs": options.epochs, "weights": "memory"}
    given["device"]["kind"] = "ideal"
    return given


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    base = recipe(options)
    asked = "Which decoder of a spiking network gives the least error for its energy?"
    runs = gallery.run(options, base, {DECODER: DECODERS, NEURONS: SIZES}, asked)
    names = [DECODER, NEURONS]
    table = means(runs, names, ERROR)
    table = table.assign(energy=means(runs, names, ENERGY)["mean"])
    print(table.to_string(index=False, float_format="{:.4g}".format))
    gallery.keep(pareto(runs, metric=ERROR, name="decoders"), options)
    return table


if __name__ == "__main__":
    main()
