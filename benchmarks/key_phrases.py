"""Key phrases of texts by spiking chips, beside a linear tagger of the same lines.

    nice -n 5 python benchmarks/key_phrases.py --snips snips2017.jsonl.gz --json key_phrases.jsonl
    python benchmarks/key_phrases.py --only commands --lines 2048

Sets are the generated commands of the package (units, codes, numbers) and, by the path of a file
that you have, the slots of SNIPS 2017 (columns text, intent, split and slots; it may be packed with
gzip). For each number of hashed lines a network of one layer learns tags of tokens in memory as
scripts/key_phrases.toml says, and is programmed into the chips of intents.py.

Printed are F1 of spans that are right to the letter (CoNLL-2000) on the test part, the same of
linear support vectors (scikit-learn, C chosen on the validation part), shares of right tags, spikes
that a token sends, and energy and time of a sentence, token after token. A tag is decided for each
token by itself.

With --json results are kept line by line, and those that are there are not repeated.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.kept import resumed
from bench.texts import parsed, parser, settings
from intents import CHIPS
from rich.console import Console
from rich.table import Table

from crossbar.data import Dataset
from crossbar.data.text import Labelled, span_score, spans_of_tags, tokens
from crossbar.runs import evaluate_run, experiment, load_plan, override, read, train
from crossbar.runs.build import Parts, parts_of, samples
from crossbar.runs.text_chip import TextChip

RECIPE = Path(__file__).parents[1] / "scripts" / "key_phrases.toml"
TEST = 2


class Set(NamedTuple):
    """Settings of a set of texts, and what is asked for: an F1, or a distance to the linear one."""

    settings: tuple[str, ...] = ()
    f1: float = 0.0
    below: float = 1.0


SETS = {
    "commands": Set(f1=0.98),
    "snips": Set(("train.epochs=10", "train.gamma=0.003"), below=0.05),
}


class Linear(NamedTuple):
    """A linear tagger: F1 of spans, and share of right tags."""

    f1: float
    accuracy: float


def linear(texts: tuple[Labelled, ...], dataset: Dataset, parts: Parts) -> Linear:
    """Return what linear support vectors give on the test part."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    (x, y), (x_v, y_v), (x_t, y_t) = (
        (csr_matrix(part[0]), part[1]) for part in (parts.train, parts.validation, parts.test)
    )
    models = [LinearSVC(C=c).fit(x, y) for c in (0.1, 0.3, 1.0)]
    decided = max(models, key=lambda model: model.score(x_v, y_v)).predict(x_t)
    names, owner = np.array(dataset.names), dataset.belonging[parts.test_index]
    own = {k: names[decided[owner == k]].tolist() for k in np.unique(owner).tolist()}
    given = [spans_of_tags(tokens(texts[k].text), tags) for k, tags in own.items()]
    score = span_score([texts[k].spans for k in own], given)
    return Linear(score.f1, float((decided == y_t).mean()))


def results(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield kept results, then new ones as they are made."""
    yield from resumed(options.json, ("set", "lines", "chip"), partial(measured, options))


def measured(
    options: argparse.Namespace, done: set[tuple[str, int, str]]
) -> Iterator[dict[str, Any]]:
    """Yield results that are not ``done``."""
    for name in options.only:
        for lines in options.lines:
            left = [chip for chip in CHIPS if (name, lines, chip) not in done]
            if left:
                yield from tested(name, lines, left, options)


def tested(
    name: str, lines: int, chips: list[str], options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Train a tagger, or take the one in the folder, and yield what it gives on ``chips``."""
    out, begun = options.out / f"{name}-{lines}", time.perf_counter()
    changes = settings(name, SETS[name].settings, lines, options)
    plan = experiment(override(read(RECIPE), changes))
    train(plan, out, progress=False)
    took = time.perf_counter() - begun
    dataset, texts = samples(plan.common.data), plan.common.data.labelled()
    parts = parts_of(plan.common.data, dataset, plan.common.seed[0])
    ceiling = linear(texts, dataset, parts)
    words = float(np.mean([len(tokens(text.text)) for text in texts if text.part == TEST]))
    for chip in chips:
        score = TextChip(out, CHIPS[chip]).span_score()
        seen = evaluate_run(load_plan(out, CHIPS[chip]), out, progress=False)
        yield {
            "set": name, "lines": lines, "chip": chip, "f1": score.f1, "spans": score.wanted,
            "linear": ceiling.f1, "accuracy": seen["accuracy"],
            "linear_accuracy": ceiling.accuracy, "tokens": words,
            "spikes": float((parts.test[0] > 0).sum(axis=1).mean()),
            "energy": words * seen["energy_inference"], "latency": words * seen["latency"],
            "seconds": took,
        }  # fmt: skip


def show(records: list[dict[str, Any]]) -> bool:
    """Print the table; return whether no mark is missed on ideal cells."""
    table = Table("set", "lines", "chip", "F1, %", "linear F1, %", "tags, %", "linear tags, %",
                  "spikes a token", "tokens", "energy, nJ", "time, us", "mark")  # fmt: skip
    every = True
    for one in records:
        mark, asked = "", SETS[one["set"]]
        best = one["lines"] == max(r["lines"] for r in records if r["set"] == one["set"])
        if one["chip"] == "ideal" and best:
            good = one["f1"] >= max(asked.f1, one["linear"] - asked.below)
            mark, every = "kept" if good else "missed", every and good
        shares = (f"{100 * one[k]:.1f}" for k in ("f1", "linear", "accuracy", "linear_accuracy"))
        table.add_row(
            one["set"], f"{one['lines']}", one["chip"], *shares, f"{one['spikes']:.0f}",
            f"{one['tokens']:.1f}", f"{1e9 * one['energy']:.2f}", f"{1e6 * one['latency']:.0f}",
            mark,
        )  # fmt: skip
    Console(width=150).print(table)
    return every


def main(given: list[str] | None = None) -> int:
    """Train, print the table, and return 1 if a mark is missed."""
    options = parsed(parser(__doc__, SETS, "key-phrases"), given, SETS)
    return 0 if show(list(results(options))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
