"""Scaling of spectrograms [dB] to the inputs of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from crossbar.array_checks import require_array
from crossbar.checks import check_fields
from crossbar.errors import DataError, message
from crossbar.registry import Registry
from crossbar.units import quantity

Images = npt.NDArray[np.float32]
SHAPE = ("n", "height", "width")


@runtime_checkable
class Normalisation(Protocol):
    """What every normalisation answers: fit on the training set, then apply to any image."""

    @classmethod
    def fit(cls, images: Images) -> Self:
        """Return the normalisation whose constants come from the training images."""

    def apply(self, images: Images) -> Images:
        """Return the scaled (n, 28, 28) images."""


NORMALISATIONS = Registry(Normalisation, "normalisations", "scales of samples")


@NORMALISATIONS.register("zscore")
@dataclass(frozen=True, kw_only=True)
class ZScore:
    """``(dB - mean) / std`` with the scalar mean and deviation of the training set; signed.

    Parameters
    ----------
    mean, std
        Of all pixels of the training images [dB].

    Examples
    --------
    >>> images = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    >>> ZScore.fit(images).mean
    3.5
    """

    mean: float = quantity(unit="dB", low=-1e6, high=1e6)
    std: float = quantity(
        unit="dB", above=0, high=1e6,
        remedy="Constant images carry no information: check the recordings.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_fields(self)

    @classmethod
    def fit(cls, images: Images) -> Self:
        """Return the normalisation to mean 0 and deviation 1 over all pixels of ``images``."""
        values = require_array("ZScore.fit", images, SHAPE).astype(np.float64)
        if values.min() == values.max():
            remedy = "Constant images carry no information: check the recordings."
            got = f"{values.max():g} dB everywhere"
            raise DataError(message("ZScore.fit", "images that vary", got, remedy))
        return cls(mean=float(values.mean()), std=float(values.std()))

    def apply(self, images: Images) -> Images:
        """Return the scaled images."""
        images = require_array("ZScore.apply", images, SHAPE)
        return ((images - self.mean) / self.std).astype(np.float32)


@NORMALISATIONS.register("db80")
@dataclass(frozen=True)
class Db80:
    """``(dB - max) / 80 + 1`` of each image, clipped to [0, 1]; non-negative.

    The clip is the definition: what lies more than 80 dB below the loudest pixel becomes 0.
    """

    @classmethod
    def fit(cls, images: Images) -> Self:
        """Return the normalisation, which has no constants to fit."""
        return cls()

    def apply(self, images: Images) -> Images:
        """Return the scaled images."""
        images = require_array("Db80.apply", images, SHAPE)
        loudest = images.max(axis=(-2, -1), keepdims=True)
        scaled: Images = np.clip((images - loudest) / 80 + 1, 0, 1).astype(np.float32)
        return scaled
