"""Draws of a posterior: devices that fit the same data, one row of a table each.

Columns are dotted names of fields, such as ``step.dw_min``; ``step.up[2]`` is one number of a list.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from crossbar import files, texttables
from crossbar.devices.device import Device
from crossbar.errors import UNKNOWN, ConfigError, DataError, fail, message, nearest, shown
from crossbar.overlay import overlay
from crossbar.sources import numbers
from crossbar.toml import Settings, placed
from crossbar.types import Floats

POSTERIOR = "posterior.csv"
ELEMENT = re.compile(r"(.+)\[(\d+)\]")


def write_posterior(file: Path, columns: Mapping[str, Floats]) -> None:
    """Write ``columns`` of one length to ``file``, every number to its last bit."""
    lines = [",".join(columns)]
    lines += [",".join(map(repr, row)) for row in np.column_stack([*columns.values()]).tolist()]
    files.write(file, "\n".join(lines) + "\n")


def read_posterior(file: Path, draws: int) -> dict[str, Floats]:
    """Return the columns of the posterior ``file``, which has ``draws`` rows, by name.

    Raises
    ------
    DataError
        If it is missing or no table of numbers, or has another number of rows.
    """
    status = file.stat() if file.exists() else None
    return _read(file, draws, None if status is None else (status.st_mtime_ns, status.st_size))


@functools.lru_cache(maxsize=8)
def _read(file: Path, draws: int, stamp: tuple[int, int] | None) -> dict[str, Floats]:
    """Return the columns; a sweep asks for one draw of them after the other. Change none."""
    remedy = "Put the one back that was written with the device, or fit that anew."
    rows = texttables.table(file, "the posterior of a device", remedy).rows
    names, body = rows[0].cells, rows[1:]
    values = texttables.numbers(body, range(len(names)), remedy)
    if len(body) != draws:
        raise DataError(message(str(file), f"{draws} rows of draws", f"{len(body)}", remedy))
    return dict(zip(names, values.T, strict=True))


def with_row(device: Device, posterior: Mapping[str, Floats], draw: int, where: str) -> Device:
    """Return ``device`` with the numbers of row ``draw`` of ``posterior``.

    Raises
    ------
    ConfigError
        If a column is no number of the device, or the numbers are none that it can have.
    """
    known, settings = numbers(device), Settings()
    lists: dict[str, list[float]] = {}
    for name, values in posterior.items():
        field = field_of(name)
        element = ELEMENT.fullmatch(name)
        most = np.size(known.get(field, ())) if element else 1
        if field not in known or (element and int(element[2]) >= most):
            fail(f"{where}, {name}", "a number of the device", UNKNOWN,
                 nearest(field, known))  # fmt: skip
        if element is None:
            settings = placed(settings, field, float(values[draw]))
        else:
            lists.setdefault(field, [*known[field]])[int(element[2])] = float(values[draw])
    for field, each in lists.items():
        settings = placed(settings, field, each)
    try:
        changed: Device = overlay(device, settings)
    except ConfigError as error:
        raise ConfigError(error.message.renamed(f"{where}, draw {draw}, {error.field}")) from None
    return changed


def columns_of(posterior: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the columns of the table, one a number, or raise unless all have as many rows."""
    columns: dict[str, Floats] = {}
    for name, given in posterior.items():
        where, values = f"write_device_file.posterior, {name}", np.asarray(given, np.float64)
        if values.ndim not in (1, 2) or not len(values) or not np.isfinite(values).all():
            remedy = "Give a row a draw, (draws,), or (draws, numbers) for a tuple."
            fail(where, "finite numbers", shown(given), remedy)
        each = {f"{name}[{k}]": column for k, column in enumerate(values.T)}
        columns |= {name: values} if values.ndim == 1 else each
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        got = ", ".join(f"{len(column)} of {name}" for name, column in columns.items())
        fail("write_device_file.posterior", "as many draws of each", got, "Draw them together.")
    return columns


def field_of(column: str) -> str:
    """Return the field that a column of the posterior is of."""
    element = ELEMENT.fullmatch(column)
    return column if element is None else element[1]
