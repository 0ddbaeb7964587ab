"""What comes before the first run: seeds, store and files are checked, and noted."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable
from pathlib import Path

from crossbar.errors import OutputError, closest, fail, message
from crossbar.runs.fingerprint import module_digest, stamp
from crossbar.runs.store import Store
from crossbar.runs.sweep.axes import listed
from crossbar.runs.sweep.target import RUN, Target
from crossbar.runs.toml import leaves
from crossbar.types import Record

FACTS = ("title", "question", "command", "units", "search", "together")


def entered(kind: Target, seeds: Iterable[int] | None) -> list[int]:
    """Return ``seeds``, or those of the target where None, checked."""
    chosen: list[int] = listed("seeds", kind.seeds if seeds is None else seeds)
    kind.check(chosen)
    return chosen


def opened(store: Path | str, kind: Target, names: Iterable[str], about: Record) -> Store:
    """Return the store at ``store``, which notes what the sweep of ``names`` is about.

    Raises
    ------
    ConfigError
        If a report knows no fact of a name in ``about``.
    OutputError
        If the store cannot be written, is about another sweep, or is opened by a worker process
        while that imports the script that was started.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        remedy = 'Call it below `if __name__ == "__main__":`, which workers do not run.'
        expected, got = "one call", "a call of a worker that imports this script"
        raise OutputError(message("sweep", expected, got, remedy))
    for name in about:
        if name not in FACTS:
            remedy = closest(name, FACTS, "Choose one.")
            fail("about", f"one of: {', '.join(FACTS)}", repr(name), remedy)
    kind.require_place(Path(store))
    kept = Store(store, write=True)
    try:
        kind.require_content(kept)
        remember(kept, kind, {kind.named(name) for name in names}, about)
    except BaseException:
        kept.close()
        raise
    return kept


def remember(kept: Store, kind: Target, swept: set[str], about: Record) -> None:
    """Note what the sweep is about, or raise if the store is about another one."""
    known = kept.about
    base = json.loads(json.dumps(kind.base))  # as a store gives it back
    files = {path: stamp(Path(path)) for path in kind.files()}
    files |= {str(file): module_digest(file) for file in kind.modules.values()}
    if "base" in known:
        swept = swept | set(known["parameters"])
        _refuse_other(kept.path, _constant(base, swept), _constant(known["base"], swept))
        before = known.get("files", {})
        changed = [path for path in files if before.get(path, files[path]) != files[path]]
        if changed:
            remedy = "Put it back, or choose another folder with --out."
            raise OutputError(message(changed[0], "the file of the other runs", "a changed one",
                                      remedy))  # fmt: skip
        files = before | files
    joined = [*known.get("together", []), *about.get("together", [])]
    about = about | {
        "together": [names for k, names in enumerate(joined) if names not in joined[:k]]
    }
    commands = [c for c in (known.get("command"), about.get("command")) if c]
    facts = about | ({"command": "\n".join(dict.fromkeys(commands))} if commands else {})
    meanings = {**known.get("meanings", {}), **kind.meanings}
    noted = {"meanings": meanings, "metrics": {**known.get("metrics", {}), **kind.measured}}
    kept.note(**{**facts, **noted, "base": base, "parameters": sorted(swept), "files": files})


def _refuse_other(where: Path, now: Record, then: Record) -> None:
    """Raise if what all points share differs from what it was."""
    for name in sorted(now.keys() | then.keys()):
        if now.get(name) != then.get(name):
            got = f"{name} = {now.get(name, 'its default')}, there {then.get(name, 'its default')}"
            remedy = f"Choose another folder with --out, or sweep {name}."
            if name.startswith(f"{RUN}."):
                remedy = f"Delete {where}: its tests are of other chips, or of fewer seeds."
            raise OutputError(message(str(where), "the same settings", got, remedy))


def _constant(base: Record, swept: set[str]) -> Record:
    """Return the settings of ``base`` by dotted name that are not ``swept``."""
    return {name: value for name, value in leaves(base).items() if name not in swept}
