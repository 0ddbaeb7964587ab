"""What every file of this folder is: in the table of CONTRIBUTING.md, short, public names only."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossbar.registry import registries

HERE = Path(__file__).parent
FILES = sorted(p for p in HERE.glob("*.py") if not p.name.startswith(("test_", "conftest")))
# Choices within a part, which the file of that part shows how to take.
WITHIN = {"blocks", "codes", "conductions", "dacs", "delays", "dropouts", "kernels",
          "normalisations", "pulsings", "queues", "roundings", "splits", "spreads",
          "tasks"}  # fmt: skip


def table() -> dict[str, int]:
    """Return the most lines of every file that CONTRIBUTING.md says to copy."""
    text = (HERE.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]*\|([^|]*`[^|]*\.py`[^|]*)\| *(\d+) *\|$", text, re.MULTILINE)
    return {Path(name).name: int(most)
            for names, most in rows for name in re.findall(r"`([^`]*\.py)`", names)}  # fmt: skip


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """Yield module and name of everything that ``path`` imports from the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("crossbar") for alias in node.names)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crossbar"):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_the_table_has_every_file_and_every_file_is_there() -> None:
    assert set(table()) == {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_within_its_length_and_names_what_is_public(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= table()[path.name]
    for module, name in imported(path):
        ground = module.count(".") == 1 and importlib.util.find_spec(module).origin is not None
        known = getattr(importlib.import_module(module), "__all__", None)
        assert not name.startswith("_")
        assert module.count(".") <= 1, f"{module} is inside a room: take {name} from the room"
        assert name in known if known is not None else ground
    assert not re.search(r"\b(?!self)\w+\._(?!_)\w", path.read_text(encoding="utf-8"))


def test_every_extension_point_has_a_file() -> None:
    known = {name for path in FILES for _, name in imported(path)}
    contracts = {one.group: abstract(one.contract) for one in registries()}
    shown = {group for group, names in contracts.items() if names & known}
    assert set(contracts) - shown <= WITHIN


def abstract(contract: type) -> set[str]:
    """Return the names of ``contract`` and of the contracts that derive from it."""
    below = {name for kind in contract.__subclasses__() if inspect.isabstract(kind)
             for name in abstract(kind)}  # fmt: skip
    return {contract.__name__} | below
