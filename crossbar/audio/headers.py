"""What a sound file's header says of its length, beside what the file holds.

WAV (RIFF, RIFX, RF64) and AIFF give the bytes of samples, which the decoder quietly cuts to those
that there are. The size of the whole file stands in the header too; writers get that one wrong,
and nothing depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

Order = Literal["little", "big"]
FAMILIES: dict[bytes, Order] = {b"RIFF": "little", b"RIFX": "big", b"RF64": "little",
                                b"FORM": "big"}  # fmt: skip
SAMPLES = (b"data", b"SSND")
ELSEWHERE = 0xFFFF_FFFF  # of RF64: the size stands in its chunk ds64
PLACEHOLDER = 2_000_000_000  # bytes; writers of streams announce as many or more


@dataclass(frozen=True)
class Extent:
    """Where the samples of a file stand, how many bytes are announced, and how many there are.

    ``field`` is where the announced size stands, ``block`` the bytes of a sample of all channels,
    ``closed`` whether the announced size of the whole file is its size.
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
        """Whether the writer did not know the size: none for what is there, or a placeholder."""
        none = self.announced == 0 and self.present > 0 and not self.closed
        return none or (self.announced >= PLACEHOLDER and self.present < self.announced)

    @property
    def complete(self) -> bool:
        """Whether every sample is there, or whole ones where their number is not known."""
        if self.unknown:
            return self.present % self.block == 0
        return self.present >= self.announced


def extent(path: Path) -> Extent | None:
    """Return where the samples of a WAV or AIFF file stand; None for others and damaged ones."""
    with path.open("rb") as file:
        kind, size = file.read(4), file.read(4)
        order = FAMILIES.get(kind)
        if order is None:
            return None
        length = path.stat().st_size
        closed = abs(int.from_bytes(size, order) + 8 - length) <= 1  # of odd length: a byte more
        return _walk(file, order, length, closed)


def _walk(file: BinaryIO, order: Order, length: int, closed: bool) -> Extent | None:
    """Go through the chunks to that of the samples."""
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
