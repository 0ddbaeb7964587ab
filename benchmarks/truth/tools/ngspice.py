"""ngspice in batch mode: a resistor a cell and a segment, a current source a nonlinear cell."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool
from truth.tasks.nonlinear import V0
from truth.tasks.transposed import mirrored

OPTIONS = ".options reltol=1e-9 abstol=1e-18 vntol=1e-14 gmin=1e-18 numdgt=15"


def version() -> str:
    """Return the version of the program."""
    if shutil.which("ngspice") is None:
        raise ImportError("ngspice is no command here")
    text = subprocess.run(["ngspice", "--version"], capture_output=True, text=True).stdout
    return text.split("ngspice-")[1].split()[0]


TOOL = Tool(name="ngspice", version=version)


def ir_drop(asked: Read) -> Answer:
    """`.op` for every read; reltol 1e-9, abstol 1e-18, gmin 1e-18."""
    return np.array([_read(asked, v, _resistor)[0] for v in asked.v])


driver_resistance = sense_resistance = ir_drop


def transposed(asked: Read) -> Answer:
    """The array turned over, `.op` for every read."""
    return ir_drop(mirrored(asked))[:, ::-1]


def nonlinear(asked: Read) -> Answer:
    """A source `I={g*0.1}*sinh(v(w,b)/0.1)` a cell, `.op` for every read."""
    return np.array([_read(asked, v, _sinh)[0] for v in asked.v])


def energy_balance(asked: Read) -> Answer:
    """Currents of the voltage sources times their voltages."""
    return np.array([_read(asked, v, _resistor)[1] @ v for v in asked.v])


def _resistor(name: str, word: str, bit: str, g: float) -> str:
    return f"R{name} {word} {bit} {1 / g!r}"


def _sinh(name: str, word: str, bit: str, g: float) -> str:
    return f"B{name} {word} {bit} I={g * V0!r}*sinh(v({word},{bit})/{V0!r})"


def _read(
    asked: Read, v: Answer, cell: Callable[[str, str, str, float], str]
) -> tuple[Answer, Answer]:
    """Return the currents of one read into sense nodes (cols,) and out of sources (rows,) [A]."""
    rows, cols = asked.g.shape
    deck = ["array", OPTIONS]
    for i in range(rows):
        deck.append(f"Vin{i} 0 s{i} {-float(v[i])!r}")  # its current is that out of the source
        for j in range(cols):
            before = f"w{i}_{j - 1}" if j else f"s{i}"
            deck.append(f"Rw{i}_{j} {before} w{i}_{j} {asked.r_wl + (0 if j else asked.r_driver)}")
            below = f"b{i + 1}_{j}" if i < rows - 1 else f"o{j}"
            to_sense = asked.r_sense if i == rows - 1 else 0
            deck.append(f"Rb{i}_{j} b{i}_{j} {below} {asked.r_bl + to_sense}")
            deck.append(cell(f"c{i}_{j}", f"w{i}_{j}", f"b{i}_{j}", float(asked.g[i, j])))
    deck += [f"Vout{j} o{j} 0 0" for j in range(cols)]
    names = [f"vout{j}" for j in range(cols)] + [f"vin{i}" for i in range(rows)]
    shown = [f"print i({name})" for name in names]
    deck += [".control", "set numdgt=15", "op", *shown, "quit 0", ".endc", ".end"]
    ran = subprocess.run(["ngspice", "-b", "/dev/stdin"], input="\n".join(deck) + "\n",
                         capture_output=True, text=True)  # fmt: skip
    values = re.findall(r"i\(v\w+\) = (\S+)", ran.stdout)
    if len(values) != rows + cols:
        raise RuntimeError(ran.stderr.strip().splitlines()[-1])
    currents = np.array(values, np.float64)
    return currents[:cols], currents[cols:]
