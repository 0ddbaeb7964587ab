"""What settings describe as hardware: a kind of device with what stands around its cells."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from crossbar.checks import require_part
from crossbar.devices import DEVICES, Device, IdealCell, Periphery, Preset
from crossbar.devices.library.preset import refuse_draw
from crossbar.errors import ConfigError, fail
from crossbar.overlay import made, overlay, table
from crossbar.runs.plain import describe
from crossbar.runs.tile_settings import TileSettings
from crossbar.sources import Source, defaults, numbers, sourced
from crossbar.toml import Settings

FLOAT = "float"  # the kind of no device: weights in digital memory
DIGITAL = IdealCell.periphery  # no noise
DEFAULT = "cmos"


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """A device, what stands around its cells, and where their numbers come from.

    Attributes
    ----------
    kind
        Name of the device: that of a registry, or ``module:Class``.
    device
        None for weights in digital memory.
    draw
        Draw of the posterior of a fitted device; None for its fitted numbers.
    tile
        What stands around the cells.
    sources
        Source of each number that has the value of its kind, by ``device.g_max`` or
        ``tile.reading.v_read``.
    """

    kind: str
    device: Device | None
    draw: int | None = None
    tile: TileSettings
    sources: dict[str, Source] = field(compare=False)

    def with_tile(self, **changes: Any) -> Hardware:
        """Return the hardware with other parts around its cells."""
        return replace(self, tile=replace(self.tile, **changes))

    @property
    def record(self) -> Settings:
        """The hardware of a layer as plain values, under the names of its settings."""
        around = {k: v for k, v in describe(self.tile).items() if k != "type"}
        return {"kind": self.kind, "device": self.cells, **around}

    @property
    def cells(self) -> Any:
        """The device as plain values, with the number of its draw where it is one."""
        cells = describe(self.device)  # None for weights in digital memory
        return cells if self.draw is None else cells | {"draw": self.draw}

    @property
    def numbers(self) -> dict[str, Any]:
        """Every number by its name, as in ``sources``."""
        parts = {"device": self.device, "tile.reading": self.tile.reading,
                 "tile.mapping": self.tile.mapping}  # fmt: skip
        return {f"{place}.{name}": value for place, part in parts.items() if part is not None
                for name, value in numbers(part).items()}  # fmt: skip


def usual(kind: str) -> Hardware:
    """Return the hardware of a ``kind`` of device as it is without any settings."""
    return hardware({"device": {"kind": kind}})


def kinds() -> tuple[str, ...]:
    """Return every name that ``device.kind`` takes, ``float`` (digital weights) first."""
    return (FLOAT, *DEVICES.names)


def hardware(settings: Settings) -> Hardware:
    """Return the hardware that the sections ``device`` and ``tile`` describe.

    Raises
    ------
    ConfigError
        If a kind or a name is unknown or a value cannot be, under its dotted name.
    """
    device, tile = _section(settings, "device"), _section(settings, "tile")
    return _settled(device.pop("kind", DEFAULT), [("device", device)], [("tile", tile)])


def layers(settings: Settings) -> dict[str, Hardware]:
    """Return the hardware of every layer that a section ``layers.NAME`` describes.

    ``layers.NAME.device`` lies over ``device`` unless it has a kind of its own, and the other
    settings of the layer over ``tile``.
    """
    described = table(settings.get("layers", {}), "layers")
    device, tile = _section(settings, "device"), _section(settings, "tile")
    kind = device.pop("kind", DEFAULT)
    own_layers = {}
    for name in described:
        where = f"layers.{name}"
        around = _section(described, name, where)
        cells = _section(around, "device", f"{where}.device")
        around.pop("device", None)
        own = cells.pop("kind", kind)
        devices = [("device", device)] if own == kind else []
        devices.append((f"{where}.device", cells))
        shared = tile if own != FLOAT else {k: v for k, v in tile.items() if k == "precision"}
        own_layers[name] = _settled(own, devices, [("tile", shared), (where, around)])
    return own_layers


Given = list[tuple[str, Settings]]  # settings with the name of their section, each over the last


def _section(settings: Settings, name: str, where: str = "") -> Settings:
    """Return a copy of the section ``name``, in whose place a text is its kind."""
    given = settings.get(name, {})
    return dict(table({"kind": given} if isinstance(given, str) else given, where or name))


def _settled(kind: Any, devices: Given, tiles: Given) -> Hardware:
    """Return the hardware of a ``kind`` of device, with settings laid over it."""
    if kind == FLOAT:
        refuse_hardware(f"{place}.{name}" for place, given in devices for name in given)
        refuse_hardware(
            f"{place}.{name}" for place, given in tiles for name in given if name != "precision"
        )
        return Hardware(kind=FLOAT, device=None, tile=_tile(FLOAT, DIGITAL, tiles), sources={})
    where = f"{devices[-1][0]}.kind"
    entry = DEVICES.resolve(kind, where, (FLOAT,))
    if isinstance(entry, functools.partial):  # the reader of a file
        entry = entry()
    draw, devices = _draw(devices)
    preset = entry if isinstance(entry, Preset) else None
    if draw is not None:
        preset = _drawn(preset, *draw)
    (first, given), *rest = devices
    device = preset.device if preset else made(DEVICES, kind, given, first, where)
    for place, over in devices if preset else rest:
        device = overlay(device, over, place).over_measured_range(over)
    require_part(devices[-1][0], device, Device)
    plain = preset.device if preset else device
    periphery = (preset and preset.periphery) or device.periphery
    given = preset.sources if preset else defaults(device, type(device).sources)
    known = {f"device.{name}": source for name, source in given.items()}
    around = _tile(kind, periphery, [])
    before = Hardware(kind=kind, device=plain, draw=draw and draw[1], tile=around, sources={})
    described = replace(before, device=device, tile=_tile(kind, periphery, tiles))
    for part in ("reading", "mapping"):
        own = {name.removeprefix(f"{part}."): s for name, s in periphery.sources.items()
               if name.startswith(f"{part}.")}  # fmt: skip
        sources = sourced(getattr(before.tile, part), own)
        known |= {f"tile.{part}.{name}": source for name, source in sources.items()}
    now, then = described.numbers, before.numbers
    kept = {name: s for name, s in known.items() if name in now and now[name] == then[name]}
    return replace(described, sources=kept)


def _draw(devices: Given) -> tuple[tuple[str, Any] | None, Given]:
    """Return the draw that settings ask for, under its dotted name, and the other settings."""
    asked = [(f"{place}.draw", given["draw"]) for place, given in devices if "draw" in given]
    rest = [(place, {n: v for n, v in given.items() if n != "draw"}) for place, given in devices]
    last = asked[-1] if asked else None
    return (None if last is None or last[1] in (None, "none") else last), rest


def _drawn(preset: Preset | None, where: str, draw: Any) -> Preset:
    """Return a draw of the posterior of ``preset``, or raise with the name ``where`` of it."""
    try:
        return refuse_draw(draw) if preset is None else preset.drawn(draw)
    except ConfigError as error:
        place = where if error.field == "draw" else error.field
        raise ConfigError(error.message.renamed(place)) from None


def _tile(kind: str, periphery: Periphery, tiles: Given) -> TileSettings:
    """Return the tile that suits a device, with settings laid over it."""
    tile: TileSettings = overlay(TileSettings(), dict(periphery.settings), f"the tile of {kind}")
    for place, given in tiles:
        tile = overlay(tile, given, place)
    return tile


def refuse_hardware(named: Iterable[str]) -> None:
    """Raise if a setting is ``named``, which float weights do not have."""
    for name in named:
        remedy = "Choose an analog device.kind."
        fail(name, "no hardware for device.kind = float", "some", remedy)
