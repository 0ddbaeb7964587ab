"""A device shown: a table of its numbers, and a page with its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossbar.cli.console import say, table
from crossbar.cli.installed import registered
from crossbar.devices import DEVICES, Device, Preset
from crossbar.errors import fail
from crossbar.meaning import Meaning, meanings
from crossbar.plots.device_figures import pictures
from crossbar.plots.device_subject import Subject
from crossbar.random import Streams
from crossbar.report.device_sheet import number_text, write_sheet
from crossbar.runs.hardware import FLOAT, Hardware, hardware
from crossbar.sources import numbers, yours
from crossbar.toml import override
from crossbar.types import Record

SECTION = "device."


def listed(settings: list[str], out: Path | None) -> Record:
    """Return every device with one line about it."""
    if settings or out is not None:
        fail("NAME", "a device before settings and --out", "none", "`crossbar device` lists them.")
    return {"devices": registered(DEVICES)}


def shown(name: str, settings: list[str], out: Path | None, *, cells: int, seed: int) -> Record:
    """Return the numbers of the device ``name``; draw it into the folder ``out``, if given."""
    for given in settings:
        if not given.startswith(SECTION):
            remedy = f"Write {SECTION}NAME=VALUE; what stands around its cells is not shown."
            expected = f"a setting that begins with {SECTION}"
            fail(given.partition("=")[0], expected, "another", remedy)
    kind = override({"device": {"kind": name}}, settings)
    hardware_of = hardware(kind)
    device = hardware_of.device
    if device is None:
        fail("NAME", "a device", repr(FLOAT), "Weights in digital memory have no cells.")
    entry = DEVICES.resolve(hardware_of.kind, "NAME")
    preset = entry if isinstance(entry, Preset) else None
    record: Record = {
        "device": hardware_of.kind,
        "class": type(device).__name__,
        "about": "" if preset is None else f"Valid for: {preset.valid_for}.",
        "numbers": _numbers(device, hardware_of),
    }
    if out is not None:
        own = () if preset is None or settings else preset.published
        name = "device" if ":" in name or "/" in name else name
        subject = Subject(name, device, own, cells, Streams(seed))
        record["report"] = str(write_sheet(out, record, pictures(subject)))
    return record


def _numbers(device: Device, hardware_of: Hardware) -> list[dict[str, Any]]:
    """Return every number of ``device`` with its meaning, unit, and kind and text of its source."""
    known, rows = meanings(device), []
    for name, value in numbers(device).items():
        meaning = known.get(name, Meaning(name))
        source = hardware_of.sources.get(f"{SECTION}{name}", yours("your setting"))
        rows.append({
            "name": name, "words": meaning.words, "value": value, "unit": meaning.unit,
            "kind": source.kind, "source": source.text,
        })  # fmt: skip
    return rows


def show(record: Record) -> None:
    """Print what was returned."""
    if "devices" in record:
        rows = [[name, words] for name, words in record["devices"].items()]
        table("Devices", ["device.kind", "valid for"], rows, words=2)
        say("Numbers and figures of one: crossbar device reram --out devices/reram")
        return
    title = f"device.kind = {record['device']}, a {record['class']}"
    rows = [
        [row["words"], row["name"], number_text(row), row["kind"], row["source"]]
        for row in record["numbers"]
    ]
    table(title, ["number", "setting", "value", "is", "source"], rows, words=2)
    if record["about"]:
        say(record["about"])
    say(f"Page: {record['report']}" if "report" in record else "Figures: add --out DIR.")
