"""The page of the device library: a figure, the numbers and their sources of every device.

Writes docs/devices/NAME.png, and docs/devices.md between ``<!-- devices -->`` and ``<!-- end -->``,
from the presets and nothing else.

    python scripts/devices_page.py
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from crossbar.devices import PRESETS, Preset
from crossbar.files import make_folder, write
from crossbar.meaning import Meaning, meanings
from crossbar.plots.device_figures import overview
from crossbar.plots.device_subject import Subject
from crossbar.random import Streams
from crossbar.report.fields import value_text
from crossbar.sources import numbers

DOCS = Path(__file__).parents[1] / "docs"
BETWEEN = re.compile(r"(<!-- devices -->\n).*(<!-- end -->)", re.DOTALL)
TITLES = "| device | valid for | numbers published, derived, assumed |\n|---|---|---|\n"


def counts(preset: Preset) -> str:
    """Return how many numbers are of each kind of source; those at defaults of the class aside."""
    named = {name: source.kind for names, source in preset.given.items() for name in names.split()}
    return ", ".join(str([*named.values()].count(k)) for k in ("published", "derived", "assumed"))


def row(name: str, preset: Preset) -> str:
    """Return the line of the first table."""
    return f"| [`{name}`](#{name}) | {preset.valid_for} | {counts(preset)} |\n"


def section(name: str, preset: Preset) -> str:
    """Return what the page says of one device."""
    known, values = meanings(preset.device), numbers(preset.device)
    lines = [f"\n## {name}\n", f"Valid for: {preset.valid_for}.\n"]
    if name != "ideal":
        lines.append(f"![pulses, steps, errors and noise or drift of {name}](devices/{name}.png)\n")
    if preset.given:
        lines += ["| number | value | is | source |", "|---|---|---|---|"]
    for names, source in preset.given.items():
        entries = []
        for one in names.split():
            value, meaning = values[one], known.get(one, Meaning(one))
            text = (", ".join(f"{v:.5g}" for v in value) if isinstance(value, tuple)
                    else value_text(value, meaning.unit))  # fmt: skip
            entries.append((f"`{one}`", text))
        keys, texts = ("<br>".join(column) for column in zip(*entries, strict=True))
        lines.append(f"| {keys} | {texts} | {source.kind} | {source.text} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return what the page has of all devices."""
    rows = "".join(row(name, preset) for name, preset in PRESETS.items())
    return TITLES + rows + "".join(section(name, preset) for name, preset in PRESETS.items())


def main(arguments: list[str] | None = None) -> None:
    """Write the page and its figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cells", type=int, default=256, help="cells behind means and spreads")
    parser.add_argument("--out", type=Path, default=DOCS)
    options = parser.parse_args(arguments)
    make_folder(options.out / "devices")
    for name, preset in PRESETS.items():
        if name != "ideal":
            subject = Subject(name, preset.device, preset.published, options.cells, Streams(0))
            write(options.out / "devices" / f"{name}.png", overview(subject).png)
    path = DOCS / "devices.md"
    text = BETWEEN.sub(lambda match: f"{match[1]}{page()}{match[2]}", path.read_text("utf-8"))
    write(options.out / "devices.md", text)


if __name__ == "__main__":
    main()
