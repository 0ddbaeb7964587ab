"""How long a command takes on a bus: bits of its frames, and the time of the reader."""

from __future__ import annotations

from crossbar.bus.can import HEADER as CAN_HEADER
from crossbar.bus.can import CanBus
from crossbar.bus.iso_tp import flow_control, segments
from crossbar.bus.line import SerialLine
from crossbar.bus.registers import CAPACITY, HEADER
from crossbar.checks import require_whole

MOST_WRITTEN, MOST_READ = 123, 125  # registers of a request, functions 16 and 3


def modbus_latency(size: int, values: int, line: SerialLine, reader: float = 0.0) -> float:
    """Return the time from a text of ``size`` bytes to its answer over Modbus RTU [s].

    The text is written in as few requests as it takes, its length with the last of them. The answer
    is read with its ``values`` bytes of key values. Every frame has its silence before it.

    Parameters
    ----------
    reader : [s]
        What the reader takes between the last write and its answer.

    Source: MODBUS Application Protocol V1.1b3, sections 6.3 and 6.12 (frames and their limits).
    """
    require_whole("modbus_latency.size", size, low=1, high=CAPACITY)
    require_whole("modbus_latency.values", values, low=0)
    writes = _parts(1 + -(-size // 2), MOST_WRITTEN)
    reads = _parts(HEADER + -(-values // 2), MOST_READ)
    sizes = [each for n in writes for each in (9 + 2 * n, 8)]  # bytes of a request, its answer
    sizes += [each for n in reads for each in (8, 5 + 2 * n)]
    return sum(line.frame(one) for one in sizes) + reader


def _parts(registers: int, most: int) -> list[int]:
    """Return how many registers each request has, at most ``most``."""
    return [min(most, registers - done) for done in range(0, registers, most)]


def can_latency(size: int, values: int, bus: CanBus, reader: float = 0.0) -> float:
    """Return the time from a text of ``size`` bytes to its answer over CAN, at most [s].

    Other nodes are silent, flow controls come at once and ask for no time between frames. For
    ``values`` and ``reader`` see :func:`modbus_latency`.
    """
    require_whole("can_latency.size", size, low=1, high=CAPACITY)
    require_whole("can_latency.values", values, low=0)
    total = reader
    for length in (size, CAN_HEADER + values):
        frames = list(segments(bytes(length)))
        total += sum(bus.frame(len(one)) for one in frames)
        total += bus.frame(len(flow_control(0))) if len(frames) > 1 else 0.0
    return total
