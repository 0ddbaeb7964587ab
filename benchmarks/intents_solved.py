"""Intents of texts by a layer that is solved, not descended: support vectors programmed into chips.

    nice -n 5 python benchmarks/intents_solved.py --texts snips2017.jsonl.gz --lines 4096

The outputs of scripts/commands.toml are neurons whose voltage at the end is linear in the weights,
with e^(-T x / 2 tau) - e^(-T x / tau) of each line x. Linear support vectors without an intercept
(squared hinge, scikit-learn) are fitted to these numbers on the training and validation parts
together, with the constant C of the best of five folds of them, and become the weights. Synapses
are slower than in the recipe, so that voltages are nearly linear in x too.

Few of these weights are large, and the largest one sets the range of the cells. --widest 6 cuts
those beyond six root mean squares, for cells with errors.

Printed are the accuracy on the test part with its 95 % interval (Wilson) of each chip, and that of
the same support vectors on x itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from bench.texts import texts
from intents import CHIPS, RECIPE, SETS
from scipy.sparse import csr_matrix, vstack

from crossbar.intervals import wilson
from crossbar.random import Streams
from crossbar.runs import build, experiment, override, read
from crossbar.runs.experiment import Experiment

CONSTANTS = (0.3, 1.0, 3.0, 10.0)
TAU = 5e-6  # s, of synapses; membranes have twice that


def plan_of(options: argparse.Namespace, chip: str) -> Experiment:
    """Return the experiment on a chip."""
    slow = [f"network.neuron.tau_s={TAU}", f"network.neuron.g_leak={0.5e-12 / TAU}"]
    own = texts(options.texts, options.out)
    lines = [f"data.hashing.lines={options.lines}", "data.hashing.patterns=2,3"]
    given = [*SETS["snips"].settings, *own, *lines, *slow, *CHIPS[chip]]
    return experiment(override(read(RECIPE), given))


def seen(x: Any, plan: Experiment) -> csr_matrix:
    """Return what neurons see of lines ``x`` (n, lines): voltages at the end, of weights of 1."""
    end = plan.common.network.network((x.shape[1],), 2).layers["out"].duration
    lines = csr_matrix(x, dtype=np.float64)
    slow = np.exp(-end * lines.data / (2 * TAU))
    lines.data = slow - slow**2
    return lines


def solved(x: csr_matrix, y: Any) -> tuple[Any, float]:
    """Return support vectors fitted to ``x`` and ``y``, and C of the best of five folds."""
    from sklearn.model_selection import cross_val_score
    from sklearn.svm import LinearSVC

    scale = 1.0 / np.sqrt(x.multiply(x).sum(axis=1).mean())
    folds = [
        cross_val_score(LinearSVC(C=c, fit_intercept=False), scale * x, y, cv=5).mean()
        for c in CONSTANTS
    ]
    best = CONSTANTS[int(np.argmax(folds))]
    model = LinearSVC(C=best, fit_intercept=False).fit(scale * x, y)
    each = model.coef_ if len(model.coef_) > 1 else np.vstack([-model.coef_, model.coef_])
    return each.T, best


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=Path, required=True, help="SNIPS 2017, a file of texts")
    parser.add_argument("--lines", type=int, default=4096)
    parser.add_argument("--widest", type=float, default=np.inf, help="largest weight, over the rms")
    parser.add_argument("--out", type=Path, default=Path("runs") / "intents", help="unpacked texts")
    options = parser.parse_args(given)
    options.out.mkdir(parents=True, exist_ok=True)
    plan = plan_of(options, "ideal")
    dataset = build.samples(plan.common.data)
    parts = build.parts_of(plan.common.data, dataset, 0)
    x = vstack([csr_matrix(part[0]) for part in (parts.train, parts.validation)])
    y = np.concatenate([parts.train[1], parts.validation[1]])
    tests, right = parts.test
    plain, c = solved(csr_matrix(x, dtype=np.float64), y)
    say("support vectors on x", (csr_matrix(tests) @ plain).argmax(axis=1) == right, c)
    weights, c = solved(seen(x, plan), y)
    widest = options.widest * np.sqrt(np.square(weights).mean())
    weights = np.clip(weights, -widest, widest)
    for chip in CHIPS:
        own = plan_of(options, chip)
        network = build.network(own, dataset.ends)
        held = build.substrate(own)
        made = network.build(held, Streams(0), weights={"out": weights}, progress=False)
        build.ranged(made, parts, Streams(0))
        scores = made.scores(tests, rng=np.random.default_rng(0))
        say(chip, scores.argmax(axis=1) == right, c)


def say(name: str, right: Any, c: float) -> None:
    """Print an accuracy with its interval."""
    share = wilson(float(right.mean()), right.size)
    print(f"{name}: {100 * share.mean:.1f} % [{100 * share.low:.1f}, {100 * share.high:.1f}], "
          f"C = {c:g}")  # fmt: skip


if __name__ == "__main__":
    main()
