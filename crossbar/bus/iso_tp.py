"""Messages in frames of CAN: ISO-TP, with frames of up to 8 bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crossbar.errors import fail

FRAME = 8  # bytes
SINGLE, FIRST, CONSECUTIVE, FLOW = range(4)  # kinds, in the high four bits of the first byte
IN_SINGLE, IN_FIRST, IN_CONSECUTIVE = 7, 6, 7  # bytes of the message in a frame
LONGEST = 4095  # bytes of a message: 12 bits
CONTINUE, WAIT, OVERFLOW = range(3)  # states of a flow control
TIMEOUT = 1.0  # s: N_Bs and N_Cr


def segments(message: bytes) -> Iterator[bytes]:
    """Yield the frames of ``message``: a single one, or a first one and those that follow.

    Raises
    ------
    ConfigError
        If it is empty or longer than 4095 bytes.

    Source: ISO 15765-2, normal addressing, frames without padding.

    Examples
    --------
    >>> [frame.hex() for frame in segments(b"start it")]
    ['1008737461727420', '216974']
    """
    if not 1 <= len(message) <= LONGEST:
        remedy = "Send it in parts."
        fail("segments.message", f"1 to {LONGEST} bytes", len(message), remedy)
    if len(message) <= IN_SINGLE:
        yield bytes([SINGLE << 4 | len(message)]) + message
        return
    yield (FIRST << 12 | len(message)).to_bytes(2, "big") + message[:IN_FIRST]
    for k, begin in enumerate(range(IN_FIRST, len(message), IN_CONSECUTIVE), 1):
        yield bytes([CONSECUTIVE << 4 | k % 16]) + message[begin : begin + IN_CONSECUTIVE]


def flow_control(state: int, block: int = 0, separation: int = 0) -> bytes:
    """Return a flow control: ``state``, frames until the next (0: all), ms between frames."""
    return bytes([FLOW << 4 | state, block, separation])


def separation_time(code: int) -> float:
    """Return the time from the end of a frame to the next that a flow control asks for [s].

    0 to 127 are ms, 0xF1 to 0xF9 are 100 us to 900 us; others are reserved and count as 127 ms.
    """
    if code <= 0x7F:
        return 1e-3 * code
    return 1e-4 * (code - 0xF0) if 0xF1 <= code <= 0xF9 else 0.127


@dataclass
class Receiving:
    """A message that arrives.

    Frames that fit nothing are left, as the standard has it: a consecutive frame out of order ends
    the message, a new first or single frame begins another one.

    Attributes
    ----------
    longest
        Bytes for which there is room; more are refused with a flow control.
    """

    longest: int = LONGEST
    _size: int = field(default=0, init=False)
    _next: int = field(default=0, init=False)
    _content: bytes = field(default=b"", init=False)
    _at: float = field(default=0.0, init=False)

    def take(self, frame: bytes, at: float) -> tuple[bytes | None, bytes | None]:
        """Return the message if ``frame`` completes one, and a frame to send, if there is one.

        ``at`` is the time [s]; a message that pauses for 1 s is dropped.
        """
        kind, low = (frame[0] >> 4, frame[0] & 15) if frame else (-1, 0)
        if kind == SINGLE:
            self._size = 0
            whole = 1 <= low <= min(IN_SINGLE, len(frame) - 1)
            return (frame[1 : 1 + low] if whole else None), None
        if kind == FIRST and len(frame) == FRAME:
            size = low << 8 | frame[1]
            self._size = 0
            if size <= IN_SINGLE:
                return None, None
            if size > self.longest:
                return None, flow_control(OVERFLOW)
            self._size, self._content, self._next, self._at = size, frame[2:], 1, at
            return None, flow_control(CONTINUE)
        if kind == CONSECUTIVE and self._size:
            return self._following(frame, low, at), None
        return None, None

    def _following(self, frame: bytes, number: int, at: float) -> bytes | None:
        """Return the message if a consecutive frame completes it."""
        needed = min(IN_CONSECUTIVE, self._size - len(self._content))
        if number != self._next or len(frame) - 1 < needed or at - self._at > TIMEOUT:
            self._size = 0
            return None
        self._content += frame[1 : 1 + needed]
        self._next, self._at = (number + 1) % 16, at
        if len(self._content) < self._size:
            return None
        self._size = 0
        return self._content


@dataclass
class Sending:
    """A message that goes out, as flow controls of the other side let it.

    Attributes
    ----------
    carried
        Time of a frame of 8 bytes on the bus [s]; the gap to the next frame begins after it.
    """

    carried: float = 0.0
    _left: list[bytes] = field(default_factory=list, init=False)
    _at: float = field(default=0.0, init=False)

    def begin(self, message: bytes, at: float) -> bytes:
        """Return the first frame of ``message``; one that was under way is given up."""
        first, *self._left = segments(message)
        self._at = at
        return first

    def resume(self, frame: bytes, at: float) -> list[tuple[float, bytes]]:
        """Return what to send after the flow control ``frame``: times [s] and frames.

        There is nothing to send after another frame, a refusal, or more than 1 s.
        """
        if not self._left or len(frame) < 3 or frame[0] >> 4 != FLOW:
            return []
        state = frame[0] & 15
        if at - self._at > TIMEOUT or state not in (CONTINUE, WAIT):
            self._left = []
            return []
        self._at = at
        if state == WAIT:
            return []
        block, gap = frame[1] or len(self._left), separation_time(frame[2])
        now, self._left = self._left[:block], self._left[block:]
        pace = gap + self.carried if gap else 0.0
        self._at = at + pace * (len(now) - 1)
        return [(at + pace * k, one) for k, one in enumerate(now)]
