"""Attention heads: each filters the stream of events and gives what passes to a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossbar.checks import Checked
from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.network import NeurosemanticNetwork
from crossbar.units import quantity

LONGEST = 1 << 62  # ticks


@dataclass(frozen=True, kw_only=True)
class AttentionHead(Checked):
    """What a network is given of a stream of events.

    Parameters
    ----------
    symbol
        What returns the symbol of an event, or None of one that the head ignores: a predicate.
    key
        Field that tells streams apart which run beside each other, such as ``"pid"``; None: there
        is one stream.
    tick
        Unit of time [s]; times are whole ticks from second 0.
    pause
        Ticks of silence of a stream that end an episode.

    Raises
    ------
    ConfigError
        If tick is not above 0 or pause is below 1.
    """

    symbol: Callable[[LogEvent], str | None]
    key: str | None = None
    tick: float = quantity(1.0, unit="s", above=0, high=1e9)
    pause: int | None = quantity(None, low=1, high=LONGEST)

    def network(self) -> NeurosemanticNetwork:
        """Return a new network for what passes."""
        return NeurosemanticNetwork(pause=self.pause)

    def attend(self, event: LogEvent, network: NeurosemanticNetwork) -> None:
        """Give ``event`` to ``network`` unless it is ignored."""
        symbol = self.symbol(event)
        if symbol is not None:
            key = None if self.key is None else event.get(self.key)
            network.present(symbol, int(event.time // self.tick), key)


@dataclass(frozen=True, kw_only=True)
class RecursiveHead(Checked):
    """A network over what fires in another one: its symbols are the neurons of a layer of that.

    They come when they fire, in the ticks of that network, from all of its streams as one.

    Parameters
    ----------
    of
        Name of the head whose network it attends to.
    layer
        Layer of that, from 1.
    pause
        Ticks of silence that end an episode.
    """

    of: str
    layer: int = quantity(1, low=1, high=64)
    pause: int | None = quantity(None, low=1, high=LONGEST)

    def network(self) -> NeurosemanticNetwork:
        """Return a new network for what fires."""
        return NeurosemanticNetwork(pause=self.pause)


def by_field(name: str) -> Callable[[LogEvent], str | None]:
    """Return what gives the value of the field ``name`` as a symbol, and ignores events without it.

    Examples
    --------
    >>> event = LogEvent(0.0, {"host": "a"})
    >>> by_field("host")(event), by_field("user")(event)
    ('a', None)
    """
    return lambda event: event.fields.get(name)
