"""badcrossbar, which solves Kirchhoff's laws of a crossbar of resistors."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool
from truth.tasks.transposed import mirrored


def version() -> str:
    """Return its version."""
    import badcrossbar

    if not hasattr(badcrossbar, "compute"):
        raise ImportError("badcrossbar.compute: a dependency is not installed")
    return metadata.version("badcrossbar")


TERMINALS = "no resistance of drivers and sense nodes"
TOOL = Tool(
    name="badcrossbar",
    version=version,
    cannot={
        "driver_resistance": TERMINALS, "sense_resistance": TERMINALS,
        "nonlinear": "resistors only",
    },
)  # fmt: skip


def ir_drop(asked: Read) -> Answer:
    """`badcrossbar.compute(v.T, 1 / g, r_i_word_line=, r_i_bit_line=)`"""
    return np.asarray(_solution(asked).currents.output)


def transposed(asked: Read) -> Answer:
    """The array turned over by hand, as it has one direction of reads."""
    return ir_drop(mirrored(asked))[:, ::-1]


def energy_balance(asked: Read) -> Answer:
    """`currents.word_line` of the first segments, times the voltages"""
    first = _solution(asked).currents.word_line[:, 0]
    return np.asarray((asked.v * first.T).sum(axis=1))


def _solution(asked: Read) -> Any:
    import badcrossbar

    return badcrossbar.compute(
        asked.v.T, 1 / asked.g, r_i_word_line=asked.r_wl, r_i_bit_line=asked.r_bl
    )
