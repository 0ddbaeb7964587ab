"""Queries to name servers, generated: sites, CDNs with odd names, look-ups of virus scanners."""

from __future__ import annotations

import numpy as np

from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.statistics import DAY, HOUR
from crossbar.neurosemantic.streams.stream import MONDAY, GeneratedStream
from crossbar.random import Streams
from crossbar.types import Floats

HOSTS, DAYS, VISITS = 30, 12, 60
EARLIEST = 5  # day of the first attack
SITES = 400
USUAL = ("www", "mail", "api", "img", "static", "login", "cdn", "blog", "shop", "m", "news", "data")
SYLLABLES = ("ba", "co", "di", "fe", "gu", "ha", "in", "jo", "ka", "lo", "mi", "ne", "or", "pa",
             "qui", "ra", "so", "ta", "ur", "vi", "we", "xa", "yo", "za")  # fmt: skip
HEX, BASE32, BASE36 = (
    "0123456789abcdef",
    "abcdefghijklmnopqrstuvwxyz234567",
    "abcdefghijklmnopqrstuvwxyz0123456789",
)
CDNS = ("cloudedge.net", "fastcache.net", "akafront.com", "mediacdn.org")
NEW_CDN_DAY = 6  # from which the last of them is in use


def dns_stream(seed: int) -> GeneratedStream:
    """Return twelve days of queries of 30 hosts, with two transfers of files through names.

    Hosts visit sites, popular ones far more often, and new ones every day. Pages fetch from CDNs
    whose names are random, one of which is new in the second week; a virus scanner asks for
    hashes of files, a cloud store for identifiers, telemetry for the name of the host, and a mail
    server for names of addresses. A transfer sends base32 or hexadecimal labels to a domain that
    nobody used before, 60 to 700 within an hour. All numbers are assumed.

    Parameters
    ----------
    seed
        Whole number from 0.
    """
    rng = Streams(seed)("dns")
    sites = _sites(rng)
    events = []
    for number in range(HOSTS):
        weights = _weights(rng)
        for day in range(DAYS):
            if day % 7 < 5 and rng.random() < 0.95:
                events += _day(f"host-{number}", day, sites, weights, rng)
    for day in range(DAYS):
        events += _mail(day, rng)
    planted = []
    workdays = [day for day in range(EARLIEST, DAYS) if day % 7 < 5]
    for day in np.sort(rng.choice(workdays, 2, replace=False)).tolist():
        transfer = _transfer(day, rng)
        events += transfer
        host, query = transfer[0].fields["host"], transfer[0].fields["query"]
        planted.append((transfer[0].time, f"{host} to {'.'.join(query.split('.')[-2:])}"))
    events.sort(key=lambda event: event.time)
    return GeneratedStream(events, planted)


def _word(rng: np.random.Generator, low: int, high: int) -> str:
    picked = rng.integers(len(SYLLABLES), size=int(rng.integers(low, high)))
    return "".join(SYLLABLES[k] for k in picked.tolist())


def _random(rng: np.random.Generator, characters: str, length: int) -> str:
    picked = rng.integers(len(characters), size=length)
    return "".join(characters[k] for k in picked.tolist())


def _sites(rng: np.random.Generator) -> list[tuple[str, list[str]]]:
    """Return domains, each with the names that it has."""
    sites = []
    for _ in range(SITES):
        names = [USUAL[k] for k in rng.integers(len(USUAL), size=int(rng.integers(1, 5))).tolist()]
        if rng.random() < 0.3:
            names += [f"{_word(rng, 1, 4)}{rng.integers(20)}.{names[0]}" for _ in range(3)]
        sites.append((f"{_word(rng, 2, 5)}.{('com', 'org', 'net')[int(rng.integers(3))]}", names))
    return sites


def _weights(rng: np.random.Generator) -> Floats:
    """Return the shares of sites of one host: popularity by rank, and a taste of its own."""
    weights = rng.gamma(0.7, size=SITES) / np.arange(1, SITES + 1)
    shares: Floats = weights / weights.sum()
    return shares


def _day(
    host: str,
    day: int,
    sites: list[tuple[str, list[str]]],
    weights: Floats,
    rng: np.random.Generator,
) -> list[LogEvent]:
    """Return the queries of one host on one day."""
    queries: list[tuple[float, str]] = []
    visits = int(rng.poisson(VISITS))
    starts = (8.0 + 9.0 * rng.beta(1.5, 1.5, visits)).tolist()
    for start, site in zip(starts, rng.choice(SITES, visits, p=weights).tolist(), strict=True):
        domain, names = sites[site]
        queries += [(start, f"{name}.{domain}") for name in names[: int(rng.integers(1, 4))]]
        if rng.random() < 0.4:
            cdn = CDNS[int(rng.integers(len(CDNS) - (day < NEW_CDN_DAY)))]
            queries += [
                (start, f"{_random(rng, BASE36, 14)}.{cdn}") for _ in range(rng.integers(1, 5))
            ]
        if rng.random() < 0.1:
            queries.append((start, f"{_random(rng, HEX, 32)}.h.virusscan.com"))
        if rng.random() < 0.1:
            queries.append((start, f"{_random(rng, HEX, 24)}.blob.cloudstore.net"))
    queries += [(8.0 + k, f"{host}.{day}.telemetry.vendor.com") for k in range(9)]
    midnight = MONDAY + day * DAY
    return [
        LogEvent(round(midnight + HOUR * t + 2 * rng.random()), {"host": host, "query": query})
        for t, query in queries
    ]


def _mail(day: int, rng: np.random.Generator) -> list[LogEvent]:
    """Return the queries of the mail server on one day: names of addresses."""
    times = MONDAY + day * DAY + np.sort(rng.integers(DAY, size=150))
    return [
        LogEvent(
            int(time),
            {
                "host": "mail",
                "query": ".".join(map(str, rng.integers(256, size=4))) + ".in-addr.arpa",
            },
        )
        for time in times.tolist()
    ]


def _transfer(day: int, rng: np.random.Generator) -> list[LogEvent]:
    """Return the queries of one transfer, within one hour."""
    host = f"host-{rng.integers(HOSTS)}"
    domain = f"{_word(rng, 3, 5)}.{('info', 'xyz', 'top')[int(rng.integers(3))]}"
    characters, length = (HEX, BASE32)[int(rng.integers(2))], int(rng.integers(40, 60))
    start = MONDAY + day * DAY + int(rng.integers(6, 23)) * HOUR
    times = np.sort(rng.integers(HOUR - 1, size=int(rng.integers(60, 700))))
    return [
        LogEvent(
            int(start + time),
            {"host": host, "query": f"{_random(rng, characters, length)}.{domain}"},
        )
        for time in times.tolist()
    ]
