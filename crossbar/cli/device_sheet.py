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
from crossbar.report.document import Figures, Section, Tabular, Text
from crossbar.report.fields import value_text
from crossbar.report.page import write_page
from crossbar.report.tables.table import Column, Table, Tag
from crossbar.runs.hardware import FLOAT, Hardware, hardware
from crossbar.sources import Source, numbers
from crossbar.toml import override
from crossbar.types import Record

SECTION = "device."
LEAD = "What the cells of a device do, drawn from its numbers, each with its unit and source."
YOURS = "given"  # kind of a number that settings give in place of the device's own


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
        record["report"] = str(_page(record, subject, out))
    return record


def _numbers(device: Device, hardware_of: Hardware) -> list[dict[str, Any]]:
    """Return every number of ``device`` with its meaning, unit, and kind and text of its source."""
    known, rows = meanings(device), []
    for name, value in numbers(device).items():
        meaning = known.get(name, Meaning(name))
        source = hardware_of.sources.get(f"{SECTION}{name}", Source("assumed", "your setting"))
        rows.append({
            "name": name, "words": meaning.words, "value": value, "unit": meaning.unit,
            "kind": source.kind, "source": source.text,
        })  # fmt: skip
    return rows


def _page(record: Record, subject: Subject, out: Path) -> Path:
    """Write the page about a device into ``out``."""
    columns = (Column("number"), Column("setting"), Column("value"), Column("is"),
               Column("source", wrap=True))  # fmt: skip
    rows = tuple(
        (row["words"], f"{SECTION}{row['name']}", _value(row), Tag(row["kind"]), row["source"])
        for row in record["numbers"]
    )
    caption = f"Numbers of {record['device']}, a {record['class']}. {record['about']}"
    parts = [
        Section("figures", "What its cells do", (Figures(pictures(subject)),)),
        Section("numbers", "Numbers and sources", (
            Text(record["about"]), Tabular(Table("numbers", caption, columns, rows)))),
    ]  # fmt: skip
    return write_page(out, f"Device: {record['device']}", LEAD, parts)


def _value(row: dict[str, Any]) -> str:
    """Return the value of a number with its unit."""
    value = row["value"]
    if isinstance(value, tuple):
        return ", ".join(f"{one:.5g}" for one in value)
    return value_text(value, row["unit"])


def show(record: Record) -> None:
    """Print what was returned."""
    if "devices" in record:
        rows = [[name, words] for name, words in record["devices"].items()]
        table("Devices", ["device.kind", "valid for"], rows, words=2)
        say("Numbers and figures of one: crossbar device reram --out devices/reram")
        return
    title = f"device.kind = {record['device']}, a {record['class']}"
    rows = [
        [row["words"], row["name"], _value(row), row["kind"], row["source"]]
        for row in record["numbers"]
    ]
    table(title, ["number", "setting", "value", "is", "source"], rows, words=2)
    if record["about"]:
        say(record["about"])
    say(f"Page: {record['report']}" if "report" in record else "Figures: add --out DIR.")
