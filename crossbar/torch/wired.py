"""Currents of an array with line resistance inside of a gradient, exact in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from crossbar.checks import require_part
from crossbar.errors import fail, shown
from crossbar.imports.pytorch import require_torch
from crossbar.torch.base import Function, once_differentiable, torch
from crossbar.wires import DifferentiableLaw, Linearised, Wires
from crossbar.wires.gradient import RESISTANCES

WHERE = "wired"


class WiredRead(Function):
    """The currents of reads; gradients and tangents are those of the adjoint network."""

    @staticmethod
    def forward(
        ctx: Any, wires: Wires, cell: Any, g: Any, v: Any, v_bl: Any, *resistances: Any
    ) -> tuple[Any, Any]:
        """Return the currents into the bit lines and out of the word lines."""
        own = replace(wires, **_numbers(resistances))
        held = None if v_bl is None else _array(v_bl)
        ctx.read = own.linearise(_array(g), _array(v), v_bl=held, cell=cell)
        ctx.given = (g, v, v_bl, *resistances)
        return _tensor(ctx.read.currents, v), _tensor(ctx.read.drawn, v)

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, weights: Any, weights_wl: Any) -> tuple[Any, ...]:
        """Return the gradients of all that is a tensor."""
        read: Linearised = ctx.read
        pulled = read.vjp(_array(weights), _array(weights_wl))
        names = ("g", "v", "v_bl", *RESISTANCES)
        each = (getattr(pulled, name) for name in names)
        gradients = (
            None if one is None else _tensor(np.asarray(by), one).reshape(one.shape)
            for by, one in zip(each, ctx.given, strict=True)
        )
        return None, None, *gradients

    @staticmethod
    def jvp(ctx: Any, wires: None, cell: None, g: Any, v: Any, v_bl: Any, *r: Any) -> Any:
        """Return the tangents of the currents."""
        read: Linearised = ctx.read
        arrays = [None if one is None else _array(one) for one in (g, v, v_bl)]
        changes: Any = dict(zip(("g", "v", "v_bl"), arrays, strict=True))
        pushed = read.jvp(**changes, **_numbers(r))
        return _tensor(pushed.currents, ctx.given[1]), _tensor(pushed.drawn, ctx.given[1])


def wired(
    wires: Wires,
    g: Any,
    v: Any,
    v_bl: Any = None,
    *,
    r_wl: Any = None,
    r_bl: Any = None,
    r_driver: Any = None,
    r_sense: Any = None,
    cell: DifferentiableLaw | None = None,
) -> tuple[Any, Any]:
    """Return the currents of an array with line resistance, with exact gradients to all tensors.

    Backward takes one linear solution a read, see :meth:`crossbar.wires.Wires.gradient`; so does
    forward mode (``torch.func.jvp``). There is no second derivative.

    Parameters
    ----------
    wires
        The resistances, where none of the tensors below is given, and the sides.
    g
        (rows, cols) Tensor of conductances [S].
    v
        (n, rows) Tensor of the voltages of the word lines [V].
    v_bl
        (n, cols) Tensor of the voltages that bit lines are held at [V]; None for 0 V.
    r_wl, r_bl, r_driver, r_sense
        () Tensors of resistances [ohm], in the place of those of ``wires``.
    cell
        Current of a cell against voltage and conductance; None for ohmic cells.

    Returns
    -------
    (n, cols) Currents into the virtual grounds of the bit lines, and (n, rows) currents out of
    the sources of the word lines [A], of the type of ``v``. They are computed in double precision.

    Raises
    ------
    OutputError
        If ``torch`` is not installed.
    ConfigError
        If an argument is no tensor on the processor; and as in
        :meth:`crossbar.wires.Wires.linearise`.
    """
    require_torch(WHERE)
    require_part(f"{WHERE}.wires", wires, Wires)
    given = {"g": g, "v": v, "v_bl": v_bl}
    given |= dict(zip(RESISTANCES, (r_wl, r_bl, r_driver, r_sense), strict=True))
    for name, one in given.items():
        needed = name in ("g", "v") or one is not None
        if needed and not (isinstance(one, torch.Tensor) and one.device.type == "cpu"):
            fail(f"{WHERE}.{name}", "a tensor on the device cpu", shown(one), "Make it one.")
    currents: tuple[Any, Any] = WiredRead.apply(wires, cell, *given.values())
    return currents


def _numbers(resistances: Iterable[Any]) -> Any:
    """Return those of ``resistances`` that are given, by name."""
    named = zip(RESISTANCES, resistances, strict=True)
    return {name: float(r) for name, r in named if r is not None}


def _array(tensor: Any) -> Any:
    return tensor.detach().numpy()


def _tensor(values: Any, like: Any) -> Any:
    return torch.from_numpy(values).to(like.dtype)
