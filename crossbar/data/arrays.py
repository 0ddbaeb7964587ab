"""Arrays of the user's own: an archive of NumPy, or a table of numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossbar import textfiles
from crossbar.array_checks import Array
from crossbar.data import columns, npz
from crossbar.data.data import DATA, Data, Progress
from crossbar.data.dataset import Dataset
from crossbar.data.listing import Skipped, chosen
from crossbar.data.words import Words
from crossbar.errors import DataError, ShapeError, fail, message
from crossbar.units import quantity

NEEDED, ABLE = ("x", "y"), ("groups", "classes", "folds")
LEAST: Final = 3  # samples of a class, one for each part
TEXTS, WHOLE = "US", "iub"  # kinds of NumPy types


@DATA.register("arrays")
@dataclass(frozen=True, kw_only=True)
class Arrays(Data):
    """Samples from arrays in a file.

    A ``.npz`` archive has ``x`` (n, ...) and ``y`` (n,), and may have ``groups`` (n,), ``folds``
    (n,) and ``classes``, the names of the classes 0, 1, ... Whole numbers and texts in ``y`` are
    classes, real numbers (n,) or (n, outputs) are to be predicted. In a table (``.csv``) every
    column is a feature, except those of classes or targets, ``group`` and ``fold``.

    Parameters
    ----------
    path
        The file.
    label
        Column of a table that holds the classes.
    targets
        Columns of a table to predict, in place of classes.
    classes
        Classes to take, in the order of their labels; all if None.
    shape
        Shape of a sample, such as 8, 8; None for that of the file.
    sample, group
        What a sample and a group are called in reports; they take an s in the plural.
    made_by
        Command that makes the file, for the error if it is missing.
    """

    path: str | os.PathLike[str] = field(metadata={"path": True})
    label: str | None = None
    targets: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    shape: tuple[int, ...] | None = quantity(None, low=1, high=1 << 24)
    sample: str = "sample"
    group: str = "group"
    made_by: str | None = None

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return the samples of the file.

        Raises
        ------
        DataError, ShapeError
            If the file is missing or damaged, or holds anything but samples with their classes or
            targets; the message names it, and line and column of a table.
        ConfigError
            If a column or class has not the name that was given.
        """
        path = Path(self.path)
        arrays, skipped = self._read(path)
        try:
            return self._labelled(path, arrays, skipped)
        except (DataError, ShapeError) as error:
            if error.field.startswith("Arrays."):
                raise
            part = error.field.removeprefix("Dataset.")
            raise type(error)(error.message.renamed(f"{path}, {part}")) from None

    def _read(self, path: Path) -> tuple[dict[str, Array], Skipped]:
        """Return the arrays of the file by name, and what was skipped."""
        skipped = Skipped()
        if not path.is_file():
            remedy = f"Make it with `{self.made_by}`." if self.made_by else "Check the path."
            expected = "a file of arrays (.npz or .csv)"
            got = "a folder" if path.is_dir() else "no such file"
            raise DataError(message(str(path), expected, got, remedy))
        if textfiles.names_table(path.name):
            return columns.read(path, self.label, self.targets), skipped
        if path.suffix.lower() != ".npz":
            got = f"'{path.name}'"
            remedy = "Save it with np.savez(path, x=x, y=y), or as CSV."
            raise DataError(message(str(path), "a name that ends in .npz or .csv", got, remedy))
        for name in ("label", "targets"):
            if (value := getattr(self, name)) is not None:
                remedy = "Leave it out: an archive has its classes or targets in y."
                fail(f"Arrays.{name}", "a table for the names of columns", str(value), remedy)
        arrays, others = npz.read(path, NEEDED, ABLE)
        for name in others:
            skipped.add("arrays other than x, y, groups, folds and classes", name)
        return arrays, skipped

    def _labelled(self, path: Path, arrays: dict[str, Array], skipped: Skipped) -> Dataset:
        """Return the data set of ``arrays``, its classes numbered."""
        x, y, names = arrays["x"], arrays["y"], None
        if x.shape[:1] != y.shape[:1]:
            got = f"x of shape {x.shape} and y of shape {y.shape}"
            raise ShapeError(message("y", "one entry a sample", got, "Give one for each of x."))
        if y.dtype.kind in TEXTS + WHOLE:
            y, names = _numbered(y, arrays.get("classes"))
        elif "classes" in arrays or self.classes is not None:
            remedy = "Save classes as whole numbers: y.astype(int)."
            raise DataError(message("y", "classes", f"numbers of type {y.dtype}", remedy))
        own: dict[str, Any] = {name: arrays.get(name) for name in ("groups", "folds")}
        if own["groups"] is not None and own["groups"].dtype.kind in TEXTS:
            own["groups"] = np.unique(own["groups"], return_inverse=True)[1]
        if self.shape is not None:
            x = _shaped(x, self.shape)
        if self.classes is not None and names is not None:
            kept = chosen("Arrays.classes", self.classes, names)
            order = np.full(len(names), -1)
            order[[names.index(name) for name in kept]] = np.arange(len(kept))
            within = order[y] >= 0
            x, y, names = x[within], order[y][within], kept
            own = {name: None if one is None else one[within] for name, one in own.items()}
        return Dataset(
            x=x,
            y=y,
            classes=names,
            source=f"{len(x)} {self.sample}s from {path}",
            words=Words(sample=self.sample, group=self.group),
            skipped=skipped.sentences(),
            **own,
        )


def _numbered(y: Array, names: Array | None) -> tuple[Array, tuple[str, ...]]:
    """Return the classes ``y`` as whole numbers from 0, and their names."""
    if y.ndim != 1:
        remedy = "Give one class a sample: y.argmax(axis=1) of one-hot rows, or y.ravel()."
        raise ShapeError(message("y", "shape (n,)", y.shape, remedy))
    if names is not None:
        if y.dtype.kind not in WHOLE or names.ndim != 1:
            got = f"y of type {y.dtype} and classes of shape {names.shape}"
            remedy = "Leave classes out, or number y from 0."
            raise DataError(message("classes", "one name for every whole number", got, remedy))
        return y.astype(np.int64), tuple(map(str, names.tolist()))
    values, index = np.unique(y, return_inverse=True)
    if LEAST * len(values) > len(y):
        got = f"{len(values)} different ones of {len(y)}"
        remedy = "Save numbers to predict as real numbers: y.astype(float)."
        raise DataError(message("y", f"{LEAST} samples of each class or more", got, remedy))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    return index, tuple(map(str, values.tolist()))


def _shaped(x: Array, shape: Sequence[int]) -> Array:
    """Return the samples ``x`` in ``shape``."""
    size = int(np.prod(x.shape[1:]))
    if x.ndim < 1 or size != int(np.prod(shape)):
        remedy = f"A sample of the file has {size} numbers."
        fail("Arrays.shape", f"{size} numbers a sample", " x ".join(map(str, shape)), remedy)
    return x.reshape(len(x), *shape)
