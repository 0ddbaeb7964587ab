"""Reading sound files, with every defect of a file named."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from crossbar.data.audio.headers import Extent, extent
from crossbar.errors import DataError, message

# Of a folder, only files with one of these endings are recordings.
SUFFIXES = (
    *(".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff"),
    *(".wave", ".bwf", ".rf64", ".w64", ".oga", ".opus", ".mp1", ".mp2", ".aifc", ".au", ".snd"),
    *(".caf", ".sf", ".ircam", ".sph", ".nist", ".voc", ".pvf", ".htk", ".mat", ".iff", ".svx"),
    *(".8svx", ".16svx", ".avr", ".mpc", ".paf", ".sd2", ".sds", ".wve", ".xi"),
)
# An OGG page: 27 bytes, of which byte 5 has the end-of-stream flag and the last one the number of
# segments, then a size a segment, then the segments; 65 307 bytes at the most (RFC 3533).
OGG_PAGE = b"OggS"
OGG_HEADER = 27
OGG_LONGEST = 65_307
RATES = (1_000, 1_000_000)  # Hz; another rate is that of a damaged header
BLOCK = 1 << 20  # samples read at once: a header may announce more than memory holds
# What the decoder's log says of a file of other types that is shorter than its header.
CUT = re.compile(r"should be|truncated file")
FRAMES = re.compile(r"^\s*Frames\s*:\s*(\d+)|sample_count -i (\d+)", re.MULTILINE)
NIST = b"NIST_1A"
NIST_HEADER = 1024


def read(path: Path) -> tuple[npt.NDArray[np.float64], int]:
    """Return the samples (samples, channels), full scale 1, and the sample rate [Hz].

    A file is complete when it holds every sample that it announces; the announced size of the file
    does not count. A WAV or AIFF file that announces none of the samples that follow, or 2e9 bytes
    or more, was written by a program that could not go back to its header: it is complete when it
    ends with a whole sample. IRCAM, PVF, PAF, XI and MAT files announce no length that could be
    compared.

    Raises
    ------
    DataError
        If the file is missing, empty, truncated, no audio file, has a sample rate that no sound
        has, or holds NaN or infinity.
    """
    if not path.is_file():
        raise DataError(message(str(path), "an existing file", "none", "Check the path."))
    if path.stat().st_size == 0:
        remedy = "Copy the recording again or leave it out."
        raise DataError(message(str(path), "a recording", "an empty file", remedy))
    seen = extent(path)
    if seen is not None and not seen.complete:
        expected = "whole samples" if seen.unknown else f"{seen.announced} bytes of samples"
        _truncated(path, expected, f"{seen.present} bytes")
    _refuse_unended(path)
    samples, announced, rate = _decoded(path, seen)
    if not RATES[0] <= rate <= RATES[1]:
        remedy = "Its header is damaged, or it is no sound: leave it out."
        expected = f"a sample rate from {RATES[0]} to {RATES[1]} Hz"
        raise DataError(message(str(path), expected, f"{rate} Hz", remedy))
    if len(samples) < announced:
        _truncated(path, f"{announced} samples", len(samples))
    if len(samples) == 0:
        remedy = "Leave the recording out."
        raise DataError(message(str(path), "samples", "a complete file without any", remedy))
    if not np.isfinite(samples).all():
        first = int(np.argmin(np.isfinite(samples).all(axis=1)))
        remedy = "Repair the recording or leave it out."
        raise DataError(message(str(path), "finite samples", f"NaN or inf at {first}", remedy))
    return samples, rate


def _decoded(path: Path, seen: Extent | None) -> tuple[npt.NDArray[np.float64], int, int]:
    """Return samples, how many are announced, and the sample rate."""
    samples, announced, rate, log = _opened(path, path)
    if seen is not None and seen.unknown and len(samples) == 0:  # none announced, none decoded
        samples, announced, rate, log = _opened(path, io.BytesIO(_mended(path, seen)))
    return samples, max(announced, _announced(path, log, seen)), rate


def _mended(path: Path, seen: Extent) -> bytes:
    """Return the content of a WAV or AIFF file, its header with the size of its samples."""
    content = bytearray(path.read_bytes())
    size = seen.present + seen.start - seen.field - 4
    content[seen.field : seen.field + 4] = size.to_bytes(4, seen.order)
    if content.startswith(b"RF64"):  # whose sizes stand elsewhere
        content[:4] = b"RIFF"
    return bytes(content)


def _opened(path: Path, source: Path | io.BytesIO) -> tuple[npt.NDArray[np.float64], int, int, str]:
    """Return samples, how many the decoder announces, sample rate and log of ``source``."""
    try:
        with soundfile.SoundFile(source) as file:
            blocks = [file.read(BLOCK, dtype="float64", always_2d=True)]
            while len(blocks[-1]) == BLOCK:
                blocks.append(file.read(BLOCK, dtype="float64", always_2d=True))
            announced, rate, log = file.frames, int(file.samplerate), str(file.extra_info)
    except soundfile.LibsndfileError as error:
        remedy = f"It is damaged, truncated or of another type than {', '.join(SUFFIXES)}."
        reason = error.error_string.strip(" .")
        raise DataError(message(str(path), "an audio file", reason, remedy)) from error
    return np.concatenate(blocks), announced, rate, log


def _announced(path: Path, log: str, seen: Extent | None) -> int:
    """Return the samples that the header of a file of another type than WAV or AIFF announces."""
    if seen is not None:
        return 0
    with path.open("rb") as file:
        header = file.read(NIST_HEADER)
    if header.startswith(NIST):
        log = header.decode("ascii", "replace")
    numbers = [int(a or b) for a, b in FRAMES.findall(log)]
    if not numbers and CUT.search(log):
        _truncated(path, "the length in its header", "less")
    return max(numbers, default=0)


def _refuse_unended(path: Path) -> None:
    """Raise if an OGG file does not end with its last page, which the decoder does not tell."""
    with path.open("rb") as file:
        if file.read(4) != OGG_PAGE:
            return
        file.seek(max(0, path.stat().st_size - OGG_LONGEST))
        tail = file.read()
    page = tail[tail.rfind(OGG_PAGE) :]
    sizes = page[OGG_HEADER : OGG_HEADER + page[OGG_HEADER - 1]] if len(page) > OGG_HEADER else b""
    last = bool(page[5] & 4) if sizes else False
    if not last or len(page) < OGG_HEADER + len(sizes) + sum(sizes):
        _truncated(path, "a last page that ends the stream", "none")


def _truncated(path: Path, expected: str, got: object) -> None:
    remedy = "The file is truncated: copy the recording again."
    raise DataError(message(str(path), expected, got, remedy))
