"""What is printed about systems of cores, with what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.sources import Source, derived, published

SLIDES = "Lavrentiev, neurosemantic networks (slides)"
CHIP = "Lavrentiev, chip of 2022 in 28 nm"


@dataclass(frozen=True)
class SystemOfCores:
    """A system as it is printed.

    Attributes
    ----------
    words
        What it is.
    cores
        How many.
    neurons, synapses
        As printed; None where they are not.
    power : [W]
        As printed, rounded there.
    source
        Where.
    """

    words: str
    cores: int
    neurons: int | None
    synapses: int | None
    power: float
    source: Source

    @property
    def power_of_a_core(self) -> float:
        """Power of a core [W], derived: power over cores."""
        return self.power / self.cores


SYSTEMS_OF_CORES = (
    SystemOfCores("a million neurons", 1954, 1_000_000, None, 3.9, published(SLIDES)),
    SystemOfCores(
        "a thousand million neurons", 1_953_125, 1_000_000_000, None, 3.9e3,
        derived(f"cores of 512 neurons and 2 mW, {SLIDES}, where 3.9 kW is printed"),
    ),
    SystemOfCores("chip of 2022", 256, 131_072, 67_108_864, 0.5, published(CHIP)),
    SystemOfCores("16 cores, another text", 16, None, None, 70e-3, published(
        "another text on the same cores: 70 mW for 16")),
)  # fmt: skip
