"""Commands read by trained chips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from crossbar.bus.command import Command, CommandReader, KeyValue
from crossbar.data import Intents, KeyPhrases
from crossbar.runs.text_chip import TextChip


class ChipReader(CommandReader):
    """A chip that reads intents, and one that reads key values.

    Parameters
    ----------
    model
        Folder of a run on intents, such as that of ``scripts/commands.toml``.
    tagger
        Folder of a run on key phrases, such as that of ``scripts/key_phrases.toml``; None for no
        key values.
    settings
        Changes to both, ``key=value``: ``device.kind=reram`` programs the trained weights into
        other cells.

    Raises
    ------
    ConfigError, DataError
        If a folder has no finished run on texts, or one of the other task.
    """

    def __init__(
        self, model: Path | str, tagger: Path | str | None = None, settings: Sequence[str] = ()
    ) -> None:
        self._model = TextChip(model, settings)
        self._model.require(Intents)
        self._tagger = None if tagger is None else TextChip(tagger, settings)
        if self._tagger is not None:
            self._tagger.require(KeyPhrases)
        self.intents = self._model.classes

    def read(self, text: str) -> Command:
        """Return the most likely command of ``text``.

        The confidence is the share of the intent in the exponentials of all scores, which a digital
        processor works out: after a training with cross-entropy the probability.
        """
        ((scores,),) = self._model.scores(text)
        number = int(scores.argmax())
        shares = np.exp(scores - scores[number])
        (spans,) = self._tagger.spans(text) if self._tagger is not None else ((),)
        return Command(
            intent=self.intents[number],
            number=number,
            confidence=float(1 / shares.sum()),
            values=tuple(KeyValue(name=s.name, text=text[s.start : s.end]) for s in spans),
        )
