"""What samples are called, so that a report on digits does not speak of recordings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one sample is, for reports; the nouns take an s in the plural.

    Parameters
    ----------
    sample
        One sample: ``window``, ``image``.
    group
        What samples that belong together come from: ``recording``.
    seen
        What distinguishes the classes: ``300 ms of sound``; None for the shape of a sample.
    form
        What the network is given: ``a 28 x 28 mel spectrogram [dB]``; None for the shape.
    made
        How the samples came about: ``recorded``, ``synthesised``.
    """

    sample: str = "sample"
    group: str = "group"
    seen: str | None = None
    form: str | None = None
    made: str = "given"
