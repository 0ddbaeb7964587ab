"""A netlist that stays loaded in the library of ngspice, for fast runs within Python."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar, NoReturn

import numpy as np

from crossbar.closing import Closing
from crossbar.errors import Message, SimulationError, message
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.library import quiet, shared
from crossbar.spice.engine.log import complaint
from crossbar.spice.engine.ngspice import LIMIT, complete, placed, run
from crossbar.spice.engine.process import Watcher
from crossbar.spice.engine.waveforms import Waveforms, plain
from crossbar.types import Doubles

LONGEST = 1000  # characters of a path in a command


class _Command(str):
    """A command, whose names of files and devices need not be ASCII, as PySpice would have it."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Return the bytes that the system has for its names."""
        return os.fsencode(str(self))


class Session(Closing):
    """A netlist that stays loaded in this process: alter a value, run, read; again and again.

    An operating point of 16x16 cells with line resistance takes 3.7 ms so, against 16 ms of
    :func:`crossbar.spice.run` (4.3 times; medians of 30, ngspice 39); of 32x32 cells 64 against
    85 ms; of 64x64 cells the solver takes all of the time, and nothing is won.

    The library holds one circuit at a time: another session in the process is an error until this
    one is closed, best by ``with``; leave PySpice's own simulators alone meanwhile. What is wrong
    with a netlist can end the library or all of Python, so that a new one runs as a process first.
    Later runs have no time limit, and a ``.spiceinit`` of the user's counts in them.

    Parameters
    ----------
    deck
        A netlist with its analysis, or the file of one.
    limit
        Most seconds of its first run.

    Raises
    ------
    SimulationError
        If PySpice or the library of ngspice is not installed, another session is open, or ngspice
        does not take the netlist.

    Examples
    --------
    A divider whose upper resistor sweeps::

        with Session(deck) as session:
            for r in (1e3, 2e3, 5e3):
                session.alter("r1", r)
                print(session.run()["v(out)"])
    """

    _open: ClassVar[Session | None] = None  # the library has one circuit for the whole process

    def __init__(self, deck: Deck | Path, *, limit: float = LIMIT) -> None:
        self._library = shared()
        require_no_session()
        run(deck, limit=limit)
        self._deck = deck
        self._altered: dict[str, float] = {}
        self._kept = False
        self._folder = Path(tempfile.mkdtemp(prefix="crossbar-spice-"))
        self._watcher = Watcher(self._folder)
        Session._open = self
        try:
            self._path = placed(deck, self._folder)
            with self._path.open(errors="replace") as file:
                self._title = file.readline().strip()
            self._source(str(self._path))
        except BaseException:
            self.close()
            raise

    def _source(self, path: str) -> None:
        """Load the netlist ``path``."""
        if "'" in path or len(path) > LONGEST:
            expected = f"a path without ' and of at most {LONGEST} characters"
            got = "one with '" if "'" in path else f"{len(path)} characters"
            raise SimulationError(message(path, expected, got, "The library reads no other."))
        self._do(f"source '{path}'")

    def close(self) -> None:
        """Forget the circuit; the folder of its netlist goes too, unless there was an error."""
        if Session._open is not self:
            return
        with quiet(), contextlib.suppress(NameError):  # there is none after an error in loading
            self._library.exec_command("destroy all")
            self._library.exec_command("remcirc")
        Session._open = None
        if not self._kept:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._watcher.close()

    def alter(self, name: str, value: float, parameter: str | None = None) -> None:
        """Set the value of a device, or one of its parameters, for the runs to come.

        Parameters
        ----------
        name
            Resistor, capacitor, source (its value for direct current) or another device, as
            ngspice names it: ``r1``, or ``r.x1.r1`` for r1 inside the instance x1.
        value
            The value; any unit that the netlist line takes.
        parameter
            Parameter of the device, such as ``w`` of a transistor; None for its value.

        Raises
        ------
        SimulationError
            If there is no such device or parameter.
        """
        what = name if parameter is None else f"@{name}[{parameter}]"
        if not re.fullmatch(r"[\w.@\[\]#]+", what) or not np.isfinite(value):
            expected = "the name of a device and a finite number"
            got = f"{what} = {value!r}"
            raise SimulationError(message("Session.alter", expected, got, "Name it as ngspice."))
        self._do(f"alter {what} = {float(value)!r}")
        self._altered[what] = value

    def run(self) -> Waveforms:
        """Simulate with the values as they are and return the vectors.

        Raises
        ------
        SimulationError
            As :func:`crossbar.spice.run`.
        """
        self._do("destroy all")
        self._do("run")
        waves = self._read(self._library.last_plot)
        if isinstance(self._deck, Deck):
            complete(waves, self._path, self._deck.wanted, self._deck.end)
        return waves

    def _read(self, plot: str) -> Waveforms:
        """Return the vectors of ``plot``, named as in a raw file."""
        kinds = self._library.simulation_type
        wrapped = {kinds.voltage: "v", kinds.current: "i"}
        vectors: dict[str, Doubles] = {}
        for vector in self._library.plot(None, plot).values():
            name = str(vector._name).lower().removesuffix("#branch")  # public ones carry units
            letter = wrapped.get(vector._type)
            vectors[name if letter is None else plain(f"{letter}({name})")] = vector._data
        points = 0 if plot == "const" else len(next(iter(vectors.values()), ()))
        if not points or not all(np.isfinite(values).all() for values in vectors.values()):
            clamp = "Clamp the arguments of its functions."
            self._fail(message(self._path.name, "points of finite numbers", "others", clamp))
        scale = next((k for k in vectors if k == "time" or k.rstrip(")").endswith("-sweep")), None)
        axis = np.zeros(points) if scale is None else vectors[scale]
        return Waveforms(self._title, axis, vectors)

    def _do(self, command: str) -> None:
        """Let ngspice obey ``command``, or raise as its log demands."""
        if Session._open is not self:
            text = message("Session", "an open session", "a closed one", "Make a new one.")
            raise SimulationError(text)
        with quiet(), contextlib.suppress(NameError):  # for any word on stderr: the log decides
            self._library.exec_command(_Command(command))
        said = f"{self._library.stdout}\n{self._library.stderr}"
        if trouble := complaint(said, self._path):
            self._fail(trouble)

    def _fail(self, trouble: Message) -> NoReturn:
        """Raise, naming the netlist, which is kept with what was altered."""
        self._kept = True
        self._watcher.close()
        if isinstance(self._deck, Deck):
            altered = "".join(f"* altered: {k} = {v!r}\n" for k, v in self._altered.items())
            self._path.write_text(self._deck.text + altered)
        raise SimulationError(trouble.followed(f"Netlist: {self._path}"))


def require_no_session() -> None:
    """Raise if a session is open in this process."""
    if Session._open is not None:
        remedy = "Close it first, or use a process for each."
        text = message("ngspice as a library", "no open session", "one", remedy)
        raise SimulationError(text)
