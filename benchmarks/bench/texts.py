"""What the benchmarks of texts share: files of sets, settings and options."""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Collection, Sequence
from pathlib import Path

COMMANDS = "commands"  # the set that is generated; others are files


def texts(path: Path, folder: Path) -> list[str]:
    """Return the settings of the texts in ``path``, which are unpacked into ``folder``."""
    plain = path
    if path.suffix == ".gz":
        plain = folder / path.stem
        if not plain.exists():
            plain.write_bytes(gzip.decompress(path.read_bytes()))
    return ["data.kind=texts", f"data.path={plain}", "data.part=split", "data.spans=slots"]


def settings(name: str, own: Sequence[str], lines: int, options: argparse.Namespace) -> list[str]:
    """Return the changes of a recipe for the set ``name``, with its ``own``, on ``lines``."""
    given = [*own, f"data.hashing.lines={lines}"]
    if name != COMMANDS:
        given += texts(getattr(options, name), options.out)
    return given + ([f"train.epochs={options.epochs}"] if options.epochs else [])


def parser(doc: str | None, sets: Collection[str], folder: str) -> argparse.ArgumentParser:
    """Return the options that both benchmarks have; chips are kept in ``folder`` of runs."""
    ours = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ours.add_argument("--only", nargs="+", choices=sets, help="default: those with a path")
    ours.add_argument("--lines", nargs="+", type=int, default=[512, 2048])
    ours.add_argument("--snips", type=Path, help="SNIPS 2017, a file of texts with slots")
    ours.add_argument("--epochs", type=int, help="in place of those of each set")
    ours.add_argument("--out", type=Path, default=Path("runs") / folder, help="trained chips")
    ours.add_argument("--json", type=Path, help="file that keeps every result")
    return ours


def parsed(
    ours: argparse.ArgumentParser, given: list[str] | None, sets: Collection[str]
) -> argparse.Namespace:
    """Return the options ``given``, with the sets that there are and a folder for chips."""
    options = ours.parse_args(given)
    if options.only is None:
        options.only = [n for n in sets if n == COMMANDS or getattr(options, n) is not None]
    options.out.mkdir(parents=True, exist_ok=True)
    return options
