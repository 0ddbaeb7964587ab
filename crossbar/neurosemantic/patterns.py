"""Neurons of a neurosemantic network: each is a pattern of neurons of the layer below."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

Symbol = str | int
"""What happens: a word, a character, or the number of a neuron of another network."""
Element = tuple[int, int, int, int]
"""Node, time of its first and of its last event [ticks], hash of what it is."""

PRIME = (1 << 61) - 1  # hashes are numbers below it
FACTOR = 1_000_003


class PatternStore:
    """Symbols and neurons, what they consist of and how often they came.

    A node is a neuron (its number, from 0) or a symbol (its number from 0, inverted: -1, -2, ...).
    The pattern of a neuron is ``(node, interval, node, interval, node, ...)``: nodes of the layer
    below, and the ticks from the first event of one to the first event of the next.

    Attributes
    ----------
    patterns
        The pattern of every neuron, None where compaction removed it.
    counts
        How often each came.
    durations
        Ticks from the first to the last event of each.
    hashes
        A number that depends on the symbols of each, in order, and on nothing else.
    layers
        The layer of each, from 1.
    symbols
        Every symbol, in the order of their first occurrence.
    """

    def __init__(self) -> None:
        self.patterns: list[tuple[int, ...] | None] = []
        self.counts: list[int] = []
        self.durations: list[int] = []
        self.hashes: list[int] = []
        self.layers: list[int] = []
        self.symbols: list[Symbol] = []
        self._numbers: dict[Symbol, int] = {}
        self._symbol_hashes: list[int] = []
        self._known: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        """Return how many neurons there are."""
        return len(self._known)

    def element(self, symbol: Symbol, time: int) -> Element:
        """Return the element of a ``symbol`` that happens at ``time`` [ticks]."""
        number = self._numbers.get(symbol)
        if number is None:
            number = self._numbers[symbol] = len(self.symbols)
            self.symbols.append(symbol)
            self._symbol_hashes.append(zlib.crc32(repr(symbol).encode()) * FACTOR % PRIME)
        return ~number, time, time, self._symbol_hashes[number]

    def neuron(self, layer: int, elements: list[Element]) -> Element:
        """Return the element of the neuron that ``elements`` are, which is new if it is unknown."""
        node, start, end, _ = elements[0]
        pattern, before = [node], start
        for node, time, end, _ in elements[1:]:  # noqa: B007 - the last end is that of the neuron
            pattern += (time - before, node)
            before = time
        key = tuple(pattern)
        neuron = self._known.get(key)
        if neuron is None:
            neuron = self._append(key, layer, end - start, self._hash(elements))
        self.counts[neuron] += 1
        return neuron, start, end, self.hashes[neuron]

    def events(self, node: int, time: int) -> Iterator[tuple[Symbol, int]]:
        """Yield the symbols and times of ``node``, whose first event is at ``time``."""
        waiting = [(node, time)]
        while waiting:
            node, time = waiting.pop()
            if node < 0:
                yield self.symbols[~node], time
            else:
                waiting += reversed(self.parts(node, time))

    def parts(self, neuron: int, time: int) -> list[tuple[int, int]]:
        """Return the nodes that ``neuron`` consists of, with the times of their first events."""
        pattern = self.patterns[neuron]
        if pattern is None:
            raise KeyError(neuron)
        parts = [(pattern[0], time)]
        for interval, node in zip(pattern[1::2], pattern[2::2], strict=True):
            time += interval
            parts.append((node, time))
        return parts

    def hash_of(self, node: int) -> int:
        """Return the hash of ``node``."""
        return self._symbol_hashes[~node] if node < 0 else self.hashes[node]

    def remove(self, neuron: int) -> None:
        """Remove ``neuron``, which no other neuron and no record may need."""
        pattern = self.patterns[neuron]
        if pattern is not None:
            del self._known[pattern]
            self.patterns[neuron] = None

    def record(self) -> dict[str, list[Symbol] | list[str] | list[int]]:
        """Return symbols, patterns and counts as plain values."""
        words = ["" if p is None else " ".join(map(str, p)) for p in self.patterns]
        return {"symbols": self.symbols, "patterns": words, "counts": self.counts}

    @classmethod
    def of(cls, record: dict[str, list[str]]) -> PatternStore:
        """Return the store that gave ``record``."""
        store = cls()
        for symbol in record["symbols"]:
            store.element(symbol, 0)
        for words, count in zip(record["patterns"], record["counts"], strict=True):
            store._restore(tuple(map(int, words.split())), int(count))
        return store

    def _restore(self, pattern: tuple[int, ...], count: int) -> None:
        """Append the neuron of ``pattern``, or the place of a removed one where it is empty."""
        if not pattern:
            self._append((), 0, 0, 0)
            del self._known[()]
            self.patterns[-1] = None
        else:
            nodes = pattern[::2]
            last = nodes[-1]
            elements = [(0, 0, 0, self.hash_of(node)) for node in nodes]
            duration = sum(pattern[1::2]) + (0 if last < 0 else self.durations[last])
            layer = 1 if last < 0 else self.layers[last] + 1
            self._append(pattern, layer, duration, self._hash(elements))
        self.counts[-1] = count

    def _append(self, pattern: tuple[int, ...], layer: int, duration: int, value: int) -> int:
        neuron = self._known[pattern] = len(self.patterns)
        self.patterns.append(pattern)
        self.counts.append(0)
        self.durations.append(duration)
        self.hashes.append(value)
        self.layers.append(layer)
        return neuron

    @staticmethod
    def _hash(elements: list[Element]) -> int:
        value = 7
        for *_, each in elements:
            value = (value * FACTOR + each + 1) % PRIME
        return value
