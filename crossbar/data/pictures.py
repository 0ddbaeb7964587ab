"""Reading image files: grey or in colour, each defect named."""

from __future__ import annotations

import enum
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from crossbar.errors import CrossbarError, DataError, message
from crossbar.types import Floats

SUFFIXES = (".png",)
FULL = {"1": 1.0, "L": 255.0, "RGB": 255.0, "I": 65_535.0, "F": 1.0}  # largest value by mode
LEAVE_OUT = "Repair the image or leave it out."


class Colour(enum.Enum):
    """How many channels an image has."""

    GREY = 1
    RGB = 3


def read(path: Path, colour: Colour | None, size: tuple[int, int] | None) -> Floats:
    """Return an image (rows, columns), or (rows, columns, 3) in colour; full scale is 1.

    Parameters
    ----------
    path
        A PNG file of 1, 8 or 16 bits, grey, in colour or with a palette.
    colour
        What it becomes; None for what it is. Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    size
        Rows and columns that it is interpolated to, with the pixels below one averaged; None for
        none.

    Raises
    ------
    DataError
        If it is no image, is damaged or too large, or lets a background shine through.
    """
    from PIL import Image  # slow to import, and most commands need none

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=["PNG"]) as image:
                image.load()
                plain: Any = _opaque(path, image)
    except CrossbarError:
        raise
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError) as error:
        first, *_ = str(error).splitlines() or [type(error).__name__]
        raise DataError(message(str(path), "a PNG image", first.strip(" ."), LEAVE_OUT)) from None
    if colour is not None:
        grey = "L" if plain.mode in ("1", "RGB") else plain.mode
        plain = plain.convert("RGB" if colour is Colour.RGB else grey)
    values: Floats = np.asarray(plain, np.float32) / np.float32(FULL[plain.mode])
    return values if size is None else _resized(values, size)


def _opaque(path: Path, image: Any) -> Any:
    """Return ``image`` without palette and alpha channel, or raise if something shines through."""
    if image.mode.startswith("I"):
        return image.convert("I")
    if image.has_transparency_data:
        image = image.convert("RGBA" if image.mode in ("P", "PA", "RGB", "RGBA") else "LA")
        if image.getextrema()[-1][0] < FULL["L"]:
            remedy = "Flatten it onto a background."
            raise DataError(message(str(path), "an opaque image", "a transparent one", remedy))
        return image.convert("RGB" if image.mode == "RGBA" else "L")
    return image.convert("RGB") if image.mode == "P" else image


def _resized(values: Floats, size: tuple[int, int]) -> Floats:
    """Return ``values`` interpolated to ``size``."""
    from PIL import Image

    channels = np.atleast_3d(values)
    resized = [
        np.asarray(Image.fromarray(channels[..., k]).resize(size[::-1], Image.Resampling.BILINEAR))
        for k in range(channels.shape[2])
    ]
    return resized[0] if values.ndim == 2 else np.stack(resized, axis=-1)
