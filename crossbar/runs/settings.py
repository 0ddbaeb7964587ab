"""What can be set in an experiment, and the names that stand for things."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import numpy as np

from crossbar import textfiles
from crossbar.checks import check_fields
from crossbar.circuit.blocks import Blocks
from crossbar.circuit.blocks import sources as block_sources
from crossbar.circuit.layout import LARGEST
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.reading import Reading
from crossbar.converters import Adc, Dac
from crossbar.data.audio import PRESETS as SOUNDS
from crossbar.data.audio import ByFold, ByRecording, ByWindow, Normalisation, Split, ZScore
from crossbar.devices import PRESETS, Device, PulseTable
from crossbar.errors import fail, nearest, shown
from crossbar.nn import Dropout, ExactDropout, Training
from crossbar.runs.overlay import overlay, table
from crossbar.runs.paths import place
from crossbar.runs.toml import Settings
from crossbar.sources import Source, assumed, listed, numbers, published, sourced
from crossbar.units import quantity
from crossbar.wires import Wires


class Precision(enum.Enum):
    """Floating-point type of conductances and signals."""

    SINGLE = np.float32
    DOUBLE = np.float64


@dataclass(frozen=True, kw_only=True)
class Data:
    """What the chip listens to.

    Parameters
    ----------
    path
        Folder of recordings or manifest; None for synthetic engine sound.
    classes
        Classes to take from the recordings, in the order of their labels; None for all.
    split
        ``recording``, ``window`` or ``fold``.
    normalise
        ``zscore`` or ``db80``.
    preset, clips
        Synthetic sound: ``clear``, ``default`` or ``hard``; clips of 10 windows a class.
    """

    path: str | None = None
    classes: tuple[str, ...] | None = None
    split: Split = field(default_factory=ByRecording)
    normalise: type[Normalisation] = ZScore
    preset: str = "default"
    clips: int = quantity(358, low=3, high=100_000)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.preset not in SOUNDS:
            expected = f"one of: {', '.join(SOUNDS)}"
            fail("Data.preset", expected, repr(self.preset), nearest(self.preset, SOUNDS))
        if self.path is None and self.classes is not None:
            got = ", ".join(self.classes)
            fail("Data.classes", "data.path with it", got, "Synthetic sound has two classes.")

    @property
    def split_name(self) -> str:
        """Name of the split, to stand beside every accuracy."""
        kinds = ((ByWindow, "window"), (ByFold, "fold"))
        return next((name for kind, name in kinds if isinstance(self.split, kind)), "recording")


@dataclass(frozen=True, kw_only=True)
class NetworkSettings:
    """Sizes of the reference network; see :func:`crossbar.nn.leti_cnn`."""

    filters: int = quantity(3, low=1, high=LARGEST)
    kernel: int = quantity(4, low=1, high=LARGEST)
    hidden: int = quantity(64, low=1, high=LARGEST)
    copies: int = quantity(1, low=1, high=LARGEST)
    dropout: Dropout = field(default_factory=ExactDropout)
    paper_literal_relu: bool = False
    paper_literal_kernel: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Stuck cells.

    Parameters
    ----------
    p_on, p_off
        Probability that a cell is stuck; see :class:`crossbar.devices.StuckAt`.
    map
        In place of probabilities a file or folder of -1, 0, +1; see
        :class:`crossbar.circuit.faultmap.FaultMap`.
    """

    p_on: float = quantity(0.0, low=0, high=1, remedy="It is a probability.")
    p_off: float = quantity(0.0, low=0, high=1, remedy="It is a probability.")
    map: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if self.map is not None and (self.p_on or self.p_off):
            fail("faults", "a map or probabilities", "both", "Give only one of them.")


