"""A trained chip of a run on texts: from a text to scores and key phrases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crossbar.checks import require_path
from crossbar.data import KeyPhrases
from crossbar.data.text import (
    Labelled,
    Span,
    SpanScore,
    TextData,
    span_score,
    spans_of_tags,
    tokens,
)
from crossbar.errors import fail
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.trained import load_plan, trained_chip
from crossbar.types import Floats

AT_ONCE = 64  # texts


class TextChip:
    """The chip of the first seed of a run on texts, and how a text comes to its inputs.

    Everything is as the run has it: features, lines, their weights by the training part, network
    and cells. The texts that it learned from are read again for these weights.

    Parameters
    ----------
    model
        Folder that :func:`crossbar.runs.train` wrote.
    settings
        Changes, ``key=value``, as :func:`crossbar.runs.load_plan` takes them: with another device
        the trained weights are programmed into new cells.

    Attributes
    ----------
    data
        Where the texts come from.
    classes
        Names of the outputs.
    chip
        The chip.

    Raises
    ------
    ConfigError
        If the run did not learn from texts, or a change would need another training.
    DataError
        If the run is not finished, or its texts are missing.
    """

    def __init__(self, model: Path | str, settings: Sequence[str] = ()) -> None:
        out = require_path("TextChip.model", model)
        plan = load_plan(out, settings)
        if not isinstance(plan.common.data, TextData):
            got = type(plan.common.data).__name__
            remedy = "Train one: crossbar train scripts/commands.toml --out runs/commands"
            fail(f"{out}, data.kind", "a run that learned from texts", got, remedy)
        self.data: TextData = plan.common.data
        seed, dataset = plan.common.seed[0], build.samples(self.data)
        self.classes = dataset.names
        self.chip = trained_chip(plan, dataset, seed, out)
        self._streams = plan.streams(seed)
        parts = build.parts_of(self.data, dataset, seed)
        build.ranged(self.chip, parts, self._streams)
        training = self.data.split.parts(dataset, rng=Streams(seed)("split"))[0]
        self._scaling = self.data.normalise.fit(dataset.x[training])
        owner, test = dataset.belonging, parts.test_index
        self._test = np.setdiff1d(owner[test], np.delete(owner, test)).tolist()

    def scores(self, *texts: str) -> list[Floats]:
        """Return the scores of the samples of each of ``texts``, (samples, classes).

        Noise of reads is the same whenever the texts are the same.
        """
        counts = [self.data.features(text) for text in texts]
        ends = np.cumsum([len(each) for each in counts])[:-1]
        x = self._scaling(np.concatenate(counts))
        if not len(x):
            return [np.zeros((0, len(self.classes)))] * len(texts)
        return np.split(self.chip.scores(x, rng=self._streams("read", texts=texts)), ends)

    def spans(self, *texts: str) -> list[tuple[Span, ...]]:
        """Return the key phrases of each of ``texts``; the chip is one that learned tags."""
        tags = [[self.classes[k] for k in one.argmax(axis=1)] for one in self.scores(*texts)]
        return [spans_of_tags(tokens(t), own) for t, own in zip(texts, tags, strict=True)]

    def span_score(self, texts: Sequence[Labelled] | None = None) -> SpanScore:
        """Return how the key phrases that the chip reads compare with those that ``texts`` have.

        None: the texts all of whose tokens are in the test part.
        """
        self.require(KeyPhrases)
        if texts is None:
            if not self._test:
                remedy = "Train with data.split = text."
                fail("data.split", "a test part with a whole text", "none", remedy)
            every = self.data.labelled()
            texts = [every[k] for k in self._test]
        given: list[tuple[Span, ...]] = []
        for first in range(0, len(texts), AT_ONCE):
            given += self.spans(*[text.text for text in texts[first : first + AT_ONCE]])
        return span_score([text.spans for text in texts], given)

    def require(self, task: type) -> None:
        """Raise unless the chip learned ``task``."""
        if not isinstance(self.data.task, task):
            got = type(self.data.task).__name__
            remedy = "Intents are scripts/commands.toml, key phrases scripts/key_phrases.toml."
            fail("data.task", f"a run on {task.__name__}", got, remedy)
