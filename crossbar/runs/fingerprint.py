"""Which samples, files and modules a chip depends on, and whether they have changed since.

A fingerprint holds for every file of samples the digest of its content, its class, its group and
the parts that its samples belong to. It does not depend on where the files are, and is the same on
every machine. Of modules of the user's that settings name the code is compared.
"""

from __future__ import annotations

import ast
import hashlib
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import toml
from crossbar.data import Dataset
from crossbar.data.dataset import ANY
from crossbar.devices.device_file import ENDING
from crossbar.errors import DataError, message
from crossbar.registry import REFERENCE
from crossbar.toml import leaves
from crossbar.types import Integers, Record

Fingerprint = Record
PARTS = ("training", "validation", "test")
FIELDS = ("other content", "another class", "another {group}", "another part")
LOG = logging.getLogger(__name__)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
PACKAGE = __name__.partition(".")[0]
SHOWN = 3  # names of a kind that a message lists


def fingerprint(dataset: Dataset, parts: Sequence[Integers]) -> Fingerprint:
    """Return the fingerprint of ``dataset`` and of the ``parts`` that it is split into.

    ``files`` holds by name: digest, class, first file of the group, and the part of each sample,
    or the name of the part that all of them belong to.
    """
    side = np.full(len(dataset), len(parts))
    for k, indices in enumerate(parts):
        side[indices] = k
    origin, classes = dataset.origin, dataset.names or (ANY,)
    order = np.argsort(origin.owner, kind="stable")
    ends = np.searchsorted(origin.owner[order], np.arange(len(origin.names) + 1))
    first: dict[int, str] = {}
    files = {}
    for k, name in enumerate(origin.names):
        own = order[ends[k] : ends[k + 1]]
        label, group = int(dataset.strata[own[0]]), int(dataset.belonging[own[0]])
        recording = first.setdefault(group, name)
        where = side[own]
        whole = bool((where == where[0]).all())
        part = PARTS[where[0]] if whole else "".join(map(str, where))
        files[name] = [origin.digests[k], classes[label], recording, part]
    return {"classes": list(dataset.names), "files": files, "group": dataset.words.group}


def difference(then: Fingerprint, now: Fingerprint) -> str:
    """Return in words which files are new, gone or changed; empty if none are."""
    before, after = then["files"], now["files"]
    kinds = {
        "gone": [name for name in before if name not in after],
        "new": [name for name in after if name not in before],
    }
    group, both = now.get("group", "recording"), [name for name in before if name in after]
    for k, words in enumerate(FIELDS):
        changed = [name for name in both if before[name][k] != after[name][k]]
        kinds[words.format(group=group)] = changed
    clauses = [f"{words}: {_listed(names)}" for words, names in kinds.items() if names]
    if not clauses and then["classes"] != now["classes"]:
        clauses = [f"classes in the order {', '.join(now['classes'])}"]
    if not clauses and list(before) != list(after):
        clauses = ["files in another order"]
    return "; ".join(clauses)


def require_samples(path: Path, then: Fingerprint | None, now: Fingerprint) -> None:
    """Raise unless the samples are those that the chip of the checkpoint ``path`` learned from.

    Raises
    ------
    DataError
        If a file is new, gone, changed or in another part.
    """
    if then is None:
        LOG.warning(
            "%s: an older version kept no fingerprint of the samples, so whether they changed is "
            "not checked. Train anew to have one.",
            path,
        )
    elif changes := difference(then, now):
        remedy = "Put them back, or train anew in another folder."
        raise DataError(message(str(path), "the samples of its training", changes, remedy))


def require_settings(path: Path, then: Record, now: Record) -> None:
    """Raise unless the settings in ``path`` are those of the training.

    Raises
    ------
    DataError
        If the file was edited, or a preset or default has changed since.
    """
    before, after = leaves(then), leaves(json.loads(json.dumps(now, default=str)))
    for name in before:
        if name in after and json.dumps(before[name]) != json.dumps(after[name]):
            remedy = "Put it back, install the crossbar that trained it, or train anew."
            expected = f"{name} = {json.dumps(before[name])}, as the chips were trained"
            raise DataError(message(str(path), expected, json.dumps(after[name]), remedy))


def stamp(path: Path) -> str:
    """Return a digest of names, sizes and times of the files at ``path``; empty for none."""
    if not path.exists():
        return ""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            status = file.stat()
            digest.update(f"{file}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def module_files(settings: Any) -> dict[str, Path]:
    """Return the files of the modules of every ``module:Class`` in ``settings``, by module.

    What these modules import themselves is not among them, nor is the package, whose classes a
    device file names too.
    """
    named = {text.partition(":")[0] for text in _texts(settings) if REFERENCE.fullmatch(text)}
    named = {name for name in named if name.partition(".")[0] != PACKAGE}
    known = {name: getattr(sys.modules.get(name), "__file__", None) for name in sorted(named)}
    return {name: Path(file) for name, file in known.items() if file is not None}


def module_record(settings: Any) -> dict[str, dict[str, str]]:
    """Return what a result keeps of the modules that ``settings`` name: a digest of each.

    It is ``modules``, a digest by name; nothing where no module is named.
    """
    digests = {name: module_digest(file) for name, file in module_files(settings).items()}
    return {"modules": digests} if digests else {}


def module_digest(file: Path) -> str:
    """Return a digest of the code in ``file``; comments and docstrings are no part of it.

    Of a compiled module, which is no Python, it is that of the file.
    """
    if file.suffix != ".py":
        return _short(file.read_bytes())
    tree = ast.parse(file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return _short(ast.unparse(tree).encode())


def require_modules(path: Path, then: dict[str, Any], settings: Any) -> None:
    """Raise unless the modules that ``settings`` name have the code of the result in ``path``.

    Raises
    ------
    DataError
        If one has changed.
    """
    before, now = then.get("modules", {}), module_record(settings).get("modules", {})
    for name in now:
        if before.get(name, now[name]) != now[name]:
            remedy = "Put it back, or train anew in another folder."
            expected = f"the module {name} as its chips were trained with"
            raise DataError(message(str(path), expected, "a changed one", remedy))


def _texts(settings: Any) -> Iterator[str]:
    """Yield every text in ``settings``, and in the device files that they name."""
    if isinstance(settings, str):
        yield settings
        if settings.lower().endswith(ENDING) and Path(settings).is_file():
            yield from _texts(toml.read(settings))
    elif isinstance(settings, (dict, list, tuple)):
        for value in settings.values() if isinstance(settings, dict) else settings:
            yield from _texts(value)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _listed(names: Sequence[str]) -> str:
    """Return the first of ``names``, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
