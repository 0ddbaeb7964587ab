"""From settings to things: samples, hardware, chips."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from crossbar.circuit.faultmap import FaultMap
from crossbar.data import Data, Dataset, Ends, Progress
from crossbar.devices import StuckAt
from crossbar.errors import fail, shown
from crossbar.memory import require_memory
from crossbar.nn import Chip, CrossEntropy, Loss, Network, Range, SquaredError, calibrate
from crossbar.random import Streams
from crossbar.runs.experiment import Experiment
from crossbar.runs.fingerprint import Fingerprint, fingerprint, stamp
from crossbar.runs.hardware import Hardware
from crossbar.runs.tile_settings import Scaling
from crossbar.substrates.by_layer import ByLayer
from crossbar.substrates.columns import ByColumn
from crossbar.substrates.digital import Digital
from crossbar.substrates.mismatched import Mismatched
from crossbar.substrates.port import Substrate
from crossbar.substrates.routed import Rerouted
from crossbar.substrates.tile import Tile
from crossbar.types import Floats, Integers

Samples = tuple[Floats, Integers]


@dataclass(frozen=True)
class Parts:
    """Normalised training, validation and test samples, and which samples and files they are.

    ``test_groups`` is None if every sample stands alone.

    What ``fingerprint`` holds is described in :mod:`crossbar.runs.fingerprint`.
    """

    train: Samples
    validation: Samples
    test: Samples
    test_index: Integers
    test_groups: Integers | None
    fingerprint: Fingerprint
    drawn: bool

    @property
    def resampling(self) -> float:
        """Test over training samples if every seed splits one pool of samples again, else 0."""
        return len(self.test[1]) / len(self.train[1]) if self.drawn else 0.0


def samples(data: Data, progress: Progress | None = None) -> Dataset:
    """Return the samples, which a process makes or reads once while their files stay the same."""
    paths = (getattr(data, f.name) for f in fields(data) if f.metadata.get("path"))
    key = (data, *(stamp(Path(path)) for path in paths if path is not None))
    if key not in _READ:
        dataset = data.read(progress)
        while len(_READ) > 1:
            _READ.pop(next(iter(_READ)))
        _READ[key] = dataset
    return _READ[key]


_READ: dict[Any, Dataset] = {}  # the last two


@lru_cache(maxsize=4)
def parts_of(data: Data, dataset: Dataset, seed: int) -> Parts:
    """Return the three parts of ``dataset``, scaled by what the training part shows.

    They are kept for the next call; change none.
    """
    parts = data.split.parts(dataset, rng=Streams(seed)("split"))
    x = data.normalise.scaled(dataset.x, parts[0])
    train, validation, test = ((x[k], dataset.y[k]) for k in parts)
    groups = None if dataset.groups is None else dataset.groups[parts[2]]
    known = fingerprint(dataset, parts)
    return Parts(train, validation, test, parts[2], groups, known, data.split.drawn)


def ranged(chip: Chip, parts: Parts, streams: Streams) -> dict[str, Range]:
    """Set the ranges of the ADCs of ``chip`` by its training part; see :func:`calibrate`."""
    return calibrate(chip, parts.train[0], rng=streams("calibrate", when="test"))


def substrate(experiment: Experiment) -> Substrate:
    """Return what the weights are held in."""
    default = _holding(experiment, experiment.hardware)
    own = {name: _holding(experiment, one) for name, one in experiment.layers.items()}
    return ByLayer(default=default, layers=own) if own else default


def filled(plan: Experiment) -> Experiment:
    """Return ``plan`` for weights that have grown: the whole range, unless it sets a headroom."""
    tile, own = (plan.settings.get(name, {}) for name in ("tile", "layers"))
    layers = {name: _full(one, tile, own[name]) for name, one in plan.layers.items()}
    return replace(plan, hardware=_full(plan.hardware, tile), layers=layers)


def _full(hardware: Hardware, *sections: Any) -> Hardware:
    """Return ``hardware`` whose weights use the whole range, unless a section sets a headroom."""
    mappings = [one.get("mapping") for one in sections if isinstance(one, dict)]
    if any(isinstance(mapping, dict) and "headroom" in mapping for mapping in mappings):
        return hardware
    return hardware.with_tile(mapping=replace(hardware.tile.mapping, headroom=1.0))


def _holding(experiment: Experiment, hardware: Hardware) -> Substrate:
    """Return what weights in ``hardware`` are held in."""
    tile, device, faults = hardware.tile, hardware.device, experiment.common.faults
    if device is None:
        return Digital(dtype=tile.precision.value)
    if faults.p_on or faults.p_off:
        device = StuckAt(device, p_on=faults.p_on, p_off=faults.p_off)
    held = Tile(
        device=device,
        mapping=tile.mapping,
        reading=tile.reading,
        wires=tile.wires,
        size=tile.size,
        dac=tile.dac,
        adc=tile.adc,
        programming=tile.programming,
        remap=tile.remap,
        compensation=tile.compensation,
        blocks=experiment.common.blocks,
        faults=None if faults.map is None else FaultMap.from_file(faults.map),
        refresh=tile.refresh,
        tolerance=tile.tolerance,
        follow=tile.follow,
        dtype=tile.precision.value,
    )
    routed = held if tile.spare_rows is None else Rerouted(held=held, spare=tile.spare_rows)
    scaled = ByColumn(held=routed) if tile.scaling is Scaling.COLUMN else routed
    return Mismatched(held=scaled, sigma=tile.mismatch) if tile.mismatch else scaled


def network(experiment: Experiment, ends: Ends) -> Network:
    """Return the network from samples to outputs of ``ends``."""
    described = experiment.common.network.network(ends.input_shape, ends.outputs)
    if described.outputs != ends.outputs:
        expected = f"{ends.outputs} outputs, as the data ask for"
        fail("network", expected, described.outputs, 'Write units = "classes" in the last layer.')
    require_room(described)
    return described


def require_room(network: Network) -> None:
    """Raise :class:`ConfigError` unless the weights of ``network`` fit in memory."""
    for name, rows, cols, _ in network.matrices:
        what = f"the {rows} x {cols} weights of layer '{name}'"
        remedy = "Lower the sizes of its layers, or that of a sample."
        require_memory("network", 12.0 * rows * cols, what, remedy)  # drawn in 8 bytes, held in 4


def chip(experiment: Experiment, ends: Ends, streams: Streams) -> Chip:
    """Return the chip that learns, with initial weights, or those that the network came with."""
    described, criterion = network(experiment, ends), loss(experiment, ends)
    blocks, weights = experiment.common.blocks, experiment.common.network.weights(described)
    master, precision = experiment.common.train.weights, experiment.tile.precision.value
    own = substrate(filled(experiment) if master.programs else experiment)
    cells = experiment.common.learner.holding(master.substrate(own, precision))
    return described.build(cells, streams, blocks=blocks, loss=criterion, weights=weights)


def loss(experiment: Experiment, ends: Ends) -> Loss:
    """Return the loss that training asks for, or that of classes or values; they must agree.

    Raises
    ------
    ConfigError
        If a loss of classes is asked for where values are to be predicted, or the other way.
    """
    chosen = experiment.common.train.loss
    if chosen is None:
        return SquaredError() if ends.values else CrossEntropy()
    if chosen.classes == ends.values:
        kinds = ("classes (whole numbers in y)", "values (real numbers in y)")
        remedy = "Choose another loss, or save y as the other type of numbers."
        fail("train.loss", f"a loss of {kinds[ends.values]}", shown(chosen), remedy)
    return chosen
