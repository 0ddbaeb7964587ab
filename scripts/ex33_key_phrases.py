"""How few input lines find the key phrases of commands, and what do mistyped words cost?

Units, codes and numbers stand in texts to the control room of a plant, in Russian and English. A
token is a sample: features of it and of its neighbours come to hashed lines, each of which spikes
once or not at all. A network of one layer learns tags in digital memory and is programmed into
ideal cells and into HfO2 ReRAM with write-verify. Beside it stands a linear tagger of the same
lines (scikit-learn, from the extra `test`).

    python scripts/ex33_key_phrases.py --out runs/key-phrases
"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import gallery
import numpy as np
import pandas as pd

from crossbar.data import Commands
from crossbar.data.text import span_score, spans_of_tags, tokens
from crossbar.report.figures.canvas import COLOURS, FULL, LINES, MARKERS, picture, styled
from crossbar.report.figures.layout import empty
from crossbar.runs import experiment, train
from crossbar.runs.build import parts_of, samples
from crossbar.runs.text_chip import TextChip

RECIPE = Path(__file__).with_name("key_phrases.toml")
SIZES = (256, 512, 1024, 2048)
TYPOS = (0.0, 0.05, 0.1, 0.2, 0.4)
CHIPS = {
    "ideal": ["device.kind=ideal"],
    "ReRAM, verified": ["device.kind=reram", "tile.programming.kind=write-verify"],
}
LINEAR = "linear"
FEW, MISTYPED = "lines", "mistyped words (%)"


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--samples", type=int, default=3000, help="texts of all parts")
    ours.add_argument("--epochs", type=int, default=5)
    ours.add_argument("--seed", type=int, default=0, help="of the texts and the network")
    ours.add_argument(
        "--out", type=Path, default=Path("runs") / "key-phrases", help="chips, figure"
    )
    return ours


def trained(options: argparse.Namespace, lines: int) -> tuple[Path, float]:
    """Return the folder of a trained network, and the F1 of a linear tagger."""
    from sklearn.svm import LinearSVC

    given: dict[str, Any] = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    given["data"] |= {"samples": options.samples, "seed": options.seed}
    given["data"]["hashing"]["lines"] = lines
    given["train"]["epochs"] = options.epochs
    plan, out = experiment(given | {"seed": [options.seed]}), options.out / f"{lines}"
    train(plan, out)
    dataset, texts = samples(plan.common.data), plan.common.data.labelled()
    parts = parts_of(plan.common.data, dataset, options.seed)
    decided = LinearSVC(C=1.0).fit(*parts.train).predict(parts.test[0])
    tags, owner = np.array(dataset.names)[decided], dataset.belonging[parts.test_index]
    own = [(texts[k], tags[owner == k].tolist()) for k in np.unique(owner)]
    given_spans = [spans_of_tags(tokens(text.text), said) for text, said in own]
    return out, span_score([text.spans for text, _ in own], given_spans).f1


def measured(options: argparse.Namespace) -> pd.DataFrame:
    """Return F1 of every chip against lines, and of the largest against mistyped words."""
    rows: list[tuple[str, float, str, float]] = []
    for lines in SIZES:
        out, best = trained(options, lines)
        rows.append((FEW, lines, LINEAR, best))
        rows += [(FEW, lines, name, TextChip(out, chip).span_score().f1)
                 for name, chip in CHIPS.items()]  # fmt: skip
    for name, chip in CHIPS.items():
        own = TextChip(out, chip)
        assert isinstance(own.data, Commands)
        for typos in TYPOS:
            new = replace(own.data, samples=600, seed=options.seed + 1, typos=typos).labelled()
            rows.append((MISTYPED, 100 * typos, name, own.span_score(new).f1))
    return pd.DataFrame(rows, columns=["panel", "x", "tagger", "f1"])


@styled
def drawn(table: pd.DataFrame) -> Any:
    """Return F1 against lines and against mistyped words, a panel each."""
    figure = empty(0.7 * FULL, 3.0)
    panels = figure.subplots(1, 2)
    names = list(dict.fromkeys(table["tagger"]))
    for ax, (panel, own) in zip(panels, table.groupby("panel", sort=False), strict=True):
        for tagger, each in own.groupby("tagger", sort=False):
            k = names.index(str(tagger))
            ax.plot(each["x"], 100 * each["f1"], label=tagger, color=COLOURS[k],
                    marker=MARKERS[k], ls=LINES[k], mfc="none")  # fmt: skip
        ax.set(xlabel=panel, ylabel="F1 of key phrases (%)")
    panels[0].set_xscale("log", base=2)
    panels[0].xaxis.set_major_formatter("{x:.0f}")
    panels[0].legend(fontsize="small")
    return picture(
        figure, "key-phrases",
        alt="F1 of key phrases against input lines, and against the share of mistyped words",
        caption="F1 of key phrases that are right to the letter. Left: on the test part, against "
        f"hashed lines. Right: {SIZES[-1]} lines, on new texts with other shares of mistyped words "
        "than the 5 % of the training.",
        data=table, wide=True,
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    options = parser().parse_args(arguments)
    table = measured(options)
    wide = 100 * table.pivot_table(index=["panel", "x"], columns="tagger", values="f1")
    print(wide.to_string(float_format="{:.1f}".format, na_rep=""))
    gallery.keep(drawn(table), options)
    return table


if __name__ == "__main__":
    main()
