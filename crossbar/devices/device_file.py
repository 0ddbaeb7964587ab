"""Devices in files: ``device.toml`` with a source of each number, ``posterior.csv`` beside it.

``device.kind = "fit/device.toml"`` takes the device as it was fitted, and ``device.draw = 3`` one
that fits the data as well: row 3 of the posterior, whose columns are fields of the device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import files, toml
from crossbar.as_settings import as_settings
from crossbar.checks import require_part, require_path, require_whole
from crossbar.devices.device import Device
from crossbar.devices.library import DEVICES, Preset
from crossbar.devices.library.preset import refuse_draw
from crossbar.devices.posterior import (
    POSTERIOR,
    columns_of,
    field_of,
    read_posterior,
    with_row,
    write_posterior,
)
from crossbar.errors import ConfigError, DataError, fail, message, nearest, shown
from crossbar.overlay import made, overlay, table
from crossbar.paths import place
from crossbar.registry import Reader
from crossbar.sources import Source, defaults, derived, numbers, sourced, yours
from crossbar.toml import Settings
from crossbar.types import Floats

DEVICE = "device.toml"
ENDING = ".toml"
SECTIONS = ("draws", "notes", "device", "sources")


@dataclass(frozen=True)
class FittedDevice(Preset):
    """A device from a file.

    Parameters
    ----------
    path
        The file.
    draws
        Rows of its posterior; 0 without one.
    notes
        What else the file says, such as what the device was fitted to.
    """

    _: KW_ONLY
    path: Path
    draws: int
    notes: dict[str, Any]

    def drawn(self, draw: int) -> Preset:
        """Return the device with the numbers of row ``draw`` of the posterior, from 0.

        Raises
        ------
        ConfigError
            If there is no such row.
        DataError
            If the posterior is missing, or is not that of the device.
        """
        if not self.draws:
            refuse_draw(draw)
        remedy = f"The posterior in {self.path} has {self.draws} draws, counted from 0."
        require_whole("draw", draw, low=0, high=self.draws - 1, remedy=remedy)
        posterior = read_posterior(self.path.with_name(POSTERIOR), self.draws)
        device = with_row(self.device, posterior, draw, str(self.path.with_name(POSTERIOR)))
        source = derived(f"draw {draw} of the posterior in {_text(self.path)}")
        given = self.sources | dict.fromkeys(map(field_of, posterior), source)
        return Preset(device, given, self.valid_for)


def write_device_file(
    folder: Path | str,
    device: Device,
    sources: Mapping[str, Source],
    posterior: Mapping[str, Floats],
    notes: Mapping[str, Any],
) -> Path:
    """Write ``device.toml`` and ``posterior.csv`` in ``folder`` and return the path of the first.

    Parameters
    ----------
    folder
        Is made where it is missing.
    device
        What was fitted. Its class can be imported from a module.
    sources
        Sources by the names of the numbers that share them, as for :class:`Preset`.
    posterior : name of a field to (draws,), or (draws, numbers) for a tuple
        Devices that fit the data as well, by dotted names of fields such as ``step.dw_min``. Rows
        are put into a random order, the same each time, so that the first ones are a sample of
        all. Empty for none: then no ``posterior.csv`` is left.
    notes
        Texts, numbers and lists of them by name: what the device was fitted to, the level of
        intervals. ``valid_for`` says where the device holds.

    Raises
    ------
    ConfigError
        If a number has no source, a column of the posterior is no number of the device, columns
        differ in length, or a row is no device. Nothing is written then.
    OutputError
        If a file cannot be written.
    """
    folder = require_path("write_device_file.folder", folder)
    require_part("write_device_file.device", device, Device)
    sourced(device, dict(sources), "write_device_file.sources")
    columns = columns_of(posterior)
    rows = len(next(iter(columns.values()), ()))
    for draw in range(rows):
        with_row(device, columns, draw, "write_device_file.posterior")
    kept: Settings = {"draws": rows, "notes": dict(notes), "device": as_settings(device)}
    kept["sources"] = {names: str(source) for names, source in sources.items()}
    text = f"# A device: write the path of this file as device.kind.\n{toml.written(kept)}\n"
    again, _ = _device(toml.parsed(text)["device"], "write_device_file.device")
    if type(again) is not type(device) or as_settings(again) != kept["device"]:
        got = f"{type(device).__name__} with a part that settings cannot name"
        remedy = "Define its class at the top of a module."
        fail("write_device_file.device", "a device that a file can hold", got, remedy)
    files.make_folder(folder)
    if rows:
        order = np.random.default_rng(0).permutation(rows)  # chains walk: neighbours are alike
        write_posterior(folder / POSTERIOR, {name: own[order] for name, own in columns.items()})
    else:
        (folder / POSTERIOR).unlink(missing_ok=True)
    files.write(folder / DEVICE, text)
    return folder / DEVICE


def read_device_file(path: Path | str) -> FittedDevice:
    """Return the device of the file ``path``, with its sources, as :class:`Preset`.

    A number without a source in the file has that of its kind, or is given if the file sets it.

    Raises
    ------
    DataError
        If the file cannot be read, is no TOML, or has no table ``device``.
    ConfigError
        If a name is unknown or a value cannot be; the message names the file.
    """
    path = place(str(require_path("read_device_file.path", path)), "device.kind")
    content = toml.read(path)
    for name in content:
        if name not in SECTIONS:
            fail(f"{path}, {name}", f"one of: {', '.join(SECTIONS)}", "an unknown name",
                 nearest(name, SECTIONS))  # fmt: skip
    if "device" not in content:
        raise DataError(message(str(path), "a table [device]", "none", "Write its kind in it."))
    device, usual = _device(table(content["device"], f"{path}, device"), f"{path}, device")
    draws = require_whole(f"{path}, draws", content.get("draws", 0), low=0)
    notes = table(content.get("notes", {}), f"{path}, notes")
    valid_for = str(notes.get("valid_for", f"what {_text(path)} was fitted to"))
    given = table(content.get("sources", {}), f"{path}, sources")
    try:
        own = {n: Source.parse(text) for names, text in given.items() for n in names.split()}
        rest = sorted(numbers(device).keys() - own.keys())
        own |= {name: usual.get(name, yours(f"set in {_text(path)}")) for name in rest}
        return FittedDevice(device, own, valid_for, path=path, draws=draws, notes=notes)
    except ConfigError as error:
        raise ConfigError(error.message.renamed(f"{path}, sources")) from None


def _device(given: Settings, where: str) -> tuple[Device, dict[str, Source]]:
    """Return the device that a table describes, and the sources that its kind gives."""
    rest = {name: value for name, value in given.items() if name != "kind"}
    kind = given.get("kind")
    if not isinstance(kind, str) or kind.lower().endswith(ENDING):
        fail(f"{where}.kind", DEVICES.expected(), shown(kind), "A device file names no other.")
    entry = DEVICES.resolve(kind, f"{where}.kind")
    if not isinstance(entry, Preset):
        device = made(DEVICES, kind, rest, where, f"{where}.kind").over_measured_range(rest)
        return device, defaults(device, type(device).sources)
    device = overlay(entry.device, rest, where).over_measured_range(rest)
    before, now = numbers(entry.device), numbers(device)
    return device, {n: s for n, s in entry.sources.items() if now.get(n) == before[n]}


def _text(path: Path) -> str:
    """Return ``path`` as a source names it, which has no semicolon."""
    return str(path).replace(";", ",")


DEVICES.reader = Reader("PATH.toml", lambda text: text.lower().endswith(ENDING), read_device_file)
