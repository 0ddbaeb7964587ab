"""A neurosemantic network: episodes of symbols become neurons, and are replayed from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from crossbar.checks import require_whole
from crossbar.errors import fail, shown
from crossbar.neurosemantic.compaction import dissolved, rare
from crossbar.neurosemantic.parsing import EpisodeParser, Listener
from crossbar.neurosemantic.patterns import PatternStore, Symbol

Key = str | None
"""What tells streams that run beside each other apart, such as the number of a process."""


class Episode(NamedTuple):
    """A record of what happened in a stream between two pauses.

    Attributes
    ----------
    key
        The stream.
    start
        Time of its first event [ticks].
    parts
        Nodes and the intervals before them, ``(node, interval, node, interval, node, ...)``: one
        neuron where nothing was removed and it has fewer than about 4^8 events.
    """

    key: Key
    start: int
    parts: tuple[int, ...]


class NeurosemanticNetwork:
    """Neurons for patterns of events in time, in layers, with every episode that made them.

    A pattern that is new becomes a neuron, one that is known is counted. A neuron of layer l is a
    list of at most ``longest`` pairs of a neuron of layer l - 1 and the interval to the one before.
    Layer 0 are symbols. See :mod:`crossbar.neurosemantic.parsing` for where patterns end.

    Parameters
    ----------
    layers
        How many layers of neurons there are.
    longest
        Elements of a pattern at most.
    pause
        Ticks without an event of a stream that end its episode; None: only :meth:`end` ends it.
    fired
        Called with layer and number of every neuron that fires; None: nothing is.

    Attributes
    ----------
    neurons
        Symbols and neurons.
    episodes
        Every episode that ended, in the order in which they did.
    events, clock
        How many events came, and the latest time of one [ticks].
    entered, compared
        Elements that left each layer as parts of patterns, and comparisons of gaps, (layers,) each.

    Raises
    ------
    ConfigError
        If a number is out of its range: layers and longest from 2 to 64, pause from 1.

    Examples
    --------
    >>> network = NeurosemanticNetwork()
    >>> for time, character in enumerate("to be or not to be"):
    ...     network.present(character, time)
    >>> network.end()
    >>> "".join(symbol for symbol, _ in network.replay(network.episodes[0]))
    'to be or not to be'
    """

    def __init__(
        self,
        *,
        layers: int = 8,
        longest: int = 8,
        pause: int | None = None,
        fired: Listener | None = None,
    ) -> None:
        where, remedy = "NeurosemanticNetwork", "8 layers of patterns of 8 are usual."
        self.layers = require_whole(f"{where}.layers", layers, low=2, high=64, remedy=remedy)
        self.longest = require_whole(f"{where}.longest", longest, low=2, high=64, remedy=remedy)
        self.pause = pause
        if pause is not None:
            require_whole(f"{where}.pause", pause, low=1, remedy="Give ticks, or None.")
        self.fired = fired
        self.neurons = PatternStore()
        self.episodes: list[Episode] = []
        self.events = self.clock = 0
        self.entered, self.compared = [0] * self.layers, [0] * self.layers
        self._open: dict[Key, EpisodeParser] = {}  # the one that waits longest first

    def present(self, symbol: Symbol, time: int, key: Key = None) -> None:
        """Take one event of the stream ``key``: ``symbol`` at ``time`` [ticks].

        Raises
        ------
        ConfigError
            If ``time`` lies before the event of the stream that was last.
        """
        parser = self._open.pop(key, None)
        if parser is not None and time < parser.last:
            self._open[key] = parser
            expected = f"a time from {parser.last}, that of the event before"
            fail("NeurosemanticNetwork.time", expected, shown(time), "Sort the events by time.")
        self.clock = max(self.clock, time)
        if self.pause is not None:
            if parser is not None and time - parser.last >= self.pause:
                self._finish(key, parser)
                parser = None
            self._end_silent(time)
        if parser is None:
            parser = self._parser()
            parser.start = time
        self._open[key] = parser
        parser.last = time
        self.events += 1
        parser.feed(0, self.neurons.element(symbol, time))

    def end(self) -> None:
        """End every episode that is open."""
        while self._open:
            key = next(iter(self._open))
            self._finish(key, self._open.pop(key))

    def replay(self, episode: Episode) -> Iterator[tuple[Symbol, int]]:
        """Yield symbols and times [ticks] of all events of ``episode``, from its neurons."""
        time = episode.start
        for at, node in enumerate(episode.parts[::2]):
            time += episode.parts[2 * at - 1] if at else 0
            yield from self.neurons.events(node, time)

    def compact(self, seen: int = 2, needed: frozenset[int] = frozenset()) -> int:
        """Remove neurons that came fewer than ``seen`` times, and return how many.

        No episode is lost: the record of an episode takes the parts of a neuron in its place.
        A neuron comes at least as often as those that consist of it, so that what is removed is
        needed by records alone. Neurons of open episodes and ``needed`` ones stay, and their parts.
        """
        waiting = {node for parser in self._open.values() for node in parser.nodes()}
        removed = rare(self.neurons, seen, waiting | needed)
        for at, episode in enumerate(self.episodes):
            parts = dissolved(self.neurons, episode.parts, removed)
            self.episodes[at] = episode._replace(parts=parts)
        for neuron in removed:
            self.neurons.remove(neuron)
        return len(removed)

    def _end_silent(self, time: int) -> None:
        """End the episodes of streams that have been silent for a pause before ``time``."""
        assert self.pause is not None
        while self._open:
            key = next(iter(self._open))
            if time - self._open[key].last < self.pause:
                return
            self._finish(key, self._open.pop(key))

    def _parser(self) -> EpisodeParser:
        work = (self.entered, self.compared)
        return EpisodeParser(self.neurons, self.layers, self.longest, work, self.fired)

    def _finish(self, key: Key, parser: EpisodeParser) -> None:
        tops = parser.finish()
        parts, before = [tops[0][0]], tops[0][1]
        for node, time, *_ in tops[1:]:
            parts += (time - before, node)
            before = time
        self.episodes.append(Episode(key, parser.start, tuple(parts)))

    def record(self) -> dict[str, Any]:
        """Return all that is known and open as plain values, from which it continues exactly."""
        return {
            "layers": self.layers,
            "longest": self.longest,
            "pause": self.pause,
            "events": self.events,
            "clock": self.clock,
            "entered": self.entered,
            "compared": self.compared,
            "neurons": self.neurons.record(),
            "episodes": [[e.key, e.start, " ".join(map(str, e.parts))] for e in self.episodes],
            "open": [[key, parser.record()] for key, parser in self._open.items()],
        }

    def restore(self, record: dict[str, Any]) -> None:
        """Take the state ``record`` of a network with the same layers and pause."""
        for name in ("layers", "longest", "pause"):
            if record[name] != getattr(self, name):
                expected = f"{getattr(self, name)}, that of this network"
                where = f"NeurosemanticNetwork.{name}"
                fail(where, expected, shown(record[name]), "Give the state of such a network.")
        self.neurons = PatternStore.of(record["neurons"])
        self.events, self.clock = record["events"], record["clock"]
        self.entered, self.compared = list(record["entered"]), list(record["compared"])
        self.episodes = [
            Episode(key, start, tuple(map(int, parts.split())))
            for key, start, parts in record["episodes"]
        ]
        self._open = {}
        for key, standing in record["open"]:
            self._open[key] = parser = self._parser()
            parser.restore(standing)
