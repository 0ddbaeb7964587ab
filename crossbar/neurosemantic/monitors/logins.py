"""Log-ins from an unusual host."""

from __future__ import annotations

from typing import Any

from crossbar.neurosemantic.alerts import RATE, Alert, LogEvent, Monitor, score
from crossbar.neurosemantic.monitors.fields import required
from crossbar.neurosemantic.statistics import Novelty, hour_of_week

EVENTS = 2  # kinds of unusual hosts, each of which may give false alarms at half the rate


class LoginMonitor(Monitor):
    r"""Log-ins from hosts that others use, at hours that the group of the account does not keep.

    Events have the fields ``user``, ``group`` and ``host``. A host is unusual that others have used
    and the user has not, and more so if nobody of the group has. The probability of
    either is that of :class:`~crossbar.neurosemantic.Novelty` of the user and of the group; for the
    second kind the smaller one holds. The p-value is twice, for the two kinds of hosts, this
    probability times that of hours of the week that are no more usual in the group. A host that
    nobody has used is a new computer, and gives no alert.

    Parameters
    ----------
    rate
        Probability of a false alarm a log-in, if the hour of normal ones does not depend on whether
        the host is unusual.
    """

    kind = "logins"

    def __init__(self, *, rate: float = RATE) -> None:
        super().__init__(rate=rate)
        self.users, self.groups, self.hours = Novelty(), Novelty(), Novelty()
        self.hosts: dict[str, int] = {}

    def observe(self, event: LogEvent) -> Alert | None:
        """Judge one log-in, and learn from it."""
        user, group, host = required(event, "user", "group", "host")
        hour = str(hour_of_week(event.time))
        used = self.hosts.get(host, 0)
        self.tests += 1
        alert = None
        if used and host not in self.users.of(user).values:
            alert = self._judge(event.time, user, group, host, hour)
        self.users.add(user, host, counts=used > 0)
        self.groups.add(group, host, counts=used > 0)
        self.hours.add(group, hour)
        self.hosts[host] = used + 1
        return alert

    def _judge(self, time: float, user: str, group: str, host: str, hour: str) -> Alert | None:
        foreign = host not in self.groups.of(group).values
        p_host = self.users.new(user)
        if foreign:
            p_host = min(p_host, self.groups.new(group))
        p_hour = self.hours.tail(group, hour)
        probability = EVENTS * p_host * p_hour
        if probability > self.rate:
            return None
        evidence = {
            "p_host": p_host,
            "p_hour": p_hour,
            "logins_of_user": self.users.of(user).events,
            "hosts_of_user": len(self.users.of(user).values),
            "logins_of_group": self.groups.of(group).events,
            "logins_of_group_at_hour": self.hours.of(group).values.get(hour, 0),
            "logins_of_others_at_host": self.hosts[host],
        }
        who = f"nobody of {group} in {evidence['logins_of_group']}" if foreign else "never"
        reason = (
            f"{user} used {host} never in {evidence['logins_of_user']} log-ins, {who}, "
            f"and {group} is active at this hour in {evidence['logins_of_group_at_hour']}."
        )
        return Alert(time, self.kind, f"{user} from {host}", reason, score(probability), evidence)

    def record(self) -> dict[str, Any]:
        """Return the statistics as plain values."""
        views = [view.record() for view in (self.users, self.groups, self.hours)]
        return {"tests": self.tests, "hosts": self.hosts, "views": views}

    def restore(self, record: dict[str, Any]) -> None:
        """Take the statistics of ``record``."""
        self.tests, self.hosts = record["tests"], record["hosts"]
        self.users, self.groups, self.hours = map(Novelty.restored, record["views"])
