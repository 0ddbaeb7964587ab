"""An experiment: everything that a result depends on, settled from settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from crossbar.circuit.blocks import sources as block_sources
from crossbar.data import Recordings, Synthetic
from crossbar.devices import Device
from crossbar.errors import UNKNOWN, CrossbarError, fail, nearest, shown
from crossbar.overlay import overlay, table
from crossbar.paths import place
from crossbar.random import Streams
from crossbar.registry import names_file
from crossbar.runs.hardware import Hardware, hardware, layers, refuse_hardware, usual
from crossbar.runs.keys import hinted
from crossbar.runs.networks import architecture
from crossbar.runs.plain import describe
from crossbar.runs.settings import Common
from crossbar.runs.tile_settings import TileSettings
from crossbar.sources import listed
from crossbar.toml import Settings, leaves, placed

NO_DEVICE = "digital reference, no device"
HARDWARE = ("device", "tile", "layers")  # sections that are no field of Common


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A run, settled: everything that a result depends on.

    Attributes
    ----------
    hardware
        What holds the weights of a layer that says nothing else.
    layers
        The hardware of the layers that have some of their own, by name.
    common
        What does not depend on the hardware.
    settings
        As they were given.
    """

    hardware: Hardware
    layers: Mapping[str, Hardware] = field(default_factory=dict)
    common: Common
    settings: Settings = field(compare=False)

    @property
    def kind(self) -> str:
        """The kind of device of the chip."""
        return self.hardware.kind

    @property
    def device(self) -> Device | None:
        """The device of the chip; None for weights in digital memory."""
        return self.hardware.device

    @property
    def tile(self) -> TileSettings:
        """What stands around the cells of the chip."""
        return self.hardware.tile

    @property
    def analog(self) -> bool:
        """Whether any layer holds its weights in cells."""
        return any(one.device is not None for one in (self.hardware, *self.layers.values()))

    @property
    def configuration(self) -> Settings:
        """Every setting, defaults included, as plain values for records and reports."""
        described = {"device": self.hardware.cells, "tile": describe(self.tile)}
        if self.layers:
            described["layers"] = {name: own.record for name, own in self.layers.items()}
        return described | {f.name: describe(getattr(self.common, f.name)) for f in fields(Common)}

    def streams(self, seed: int) -> Streams:
        """Return the random streams of the chip of ``seed``."""
        return Streams(seed, chip=self.common.chip)

    def of(self, layer: str) -> Hardware:
        """Return the hardware of ``layer``."""
        return self.layers.get(layer, self.hardware)

    def with_hardware(self, change: Callable[[Hardware], Hardware]) -> Experiment:
        """Return the experiment with ``change`` made to the hardware of every layer."""
        own = {name: change(one) for name, one in self.layers.items()}
        return replace(self, hardware=change(self.hardware), layers=own)

    def with_seeds(self, seeds: Sequence[int]) -> Experiment:
        """Return the experiment with other ``seeds``."""
        common = replace(self.common, seed=tuple(seeds))
        return replace(self, common=common, settings=self.settings | {"seed": list(seeds)})


def experiment(settings: Settings) -> Experiment:
    """Return the experiment that ``settings`` (sections of a TOML file) describe.

    Raises
    ------
    ConfigError
        If a name is unknown or a value cannot be; the message names it with its section.
    """
    try:
        return _settled(settings)
    except CrossbarError as error:
        raise type(error)(hinted(error.message)) from None


def _settled(settings: Settings) -> Experiment:
    """Return the experiment; see :func:`experiment`."""
    known = [f.name for f in fields(Common)]
    for name, path in _cell_files(settings).items():
        settings = placed(settings, name, _resolved(path, name))
    rest = {k: v for k, v in settings.items() if k not in HARDWARE}
    whole, own = hardware(settings), layers(settings)
    if whole.device is None and all(one.device is None for one in own.values()):
        _refuse_hardware(settings)
    for key in rest:
        if key not in known:
            remedy = nearest(key, [*known, *HARDWARE])
            fail(key, "a section or setting", UNKNOWN, remedy)
    network = architecture(rest.pop("network", {}))
    common: Common = overlay(
        replace(Common(), network=network), rest | {"data": _with_kind(rest.get("data", {}))}
    )
    settings, common = _absolute(settings, common)
    plan = Experiment(hardware=whole, layers=own, common=common, settings=settings)
    if common.train.weights.rehearses and not plan.analog:
        remedy = "Choose one, or train.weights = memory."
        fail("train.weights", "an analog device.kind", "float", remedy)
    return plan


