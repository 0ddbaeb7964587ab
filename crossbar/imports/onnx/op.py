"""One node of the file, as what imports its operator sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import numpy as np

from crossbar.array_checks import Array
from crossbar.imports.onnx.constants import real
from crossbar.imports.onnx.draft import Draft, Signal
from crossbar.imports.onnx.refusals import RefusalError
from crossbar.nn import Layer
from crossbar.types import Floats


@dataclass(frozen=True)
class Op:
    """A node with its operator, its version, and the draft that it adds to."""

    draft: Draft
    name: str
    kind: str
    opset: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]

    def refuse(self, got: str, remedy: str) -> NoReturn:
        """Raise: the node has ``got``, which cannot be imported."""
        raise RefusalError(got, remedy)

    def has(self, k: int) -> bool:
        """Return whether input ``k`` is given."""
        return k < len(self.inputs) and bool(self.inputs[k])

    def is_signal(self, k: int) -> bool:
        """Return whether input ``k`` depends on the samples."""
        return self.has(k) and self.inputs[k] in self.draft.signals

    def coded(self, k: int = 0) -> Signal:
        """Return input ``k``, which may be codes of QuantizeLinear."""
        if not self.is_signal(k):
            self.refuse(f"a constant as input {k}", "Let input 0 be a signal, weights a constant.")
        return self.draft.signals[self.inputs[k]]

    def signal(self, k: int = 0) -> Signal:
        """Return input ``k``, a signal of real numbers."""
        signal = self.coded(k)
        if signal.codes is not None:
            self.refuse("codes as input", "Put DequantizeLinear behind each QuantizeLinear.")
        return signal

    def constant(self, k: int) -> Array:
        """Return the numbers of input ``k``."""
        if self.is_signal(k):
            self.refuse(f"a signal as input {k}", "Export the model with constant parameters.")
        if not self.has(k):
            self.refuse(f"no input {k}", "Export the model again.")
        return self.draft.constants[self.inputs[k]]

    def weights(self, k: int) -> Floats:
        """Return the finite floating-point numbers of input ``k``."""
        values, narrow = real(f"weights '{self.inputs[k]}'", self.constant(k))
        if narrow:
            self.draft.note("weights of 16 bits are kept in 32")
        return values

    def number(self, k: int, otherwise: float) -> float:
        """Return the one number of input ``k``, or what stands for none."""
        return float(np.asarray(self.constant(k)).item()) if self.has(k) else otherwise

    def whole(self, name: str, k: int, since: int) -> tuple[int, ...] | None:
        """Return whole numbers: the attribute ``name``, or input ``k`` from version ``since``."""
        if self.opset < since:
            given = self.attributes.get(name)
            return None if given is None else tuple(given)
        return tuple(int(one) for one in self.constant(k).ravel()) if self.has(k) else None

    def axis(self, axis: int, rank: int) -> int:
        """Return the axis of a sample that ``axis`` of the file is, where the batch is 0."""
        counted = axis + rank + 1 if axis < 0 else axis
        if not 1 <= counted <= rank:
            self.refuse(f"axis {axis}", "Leave the batch, axis 0, as it is.")
        return counted - 1

    def add(
        self,
        layer: Layer,
        *sources: Signal,
        order: tuple[int, ...] | None = None,
        rank: int | None = None,
        weights: dict[str, Floats] | None = None,
        named: str = "",
    ) -> Signal:
        """Add the layer of this node; order and rank are those of the first source by default.

        ``weights`` are what it holds, by part; ``""`` is a matrix that is alone. ``named`` is the
        value that its name comes from.
        """
        name = self.draft.named(self.name, self.kind, named)
        first = sources[0]
        order = first.order if order is None else order
        signal = self.draft.add(
            name, layer, *sources, order=order, rank=len(first.shape) if rank is None else rank
        )
        for part, values in (weights or {}).items():
            self.draft.weights[f"{name}.{part}" if part else name] = values
        self.draft.origins[name] = self.name
        return signal


Operator = Callable[[Op], Signal]
Given = TypeVar("Given", bound=Operator)
OPERATORS: dict[str, Operator] = {}
"""What imports each operator of ONNX, by its name there: it returns output 0."""


def operator(*names: str) -> Callable[[Given], Given]:
    """Return the decorator that enters a function into :data:`OPERATORS`."""

    def enter(function: Given) -> Given:
        OPERATORS.update(dict.fromkeys(names, function))
        return function

    return enter
