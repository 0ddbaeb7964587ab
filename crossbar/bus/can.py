"""A unit on a CAN bus: a command text in, intent, confidence and key values out, by ISO-TP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossbar.bus.command import CommandReader
from crossbar.bus.faults import Fault
from crossbar.bus.iso_tp import FRAME, LONGEST, Receiving, Sending
from crossbar.bus.payload import command_of, per_mille, values_text
from crossbar.bus.registers import CAPACITY
from crossbar.checks import require_part
from crossbar.displayed import Displayed
from crossbar.errors import DataError, message
from crossbar.specification import Specification
from crossbar.units import quantity

HIGHEST = 0x7FF  # identifier of 11 bits
READ = 0  # state of an answer
REFUSED = {Fault.VALUE: 1, Fault.FAILURE: 2}  # states without a command
HEADER = 7  # bytes of an answer before its key values
OVERHEAD = 47  # bits of a frame without data, with 3 bits between frames
STUFFED = 34  # of these, bits that may be stuffed


@dataclass(frozen=True)
class CanFrame:
    """A data frame of classic CAN with an identifier of 11 bits.

    Raises
    ------
    DataError
        If the identifier is beyond 11 bits, or there are more than 8 bytes.
    """

    identifier: int
    data: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.identifier <= HIGHEST:
            expected = f"a number from 0 to {HIGHEST}"
            raise DataError(message("CanFrame.identifier", expected, self.identifier,
                                    "Take 11 bits."))  # fmt: skip
        if len(self.data) > FRAME:
            raise DataError(message("CanFrame.data", f"at most {FRAME} bytes", len(self.data),
                                    "Take segments(message)."))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CanBus(Specification):
    """Identifiers of a unit, and the speed of its bus.

    Parameters
    ----------
    request, answer
        Identifiers of frames to the unit and from it.
    bitrate : [1/s]
        Bits a second.

    Source: assumed; frames are those of Bosch CAN 2.0, 1991.
    """

    request: int = quantity(0x321, low=0, high=HIGHEST)
    answer: int = quantity(0x322, low=0, high=HIGHEST)
    bitrate: int = quantity(125_000, unit="1/s", low=1000, high=1_000_000)

    def frame(self, size: int) -> float:
        """Return the longest time of a frame of ``size`` bytes [s], all bits stuffed that may be.

        (55 + 10 size) bits. Source: Davis et al., Real-Time Systems 35:239, 2007, eq 1.

        Examples
        --------
        >>> round(1e3 * CanBus().frame(8), 3)  # ms
        1.08
        """
        stuffing = (STUFFED + 8 * size - 1) // 4
        return (OVERHEAD + 8 * size + stuffing) / self.bitrate


class CanUnit(Displayed):
    """A command reader on a CAN bus.

    A request is a text of up to 512 bytes of UTF-8. An answer is

    ==========  =================================================================
    bytes       content
    ==========  =================================================================
    0           0 read, 1 the request is no text, 2 the reader failed
    1, 2        number of the intent, from 0, high byte first
    3, 4        confidence in per mille
    5           how many key values there are, 255 at most
    6           how many of them had no room, 255 at most
    from 7      key values: lines ``name=text`` of UTF-8
    ==========  =================================================================

    Frames with other identifiers, and frames that fit no message, are left without an answer; a
    text that is too long is refused by a flow control (overflow).

    Parameters
    ----------
    reader
        Reads the texts.
    bus
        Identifiers.
    report
        Called with a line that says why a reader failed.
    """

    def __init__(
        self,
        reader: CommandReader,
        bus: CanBus | None = None,
        report: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.reader = require_part("CanUnit.reader", reader, CommandReader)
        self.bus = CanBus() if bus is None else require_part("CanUnit.bus", bus, CanBus)
        self.report = report
        self._receiving = Receiving(longest=CAPACITY)
        self._sending = Sending(carried=self.bus.frame(FRAME))

    def take(self, frame: CanFrame, at: float) -> list[tuple[float, CanFrame]]:
        """Return what the unit sends after ``frame``, which came at ``at`` [s]: times, frames."""
        if frame.identifier != self.bus.request or not frame.data:
            return []
        due = self._sending.resume(frame.data, at)
        request, flow = self._receiving.take(frame.data, at)
        if flow is not None:
            due.append((at, flow))
        if request is not None:
            due.append((at, self._sending.begin(self._read(request), at)))
        return [(when, CanFrame(self.bus.answer, data)) for when, data in due]

    def _read(self, request: bytes) -> bytes:
        """Return the answer to a request."""
        command = command_of(request, self.reader, self.report)
        if isinstance(command, Fault):
            return bytes([REFUSED[command]]).ljust(HEADER, b"\0")
        content, missing = values_text(command.values, LONGEST - HEADER)
        numbers = (command.number.to_bytes(2, "big")
                   + per_mille(command.confidence).to_bytes(2, "big"))  # fmt: skip
        counts = bytes([min(len(command.values), 255), min(missing, 255)])
        return bytes([READ]) + numbers + counts + content
