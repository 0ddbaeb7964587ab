"""Spiking networks in files: TOML for what they are, arrays beside it for their numbers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import files
from crossbar.as_settings import as_settings
from crossbar.checks import require_part, require_path
from crossbar.errors import UNKNOWN, fail, nearest
from crossbar.overlay import built, table
from crossbar.spiking.networks.arrays import array
from crossbar.spiking.networks.group import Group, Synapses
from crossbar.spiking.networks.model import SpikingModel
from crossbar.spiking.networks.network import SpikingNetwork
from crossbar.toml import Settings, read, written
from crossbar.types import Floats

SECTIONS = ("inputs", "groups", "synapses")
OTHERS = ("run", "seed", "device", "tile", "layers", "faults", "blocks", "energy")
"""Sections of how it runs, and on what."""
UNITS = {"current": "A", "charge": "C"}


def read_spiking(path: Path | str) -> SpikingModel:
    """Return the spiking network in a TOML file, with its weights, delays and currents.

    Sections that say how it runs and on what, such as ``[run]`` and ``[tile]``, are for the
    command ``crossbar spikes run``, and may stand beside it.

    Raises
    ------
    DataError
        If the file, or one that it names, cannot be read.
    ConfigError, ShapeError
        If a setting is unknown or cannot be, or an array has another shape, by its dotted name.
    """
    path = require_path("read_spiking.path", path)
    return spiking_model(read(path), path.parent)


def spiking_model(settings: Settings, folder: Path) -> SpikingModel:
    """Return what the sections ``inputs``, ``groups`` and ``synapses`` of ``settings`` describe.

    Files that they name are relative to ``folder``. For errors see :func:`read_spiking`.
    """
    for key in settings:
        if key not in SECTIONS + OTHERS:
            fail(key, "a section of a spiking network", UNKNOWN, nearest(key, SECTIONS + OTHERS))
    inputs = table(settings.get("inputs", {}), "inputs")
    groups, flowing = _parts(settings, "groups", Group, ("current", "charge"))
    synapses, matrices = _parts(settings, "synapses", Synapses, ("weights", "delays"))
    network = SpikingNetwork(inputs=inputs, groups=groups, synapses=synapses)
    weights: dict[str, Floats] = {}
    delays: dict[str, Floats] = {}
    for name, shape in network.shapes.items():
        where, own = f"synapses.{name}", matrices[name]
        if "weights" not in own:
            expected = f"{shape[0]} x {shape[1]} numbers, or a file that has them"
            fail(f"{where}.weights", expected, "none", 'Write weights = "network.npz".')
        weights[name] = array(own["weights"], f"{where}.weights", folder, shape)
        if "delays" in own:
            able = (shape[:1], shape)
            delays[name] = array(own["delays"], f"{where}.delays", folder, *able, unit="s")
    flows: dict[str, dict[str, Floats]] = {"current": {}, "charge": {}}
    for name, own in flowing.items():
        for key, given in own.items():
            where, count = f"groups.{name}.{key}", (groups[name].count,)
            flows[key][name] = array(given, where, folder, (), count, unit=UNITS[key])
    return SpikingModel(
        network=network, weights=weights, delays=delays, currents=flows["current"],
        charges=flows["charge"],
    )  # fmt: skip


def _parts(
    settings: Settings, section: str, kind: type[Any], arrays: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Settings]]:
    """Return the specifications in a section by name, and apart from them what gives arrays."""
    parts, apart = {}, {}
    for name, given in table(settings.get(section, {}), section).items():
        own = table(given, f"{section}.{name}")
        apart[name] = {key: own[key] for key in arrays if key in own}
        rest = {key: value for key, value in own.items() if key not in arrays}
        parts[name] = built(kind, rest, f"{section}.{name}")
    return parts, apart


def write_spiking(model: SpikingModel, path: Path | str) -> None:
    """Write a network as TOML, and its arrays as an archive of the same name that ends in .npz.

    :func:`read_spiking` gives back the same network with the same numbers, to the last bit.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    require_part("write_spiking.model", model, SpikingModel)
    path = require_path("write_spiking.path", path)
    beside, arrays = path.with_suffix(".npz"), {}
    settings: Settings = {"inputs": {n: int(width) for n, width in model.network.inputs.items()}}
    for section, kept in (
        ("groups", {"current": model.currents, "charge": model.charges}),
        ("synapses", {"weights": model.weights, "delays": model.delays}),
    ):
        settings[section] = {}
        for name, part in getattr(model.network, section).items():
            own = as_settings(part)
            for key, given in kept.items():
                if name in given:
                    own[key], arrays[f"{name}.{key}"] = beside.name, np.asarray(given[name])
            settings[section][name] = own
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    files.write(beside, content.getvalue())
    files.write(path, f"{written(settings)}\n")
