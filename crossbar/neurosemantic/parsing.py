"""Segmentation: where one pattern ends and the next begins, in every layer at once.

The rule looks at the gap between two neighbours, and at nothing that the network has learned. A gap
is strong by two numbers, compared one after the other: the order of magnitude of the silence
(bits of the ticks from the last event of the one to the first event of the next), and a hash of
the symbols on both sides. A pattern ends at a gap that is stronger than the gap before it and at
least as strong as the two gaps behind it, or after 8 elements. Start and end of an episode are
stronger than any gap. Of four gaps in a row one is the strongest, so that patterns of unlike
elements have 4 elements in the mean, and two at least but for those behind a pattern of 8.

The patterns of an episode are therefore a function of the episode alone: whenever it comes, it has
the same neurons. A part that comes within other episodes has the same neurons but for its ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossbar.neurosemantic.patterns import PRIME, Element, PatternStore

AHEAD = 2  # gaps behind a gap that it is compared with
LEFT, RIGHT = 6364136223846793005, 1442695040888963407  # odd factors that mix two hashes
STRONGEST = 1 << 128  # start and end of an episode
MIXED = 7  # low bits that are left out, which mix least

Listener = Callable[[int, int], None]
"""Called with layer and number of every neuron that fires."""


def strength(left: Element, right: Element) -> int:
    """Return the strength of the gap between two neighbours."""
    silence = right[1] - left[2]
    mixed = ((left[3] * LEFT + right[3] * RIGHT) >> MIXED) % PRIME
    return (silence.bit_length() << 61) | mixed


class EpisodeParser:
    """The parse of one episode that is still open, layer by layer.

    Parameters
    ----------
    store
        Neurons, which it adds to.
    layers
        How many layers there are.
    longest
        Elements that a pattern has at most.
    work
        Elements that entered each layer and comparisons of gaps, (layers,) each, which it adds to.
    listener
        Called for every neuron that fires; None: nothing is.
    """

    def __init__(
        self,
        store: PatternStore,
        layers: int,
        longest: int,
        work: tuple[list[int], list[int]],
        listener: Listener | None = None,
    ) -> None:
        self.store, self.layers, self.longest = store, layers, longest
        self.entered, self.compared = work
        self.listener = listener
        self.start, self.last = 0, 0
        self._waiting: list[list[Element]] = []  # of the layers that anything entered
        self._gaps: list[list[int]] = []  # before each element that waits
        self._fired = 0  # layers whose neurons fired in this episode, from the first
        self._tops: list[Element] = []

    def feed(self, layer: int, element: Element) -> None:
        """Take the next ``element`` of the inputs of ``layer`` (from 0), and what follows of it."""
        while layer < self.layers:
            if layer == len(self._waiting):
                self._waiting.append([element])
                self._gaps.append([STRONGEST])
                return
            waiting, gaps = self._waiting[layer], self._gaps[layer]
            gaps.append(strength(waiting[-1], element))
            waiting.append(element)
            at = len(waiting) - 1 - AHEAD
            if at < 1:
                return
            self.compared[layer] += 1 + AHEAD
            gap = gaps[at]
            strong = gaps[at - 1] < gap >= gaps[at + 1] and gap >= gaps[at + 2]
            if not strong and at < self.longest:
                return
            element = self._fire(layer, at)
            layer += 1
        self._tops.append(element)

    def finish(self) -> list[Element]:
        """End the episode, and return the elements of its top."""
        for layer, waiting in enumerate(self._waiting):  # which grows meanwhile
            if layer and self._fired <= layer and len(waiting) == 1:
                return waiting
            while waiting:
                self.feed(layer + 1, self._fire(layer, min(len(waiting), self.longest)))
        return self._tops

    def _fire(self, layer: int, at: int) -> Element:
        """Return the element of the first ``at`` that wait in ``layer``, which they leave."""
        waiting, gaps = self._waiting[layer], self._gaps[layer]
        element = self.store.neuron(layer + 1, waiting[:at])
        self.entered[layer] += at
        del waiting[:at], gaps[:at]
        self._fired = max(self._fired, layer + 1)
        if self.listener is not None:
            self.listener(layer + 1, element[0])
        return element

    def nodes(self) -> list[int]:
        """Return the nodes that wait, which the episode needs."""
        return [element[0] for each in (*self._waiting, self._tops) for element in each]

    def record(self) -> dict[str, Any]:
        """Return where the parse stands as plain values."""
        return {
            "start": self.start,
            "last": self.last,
            "fired": self._fired,
            "tops": [each[:3] for each in self._tops],
            "waiting": [[each[:3] for each in layer] for layer in self._waiting],
            "gaps": self._gaps,
        }

    def restore(self, record: dict[str, Any]) -> None:
        """Take the state of the parse ``record``."""

        def element(each: list[int]) -> Element:
            node, start, end = each
            return node, start, end, self.store.hash_of(node)

        self.start, self.last, self._fired = record["start"], record["last"], record["fired"]
        self._tops = [element(each) for each in record["tops"]]
        self._waiting = [[element(each) for each in layer] for layer in record["waiting"]]
        self._gaps = record["gaps"]
