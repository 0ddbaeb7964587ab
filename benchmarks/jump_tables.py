"""How well models of a pulse predict a measured jump table where they were not fitted.

    python benchmarks/jump_tables.py rram_jump_table_1.5V.npz rram_jump_table_1.8V.npz --out DIR
    python benchmarks/jump_tables.py                     # a table made here, with skewed changes

Pulses are drawn at a random half of the levels of conductance, four models are fitted to them, and
each predicts the distribution of the change at the other half:

- the best law: constant, linear, soft bounds or exponential, set and reset steps alike but for an
  asymmetry, normal spread relative to the step and normal read noise; by maximum likelihood, chosen
  by the Bayesian information criterion;
- mean and spread of the steps against conductance, normal (a pulse table);
- the fitted jump table: smooth mean and spread, and the shape that pulses near a level have
  (:func:`crossbar.devices.measured.jump_fit.fitted_jumps`);
- binning: a histogram of the changes in each of ten bins of conductance.

For comparison, "exact rows" are the rows of the table itself at those levels, interpolated: what is
left is the error of the interpolation.

Printed are the expected log-likelihood of a pulse, less that of the table itself, and the
Kolmogorov distance between predicted and tabulated distribution, mean and largest over levels,
with standard deviations over the random halves.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

from crossbar.devices import Jumps, JumpTable
from crossbar.devices.laws.linear import Linear, SoftBounds
from crossbar.devices.laws.steps import Constant, Exponential
from crossbar.devices.measured.jump_fit import LEVELS, fitted_jumps
from crossbar.devices.measured.smoothing import local_linear

BINS = 10
PRIOR = 1.0  # pulse, spread evenly over the changes, that keeps a histogram from 0
LEAST = 1e-12  # probability of a cell
Floats = np.ndarray
Model = Callable[[bool, Floats, Floats], Floats]
"""Cumulative probability (levels, changes) of set or reset changes, at levels u."""

FORMS: dict[str, tuple[Callable[[Floats, float], Floats], float | None]] = {
    "constant": (lambda u, _: Constant().form(u), None),
    "linear": (lambda u, k: Linear(slope=float(np.tanh(k))).form(u), 0.1),
    "soft bounds": (lambda u, _: SoftBounds().form(u), None),
    "exponential": (lambda u, k: Exponential(steepness=float(np.clip(np.exp(k), 1e-3, 20))).form(u),
                    0.5),
}  # fmt: skip
MODELS = ("best law", "mean and spread", "jump table", "binning", "exact rows")


class Pulses(NamedTuple):
    """Pulses at some levels: polarity, u before, and change of u."""

    rising: Floats
    u: Floats
    change: Floats


def drawn(table: JumpTable, levels: dict[bool, Floats], pulses: int, rng) -> Pulses:
    """Return ``pulses`` changes at each of the ``levels`` of set and of reset pulses."""
    parts = []
    for rising, u in levels.items():
        each = np.repeat(u, pulses)
        parts.append((np.full(each.size, rising), each, table.draw(each, rising, rng=rng)))
    return Pulses(*(np.concatenate(one) for one in zip(*parts, strict=True)))


def law(seen: Pulses) -> tuple[str, Model]:
    """Return the closed form with the lowest criterion, and what it predicts."""
    best = (np.inf, "", None)
    for name, (form, start) in FORMS.items():

        def spread(p, rising, u, form=form):
            mean = np.exp(p[0]) * form(np.where(rising, u, 1 - u), p[-1])
            mean = mean * np.where(rising, 1 + np.tanh(p[1]), -1 + np.tanh(p[1]))
            return mean, np.sqrt((np.exp(p[2]) * mean) ** 2 + 2 * np.exp(2 * p[3]))

        def loss(p, spread=spread):
            mean, sd = spread(p, seen.rising, seen.u)
            return float(np.sum(np.log(sd) + 0.5 * ((seen.change - mean) / sd) ** 2))

        size = np.abs(seen.change).mean()
        first = [np.log(size), 0.0, -1.0, np.log(seen.change.std() / 2)]
        first += [] if start is None else [start]
        fit = optimize.minimize(loss, first, method="Nelder-Mead",
                                options={"maxiter": 4000, "maxfev": 4000})  # fmt: skip
        criterion = 2 * fit.fun + len(first) * np.log(seen.u.size)
        if criterion < best[0]:

            def predict(rising, u, x, p=fit.x, spread=spread):
                mean, sd = spread(p, np.full(u.shape, rising), u)
                return stats.norm.cdf(x[None, :], mean[:, None], sd[:, None])

            best = (criterion, name, predict)
    return best[1], best[2]


def moments(seen: Pulses) -> Model:
    """Return what smooth mean and spread predict, as a normal distribution."""

    def predict(rising, u, x):
        own = seen.rising == rising
        at, change = seen.u[own], seen.change[own]
        levels, place = np.unique(at, return_inverse=True)
        count = np.bincount(place)
        mean = np.bincount(place, change) / count
        square = np.bincount(place, change**2) / count
        centre = local_linear(levels, mean, u)
        variance = local_linear(levels, (square - mean**2) * count / (count - 1), u)
        return stats.norm.cdf(x[None, :], centre[:, None], np.sqrt(np.abs(variance))[:, None])

    return predict


def smoothed(change: Floats, x: Floats) -> Floats:
    """Return the share of changes up to each ``x``, with ``PRIOR`` spread over them."""
    share = np.searchsorted(np.sort(change), x, side="right")
    return (share + PRIOR * np.linspace(0, 1, len(x))) / (len(change) + PRIOR)


def jump_table(seen: Pulses) -> Model:
    """Return what the table of the drawn pulses predicts."""

    def predict(rising, u, x):
        own = seen.rising == rising
        jumps = fitted_jumps(seen.u[own], seen.change[own], np.linspace(0, 1, LEVELS), x)
        share = PRIOR / (PRIOR + 100)  # of some hundred pulses that tell of a level
        return (1 - share) * tabled(jumps, u) + share * np.linspace(0, 1, len(x))

    return predict


def binning(seen: Pulses) -> Model:
    """Return what a histogram for each bin of conductance predicts."""

    def predict(rising, u, x):
        own = seen.rising == rising
        low, high = seen.u[own].min(), seen.u[own].max()
        bins, wanted = (
            np.clip((a - low) / (high - low) * BINS, 0, BINS - 1).astype(int)
            for a in (seen.u[own], u)
        )
        return np.array([smoothed(seen.change[own][bins == k], x) for k in range(BINS)])[wanted]

    return predict


def exact(table: JumpTable, fitted: dict[bool, Floats]) -> Model:
    """Return what the rows of ``table`` at the ``fitted`` levels predict."""

    def predict(rising, u, x):
        jumps = table.set if rising else table.reset
        rows = jumps.cdf[np.isin(jumps.u, fitted[rising])]
        return tabled(Jumps(u=fitted[rising], change=x, cdf=rows), u)

    return predict


def tabled(jumps: Jumps, u: Floats) -> Floats:
    """Return the cumulative probabilities of ``jumps`` at levels ``u``."""
    x = jumps.change
    return jumps.probability(np.repeat(u[:, None], len(x), 1), np.tile(x, (len(u), 1)))


def cells(cdf: Floats) -> Floats:
    """Return the probability of each cell between changes, the two ends among them."""
    edges = np.concatenate([np.zeros((len(cdf), 1)), cdf, np.ones((len(cdf), 1))], axis=1)
    return np.maximum(np.diff(edges, axis=1), LEAST)


def split(table: JumpTable, pulses: int, seed: int) -> tuple[str, dict[str, list[Floats]]]:
    """Return the law, and level, loss of likelihood and distance of every model and polarity."""
    rng, sides = np.random.default_rng(seed), {True: table.set, False: table.reset}
    halves = {rising: rng.permutation(len(j.u)) for rising, j in sides.items()}
    fitted = {r: np.sort(sides[r].u[h[: len(h) // 2]]) for r, h in halves.items()}
    seen = drawn(table, fitted, pulses, rng)
    name, best = law(seen)
    predicted = best, moments(seen), jump_table(seen), binning(seen), exact(table, fitted)
    models = dict(zip(MODELS, predicted, strict=True))
    scores: dict[str, list[Floats]] = {}
    for rising, jumps in sides.items():
        rows = np.sort(halves[rising][len(jumps.u) // 2 :])
        true = jumps.cdf[rows]
        for model, predict in models.items():
            guess = predict(rising, jumps.u[rows], jumps.change)
            p = cells(true)
            loss = np.sum(p * (np.log(cells(guess)) - np.log(p)), axis=1)
            distance = np.abs(guess - true).max(axis=1)
            scores.setdefault(model, []).append(np.stack([jumps.u[rows], loss, distance]))
    return name, scores


def report(name: str, table: JumpTable, every: Sequence) -> str:
    """Return the table of the models as text, and what none of them captures."""
    laws = sorted({law for law, _ in every})
    lines = [f"{name}: {table}", f"best law: {', '.join(laws)}"]
    lines.append(f"{'model':17}{'log-likelihood':>20}{'Kolmogorov mean':>20}{'largest':>18}")
    for model in MODELS:
        runs = [np.concatenate(scores[model], axis=1) for _, scores in every]
        cols = [(run[1].mean(), run[2].mean(), run[2].max()) for run in runs]
        mean, sd = np.mean(cols, axis=0), np.std(cols, axis=0, ddof=1 if len(cols) > 1 else 0)
        parts = [f"{a:.4f} +- {b:.4f}" for a, b in zip(mean, sd, strict=True)]
        lines.append(f"{model:17}{parts[0]:>20}{parts[1]:>20}{parts[2]:>18}")
    u = np.linspace(0, 1, 101)
    back = [100 * np.mean(mean(u) < 0) for mean in (table.set_mean, table.reset_mean)]
    lines.append(f"no law captures: set pulses lower a cell on average over {back[0]:.0f} % of the "
                 f"range, reset pulses raise it over {back[1]:.0f} %")  # fmt: skip
    skew = max(abs(skewness(j)) for j in (table.set, table.reset))
    lines.append(f"no mean and spread captures: a skewness of up to {skew:.2f}")
    outside = max(table.set.outside, table.reset.outside)
    lines.append(f"the table does not tell: up to {100 * outside:.2g} % of changes beyond its own")
    return "\n".join(lines)


def skewness(jumps: Jumps) -> float:
    """Return the skewness of the change at mid-range."""
    u, p = np.full(20_000, 0.5), (np.arange(20_000) + 0.5) / 20_000
    return float(stats.skew(jumps.quantile(u, p)))


def draw(names: list[str], scores: list, out: Path) -> Path:
    """Draw the distance against conductance, for every table and polarity."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 2.8 * len(names)), layout="constrained")
    axes = figure.subplots(len(names), 2, squeeze=False, sharey=True)
    for row, (name, one) in enumerate(zip(names, scores, strict=True)):
        for col, side in enumerate(("set", "reset")):
            ax = axes[row, col]
            for model, line in zip(MODELS, ("-", "--", "-.", ":", (0, (1, 4))), strict=True):
                u, _, distance = one[model][col]
                ax.plot(u, distance, linestyle=line, label=model)
            ax.set(title=f"{name}, {side}", xlabel="conductance before, u", yscale="log")
        axes[row, 0].set_ylabel("Kolmogorov distance")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "jump-tables.png", dpi=150)
    return out / "jump-tables.png"