def _with_kind(data: Any) -> Any:
    """Return the section ``data`` with its kind.

    Without one a path is that of recordings, and takes the place of synthetic sound and of what
    that alone has: a file with ``data.clips`` serves both.
    """
    if not isinstance(data, dict) or "kind" in data:
        return data
    if data.get("path", "none") in (None, "none"):
        if "classes" in data:
            remedy = "Synthetic sound has two classes."
            fail("data.classes", "data.path with it", shown(data["classes"]), remedy)
        return {"kind": "synthetic", **{k: v for k, v in data.items() if k != "path"}}
    alone = {f.name for f in fields(Synthetic)} - {f.name for f in fields(Recordings)}
    return {"kind": "recordings", **{k: v for k, v in data.items() if k not in alone}}


def file_settings(common: Common, settings: Settings) -> dict[str, Any]:
    """Return the path of every setting that names a file or folder, by its dotted name.

    Files in place of a kind of device, or of a part of one such as its step, are among them.
    """
    parts = {f.name: getattr(common, f.name) for f in fields(common)}
    named = {f"{section}.{one.name}": getattr(part, one.name) for section, part in parts.items()
             if is_dataclass(part) for one in fields(part) if one.metadata.get("path")}  # fmt: skip
    named = {name: path for name, path in named.items() if path is not None}
    return named | _cell_files(settings)


def _cell_files(settings: Settings) -> dict[str, str]:
    """Return the path of every file in place of a kind of device, or of a part of one."""
    cells = leaves({k: v for k, v in settings.items() if k in ("device", "layers")})
    return {k: v for k, v in cells.items() if isinstance(v, str) and names_file(v)}


def _absolute(settings: Settings, common: Common) -> tuple[Settings, Common]:
    """Return both with absolute paths of files: a run is found from any folder."""
    for name, path in file_settings(common, settings).items():
        section, _, key = name.partition(".")
        if section not in HARDWARE:
            settings = placed(settings, name, _resolved(path, name))
            changed = replace(getattr(common, section), **{key: _resolved(path, name)})
            common = replace(common, **{section: changed})
    return settings, common


def _resolved(path: str, name: str) -> str:
    """Return the absolute form of ``path``, which the setting ``name`` has."""
    return str(place(path, name).resolve())


def sources(plan: Experiment) -> str:
    """Return the sources of the numbers of ``plan`` that were not set for it, each once.

    See :func:`crossbar.sources.listed`.
    """
    if not plan.analog:
        return NO_DEVICE
    known = dict(plan.hardware.sources)
    for name, own in plan.layers.items():
        if own.kind != plan.kind:
            known |= {layer_name(name, number): s for number, s in own.sources.items()}
    blocks = block_sources(plan.common.blocks)
    return listed(known | {f"blocks.{name}": source for name, source in blocks.items()})


def layer_name(layer: str, number: str) -> str:
    """Return the name of a setting of the hardware of ``layer``.

    Examples
    --------
    >>> layer_name("fc", "tile.reading.v_read"), layer_name("fc", "device.g_max")
    ('layers.fc.reading.v_read', 'layers.fc.device.g_max')
    """
    return f"layers.{layer}.{number.removeprefix('tile.')}"


def kind_sources(kind: str) -> str:
    """Return every source of a ``kind`` of device once, with the numbers that it is of."""
    return listed(usual(kind).sources) or NO_DEVICE


def _refuse_hardware(settings: Settings) -> None:
    """Raise if ``settings`` name hardware that float weights do not have."""
    named = [f"faults.{key}" for key in table(settings.get("faults", {}), "faults")]
    digital = ("softmax", "difference")
    blocks = settings.get("blocks", {})
    blocks = blocks if isinstance(blocks, dict) else {"kind": blocks}
    named += [f"blocks.{key}" for key in blocks if key not in digital]
    refuse_hardware(named)
