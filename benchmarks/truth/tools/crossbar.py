"""crossbar, by its public classes."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from truth.nodal import Read
from truth.task import Answer, Tool

TOOL = Tool(name="crossbar", version=lambda: metadata.version("crossbar-sim"))


def _wires(asked: Read) -> Any:
    from crossbar import Wires

    return Wires(
        r_wl=asked.r_wl, r_bl=asked.r_bl, r_driver=asked.r_driver, r_sense=asked.r_sense
    )  # fmt: skip


def ir_drop(asked: Read) -> Answer:
    """`v @ Wires(...).operator(g)`"""
    currents: Answer = asked.v @ _wires(asked).operator(asked.g)
    return currents


driver_resistance = sense_resistance = ir_drop


def transposed(asked: Read) -> Answer:
    """`v @ Wires(...).operator(g).T`"""
    currents: Answer = asked.v @ _wires(asked).operator(asked.g).T
    return currents


def nonlinear(asked: Read) -> Answer:
    """`Wires(...).solve(g, v, cell=Sinh(v0=0.1)).currents`"""
    from crossbar.devices import Sinh

    currents: Answer = _wires(asked).solve(asked.g, asked.v, cell=Sinh(v0=0.1)).currents
    return currents


def energy_balance(asked: Read) -> Answer:
    """`Wires(...).solve(g, v).power`"""
    power: Answer = _wires(asked).solve(asked.g, asked.v).power
    return power
