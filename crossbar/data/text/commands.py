"""Commands to the control room of a plant, in Russian and English, drawn from templates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from crossbar.data.data import DATA
from crossbar.data.text.grammar import GRAMMARS, INTENTS, written
from crossbar.data.text.labelled import Labelled
from crossbar.data.text.texts import TextData
from crossbar.data.text.typing_noise import mistyped
from crossbar.units import quantity

SHARES: Final = (0.7, 0.1, 0.2)  # of training, validation and test; assumed
LIMIT: Final = (
    "Texts of the test part are drawn from the templates of those of the training part; no text is "
    "in both."
)


@DATA.register("commands")
@dataclass(frozen=True, kw_only=True)
class Commands(TextData):
    """Texts that ask to start or to stop a unit, ask for its status or report an alarm.

    Half of them are Russian, half English. Units have a name and a number (``pump 3``,
    ``линия Л-2``); texts may give a code (``E-204``) and a number with its unit of measure. Their
    places are known. Words are replaced by synonyms, words that say nothing may stand around, and
    letters of some words are mistyped. No two texts are alike.

    Parameters
    ----------
    samples
        Texts of all parts.
    typos
        Share of words with one letter mistyped: left out, doubled, exchanged with its neighbour, or
        another one. Words of key phrases are among them, codes and numbers are not.
    seed
        Another seed draws other texts.

    Source: templates and words are ours. The four intents are those that Khudaiberideva et al.
    name for small language models on analog and spiking hardware.
    """

    samples: int = quantity(3000, low=40, high=200_000)
    typos: float = quantity(0.05, low=0, high=1, share=True)
    seed: int = quantity(0, low=0, high=1 << 62)

    @property
    def origin(self) -> str:
        """What they are."""
        return "commands of a plant, in Russian and English, from templates"

    @property
    def limits(self) -> tuple[str, ...]:
        """Return what results on them do not show."""
        return (LIMIT,)

    def labelled(self) -> tuple[Labelled, ...]:
        """Return the texts; those of the parts are drawn at random."""
        return _drawn(self.samples, self.typos, self.seed)


@lru_cache(maxsize=4)
def _drawn(samples: int, typos: float, seed: int) -> tuple[Labelled, ...]:
    """Return ``samples`` different texts."""
    rng, texts = np.random.default_rng(seed), dict[str, Labelled]()
    while len(texts) < samples:
        intent = INTENTS[len(texts) % len(INTENTS)]
        grammar = GRAMMARS[int(rng.integers(len(GRAMMARS)))]
        text, spans = mistyped(*written(grammar, intent, rng=rng), typos, rng=rng)
        part = int(rng.choice(len(SHARES), p=SHARES))
        texts.setdefault(text, Labelled(text, intent, spans, part))
    return tuple(texts.values())
