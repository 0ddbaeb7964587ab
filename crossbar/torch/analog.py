"""A module of PyTorch whose layers are read on a chip."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator
from typing import Any

from crossbar.checks import require_part, require_whole
from crossbar.errors import fail, nearest, shown
from crossbar.imports.pytorch import require_torch
from crossbar.random import Streams
from crossbar.substrates.port import Substrate
from crossbar.torch.base import Module, torch
from crossbar.torch.layer import AnalogLayer

WHERE = "analog"


class Analog(Module):
    """A module whose products with weights are those of a chip.

    ``module`` is the network; its parameters are the digital weights, which an optimiser changes.
    :func:`analog` makes it.
    """

    def __init__(self, module: Any) -> None:
        super().__init__()
        self.module = module
        self.training = module.training

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Return what the network gives."""
        return self.module(*inputs, **named)

    def layers(self) -> Iterator[AnalogLayer]:
        """Yield the layers that are read on a chip."""
        yield from (part for part in self.modules() if isinstance(part, AnalogLayer))

    def program(self, seed: int) -> Analog:
        """Fabricate the chip ``seed``, write the weights of now and set inference.

        Returns the network itself. Chips of two seeds are two fabricated chips.
        """
        streams = Streams(seed)
        self.eval()
        for layer in self.layers():
            layer.program(streams)
        return self

    def aged(self, seconds: float, temperature: float | None = None) -> Analog:
        """Return a copy whose chip has drifted until ``seconds`` after programming.

        It is stored at ``temperature`` [K] from now on; None for that of the laws of its cells.

        Raises
        ------
        ConfigError
            If no chip is programmed.
        """
        later = copy.deepcopy(self)
        for layer in later.layers():
            if layer.held is None or layer.training:
                remedy = "Call program(seed) first."
                fail("Analog.aged", "a programmed chip", f"none in '{layer.name}'", remedy)
            layer.held = [held.aged(seconds, temperature) for held in layer.held]
        return later

    def calibrate(self, *samples: Any) -> Analog:
        """Set all ranges anew from a read of ``samples`` of a training, and return the network.

        Ranges of ADCs follow the rule of their calibration. In training the first samples do so.
        """
        for layer in self.layers():
            layer.calibrating = True
            layer.reach.fill_(float("nan"))
            for part in (layer.inputs, layer.weights, layer.outputs):
                if part is not None:
                    with torch.no_grad():
                        part.log.fill_(float("nan"))
        try:
            with torch.no_grad():
                self(*samples)
        finally:
            for layer in self.layers():
                layer.calibrating = False
        return self

    def digital(self) -> Any:
        """Return the plain module of PyTorch with a copy of the weights that chips are to hold.

        They are the digital weights, within their range where that learns.
        :func:`crossbar.imports.read_torch` makes a network and chips of ours of it.
        """
        plain = copy.deepcopy(self.module)
        layers = [part for part in plain.modules() if isinstance(part, AnalogLayer)]
        return _replaced(plain, {layer: layer.limited() for layer in layers})


def analog(
    module: Any,
    tile: Substrate,
    *,
    seed: int = 0,
    every: int = 1,
    learn_ranges: bool = False,
    keep: Collection[str] = (),
) -> Analog:
    """Return a copy of ``module`` whose linear layers and convolutions are read on a chip.

    In training each presentation reads a chip that is newly fabricated and programmed from the
    digital weights, so that programming errors, faults, noise and converters all act; gradients go
    straight through to the digital weights, and back through those of the chip. Any training loop
    of PyTorch is a noise-aware training so. In inference one chip stays: :meth:`Analog.program`
    chooses it.

    ``Linear``, ``Conv1d`` and ``Conv2d`` are replaced; all else stays that of PyTorch. Weights use
    the whole range of the cells.

    Parameters
    ----------
    module
        ``torch.nn.Module`` on the CPU. It stays as it is: give the optimiser
        ``analog(...).parameters()``.
    tile
        What holds the weights: a :class:`~crossbar.Tile`, or any other substrate, one a layer too.
    seed
        Of the chips and of all noise. The global generator of PyTorch takes no part.
    every
        Presentations in training that read the same chip. A chip is behind the digital weights
        until the next one, and programming takes so many times less.
    learn_ranges
        Whether the full scales of inputs, of weights, and of outputs where the tile has ADCs (one
        a weight) are parameters that learn. Without, each sample is scaled by its largest value,
        the largest weight has the range of the cells, and ADCs are calibrated.
    keep
        Names of layers that stay digital.

    Raises
    ------
    OutputError
        If ``torch`` is not installed.
    ConfigError
        If there is no layer to replace, or one computes in another way than its class does.
    """
    require_torch(WHERE)
    if not isinstance(module, torch.nn.Module) or isinstance(module, Analog):
        fail(f"{WHERE}.module", "a torch.nn.Module", shown(module), "Give the plain module.")
    require_part(f"{WHERE}.tile", tile, Substrate)
    Streams(seed)
    require_whole(f"{WHERE}.every", every, low=1, remedy="1 is a chip for each presentation.")
    own, layers = copy.deepcopy(module), {}
    ours = _ours(own, keep)
    tile.require_parts(list(ours.values()))
    for name, called in ours.items():
        layer, at = _plain(name, own.get_submodule(name)), (called, tile, seed, every)
        layers[layer] = AnalogLayer(layer, *at, learn_ranges=learn_ranges)
    return Analog(_replaced(own, layers))


def _kinds() -> tuple[Any, ...]:
    return torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d


def _plain(name: str, part: Any) -> Any:
    """Return ``part``, or raise unless it computes as its class does, on the CPU."""
    hooked = bool(part._forward_hooks or part._forward_pre_hooks)
    if type(part) not in _kinds() or hooked:
        got = f"{type(part).__name__} '{name}'" + (" with hooks" if hooked else "")
        remedy = f'Make it one, without parametrizations and hooks, or keep=("{name}",).'
        fail(f"{WHERE}.module", "plain Linear, Conv1d and Conv2d", got, remedy)
    if part.weight.device.type != "cpu":
        got, remedy = f"'{name}' on {part.weight.device}", "Call module.cpu()."
        fail(f"{WHERE}.module", "weights on the device cpu", got, remedy)
    return part


def _ours(module: Any, keep: Collection[str]) -> dict[str, str]:
    """Return what layers are called on a chip, as in networks that are read, by their names."""
    names = [name for name, part in module.named_modules() if isinstance(part, _kinds())]
    for name in keep:
        if name not in names:
            expected = "names of linear layers and convolutions"
            fail(f"{WHERE}.keep", expected, repr(name), nearest(str(name), names))
    taken: dict[str, str] = {}
    for name in (name for name in names if name not in keep):
        ours = re.sub(r"\W+", "_", name).strip("_") or type(module).__name__.lower()
        while ours in taken.values():
            ours += "_2"
        taken[name] = ours
    if not taken:
        expected = "a module with Linear, Conv1d or Conv2d"
        fail(f"{WHERE}.module", expected, shown(module), "Give one with layers that chips hold.")
    return taken


def _replaced(module: Any, by: dict[Any, Any]) -> Any:
    """Return ``module`` with every part that is a key of ``by`` replaced, wherever it stands."""
    if module in by:
        return by[module]
    for name, part in module._modules.items():
        if part is not None:
            setattr(module, name, _replaced(part, by))
    return module
