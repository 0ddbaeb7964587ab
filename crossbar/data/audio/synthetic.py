"""Synthetic engine sound as a kind of data: a preset of the synthesiser and a number of clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from crossbar.data.audio.engines import CLASSES, PRESETS
from crossbar.data.audio.shaping import LENGTH
from crossbar.data.audio.sound import Sound
from crossbar.data.data import DATA, Progress
from crossbar.data.dataset import Dataset
from crossbar.errors import closest, fail
from crossbar.memory import require_memory
from crossbar.units import quantity

FEW: Final = 12  # clips of what needs examples alone
REFERENCE: Final = 358  # clips of the reference experiment
TUNED: Final = (
    "The sound is synthesised. It has the difficulty that its generator was tuned to, and says "
    "nothing about any real recording."
)


@DATA.register("synthetic")
@dataclass(frozen=True, kw_only=True)
class Synthetic(Sound):
    """Synthetic engine sound of two classes.

    Parameters
    ----------
    preset
        ``clear``, ``default`` or ``hard``.
    clips
        Clips of three seconds a class.
    """

    preset: str = "default"
    clips: int = quantity(REFERENCE, low=3, high=100_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.preset not in PRESETS:
            expected = f"one of: {', '.join(PRESETS)}"
            remedy = closest(self.preset, PRESETS, "Choose one.")
            fail("Synthetic.preset", expected, repr(self.preset), remedy)
        if self.window > LENGTH:
            got, remedy = f"{self.window:g} s", "A clip has no longer window."
            fail("Synthetic.window", f"at most {LENGTH:g} s", got, remedy)

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return the windows of all clips, from the cache if they were made before."""
        front = self.spectrogram
        rows, columns = front.shape
        count = len(CLASSES) * self.clips * (round(LENGTH * self.rate) // front.samples)
        what = f"the windows of {self.clips} clips a class"
        # As made, scaled, split.
        require_memory("data.clips", 12.0 * count * rows * columns, what, "Lower data.clips.")
        made = replace(PRESETS[self.preset], clips=self.clips).dataset(progress, front)
        limits = [TUNED]
        if self.clips < REFERENCE:
            limits.append(
                f"{self.clips} clips a class are fewer than the {REFERENCE} of the reference."
            )
        return replace(made, limits=tuple(limits))

    def few(self) -> Synthetic:
        """Return some clips of the same sound."""
        return replace(self, clips=min(FEW, self.clips))
