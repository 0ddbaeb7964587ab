"""Failed log-ins to an SSH server: guessed passwords and guessed names."""

from __future__ import annotations

import math
import re
from typing import Any

from crossbar.errors import require_number
from crossbar.neurosemantic.alerts import RATE, Alert, LogEvent, Monitor
from crossbar.neurosemantic.monitors.fields import required

MISTYPED = 0.1  # share of log-ins of people that fail; assumed
OUTCOME = re.compile(
    r"(?:message repeated (?P<times>\d+) times: \[ )?"
    r"(?P<outcome>Failed|Accepted) (?P<method>\S+) for (?P<invalid>invalid user )?(?P<user>.*?) "
    r"from (?P<address>\S+) port \d+"
)


class _Address:
    """What came from an address since its last log-in that succeeded."""

    def __init__(self) -> None:
        self.failures = 0
        self.unknown: dict[str, int] = {}  # names that the server does not know, and attempts
        self.first = 0.0
        self.users: dict[str, int] = {}
        self.alerted = False


class FailureMonitor(Monitor):
    """Addresses from which more log-ins fail in a row than people mistype.

    Events have the field ``message``, a line of OpenSSH. Of "Failed ... for ... from ADDRESS" the
    attempts of each address are counted until one is "Accepted". People fail with the probability
    ``mistyped``, and they give a name that the server does not know, another one than before, with
    that probability once more: k failures in a row with u unknown names have it to the power of
    k + u. There is one alert when this falls below the rate, and another one when a log-in is
    accepted after that.

    Parameters
    ----------
    rate
        Probability of a false alarm for a person who logs in, if failures are independent.
    mistyped
        Share of log-ins of people that fail. Assumed: 0.1.
    """

    kind = "openssh"

    def __init__(self, *, rate: float = RATE, mistyped: float = MISTYPED) -> None:
        super().__init__(rate=rate)
        remedy = "A tenth is usual."
        self.mistyped = require_number(
            "FailureMonitor.mistyped", mistyped, above=0.0, below=1.0, remedy=remedy
        )
        failures = math.log(self.rate) / math.log(self.mistyped)
        self.least = math.ceil(failures - 1e-9)  # rounding makes no 7 of 6
        self.addresses: dict[str, _Address] = {}

    def observe(self, event: LogEvent) -> Alert | None:
        """Take one line of the log."""
        (message,) = required(event, "message")
        line = OUTCOME.match(message)
        if line is None:
            return None
        self.tests += 1
        address, user = line["address"], line["user"]
        one = self.addresses.get(address)
        if one is None:
            one = self.addresses[address] = _Address()
        if line["outcome"] == "Accepted":
            return self._accepted(event.time, address, user)
        if not one.failures:
            one.first = event.time
        times = int(line["times"] or 1)
        one.failures += times
        if line["invalid"]:
            one.unknown[user] = one.unknown.get(user, 0) + times
        one.users[user] = one.users.get(user, 0) + times
        if one.alerted or one.failures + len(one.unknown) < self.least:
            return None
        one.alerted = True
        return self._alert(event.time, address, one, "")

    def _accepted(self, time: float, address: str, user: str) -> Alert | None:
        """Begin to count anew, and return an alert if failures came before."""
        one, self.addresses[address] = self.addresses[address], _Address()
        return self._alert(time, address, one, user) if one.alerted else None

    def _alert(self, time: float, address: str, one: _Address, accepted: str) -> Alert:
        users = sorted(one.users, key=lambda user: -one.users[user])
        evidence: dict[str, str | int | float] = {
            "failures": one.failures,
            "of_unknown_users": sum(one.unknown.values()),
            "users": len(users),
            "most_tried": " ".join(users[:3]),
            "seconds": time - one.first,
            "accepted": accepted,
        }
        tried = users[0] if len(users) == 1 else f"{len(users)} users"
        reason = (
            f"{one.failures} log-ins as {tried} failed in a row within {time - one.first:.0f} s"
        )
        reason += f", then {accepted} was accepted." if accepted else "."
        strength = -(one.failures + len(one.unknown)) * math.log10(self.mistyped)
        return Alert(time, self.kind, address, reason, strength, evidence)

    def record(self) -> dict[str, Any]:
        """Return the statistics as plain values."""
        return {
            "tests": self.tests,
            "addresses": {k: vars(one) for k, one in self.addresses.items()},
        }

    def restore(self, record: dict[str, Any]) -> None:
        """Take the statistics of ``record``."""
        self.tests, self.addresses = record["tests"], {}
        for address, values in record["addresses"].items():
            self.addresses[address] = one = _Address()
            vars(one).update(values)
