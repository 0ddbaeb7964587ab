"""Names that carry data out: exfiltration through DNS."""

from __future__ import annotations

import functools
import math
from typing import Any

from crossbar.neurosemantic.alerts import RATE, Alert, LogEvent, Monitor, score
from crossbar.neurosemantic.monitors.fields import hour_of, required
from crossbar.neurosemantic.probabilities import student_tail
from crossbar.neurosemantic.statistics import OnlineMoments, SymbolFrequencies

ALPHABET = 38  # letters, digits, hyphen and underscore
WARM_UP = 20  # domains with new names before any is judged; assumed
LOOKED_AT = 3.0  # deviations above the mean, from which a probability is computed
LEAST = 0.5  # of a deviation; assumed
PRIOR = 1.0  # weight of the mean of all domains, in hours of one


@functools.lru_cache(65_536)
def split(name: str) -> tuple[str, str]:
    """Return the domain that a query asks for, its last two labels, and the name below it.

    Examples
    --------
    >>> split("a1.cdn.example.net.")
    ('example.net', 'a1.cdn')
    """
    below, *domain = name.lower().rstrip(".").rsplit(".", 2)
    return (".".join(domain), below) if len(domain) == 2 else (".".join([below, *domain]), "")


class _Flow:
    """New names that a host asked of a domain in this hour, and what is usual [log2 of bits]."""

    def __init__(self, domain: str, mean: float, deviation: float) -> None:
        self.domain, self.mean, self.deviation = domain, mean, deviation
        self.least = 2.0 ** (mean + LOOKED_AT * deviation)
        self.bits = 0.0
        self.lengths = OnlineMoments()
        self.characters = SymbolFrequencies()
        self.alerted = False


