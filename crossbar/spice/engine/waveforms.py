"""What a simulation gave: vectors by name over time or over a swept source, from a raw file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from crossbar.errors import SimulationError, message, nearest
from crossbar.types import Doubles


@dataclass(frozen=True)
class Waveforms:
    """Vectors of one analysis.

    Attributes
    ----------
    title
        First line of the netlist.
    axis : (points,)
        Time [s], the swept voltage, or zero for an operating point.
    vectors
        Name and values (points,) of every vector, names in lower case.
    """

    title: str
    axis: Doubles
    vectors: dict[str, Doubles]

    def __getitem__(self, name: str) -> Doubles:
        """Return the vector ``name``, or raise with the nearest one."""
        try:
            return self.vectors[name.lower()]
        except KeyError:
            remedy = nearest(name.lower(), self.vectors)
            text = message(f"Waveforms[{name!r}]", "a saved vector", "none of that name", remedy)
            raise SimulationError(text) from None

    def __contains__(self, name: str) -> bool:
        """Whether there is a vector ``name``."""
        return name.lower() in self.vectors

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.axis)

    def at(self, name: str, where: float | Doubles) -> Doubles:
        """Return the vector ``name`` at times (or voltages) ``where``, interpolated linearly."""
        return np.asarray(np.interp(where, self.axis, self[name]))


class _Header(NamedTuple):
    """Head of a plot in a raw file."""

    title: str
    plot: str
    complex: bool
    points: int
    names: list[str]


def read_raw(path: Path) -> Waveforms:
    """Read the last plot of a binary raw file.

    Raises
    ------
    SimulationError
        If the file is missing, empty, cut off or not binary, or holds complex numbers or others
        than finite ones.
    """
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    remedy = "Its log may say why, or the disk is full."
    if not data:
        raise SimulationError(message(str(path), "a raw file", "none, or an empty one", remedy))
    while data:
        header, body = _header(path, data)
        width = 16 if header.complex else 8
        size = header.points * len(header.names) * width
        if len(body) < size or not header.points:
            expected = f"{size} bytes for {header.points} points of {len(header.names)} vectors"
            got = f"{len(body)} bytes: the file is cut off"
            raise SimulationError(message(str(path), expected, got, remedy))
        data = body[size:].lstrip(b"\n")
    if header.complex:
        raise SimulationError(
            message(str(path), "real vectors", "complex ones", "Use .op or .tran.")
        )
    table = np.frombuffer(body[:size], "<f8").reshape(header.points, len(header.names))
    if not np.isfinite(table).all():
        name = header.names[int(np.argmin(np.isfinite(table).all(axis=0)))]
        clamp = "Clamp the arguments of its functions."
        raise SimulationError(message(f"{path}: {name}", "finite numbers", "others", clamp))
    vectors = {plain(name): table[:, k].copy() for k, name in enumerate(header.names)}
    swept = "transient" in header.plot.lower() or "transfer" in header.plot.lower()
    axis = table[:, 0].copy() if swept else np.zeros(header.points)
    return Waveforms(header.title, axis, vectors)


def plain(name: str) -> str:
    """Return the name of a vector as .save has it: ``@m1[id]`` comes back as ``i(@m1[id])``."""
    name = name.lower()
    return name[2:-1] if name[1:3] == "(@" else name


def _header(path: Path, data: bytes) -> tuple[_Header, bytes]:
    """Return the head of the plot that ``data`` begins with, and the bytes after it."""
    head, marker, body = data.partition(b"Binary:\n")
    if not marker:
        got = "an ASCII one, or one cut off in its head"
        text = message(str(path), "a binary raw file", got, "Unset SPICE_ASCIIRAWFILE.")
        raise SimulationError(text)
    lines = head.decode("utf-8", "replace").splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line and line[:1] != "\t")
    try:
        title, plot, flags = (fields[name].strip() for name in ("Title", "Plotname", "Flags"))
        names = [line.split("\t")[2] for line in lines if line.startswith("\t")]
        return _Header(title, plot, "complex" in flags, int(fields["No. Points"]), names), body
    except (KeyError, IndexError, ValueError):
        expected = "Title, Plotname, Flags, No. Points and Variables in its head"
        text = message(str(path), expected, "others", "It is no raw file of ngspice.")
        raise SimulationError(text) from None
