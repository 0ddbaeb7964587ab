"""Sweeps of several runs joined into one, in which the parameter ``chips`` names the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from crossbar.meaning import Meaning
from crossbar.report.sweeps.records import Sweep

CHIPS = "chips"


def joined(
    read: Sequence[tuple[Sweep, pd.Series[str] | str]], parameters: Iterable[str] = ()
) -> Sweep:
    """Return the runs of all sweeps ``read`` as one sweep of ``chips`` and of ``parameters``.

    Each sweep comes with what its chips are called, for all or run by run. The first one leads:
    it is the reference, and says what parameters and metrics mean. Metrics are those of all.
    """
    first = read[0][0]
    frames = [sweep.frame.assign(**{CHIPS: names}) for sweep, names in read]
    frame = pd.concat(frames, ignore_index=True)
    swept = (CHIPS, *parameters)
    varied = tuple(name for name in swept if frame[name].nunique() > 1)
    about = first.about | {"meanings": first.about["meanings"] | {CHIPS: Meaning("chips")}}
    return Sweep(
        path=first.path,
        about=about | {"base": {}},
        frame=frame,
        parameters=varied,
        constant={name: frame[name].iloc[0] for name in swept if name not in varied},
        metrics=tuple(n for n in first.metrics if all(n in one.frame for one, _ in read)),
    )
