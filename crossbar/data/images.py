"""A folder of images, one sub-folder for each class."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from crossbar.data import pictures
from crossbar.data.cache import cached
from crossbar.data.data import DATA, Data, Progress
from crossbar.data.dataset import Dataset, Ends
from crossbar.data.folders import Wanted, origin, selected
from crossbar.data.listing import Clip, Listing
from crossbar.data.pictures import Colour
from crossbar.data.words import Words
from crossbar.errors import DataError, message
from crossbar.memory import require_memory
from crossbar.types import Floats
from crossbar.units import quantity

WANTED = Wanted("Images", "images", "an image", pictures.SUFFIXES)
BYTES = 16.0  # of a number, as read, kept, scaled and split


@DATA.register("images")
@dataclass(frozen=True, kw_only=True)
class Images(Data):
    """Images by path: a folder with one sub-folder a class, or a manifest.

    Folders and manifests are those of :class:`crossbar.data.Recordings`; the images of one
    ``group`` of a manifest belong together.

    Parameters
    ----------
    path
        Folder or manifest.
    classes
        Classes to read, in the order of their labels; all, sorted by name, if None.
    size
        Rows and columns that every image is brought to; None if all have one size.
    colour
        ``grey`` or ``rgb`` for every image; None if all are alike.
    """

    path: str | os.PathLike[str] = field(metadata={"path": True})
    classes: tuple[str, ...] | None = None
    size: tuple[int, int] | None = quantity(None, low=1, high=100_000)
    colour: Colour | None = None

    def foreseen(self) -> Ends | None:
        """Return the ends of a network for images of a known size, as if of two classes."""
        if self.size is None or self.colour is None:
            return None
        return Ends(self.size if self.colour is Colour.GREY else (*self.size, 3), 2)

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return all images, from the cache as long as their files are the same.

        Raises
        ------
        DataError
            If an image, the manifest or a class cannot be used, or images differ in size or
            colour; the message names the file.
        """
        listing, names, key = selected(self.path, self.classes, WANTED)
        made = partial(self._read, listing, names, progress)
        return cached((*key, self.size, self.colour), made)

    def _read(self, listing: Listing, names: tuple[str, ...], progress: Progress | None) -> Dataset:
        """Return the images of the ``listing``, read now."""
        clips = listing.clips
        first = pictures.read(clips[0].path, self.colour, self.size)
        what = f"{len(clips)} images of shape {first.shape}"
        needed = BYTES * len(clips) * first.size
        require_memory("data.path", needed, what, "Lower data.size, or give fewer.")
        x = np.empty((len(clips), *first.shape), np.float32)
        for k, clip in enumerate(clips):
            x[k] = self._alike(clip, first, clips[0])
            if progress is not None:
                progress(k + 1, len(clips))
        folds = [clip.fold for clip in clips if clip.fold is not None]
        groups = np.unique([clip.recording for clip in clips], return_inverse=True)[1]
        alone = len(np.unique(groups)) == len(clips)
        rows, columns = first.shape[:2]
        kind = "grey" if first.ndim == 2 else "colour"
        return Dataset(
            x=x,
            y=np.array([names.index(clip.name) for clip in clips]),
            groups=None if alone else groups,
            folds=np.array(folds) if folds else None,
            classes=names,
            source=f"{len(clips)} images from {self.path}",
            words=Words(
                sample="image",
                seen=f"{kind} images of {rows} x {columns} pixels",
                form=f"a {kind} image of {rows} x {columns} pixels",
            ),
            skipped=listing.skipped.sentences(),
            files=origin(self.path, clips, np.arange(len(clips))),
        )

    def _alike(self, clip: Clip, first: Floats, of: Clip) -> Floats:
        """Return the image of ``clip``, or raise unless it has the shape of the ``first`` one."""
        image = pictures.read(clip.path, self.colour, self.size)
        if image.ndim != first.ndim:
            kinds = {2: "grey", 3: "colour"}
            got, expected = kinds[image.ndim], f"{kinds[first.ndim]}, as {of.path.name}"
            remedy = "Set data.colour to grey or rgb."
            raise DataError(message(str(clip.path), f"an image in {expected}", got, remedy))
        if image.shape != first.shape:
            got = " x ".join(map(str, image.shape[:2]))
            expected = f"{first.shape[0]} x {first.shape[1]} pixels, as {of.path.name}"
            remedy = "Bring all to one size: data.size = [28, 28]."
            raise DataError(message(str(clip.path), expected, got, remedy))
        return image