def own_table() -> JumpTable:
    """Return soft bounds with pulses that fail in a fifth of cases, else exponential changes."""
    u, x = np.linspace(0.0, 1.0, 41), np.linspace(-0.2, 0.6, 81)
    moved = 1.0 - np.exp(-np.clip(x, 0.0, None) / (0.02 + 0.08 * (1.0 - u)[:, None]))
    rises = 0.2 * np.clip((x + 0.02) / 0.04, 0.0, 1.0) + 0.8 * moved
    g = 2e-6 + 40e-6 * u
    falls = 1.0 - rises[::-1, ::-1]
    return JumpTable.of({"set": (g, 40e-6 * x, rises), "reset": (g, -40e-6 * x[::-1], falls)})


def main(given: list[str] | None = None) -> None:
    """Compare the models on every table and print what they miss."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, help="jump tables; one made here without")
    parser.add_argument("--pulses", type=int, default=200, help="drawn at every level")
    parser.add_argument("--halves", type=int, default=5, help="random halves of the levels")
    parser.add_argument("--out", type=Path, help="folder for the figure")
    asked = parser.parse_args(given)
    tables = {path.stem: JumpTable.from_file(path) for path in asked.paths}
    tables = tables or {"skewed changes": own_table()}
    shown = []
    for name, table in tables.items():
        every = [split(table, asked.pulses, seed) for seed in range(asked.halves)]
        shown.append(every[0][1])
        print(report(name, table, every), end="\n\n")
    if asked.out is not None:
        print(f"Figure: {draw(list(tables), shown, asked.out)}")


if __name__ == "__main__":
    main()
