"""What does training against the hardware win? Three ways onto a chip, and programming errors.

The convolutional network of MNIST-1D comes onto chips of three devices in three ways: it learns on
the chip, it learns in digital memory and is programmed, and it learns in memory but is read through
chips with errors. Then plain mapping and hardware-aware training are compared at programming errors
of 5, 10 and 20 % of the range (PCM, one-sided pairs), with and without corrected outputs.

    pip install mnist1d
    python scripts/make_mnist1d.py
    python scripts/ex28_aware.py --out runs/aware --jobs 2
"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import gallery
import pandas as pd
from make_mnist1d import PLACE

from crossbar.report.sweeps import Sweep, curve
from crossbar.report.sweeps.statistics import means
from crossbar.runs import experiment, train

DEVICES = ("cmos", "reram", "pcm-training")
PLAIN, AWARE = "memory", "hardware-aware"
WEIGHTS = "train.weights"
WAYS = {(WEIGHTS, "train.gamma"): [("cells", 0.003), (PLAIN, 0.01), (AWARE, 0.01)]}
ERRORS = (0.05, 0.1, 0.2)
ERROR, REPAIR, CHIP = "programming error", "test.repair", "test.chip"
REPAIRS = ("none", "correction")


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--data", type=Path, default=PLACE, help="MNIST-1D of make_mnist1d.py")
    ours.add_argument("--epochs", type=int, default=60)
    ours.add_argument("--seeds", type=int, default=5, help="how many, each with its own split")
    ours.add_argument("--chips", type=int, default=10, help="fabricated for each seed and error")
    ours.add_argument("--jobs", type=int, help="processes; without it one a core")
    ours.add_argument("--out", type=Path, default=Path("runs") / "aware", help="stores, figures")
    return ours


def ways(options: argparse.Namespace, base: gallery.Settings) -> pd.DataFrame:
    """Return the accuracy of chips of every device, by the way that the network comes there."""
    asked = {"device.kind": DEVICES, **WAYS}
    runs = gallery.run(options, base, asked, "Which way brings a network onto a chip?", part="ways")
    runs = gallery.tied(runs, "train.gamma")
    gallery.keep(curve(runs, "device.kind", by=WEIGHTS, name="aware-ways"), options)
    for device in DEVICES:
        for way in ("cells", AWARE):
            won = gallery.change(runs, {WEIGHTS: way, "device.kind": device}, {WEIGHTS: PLAIN})
            print(f"{device}: {way} against {PLAIN}: {gallery.points(won)}")
    return means(runs, ["device.kind", WEIGHTS], "accuracy")


def tested(
    options: argparse.Namespace, base: gallery.Settings, way: str, errors: tuple[float, ...]
) -> Sweep:
    """Return chips of the programming ``errors``, with weights that learned in one ``way``."""
    own = base["train"] | {"weights": way, "gamma": 0.01}
    pcm: dict[str, Any] = {"kind": "pcm", "sigma_program": [errors[0]]}
    cells = {"device": pcm, "tile": {"mapping": {"kind": "one-sided"}}}
    name = f"{way}-{errors[0]:g}"
    seeds = {"seed": list(range(options.seeds))}
    train(experiment(base | cells | seeds | {"train": own}), options.out / name)
    axes = {"test.device.sigma_program": [[error] for error in errors], REPAIR: REPAIRS,
            CHIP: range(options.chips)}  # fmt: skip
    question = "What does training against the hardware win at programming errors?"
    runs = gallery.run(
        options, options.out / name, axes, question, part=f"tests-{name}", units={ERROR: "%"}
    )
    numbers = runs.frame["test.device.sigma_program"].map(lambda error: float(str(error)[1:-1]))
    repairs = runs.frame[REPAIR].fillna(REPAIRS[0])
    frame = runs.frame.assign(**{ERROR: numbers, REPAIR: repairs})
    return replace(runs, frame=frame, parameters=(ERROR, REPAIR))


def against_errors(options: argparse.Namespace, base: gallery.Settings) -> pd.DataFrame:
    """Return the accuracy at every programming error, of both ways and with each repair."""
    plain = tested(options, base, PLAIN, ERRORS)
    aware = [tested(options, base, AWARE, (error,)) for error in ERRORS]
    together = replace(aware[0], frame=pd.concat([one.frame for one in aware], ignore_index=True))
    both = gallery.joined({PLAIN: plain, AWARE: together}, WEIGHTS, (ERROR, REPAIR))
    labels = both.frame[WEIGHTS].where(
        both.frame[REPAIR] == REPAIRS[0], both.frame[WEIGHTS] + ", corrected"
    )
    lines = replace(both, frame=both.frame.assign(**{WEIGHTS: labels}), parameters=(ERROR, WEIGHTS))
    gallery.keep(curve(lines, ERROR, by=WEIGHTS, name="aware-errors"), options)
    for error in ERRORS:
        for way in (AWARE, f"{PLAIN}, corrected", f"{AWARE}, corrected"):
            won = gallery.change(lines, {WEIGHTS: way, ERROR: error}, {WEIGHTS: PLAIN})
            print(f"error {error:.0%}: {way} against {PLAIN}: {gallery.points(won)}")
    return means(lines, [WEIGHTS, ERROR], "accuracy")


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    with Path(__file__).with_name("mnist1d.toml").open("rb") as file:
        base = tomllib.load(file)
    base["data"]["path"] = str(options.data)
    base["train"]["epochs"] = options.epochs
    base["energy"] = gallery.FEW
    tables = [ways(options, base), against_errors(options, base)]
    table = pd.concat(tables, ignore_index=True)
    print(f"MNIST-1D, {options.epochs} epochs, {options.seeds} seeds, {options.chips} chips each")
    print(table.to_string(index=False, float_format="{:.4g}".format))
    return table


if __name__ == "__main__":
    main()
