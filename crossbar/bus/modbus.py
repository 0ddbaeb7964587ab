"""A unit on a Modbus RTU line: a frame in, the frame of its answer out."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

from crossbar.bus.faults import Fault
from crossbar.bus.library import library
from crossbar.bus.registers import Registers
from crossbar.checks import require_part, require_whole
from crossbar.displayed import Displayed

FUNCTIONS = (3, 4, 6, 16, 23)
"""Read holding and input registers, write one, write several, write and read."""
LEAST, MOST = 4, 256  # bytes of a frame
WRITE_AND_READ = 23
BROADCAST = 0
ANSWERS = 128  # functions from here on are those of answers


class ModbusUnit(Displayed):
    """Registers behind the frames of Modbus RTU, as the unit of one address.

    A frame that is damaged (a wrong checksum, fewer than 4 bytes, more than 256) or for another
    unit has no answer. A broadcast is carried out, and has none either. What cannot be done is
    answered by an exception: 01 of a function that the unit lacks, 02 of an address, 03 of a value,
    04 where the reader failed.

    Parameters
    ----------
    registers
        What is written and read.
    unit
        Its address on the line.

    Raises
    ------
    ConfigError
        If the address is not from 1 to 247, or the package pymodbus (extra ``bus``) is missing.

    Source: MODBUS Application Protocol V1.1b3, and MODBUS over Serial Line V1.02.
    """

    def __init__(self, registers: Registers, unit: int = 1) -> None:
        self.registers = require_part("ModbusUnit.registers", registers, Registers)
        self.unit = require_whole("ModbusUnit.unit", unit, low=1, high=247)
        self._pdu, self._framer = library("pymodbus.pdu"), library("pymodbus.framer").FramerRTU
        self._codes = library("pymodbus.constants").ExcCodes
        self._decoder = self._pdu.DecodePDU(True)

    def answer(self, frame: bytes) -> bytes | None:
        """Return the frame that answers ``frame``, None where a unit is to be silent."""
        if not LEAST <= len(frame) <= MOST or checksum(frame[:-2]) != frame[-2:]:
            return None
        unit, function = frame[0], frame[1]
        if unit not in (BROADCAST, self.unit) or function >= ANSWERS:
            return None
        answer = self._answered(frame, function)
        return None if unit == BROADCAST else framed(bytes([unit]) + answer)

    def _answered(self, frame: bytes, function: int) -> bytes:
        """Return function and data of the answer to a whole frame."""
        if function not in FUNCTIONS:
            return _refusal(function, Fault.FUNCTION)
        kind = self._decoder.lookupPduClass(frame)
        request = None
        if kind.calculateRtuFrameSize(frame) == len(frame):
            request = self._decoder.decode(frame[1:-2])
        if request is None:
            return _refusal(function, Fault.VALUE)
        if function == WRITE_AND_READ:  # whose read comes last, and may be refused
            seen = self.registers.read(request.read_address, request.read_count)
            if isinstance(seen, Fault):
                return _refusal(function, seen)
        response = _finished(request.datastore_update(self, self.unit))
        content: bytes = response.encode()
        return bytes([response.function_code]) + content

    async def async_getValues(  # noqa: N802 (pymodbus calls it)
        self, unit: int, function: int, address: int, count: int = 1
    ) -> Any:
        """Return registers, or the code of an exception, as requests of pymodbus ask for them."""
        values = self.registers.read(address, count)
        return self._codes(int(values)) if isinstance(values, Fault) else values

    async def async_setValues(  # noqa: N802
        self, unit: int, function: int, address: int, values: Sequence[int]
    ) -> Any:
        """Write registers, and return the code of an exception or None."""
        fault = self.registers.write(address, values)
        return None if fault is None else self._codes(int(fault))


def checksum(content: bytes) -> bytes:
    """Return CRC-16/Modbus of ``content``, its low byte first, as it stands in a frame.

    Examples
    --------
    >>> checksum(b"123456789").hex()  # 0x4B37
    '374b'
    """
    crc: int = library("pymodbus.framer").FramerRTU.compute_CRC(content)
    return crc.to_bytes(2, "big")  # which has its bytes swapped already


def framed(content: bytes) -> bytes:
    """Return ``content`` (unit, function, data) as a frame, with its checksum."""
    return content + checksum(content)


def _refusal(function: int, fault: Fault) -> bytes:
    """Return function and code of an exception."""
    return bytes([function + ANSWERS, fault])


def _finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine gives that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise RuntimeError("a request of pymodbus waits for something")
