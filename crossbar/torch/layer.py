"""A layer of PyTorch that is read on a chip."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from crossbar.errors import fail
from crossbar.random import Streams
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.tile import Tile
from crossbar.torch.base import Module, torch
from crossbar.torch.ranges import Range
from crossbar.torch.read import Read, Reading, Slices, converted
from crossbar.torch.vectors import matrices, shaped, vectors
from crossbar.types import Rng

CALIBRATE = "Call calibrate(x) with samples of a training."


class AnalogLayer(Module):
    """A ``Linear``, ``Conv1d`` or ``Conv2d`` whose product is that of a chip.

    In training a new chip is programmed from the weights; in inference the one that was programmed
    last is read. :func:`~crossbar.torch.analog` makes it.

    Parameters
    ----------
    plain
        The layer, which holds the digital weights.
    name
        What the layer is called on a chip.
    substrate
        What holds the weights.
    seed
        Of all chips and noise.
    every
        Presentations in training that read the same chip.
    learn_ranges
        Whether the full scales of inputs, weights and outputs learn.
    """

    def __init__(
        self, plain: Any, name: str, substrate: Substrate, seed: int, every: int, *,
        learn_ranges: bool,
    ) -> None:  # fmt: skip
        super().__init__()
        self.training = plain.training
        self.plain, self.name, self.seed, self.every = plain, name, seed, every
        groups = getattr(plain, "groups", 1)
        self.parts = [f"{name}.group{k}" for k in range(groups)] if groups > 1 else [name]
        self.substrates = [substrate.filled().part(part) for part in self.parts]
        first = self.substrates[0]
        tile = first if isinstance(first, Tile) else None
        self.inputs = Range(tile.dac if tile else None) if learn_ranges else None
        self.weights = Range(None) if tile and learn_ranges else None
        adc = tile.adc if tile and tile.mapping.amplifiers == 1 else None
        self.outputs = Range(adc) if adc and learn_ranges else None
        self.register_buffer("presented", torch.zeros((), dtype=torch.int64))
        self.register_buffer("reach", torch.full((groups,), math.nan, dtype=torch.float64))
        self.calibrating = False
        self.held: list[Weights] | None = None
        self.noise: list[Rng] = []
        self.written: list[Any] = []

    def train(self, mode: bool = True) -> AnalogLayer:
        """Set training or inference; a chip of the one is none of the other."""
        if mode != self.training:
            self.held = None
        super().train(mode)
        return self

    def _load_from_state_dict(self, *given: Any) -> None:
        """Take a state; what was programmed before it is gone."""
        self.held = None
        super()._load_from_state_dict(*given)

    def extra_repr(self) -> str:
        """Return what stands in the line of the layer."""
        return f"{self.name}, {len(self.parts)} matrices on {type(self.substrates[0]).__name__}"

    def program(self, streams: Streams, **labels: int) -> None:
        """Fabricate the arrays of the layer and write its weights."""
        if self.inputs is not None and not self.inputs.known:
            self._require_training()
        with torch.no_grad():
            self.written = [self._rows(*pair)[0].detach() for pair in matrices(self.plain)]
        self.held = [
            self._limited(substrate).program(
                matrix.numpy(), rng=streams("program", layer=part, **labels), name=part
            )
            for substrate, matrix, part in zip(
                self.substrates, self.written, self.parts, strict=True
            )
        ]
        self.noise = [streams("read", layer=part, **labels) for part in self.parts]

    def limited(self) -> Any:
        """Cut the weights of the plain layer at their range, where that learns, and return it."""
        if self.weights is not None and self.weights.known:
            assert self.inputs is not None
            with torch.no_grad():
                limit, scale = self.weights(1), self.inputs(1)
                self.plain.weight.clamp_(-limit, limit)
                if self.plain.bias is not None:
                    self.plain.bias.clamp_(-limit * scale, limit * scale)
        return self.plain

    def forward(self, x: Any) -> Any:
        """Return what the chip gives of ``x``, in the shape of the layer."""
        if x.device.type != "cpu" or self.plain.weight.device.type != "cpu":
            device = x.device if x.device.type != "cpu" else self.plain.weight.device
            remedy = "Call module.cpu() and x.cpu(): chips are simulated on the processor."
            fail(f"analog '{self.name}'", "tensors on the device cpu", f"{device}", remedy)
        given = vectors(self.plain, x)
        self._begin(given)
        if self.training:
            if self.held is None or int(self.presented) % self.every == 0:
                self.program(Streams(self.seed), step=int(self.presented))
            self.presented += 1
        elif self.held is None:
            self.program(Streams(self.seed))
        each = matrices(self.plain)
        outputs = [self._read(k, part, *each[k]) for k, part in enumerate(given)]
        y = outputs[0] if len(outputs) == 1 else torch.cat(outputs, dim=-1)
        return shaped(self.plain, x, y)

    def _begin(self, given: list[Any]) -> None:
        """Let the ranges of inputs and weights begin at the vectors ``given``."""
        if self.inputs is not None and not self.inputs.known:
            self._require_training()
            self.inputs.begin(torch.cat([part.reshape(-1) for part in given]))
        if self.weights is not None and not self.weights.known:
            with torch.no_grad():
                scale = None if self.inputs is None else self.inputs(1)
                every = [_with_bias(*pair, scale) for pair in matrices(self.plain)]
            self.weights.begin(torch.cat([rows.reshape(-1) for rows in every]))

    def _rows(self, matrix: Any, bias: Any, scale: Any = None) -> tuple[Any, Any]:
        """Return what the cells hold, the bias as last row, and the range of it or None.

        ``scale`` is the range of inputs, where its gradient counts.
        """
        if scale is None and self.inputs is not None:
            scale = self.inputs(1).detach()
        rows = _with_bias(matrix, bias, scale)
        if self.weights is None:
            return rows, None
        limit = self.weights(rows.numel())
        return rows.clamp(-limit, limit), limit

    def _limited(self, substrate: Substrate) -> Substrate:
        """Return ``substrate`` with the range of the weights, where that learns."""
        if self.weights is None or not isinstance(substrate, Tile):
            return substrate
        limit = float(self.weights(1).detach())
        return substrate.mapped(replace(substrate.mapping, w_max=limit))

    def _require_training(self) -> None:
        """Raise unless samples may set ranges."""
        if not (self.training or self.calibrating):
            fail(f"analog '{self.name}'", "ranges of converters", "none yet", CALIBRATE)

    def _read(self, k: int, x: Any, matrix: Any, bias: Any) -> Any:
        """Return the outputs of the matrix ``k`` for vectors ``x``."""
        if self.inputs is None:
            driven = x if bias is None else _with_ones(x)
            return self._through(k, driven, *self._rows(matrix, bias))
        scale = self.inputs(x[0].numel())
        relative = (x / scale).clamp(-1.0, 1.0).reshape(1, -1, x.shape[-1])
        driven = relative if bias is None else _with_ones(relative)
        top = torch.zeros_like(driven[:, :1])
        top[..., 0] = 1.0  # a vector at full scale, by which the others are not scaled up
        driven, (rows, limit) = torch.cat([driven, top], dim=1), self._rows(matrix, bias, scale)
        y = self._ranged(k, driven, rows, limit, scale, len(x))[0, :-1] * scale
        return y.reshape(*x.shape[:-1], y.shape[-1])

    def _through(self, k: int, driven: Any, rows: Any, limit: Any) -> Any:
        """Return the outputs of the matrix ``k`` by ADCs that are calibrated."""
        self._span(k, driven)
        return Read.apply(driven, rows, limit, None, self._reading(k))

    def _ranged(self, k: int, driven: Any, rows: Any, limit: Any, scale: Any, samples: int) -> Any:
        """Return the outputs of vectors ``driven``, which are relative to the range of inputs."""
        if self.outputs is None:
            return self._through(k, driven, rows, limit)
        held = self._chip[k]
        assert held.tile is not None
        slices, unit = converted(held.tile)
        if not self.outputs.known:
            self._require_training()
            with torch.no_grad():
                each = [driven[0][:, part] @ rows[part] * scale for part, _ in slices]
                self.outputs.begin(torch.cat(each))
        values = driven.shape[1] * rows.shape[1] // samples
        full = self.outputs(values) / scale
        reach = float(full.detach()) / unit
        held.tile.sensing.span(reach, reach)
        return Read.apply(driven, rows, limit, full, self._reading(k, slices))

    def _reading(self, k: int, slices: Slices = ()) -> Reading:
        """Return what reads the matrix ``k``."""
        return Reading(self._chip[k], self.noise[k], self.written[k], slices)

    @property
    def _chip(self) -> list[Weights]:
        """The arrays, which are programmed by now."""
        assert self.held is not None
        return self.held

    def _span(self, k: int, driven: Any) -> None:
        """Set the full scale of the ADCs of the matrix ``k``, at first by a read of ``driven``."""
        held = self._chip[k]
        if held.tile is None or held.tile.spec.adc is None or held.tile.spec.adc.reach is not None:
            return
        if math.isnan(self.reach[k]):
            self._require_training()
            probe = held.copy()
            assert probe.tile is not None
            watch = probe.tile.sensing.watched()
            probe.matvec(driven.detach().numpy(), rng=self.noise[k])
            held.tile.sensing.calibrate(watch)
            self.reach[k] = held.tile.sensing.reach[0]
        reach = float(self.reach[k])
        held.tile.sensing.span(reach, reach)


def _with_bias(matrix: Any, bias: Any, scale: Any) -> Any:
    """Return a matrix with the bias as last row.

    That line is driven by the number 1, or at full scale where that is a ``scale`` of its own.
    """
    if bias is None:
        return matrix
    return torch.cat([matrix, (bias if scale is None else bias / scale)[None]])


def _with_ones(x: Any) -> Any:
    """Return vectors ``x`` (..., rows) with what drives the bias line."""
    return torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)
