"""How few input lines and how poor a chip tell the commands of a plant apart?

Texts of four intents in Russian and English come to hashed lines, each of which spikes once or not
at all. A network of one layer learns in digital memory and is programmed into chips: ideal cells,
CMOS synapses of 8 bits, and HfO2 ReRAM that is written once or with write-verify. Beside them
stands a linear classifier of the same lines (scikit-learn, from the extra `test`).

    python scripts/ex32_intents.py --out runs/intents
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import gallery
import pandas as pd
from matplotlib.axes import Axes

from crossbar.report.figures.canvas import COLOURS, FULL, LINES, MARKERS, picture, styled
from crossbar.report.figures.layout import empty
from crossbar.runs import evaluate_run, experiment, load_plan, train
from crossbar.runs.build import parts_of, samples
from crossbar.runs.conditions import tested

RECIPE = Path(__file__).with_name("commands.toml")
SIZES = (64, 128, 256, 512, 1024)
NOISES, SPREADS = (0.0, 0.01, 0.02, 0.05, 0.1), (0.0, 0.2, 0.5, 1.0)
LARGE = 512  # lines of the chips under noise and mismatch: what a core holds
ONCE = "ReRAM, once"
CHIPS = {
    "ideal": ["device.kind=ideal"],
    "CMOS": ["device.kind=cmos"],
    "ReRAM, verified": ["device.kind=reram", "tile.programming.kind=write-verify"],
    ONCE: ["device.kind=reram"],
}
NOISY = ("ideal", "CMOS", ONCE)  # write-verify needs reads with less noise than its tolerance
LINEAR, CORRECTED = "linear", "ideal, corrected"
FEW, NOISE, SPREAD = "lines", "rms read noise (%)", "mismatch (%)"


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--samples", type=int, default=3000, help="texts of all parts")
    ours.add_argument("--seeds", type=int, default=3, help="how many, each with its own texts")
    ours.add_argument("--epochs", type=int, default=12)
    ours.add_argument("--out", type=Path, default=Path("runs") / "intents", help="chips, figure")
    return ours


def trained(options: argparse.Namespace, lines: int, seed: int) -> tuple[Path, float]:
    """Return the folder of a trained network, and the accuracy of a linear classifier."""
    from sklearn.svm import LinearSVC

    given: dict[str, Any] = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    given["data"] |= {"samples": options.samples, "seed": seed, "hashing": {"lines": lines}}
    given["train"]["epochs"] = options.epochs
    plan, out = experiment(given | {"seed": [seed]}), options.out / f"{lines}-{seed}"
    train(plan, out)
    parts = parts_of(plan.common.data, samples(plan.common.data), seed)
    return out, float(LinearSVC(C=1.0).fit(*parts.train).score(*parts.test))


def accuracy(out: Path, settings: list[str], **changes: Any) -> float:
    """Return the accuracy of the chip in ``out`` with ``settings``, under conditions."""
    plan, conditions = tested(load_plan(out, settings), changes)
    return float(evaluate_run(plan, out, conditions=conditions, progress=False)["accuracy"])


def measured(options: argparse.Namespace) -> pd.DataFrame:
    """Return the accuracy of every chip: against lines, noise of reads and mismatch."""
    rows: list[tuple[str, float, str, int, float]] = []
    for seed in range(options.seeds):
        for lines in SIZES:
            out, best = trained(options, lines, seed)
            rows.append((FEW, lines, LINEAR, seed, best))
            rows += [(FEW, lines, name, seed, accuracy(out, chip)) for name, chip in CHIPS.items()]
        out, best = trained(options, LARGE, seed)
        for name in NOISY:
            rows += [(NOISE, 100 * x, name, seed, accuracy(out, CHIPS[name], read_noise=x or None))
                     for x in NOISES]  # fmt: skip
        for x in SPREADS:
            own = [*CHIPS["ideal"], f"tile.mismatch={x}"]
            rows.append((SPREAD, 100 * x, "ideal", seed, accuracy(out, own)))
            mended = accuracy(out, own, repair="correction")
            rows.append((SPREAD, 100 * x, CORRECTED, seed, mended))
    return pd.DataFrame(rows, columns=["panel", "x", "chip", "seed", "accuracy"])


@styled
def drawn(table: pd.DataFrame) -> Any:
    """Return accuracy against lines, noise and mismatch, a panel each."""
    figure = empty(FULL, 3.0)
    panels = figure.subplots(1, 3)
    names = list(dict.fromkeys(table["chip"]))
    for ax, (panel, own) in zip(panels, table.groupby("panel", sort=False), strict=True):
        curves(ax, own, names)
        ax.set(xlabel=panel, ylabel="accuracy (%)")
    panels[0].set_xscale("log", base=2)
    panels[0].xaxis.set_major_formatter("{x:.0f}")
    panels[0].legend(fontsize="small")
    panels[2].set_ylim(95, 100.2)
    panels[2].legend(fontsize="small")
    return picture(
        figure, "intents",
        alt="accuracy of intents against input lines, noise of reads and mismatch of neurons",
        caption="Accuracy on the test part, mean of seeds. Left: against hashed lines. Middle and "
        f"right: {LARGE} lines under noise of reads of every cell, relative to its range, and with "
        "mismatch of neurons.",
        data=table, wide=True,
    )  # fmt: skip


def curves(ax: Axes, table: pd.DataFrame, names: list[str]) -> None:
    """Draw a curve for each chip."""
    for chip, own in table.groupby("chip", sort=False):
        k = names.index(str(chip))
        means = 100 * own.groupby("x")["accuracy"].mean()
        ax.plot(means.index, means, label=chip, color=COLOURS[k], marker=MARKERS[k],
                ls=LINES[k % len(LINES)], mfc="none")  # fmt: skip


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    table = measured(options)
    wide = 100 * table.pivot_table(index=["panel", "x"], columns="chip", values="accuracy")
    print(wide.to_string(float_format="{:.1f}".format, na_rep=""))
    gallery.keep(drawn(table), options)
    return table


if __name__ == "__main__":
    main()
