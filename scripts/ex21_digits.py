"""Do analog chips learn to read digits? Arrays of one's own, and a network listed layer by layer.

The network and its training are those of ``digits.toml``: two convolutions with bias, the second
added to what the first gives (a residual addition), pooling, and one dense layer. Chips of CMOS and
of ReRAM learn on chip, sample by sample, and so does the same network in floating point; all three
start from the same weights and see the same digits.

    python scripts/ex21_digits.py --out runs/digits --jobs 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gallery
import make_digits
import pandas as pd

from crossbar import toml
from crossbar.report.sweeps import curve
from crossbar.report.sweeps.statistics import means

KIND = "device.kind"
KINDS = ("float", "cmos", "reram")
SETTINGS = Path(__file__).with_name("digits.toml")


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, help="those of digits.toml without it")
    parser.add_argument("--seeds", type=int, default=5, help="how many, each with its own split")
    parser.add_argument("--jobs", type=int, help="processes; without it one a core")
    parser.add_argument("--out", type=Path, default=Path("runs") / "digits", help="store, figure")
    options = parser.parse_args(arguments)
    base = toml.read(SETTINGS)
    del base["device"], base["seed"]
    path = make_digits.main(["--out", str(options.out / "digits.npz")])
    base["data"]["path"] = str(path)
    if options.epochs is not None:
        base["train"]["epochs"] = options.epochs
    question = "Do chips of CMOS and ReRAM learn to read digits as well as floating point does?"
    runs = gallery.run(options, base, {KIND: KINDS}, question)
    table = means(runs, [KIND], "accuracy")
    epochs = base["train"]["epochs"]
    print(f"{epochs} epochs, {options.seeds} seeds, split by digit; mean, 95 % interval")
    print(table.to_string(index=False, float_format="{:.4g}".format))
    gallery.keep(curve(runs, KIND, name="digits"), options)
    for kind in KINDS[1:]:
        gap = gallery.change(runs, {KIND: kind}, {KIND: KINDS[0]})
        print(f"{kind} against floating point: {gallery.points(gap)}")
    return table


if __name__ == "__main__":
    main()
