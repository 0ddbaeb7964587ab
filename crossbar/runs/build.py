"""From settings to things: samples, hardware, chips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from crossbar.circuit.faultmap import FaultMap
from crossbar.data.audio import PRESETS as SOUNDS
from crossbar.data.audio import ByFold, Recordings, WindowSet
from crossbar.devices import StuckAt
from crossbar.nn import Chip, Network, Range, calibrate
from crossbar.random import Streams
from crossbar.runs.experiment import Experiment
from crossbar.runs.fingerprint import Fingerprint, fingerprint
from crossbar.runs.hardware import Hardware
from crossbar.runs.memory import require_memory
from crossbar.runs.settings import Data
from crossbar.substrates.by_layer import ByLayer
from crossbar.substrates.digital import Digital
from crossbar.substrates.port import Substrate
from crossbar.substrates.tile import Tile
from crossbar.types import Floats, Integers

Progress = Callable[[int, int], None]
Samples = tuple[Floats, Integers]
WINDOWS, PIXELS = 10, 28 * 28  # windows of a synthetic clip, pixels of one


def window_set(data: Data, progress: Progress | None = None) -> WindowSet:
    """Return the windows of the recordings at ``data.path``, or synthetic ones."""
    if data.path is not None:
        return Recordings(path=Path(data.path), classes=data.classes).windows(progress)
    pixels = 2 * data.clips * WINDOWS * PIXELS  # of both classes
    what = f"the windows of {data.clips} clips a class"
    require_memory("data.clips", 12.0 * pixels, what, "Lower data.clips.")  # as made, scaled, split
    sounds = replace(SOUNDS[data.preset], clips=data.clips)
    return sounds.windows(progress)


def shortened(data: Data, clips: int) -> Data:
    """Return ``data`` with at most ``clips`` synthetic clips a class; recordings stay whole."""
    return replace(data, clips=min(clips, data.clips))


@dataclass(frozen=True)
class Parts:
    """Normalised training, validation and test samples, and the windows and files that they are.

    What ``fingerprint`` holds is described in :mod:`crossbar.runs.fingerprint`.
    """

    train: Samples
    validation: Samples
    test: Samples
    test_index: Integers
    test_groups: Integers
    fingerprint: Fingerprint
    drawn: bool

    @property
    def resampling(self) -> float:
        """Test over training windows if every seed splits one pool of windows again, else 0."""
        return len(self.test[1]) / len(self.train[1]) if self.drawn else 0.0


def split(data: Data, windows: WindowSet, streams: Streams) -> Parts:
    """Return the three parts of ``windows``, scaled by what the training part shows."""
    rng, folds = streams("split"), windows.folds
    parts = data.split.split(windows.labels, windows.groups, rng=rng, folds=folds)
    scale = data.normalise.fit(windows.images[parts[0]])
    images = scale.apply(windows.images)
    train, validation, test = ((images[k], windows.labels[k]) for k in parts)
    known = fingerprint(windows, parts)
    drawn = not isinstance(data.split, ByFold)
    return Parts(train, validation, test, parts[2], windows.groups[parts[2]], known, drawn)


@lru_cache(maxsize=4)
def parts_of(data: Data, windows: WindowSet, seed: int) -> Parts:
    """Return the parts of ``windows`` for ``seed``, kept for the next call; change none."""
    return split(data, windows, Streams(seed))


def ranged(chip: Chip, parts: Parts, streams: Streams) -> dict[str, Range]:
    """Set the ranges of the ADCs of ``chip`` by its training part; see :func:`calibrate`."""
    return calibrate(chip, parts.train[0], rng=streams("calibrate", when="test"))


def substrate(experiment: Experiment) -> Substrate:
    """Return what the weights are held in."""
    default = _holding(experiment, experiment.hardware)
    own = {name: _holding(experiment, one) for name, one in experiment.layers.items()}
    return ByLayer(default=default, layers=own) if own else default


def _holding(experiment: Experiment, hardware: Hardware) -> Substrate:
    """Return what weights in ``hardware`` are held in."""
    tile, device, faults = hardware.tile, hardware.device, experiment.common.faults
    if device is None:
        return Digital(dtype=tile.precision.value)
    if faults.p_on or faults.p_off:
        device = StuckAt(device, p_on=faults.p_on, p_off=faults.p_off)
    return Tile(
        device=device,
        mapping=tile.mapping,
        reading=tile.reading,
        wires=tile.wires,
        size=tile.size,
        dac=tile.dac,
        adc=tile.adc,
        blocks=experiment.common.blocks,
        faults=None if faults.map is None else FaultMap.from_file(faults.map),
        refresh=tile.refresh,
        tolerance=tile.tolerance,
        follow=tile.follow,
        dtype=tile.precision.value,
    )


def network(experiment: Experiment, classes: int) -> Network:
    """Return the network for ``classes`` classes."""
    described = experiment.common.network.network((28, 28), classes)
    require_room(described)
    return described


def require_room(network: Network) -> None:
    """Raise :class:`ConfigError` unless the weights of ``network`` fit in memory."""
    for name, rows, cols, _ in network.matrices:
        what = f"the {rows} x {cols} weights of layer '{name}'"
        remedy = "Lower network.hidden, network.filters or the size of the image."
        require_memory("network", 12.0 * rows * cols, what, remedy)  # drawn in 8 bytes, held in 4


def chip(
    experiment: Experiment,
    classes: int,
    streams: Streams,
    weights: dict[str, Floats] | None = None,
) -> Chip:
    """Return a chip with ``weights``, or with initial ones."""
    plan = network(experiment, classes)
    blocks = experiment.common.blocks
    return plan.build(substrate(experiment), streams, blocks=blocks, weights=weights)