class DnsMonitor(Monitor):
    r"""Hosts that send out more data in names of a domain than normal ones carry.

    Events have the fields ``host`` and ``query``. Only a name that nobody has asked a domain for
    carries data: as many bits as it has in a code for the frequencies of characters in all names so
    far, which grow with its length and its entropy. The logarithm y of the bits that a host sends
    to a domain in an hour varies between domains (:math:`\tau^2`) and between hours of one
    (:math:`\sigma^2`, both learned). A domain with n hours has their mean, shrunk to that of all
    domains, and y is judged by Student's distribution, with a deviation of 1/2 at least (assumed).
    A domain with odd names, such as a CDN, is known by them, and a new one may be like any other.
    An hour of a host and a domain gives one alert at most.

    Parameters
    ----------
    rate
        Probability of a false alarm in an hour of a host and a domain, if bits are log-normal.
    """

    kind = "dns"

    def __init__(self, *, rate: float = RATE) -> None:
        super().__init__(rate=rate)
        self.characters = SymbolFrequencies()
        self.names: dict[str, dict[str, int]] = {}  # domain, name: how often
        self.domains: dict[str, OnlineMoments] = {}  # of y
        self.within, self.means = OnlineMoments(), OnlineMoments()
        self.hour: int | None = None
        self._flows: dict[str, _Flow] = {}  # by host and domain

    def observe(self, event: LogEvent) -> Alert | None:
        """Take one query, and judge its host and domain if the name is new."""
        host, query = required(event, "host", "query")
        self._advance(hour_of(event, self.hour))
        domain, name = split(query)
        names = self.names.setdefault(domain, {})
        names[name] = names.get(name, 0) + 1
        if names[name] > 1 or not name:
            return None
        key = f"{host} {domain}"
        flow = self._flows.get(key)
        if flow is None:
            flow = self._flows[key] = _Flow(domain, *self.expected(domain))
        flow.bits += self.characters.bits(name, ALPHABET)
        flow.lengths.add(len(name))
        flow.characters.add(name)
        self.characters.add(name)
        if flow.alerted or flow.bits < flow.least or len(self.domains) < WARM_UP:
            return None
        return self._judge(event.time, host, domain, flow)

    def expected(self, domain: str) -> tuple[float, float]:
        """Return mean and standard deviation of log2 of the bits in an hour of ``domain``."""
        inner, outer = self.within.variance, self.means.variance
        hours = self.domains.get(domain)
        if hours is None:
            return self.means.mean, max(math.sqrt(inner + outer), LEAST)
        weight = inner / outer if outer else PRIOR
        mean = (weight * self.means.mean + hours.count * hours.mean) / (weight + hours.count)
        return mean, max(math.sqrt(inner * (1.0 + 1.0 / (weight + hours.count))), LEAST)

    def _judge(self, time: float, host: str, domain: str, flow: _Flow) -> Alert | None:
        value = (math.log2(flow.bits) - flow.mean) / flow.deviation
        probability = student_tail(value, len(self.domains) - 1)
        if probability > self.rate:
            return None
        flow.alerted = True
        evidence: dict[str, str | int | float] = {
            "host": host,
            "domain": domain,
            "names": flow.lengths.count,
            "bytes": round(flow.bits / 8),
            "usual_bytes": 2**flow.mean / 8,
            "length": flow.lengths.mean,
            "entropy": flow.characters.entropy(),
            "divergence": flow.characters.divergence(self.characters, ALPHABET),
            "characters": "".join(c for c, _ in flow.characters.counts.most_common(5)),
            "hours_of_domain": self.domains.get(domain, OnlineMoments()).count,
        }
        reason = (
            f"{host} asked {domain} for {flow.lengths.count} new names of {flow.lengths.mean:.0f} "
            f"characters within an hour: they carry {evidence['bytes']} bytes, where "
            f"{evidence['usual_bytes']:.0f} are usual."
        )
        return Alert(time, self.kind, f"{host} to {domain}", reason, score(probability), evidence)

    def _advance(self, hour: int) -> None:
        """Learn from all flows of an hour that is over."""
        if self.hour is not None and hour > self.hour:
            for flow in self._flows.values():
                self._learn(flow.domain, math.log2(flow.bits))
            self._flows = {}
        self.hour = hour

    def _learn(self, domain: str, value: float) -> None:
        """Take the logarithm of the bits of one hour of ``domain``."""
        self.tests += 1
        hours = self.domains.get(domain)
        if hours is None:
            hours = self.domains[domain] = OnlineMoments()
            self.means.add(value)
        else:
            self.within.add((value - hours.mean) / math.sqrt(1.0 + 1.0 / hours.count))
        hours.add(value)

    def record(self) -> dict[str, Any]:
        """Return the statistics as plain values."""
        flows = {
            key: [
                flow.domain,
                flow.mean,
                flow.deviation,
                flow.bits,
                flow.lengths.record(),
                flow.characters.counts,
                flow.alerted,
            ]
            for key, flow in self._flows.items()
        }
        return {
            "tests": self.tests,
            "characters": self.characters.counts,
            "names": self.names,
            "domains": {name: hours.record() for name, hours in self.domains.items()},
            "within": self.within.record(),
            "means": self.means.record(),
            "hour": self.hour,
            "flows": flows,
        }

    def restore(self, record: dict[str, Any]) -> None:
        """Take the statistics of ``record``."""
        self.tests, self.hour, self.names = record["tests"], record["hour"], record["names"]
        self.characters = SymbolFrequencies(record["characters"])
        self.domains = {name: OnlineMoments(*each) for name, each in record["domains"].items()}
        self.within, self.means = OnlineMoments(*record["within"]), OnlineMoments(*record["means"])
        self._flows = {}
        for key, (domain, mean, deviation, bits, lengths, counts, alerted) in record[
            "flows"
        ].items():
            self._flows[key] = flow = _Flow(domain, mean, deviation)
            flow.bits, flow.alerted = bits, alerted
            flow.lengths, flow.characters = OnlineMoments(*lengths), SymbolFrequencies(counts)