@dataclass(frozen=True, kw_only=True)
class TileSettings:
    """What stands around the cells; see :class:`crossbar.substrates.tile.Tile`."""

    mapping: Mapping
    reading: Reading
    wires: Wires | None = None
    size: tuple[int, int] | None = quantity(None, low=1, high=LARGEST)
    dac: Dac | None = None
    adc: Adc | None = None
    refresh: int = quantity(1000, low=1, high=10**9)
    tolerance: float = quantity(0.02, low=0, high=1)
    follow: int = quantity(20, low=1, high=10**9)
    precision: Precision = Precision.SINGLE

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class EnergySettings:
    """How energy is measured: images a second for the power, images to count over.

    ``costs`` is a JSON file of costs with their sources, such as a circuit characterisation; see
    :func:`crossbar.energy.read_costs`.
    """

    rate: float = quantity(3000.0, unit="Hz", low=1e-9, high=1e15)
    images: int = quantity(50, low=1, high=10_000_000)
    costs: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class Common:
    """Settings that do not depend on the kind of device."""

    data: Data = field(default_factory=Data)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    faults: Faults = field(default_factory=Faults)
    blocks: Blocks = field(default_factory=Blocks)
    train: Training = field(default_factory=Training)
    energy: EnergySettings = field(default_factory=EnergySettings)
    seed: tuple[int, ...] = quantity((0,), low=0)

    def __post_init__(self) -> None:
        check_fields(self)
        require_seeds("seed", self.seed, "Write seed = 0, or seed = [0, 1, 2].")


SEEDS = 2**63 - 1  # the largest whole number that a store keeps


def require_seeds(where: str, seeds: Sequence[Any], remedy: str) -> None:
    """Raise :class:`ConfigError` unless ``seeds`` are different whole numbers, one or more."""
    whole = all(type(seed) is int and 0 <= seed <= SEEDS for seed in seeds)
    if not seeds or not whole or len(set(seeds)) < len(seeds):
        got = ", ".join(map(shown, seeds)) or "none"
        fail(where, "different whole numbers from 0 to 2^63 - 1", got, remedy)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A device to choose, with the mapping and the reading that suit it.

    ``sources`` has an entry for each number, such as ``device.g_max`` or ``tile.reading.v_read``.
    """

    device: Device | None
    tile: TileSettings
    sources: dict[str, Source]

    @property
    def source(self) -> str:
        """Every source once, with the numbers that it is of."""
        return listed(self.sources) or NO_DEVICE


NO_DEVICE = "digital reference, no device"
_CMOS_READ = Reading(v_read=0.35, t_read=320e-12)
_PAIR = DifferentialPair(headroom=5.0)
_READ_SOURCES = {
    "v_read": assumed(
        "V_in = 0.35 V, chosen together with R_u = 60 kohm so that an operation lands near the "
        "published 87.36 fJ"
    ),
    "t_read": published("slot of 320 ps of LETI 2026"),
}
_ROOM = {"headroom": assumed("room for weights of pairs to grow, five times the initial ones")}


@functools.cache
def kinds() -> dict[str, Kind]:
    """Return every ``device.kind``, ``float`` (digital weights) first."""
    quiet = Reading(temperature=0.0)
    plain = TileSettings(mapping=DifferentialPair(), reading=quiet)
    known = {"float": Kind(device=None, tile=plain, sources={})}
    for name, preset in PRESETS.items():
        tile, read, room = TileSettings(mapping=_PAIR, reading=Reading()), {}, _ROOM
        if name == "ideal":
            tile, read, room = plain, {"temperature": assumed("no thermal noise")}, {}
        elif name == "cmos":
            tile, read, room = TileSettings(mapping=Offset(), reading=_CMOS_READ), _READ_SOURCES, {}
        sources = _named("device", preset.sources)
        sources |= _named("tile.reading", sourced(tile.reading, read))
        sources |= _named("tile.mapping", sourced(tile.mapping, room))
        known[name] = Kind(device=preset.device, tile=tile, sources=sources)
    return known


def _named(place: str, sources: dict[str, Source]) -> dict[str, Source]:
    return {f"{place}.{name}": source for name, source in sources.items()}


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A run, settled: everything that a result depends on."""

    kind: str
    device: Device | None
    tile: TileSettings
    common: Common
    settings: Settings = field(compare=False)


