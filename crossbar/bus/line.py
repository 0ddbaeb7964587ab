"""A serial line: frames are what stands between silences."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from crossbar.bus.library import library
from crossbar.errors import ConfigError, OutputError, fail, message
from crossbar.specification import Specification
from crossbar.units import quantity

PARITIES = {"even": ("E", 1), "odd": ("O", 1), "none": ("N", 2)}
"""Letter and stop bits: a character is always of 11 bits."""
BITS = 11  # of a character
SILENCE = 3.5  # characters between frames
FAST = 19_200  # baud above which the silence is fixed
SHORTEST = 1.75e-3  # s: that silence
JITTER = 0.01  # s: silence that is waited for at least, as systems deliver bytes in pieces
LOOK = 0.1  # s between looks whether to stop
AT_ONCE = 512  # bytes of a read
REMEDY = "Plug the port in, and serve again."


class Answering(Protocol):
    """What answers a frame, such as :class:`crossbar.bus.ModbusUnit`."""

    def answer(self, frame: bytes) -> bytes | None:
        """Return the frame that answers ``frame``, None for none."""
        ...


@dataclass(frozen=True, kw_only=True)
class SerialLine(Specification):
    """Speed and characters of a line: a start bit, 8 bits, parity and 1 or 2 stop bits, 11 in all.

    Parameters
    ----------
    baud : [1/s]
        Bits a second.
    parity
        ``even``, ``odd`` or ``none``, which has two stop bits.

    Raises
    ------
    ConfigError
        If there is no such parity.

    Source: MODBUS over Serial Line V1.02, sections 2.5.1 and 2.5.1.1: even parity by default, 3.5
    characters of silence between frames, 1.75 ms above 19 200 baud.
    """

    baud: int = quantity(9600, unit="1/s", low=300, high=4_000_000)
    parity: str = "even"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.parity not in PARITIES:
            got = repr(self.parity)
            fail("SerialLine.parity", f"one of: {', '.join(PARITIES)}", got, 'Write "even".')

    @property
    def character(self) -> float:
        """Time of a character [s]."""
        return BITS / self.baud

    @property
    def silence(self) -> float:
        """Time between frames [s]."""
        return SHORTEST if self.baud > FAST else SILENCE * self.character

    def frame(self, size: int) -> float:
        """Return the time of a frame of ``size`` bytes with the silence before it [s]."""
        return self.silence + size * self.character


def serve(descriptor: int, unit: Answering, stop: threading.Event, silence: float = JITTER) -> int:
    """Answer frames on an open line until ``stop`` is set, and return how many were answered.

    Parameters
    ----------
    descriptor
        Of a file that is read and written without waiting for lines: a serial port, a
        pseudo-terminal.
    silence : [s]
        A frame ends after it, 10 ms at least.

    Raises
    ------
    OutputError
        If the line is gone: a port that is unplugged.
    """
    answered, frame = 0, b""
    while not stop.is_set():
        ready, _, _ = select.select([descriptor], [], [], max(silence, JITTER) if frame else LOOK)
        if ready:
            frame += _read(descriptor)
            frame = frame[: 2 * AT_ONCE]  # too long a frame is refused, whatever follows
        elif frame:
            answer = unit.answer(frame)
            frame = b""
            if answer is not None:
                answered += 1
                _write(descriptor, answer)
    return answered


def _read(descriptor: int) -> bytes:
    """Return the bytes that came, or raise if none ever will."""
    try:
        if content := os.read(descriptor, AT_ONCE):
            return content
        why = "its end"
    except OSError as error:
        why = str(error)
    raise OutputError(message("serve", "a line that stays open", why, REMEDY))


def _write(descriptor: int, content: bytes) -> None:
    """Write all of ``content``, or raise if the line is gone."""
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    except OSError as error:
        raise OutputError(message("serve", "a line that stays open", error, REMEDY)) from None


@contextmanager
def serial_port(path: str, line: SerialLine) -> Iterator[int]:
    """Open a serial port and give its descriptor.

    Raises
    ------
    ConfigError
        If there is no such port, it is in use, or the package pyserial (extra ``bus``) is missing.
    """
    serial: Any = library("serial")
    letter, stops = PARITIES[line.parity]
    try:
        port = serial.Serial(path, line.baud, parity=letter, stopbits=stops, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        expected, remedy = "a serial port that is free", "Such as /dev/ttyUSB0, or pty."
        raise ConfigError(message(path, expected, str(error), remedy)) from None
    with port:
        yield port.fileno()


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, Path]]:
    """Open a pseudo-terminal, and give the descriptor of its one end and the path of the other."""
    import pty
    import tty

    ours, theirs = pty.openpty()
    try:
        tty.setraw(theirs)
        yield ours, Path(os.ttyname(theirs))
    finally:
        os.close(ours)
        os.close(theirs)
