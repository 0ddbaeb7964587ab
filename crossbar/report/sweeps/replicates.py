"""What repeats a point of a sweep: seeds, fabricated chips, draws of a device."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from crossbar.report.sweeps.records import Sweep

TESTED = "test.chip"  # new chips that the weights of a training are programmed into
CHIPS = ("chip", TESTED)
DRAW = "device.draw"
RESAMPLING = "resampling"  # metric: test over training samples


def draw_of(names: Iterable[str]) -> str:
    """Return which of ``names`` draws devices from a posterior; empty for none, or for several.

    Examples
    --------
    >>> draw_of(["tile.adc.bits", "layers.fc.device.draw"]), draw_of(["device.sigma_c2c"])
    ('layers.fc.device.draw', '')
    """
    drawing = [name for name in names if name == DRAW or name.endswith(f".{DRAW}")]
    return drawing[0] if len(drawing) == 1 else ""


def replicates(sweep: Sweep) -> tuple[str, ...]:
    """Return what makes several results of one point: the seed, and chips and draws that vary."""
    others = [*sweep.chips, *filter(None, [sweep.draw])]
    several = [name for name in others if sweep.frame[name].nunique(dropna=False) > 1]
    return ("seed", *several)


def chips(sweep: Sweep) -> tuple[str, ...]:
    """Return what numbers the chips of a seed, where there are several."""
    return tuple(name for name in sweep.replicates if name in sweep.chips)


def repetition(sweep: Sweep) -> str:
    """Return what is independent of run to run: the seed, or the chip of one seed."""
    several = chips(sweep)
    return several[0] if several and sweep.done["seed"].nunique() == 1 else "seed"


def own(sweep: Sweep) -> str:
    """Return the word for one of the repetitions, ``'seed'`` or ``'chip'``."""
    return "seed" if repetition(sweep) == "seed" else "chip"


def repeated(sweep: Sweep, count: int) -> str:
    """Return over what ``count`` repetitions are: ``'3 seeds'``, ``'6 chips of one seed'``."""
    if repetition(sweep) != "seed":
        return "one chip" if count == 1 else f"{count} chips of one seed"
    return "one seed" if count == 1 else f"{count} seeds"


def drawn(table: pd.DataFrame) -> str:
    """Return over how many draws of a device the intervals of ``table`` are; empty for none."""
    counts = table["draws"][table["draws"] > 0] if "draws" in table else ()
    if not len(counts):
        return ""
    least, most = int(min(counts)), int(max(counts))
    return f"{'' if least == most else f'{least} to '}{most} draws of the device"


def resampling(sweep: Sweep) -> float:
    """Return test over training samples where every seed splits one pool of samples again.

    0 where the repetitions are the chips of one seed, or nothing was split: these intervals speak
    of the samples at hand. The largest where it was swept.
    """
    if repetition(sweep) != "seed" or RESAMPLING not in sweep.done:
        return 0.0
    largest = float(sweep.done[RESAMPLING].max())
    return largest if math.isfinite(largest) else 0.0
