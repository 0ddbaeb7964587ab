"""The event processor: heads with their networks, and monitors, on one stream of events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crossbar import seals
from crossbar.errors import DataError, fail, message, nearest
from crossbar.neurosemantic.alerts import Alert, LogEvent, Monitor
from crossbar.neurosemantic.heads import AttentionHead, RecursiveHead
from crossbar.neurosemantic.network import NeurosemanticNetwork

Head = AttentionHead | RecursiveHead
AGAIN = "Monitor the log again from its beginning and save"
REMEDY = "Give a file that `crossbar monitor --save` wrote."


class EventProcessor:
    """Networks that remember a stream of events, and monitors that judge it.

    Parameters
    ----------
    heads
        What each network attends to, by name. A recursive head stands behind the one that it is of.
    monitors
        What judges every event, of different kinds.

    Attributes
    ----------
    networks
        The network of each head, by its name.
    events, clock
        How many events came, and the latest time of one [s]; -inf before the first.

    Raises
    ------
    ConfigError
        If a recursive head is of one that does not stand before it.
    """

    def __init__(self, *, heads: Mapping[str, Head], monitors: Sequence[Monitor] = ()) -> None:
        self.heads, self.monitors = dict(heads), tuple(monitors)
        self.events, self.clock = 0, -math.inf
        self.networks: dict[str, NeurosemanticNetwork] = {}
        for name, head in self.heads.items():
            network = head.network()
            if isinstance(head, RecursiveHead):
                self._connect(name, head, network)
            self.networks[name] = network
        self._attending = [
            (head, self.networks[name])
            for name, head in self.heads.items()
            if isinstance(head, AttentionHead)
        ]

    def _connect(self, name: str, head: RecursiveHead, network: NeurosemanticNetwork) -> None:
        """Let ``network`` attend to what fires in the network that ``head`` is of."""
        if head.of not in self.networks:
            remedy = nearest(head.of, self.networks)
            fail(f"EventProcessor.heads.{name}.of", "a head before it", f"'{head.of}'", remedy)
        below = self.networks[head.of]
        others = below.fired

        def fired(layer: int, neuron: int) -> None:
            if layer == head.layer:
                network.present(neuron, below.clock)
            if others is not None:
                others(layer, neuron)

        below.fired = fired

    def present(self, event: LogEvent) -> list[Alert]:
        """Take one event, and return the alerts that it gives."""
        self.events += 1
        self.clock = max(self.clock, float(event.time))
        for head, network in self._attending:
            head.attend(event, network)
        alerts = (monitor.observe(event) for monitor in self.monitors)
        return [alert for alert in alerts if alert is not None]

    def end(self) -> None:
        """End every episode that is open."""
        for network in self.networks.values():
            network.end()

    def compact(self, seen: int = 2) -> int:
        """Remove neurons that came fewer than ``seen`` times, and return how many.

        What a recursive network has as a symbol stays.
        """
        removed = 0
        for name, network in reversed(self.networks.items()):
            needed = {
                symbol
                for other, head in self.heads.items()
                if isinstance(head, RecursiveHead) and head.of == name
                for symbol in self.networks[other].neurons.symbols
                if isinstance(symbol, int)
            }
            removed += network.compact(seen, frozenset(needed))
        return removed

    def record(self) -> dict[str, Any]:
        """Return the state of networks and monitors as plain values."""
        return {
            "events": self.events,
            "clock": self.clock if self.events else None,
            "networks": {name: network.record() for name, network in self.networks.items()},
            "monitors": {monitor.kind: monitor.record() for monitor in self.monitors},
        }

    def save(self, path: Path) -> None:
        """Write the state to ``path``, from which :meth:`load` continues exactly.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        seals.write_json(path, self.record())

    def load(self, path: Path) -> None:
        """Continue from the state in ``path`` of a processor with the same heads and monitors.

        Raises
        ------
        DataError
            If it cannot be read, is damaged, or is of other heads and monitors.
        """
        record = seals.read_json(path, REMEDY)
        names = [*self.networks, *(monitor.kind for monitor in self.monitors)]
        if [*record.get("networks", ()), *record.get("monitors", ())] != names:
            got = ", ".join([*record.get("networks", ()), *record.get("monitors", ())]) or "none"
            expected = f"the state of {', '.join(names)}"
            raise DataError(message(str(path), expected, got, "Give the same kind."))
        self.events = record["events"]
        self.clock = record["clock"] if self.events else -math.inf
        for name, network in self.networks.items():
            network.restore(record["networks"][name])
        for monitor in self.monitors:
            monitor.restore(record["monitors"][monitor.kind])