def experiment(settings: Settings) -> Experiment:
    """Return the experiment that ``settings`` (sections of a TOML file) describe.

    Raises
    ------
    ConfigError
        If a name is unknown or a value cannot be; the message names it with its section.
    """
    rest = {k: v for k, v in settings.items() if k not in ("device", "tile")}
    device_settings = dict(table(settings.get("device", {}), "device"))
    known = kinds()
    name = device_settings.pop("kind", "cmos")
    if not isinstance(name, str) or name not in known:
        expected = f"one of: {', '.join(known)}"
        fail("device.kind", expected, repr(name), nearest(str(name), known))
    kind = known[name]
    device = kind.device
    if device is not None:
        device = _ranged(overlay(device, device_settings, "device"), device_settings)
    else:
        _refuse_hardware(settings, device_settings)
    for key in rest:
        if key not in Common.__dataclass_fields__:
            sections = [*Common.__dataclass_fields__, "device", "tile"]
            homes = [dotted for dotted in _dotted() if dotted.endswith(f".{key}")]
            remedy = f"Did you mean '{homes[0]}'?" if homes else nearest(key, sections)
            fail(key, "a section or setting", "an unknown name", remedy)
    common = overlay(Common(), rest)
    tile = overlay(kind.tile, settings.get("tile", {}), "tile")
    paths = (("data", "path"), ("faults", "map"), ("energy", "costs"))
    for section, key in paths:  # a run is found from any folder
        path = getattr(getattr(common, section), key)
        if path is not None:
            absolute = str(place(path, f"{section}.{key}").resolve())
            changed = replace(getattr(common, section), **{key: absolute})
            common = replace(common, **{section: changed})
            settings = settings | {section: settings[section] | {key: absolute}}
    step = device_settings.get("step")
    if isinstance(step, str) and textfiles.names_table(step):
        absolute = str(place(step, "device.step").resolve())
        settings = settings | {"device": settings["device"] | {"step": absolute}}
    return Experiment(kind=name, device=device, tile=tile, common=common, settings=settings)


def sources(plan: Experiment) -> str:
    """Return the sources of the numbers of ``plan`` that were not set for it, each once.

    See :func:`crossbar.sources.listed`.
    """
    if plan.device is None:
        return NO_DEVICE
    kind = kinds()[plan.kind]
    now = _figures(plan.device, plan.tile)
    usual = _figures(kind.device, kind.tile)
    kept = {name: source for name, source in kind.sources.items()
            if name in usual and now.get(name) == usual[name]}  # fmt: skip
    return listed(kept | _named("blocks", block_sources(plan.common.blocks)))


def _figures(device: Device | None, tile: TileSettings) -> dict[str, Any]:
    """Return every number of the hardware by the name of its setting."""
    parts = {"device": device, "tile.reading": tile.reading, "tile.mapping": tile.mapping}
    return {f"{place}.{name}": value for place, part in parts.items() if part is not None
            for name, value in numbers(part).items()}  # fmt: skip


@functools.cache
def _dotted() -> tuple[str, ...]:
    """Return the name of every setting with its section."""

    def below(spec: Any, prefix: str) -> Iterator[str]:
        for one in fields(spec):
            value = getattr(spec, one.name)
            yield prefix + one.name
            if is_dataclass(value) and not isinstance(value, type):
                yield from below(value, f"{prefix}{one.name}.")

    specs = [("", Common()), *((f"{name}.", part) for kind in kinds().values()
             for name, part in (("device", kind.device), ("tile", kind.tile)) if part)]  # fmt: skip
    names = [name for prefix, spec in specs for name in below(spec, prefix)]
    return tuple(sorted(dict.fromkeys(names), key=lambda name: name.count(".")))


def _ranged(device: Device, settings: Settings) -> Device:
    """Return ``device`` with the range that its pulse table was measured over, unless it is set."""
    step = getattr(device, "step", None)
    if not isinstance(step, PulseTable) or step.g_min is None:
        return device
    told = {"g_min": step.g_min, "g_max": step.g_max}
    ranged: Device = overlay(device, {k: v for k, v in told.items() if k not in settings}, "device")
    return ranged


def _refuse_hardware(settings: Settings, device: Settings) -> None:
    """Raise if ``settings`` name hardware that float weights do not have."""
    named = [f"device.{key}" for key in device]
    named += [f"faults.{key}" for key in table(settings.get("faults", {}), "faults")]
    named += [f"tile.{key}" for key in table(settings.get("tile", {}), "tile")
              if key != "precision"]  # fmt: skip
    digital = ("softmax", "difference")
    blocks = settings.get("blocks", {})
    blocks = blocks if isinstance(blocks, dict) else {"kind": blocks}
    named += [f"blocks.{key}" for key in blocks if key not in digital]
    if named:
        remedy = "Choose an analog device.kind."
        fail(named[0], "no hardware for device.kind = float", "some", remedy)
