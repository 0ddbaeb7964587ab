"""The length that the header of a sound file states, and the length that the file has.

WAV (RIFF, RIFX, RF64) and AIFF state the bytes of samples. If the file has fewer, the decoder
reads those without a message. The header also states the size of the whole file. Many programs
write a wrong one, so nothing depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

Order = Literal["little", "big"]
FAMILIES: dict[bytes, Order] = {b"RIFF": "little", b"RIFX": "big", b"RF64": "little",
                                b"FORM": "big"}  # fmt: skip
SAMPLES = (b"data", b"SSND")
ELSEWHERE = 0xFFFF_FFFF  # in RF64: the chunk ds64 states the size
PLACEHOLDER = 2_000_000_000  # bytes; programs that write streams state this size or more


@dataclass(frozen=True)
class Extent:
    """Where the samples of a file start, how many bytes are announced, and how many there are.

    ``field`` is the position of the announced size. ``block`` is the size [bytes] of one sample of
    all channels. ``closed`` states whether the announced size of the whole file is correct.
    """

    start: int
    announced: int
    present: int
    field: int
    block: int
    order: Order
    closed: bool

    @property
    def unknown(self) -> bool:
        """Whether the announced size is unknown: zero before samples, or a placeholder."""
        none = self.announced == 0 and self.present > 0 and not self.closed
        return none or (self.announced >= PLACEHOLDER and self.present < self.announced)

    @property
    def complete(self) -> bool:
        """Whether every sample is there; if their number is unknown, whether all are whole."""
        if self.unknown:
            return self.present % self.block == 0
        return self.present >= self.announced


def extent(path: Path) -> Extent | None:
    """Return the extent of a WAV or AIFF file; None for other and damaged files."""
    with path.open("rb") as file:
        kind, size = file.read(4), file.read(4)
        order = FAMILIES.get(kind)
        if order is None:
            return None
        length = path.stat().st_size
        closed = abs(int.from_bytes(size, order) + 8 - length) <= 1  # odd lengths: one byte more
        return _walk(file, order, length, closed)


def _walk(file: BinaryIO, order: Order, length: int, closed: bool) -> Extent | None:
    """Return the extent, from the first chunk that holds samples; None if there is none."""
    place, block, large = 12, 1, 0
    while place + 8 <= length:
        file.seek(place)
        name, announced = file.read(4), int.from_bytes(file.read(4), order)
        start, header = place + 8, 8 if name == b"SSND" else 0
        if name in SAMPLES:
            if announced == ELSEWHERE and large:
                announced = large
            unknown = announced == 0 or announced >= PLACEHOLDER
            announced = announced if unknown else max(announced - header, 0)
            present = max(length - start - header, 0)
            return Extent(start + header, announced, present, place + 4, block, order, closed)
        body = file.read(min(announced, 40))
        if name == b"fmt ":
            block = max(int.from_bytes(body[12:14], order), 1)
        elif name == b"COMM":
            channels, bits = (int.from_bytes(body[k : k + 2], order) for k in (0, 6))
            block = max(channels * -(-bits // 8), 1)
        elif name == b"ds64":
            large = int.from_bytes(body[8:16], order)
        place = start + announced + announced % 2
    return None
