"""What is forgotten of the first task once the fifth is learned?

The handwritten digits of scikit-learn come in five tasks of two digits each, one after the other.
Columns learn them without labels and are tested on every task after each. An event processor takes
the same spikes and keeps every digit that it saw as neurons, from which it replays them.

    python scripts/ex37_continual.py --out runs/continual
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import Any, NamedTuple

import ex31_columns
import gallery
import numpy as np
import pandas as pd

from crossbar.neurosemantic import NeurosemanticNetwork
from crossbar.random import Streams
from crossbar.report.figures.canvas import WIDTH, Picture, picture, styled
from crossbar.report.figures.layout import panels
from crossbar.runs.column_settings import columns_plan
from crossbar.runs.columns import waves
from crossbar.types import Doubles

TASKS = 5
TICK = 10e-6 / 16  # s, as finely as the grey levels of the digits come


class Kept(NamedTuple):
    """What a processor keeps of each task after each, and what a second showing adds.

    ``recalled`` has a row a task that was just taken: shares of the digits of each task so far that
    are replayed exactly. ``neurons`` are those after each task, ``added`` those that the first task
    adds when it comes again, ``same`` the share of its digits that come to the same neurons.
    """

    recalled: list[list[float]]
    neurons: list[int]
    added: int
    same: float


def parser() -> argparse.ArgumentParser:
    ours = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    ours.add_argument("--seeds", type=int, default=5, help="of the columns, each with its split")
    ours.add_argument("--passes", type=int, default=6, help="over the samples of a task")
    ours.add_argument("--columns", type=int, default=100)
    ours.add_argument("--out", type=Path, default=Path("runs") / "continual", help="digits, figure")
    return ours


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return columns that learn task by task."""
    plain = ex31_columns.settings(options)
    return plain | {"run": plain["run"] | {"tasks": TASKS}}


def events(wave: Doubles) -> list[tuple[int, int]]:
    """Return the lines of a wave and their ticks, in order."""
    ticks = np.rint(wave / TICK).astype(int)
    order = np.argsort(ticks, kind="stable")
    return list(zip(order.tolist(), ticks[order].tolist(), strict=True))


def processed(options: argparse.Namespace) -> Kept:
    """Let an event processor take the training digits task by task, and look what it keeps."""
    plan = columns_plan(settings(options))
    given = waves(plan, Streams(plan.experiment.common.seed[0]))
    pairs = np.array_split(np.arange(len(given.classes)), TASKS)
    tasks = [[events(w) for w in given.train[np.isin(given.y_train, pair)]] for pair in pairs]
    network = NeurosemanticNetwork()
    recalled, neurons, ends = [], [], [0]
    for task in tasks:
        for digit in task:
            take(network, digit)
        ends.append(len(network.episodes))
        recalled.append([
            float(np.mean([exact(network, at, digit) for at, digit in enumerate(one, first)]))
            for one, first in zip(tasks, ends[:-1], strict=False)
        ])  # fmt: skip
        neurons.append(len(network.neurons))
    for digit in tasks[0]:
        take(network, digit)
    again = network.episodes[ends[-1] :]
    same = [a.parts == b.parts for a, b in zip(again, network.episodes, strict=False)]
    return Kept(recalled, neurons, len(network.neurons) - neurons[-1], float(np.mean(same)))


def take(network: NeurosemanticNetwork, digit: list[tuple[int, int]]) -> None:
    """Present a digit as an episode."""
    for line, tick in digit:
        network.present(f"line {line}", tick)
    network.end()


def exact(network: NeurosemanticNetwork, at: int, digit: list[tuple[int, int]]) -> bool:
    """Return whether episode ``at`` is replayed as ``digit`` came."""
    replayed = network.replay(network.episodes[at])
    came = ((f"line {line}", tick) for line, tick in digit)
    return all(a == b for a, b in itertools.zip_longest(replayed, came))


@styled
def figure(columns: pd.DataFrame, kept: Kept) -> Picture:
    """Return what is known of each task just after it and after the last, by either."""
    drawing, (left, right) = panels(2, WIDTH, 2.2)
    for name, mark in (("just after", "o-"), ("after the last", "s--")):
        left.plot(columns["task"], columns[name], mark, label=f"columns, {name}")
    last = [100 * share for share in kept.recalled[-1]]
    left.plot(columns["task"], last, "k:", label="processor, after the last")
    left.set(xlabel="task", ylabel="accuracy or share replayed (%)", ylim=(0, 105))
    left.set_xticks(columns["task"])
    left.legend(loc="lower left")
    right.plot(columns["task"], kept.neurons, "o-")
    right.set(xlabel="tasks taken", ylabel="neurons of the processor", ylim=(0, None))
    right.set_xticks(columns["task"])
    return picture(
        drawing, "continual",
        alt="what columns and an event processor know of five tasks after the last one",
        caption="Five tasks of two digits one after the other. Columns: accuracy on new digits, "
        "mean of the seeds. Event processor: share of the digits that it saw which it replays "
        "exactly, and its neurons, which grow as nothing is forgotten.",
        data=columns.assign(replayed=last, neurons=kept.neurons),
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> tuple[pd.DataFrame, Kept]:
    options = parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    columns = ex31_columns.forgotten(ex31_columns.measured(settings(options))["tasks"])
    print(columns.to_string(index=False, float_format="{:.1f}".format))
    kept = processed(options)
    print(f"event processor: {100 * min(kept.recalled[-1]):.0f} % of the digits of every task are "
          f"replayed exactly after the last, {kept.neurons[-1]} neurons; task 1 again: "
          f"{kept.added} new neurons, {100 * kept.same:.0f} % the same")  # fmt: skip
    gallery.keep(figure(columns, kept), options)
    return columns, kept


if __name__ == "__main__":
    main()
