"""The contract of kinds of data that are made of texts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from crossbar.data.data import Data, Progress
from crossbar.data.dataset import Dataset
from crossbar.data.normalise import Normalisation
from crossbar.data.split import Split
from crossbar.data.text.hashing import Hashing
from crossbar.data.text.labelled import Labelled
from crossbar.data.text.split import ByText
from crossbar.data.text.tasks import Intents, Task
from crossbar.data.text.weighting import TfIdf
from crossbar.data.words import Words
from crossbar.errors import DataError, message
from crossbar.memory import require_memory
from crossbar.types import Floats


@dataclass(frozen=True, kw_only=True)
class TextData(Data):
    """Texts, counted on hashed input lines.

    Parameters
    ----------
    task
        What is asked of a text: its intent, or its key phrases.
    hashing
        Features of texts, and the lines that they come to.
    """

    split: Split = field(default_factory=ByText)
    normalise: Normalisation = field(default_factory=TfIdf)
    task: Task = field(default_factory=Intents)
    hashing: Hashing = field(default_factory=Hashing)

    @abstractmethod
    def labelled(self) -> tuple[Labelled, ...]:
        """Return all texts, the same at every call."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """Where the texts come from, in a few words."""

    @property
    def limits(self) -> tuple[str, ...]:
        """What results on these texts do not show, a sentence each."""
        return ()

    def features(self, text: str) -> Floats:
        """Return the counts of the samples of ``text``, (samples, lines): not yet weighted."""
        return self.hashing.counts(self.task.features(self.hashing, text))

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return the samples of all texts: their counts, label, text and part.

        Raises
        ------
        DataError
            If a text has no sample, or there are fewer than two labels.
        """
        texts = self.labelled()
        labels: list[str] = []
        owner: list[int] = []
        for k, text in enumerate(texts):
            own = self.task.labels(text)
            labels += own
            owner += [k] * len(own)
        what = f"counts of {len(labels)} {self.task.sample}s"
        remedy = "Lower data.hashing.lines."
        require_memory("data.hashing.lines", 8.0 * len(labels) * self.hashing.lines, what, remedy)
        x = np.concatenate(list(self._counts(texts, progress)))
        known = [name for name in self.task.classes(texts) if name in set(labels)]
        if len(known) < 2:
            got = ", ".join(known) or "none"
            raise DataError(message(self.origin, "two labels or more", got, "Add texts of others."))
        places = {name: k for k, name in enumerate(known)}
        return Dataset(
            x=x,
            y=np.array([places[one] for one in labels]),
            groups=None if owner == list(range(len(texts))) else np.array(owner),
            classes=tuple(known),
            folds=np.array([texts[k].part for k in owner]),
            source=f"{len(texts)} texts: {self.origin}",
            words=self._words(),
            limits=self.limits,
        )

    def _counts(self, texts: Sequence[Labelled], progress: Progress | None) -> list[Floats]:
        """Return the counts of each of ``texts``."""
        counts = []
        for k, text in enumerate(texts):
            counts.append(self.features(text.text))
            if progress is not None and k % 1000 == 0:
                progress(k, len(texts))
        return counts

    def _words(self) -> Words:
        """Return what a sample is."""
        lines = f"{self.hashing.lines} lines of hashed features"
        return Words(sample=self.task.sample, group="text", form=lines, made="read")
