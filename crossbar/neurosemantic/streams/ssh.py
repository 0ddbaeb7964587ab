"""The log of an SSH server, generated: people, keys, an office behind one address, and attacks."""

from __future__ import annotations

import numpy as np

from crossbar.neurosemantic.alerts import LogEvent
from crossbar.neurosemantic.statistics import DAY, HOUR
from crossbar.neurosemantic.streams.stream import MONDAY, GeneratedStream
from crossbar.random import Streams

USERS, DAYS, LOGINS = 40, 14, 3.0
MISTYPED, MISNAMED = 0.05, 0.005
NAMES = ("admin", "test", "oracle", "ubuntu", "guest", "postgres", "support", "ftp", "pi", "git")
ATTACKS = 5


def ssh_stream(seed: int) -> GeneratedStream:
    """Return two weeks of the log of an SSH server with 40 users, attacked from five addresses.

    Half of the users come from one address, the others from one each; a machine comes every hour
    with a key. People mistype 5 % of passwords and 0.5 % of names. Attacks guess passwords of root
    or try names, quickly or slowly; the last of them succeeds. All numbers are assumed.

    Parameters
    ----------
    seed
        Whole number from 0.
    """
    rng = Streams(seed)("ssh")
    sessions: list[tuple[float, list[str]]] = []
    for user in range(USERS):
        address = "10.1.0.1" if user % 2 else f"10.2.{user}.{rng.integers(2, 250)}"
        for day in range(DAYS):
            for time in (
                DAY * day + HOUR * (8 + 10 * rng.random(int(rng.poisson(LOGINS))))
            ).tolist():
                sessions.append((time, _person(f"user{user}", address, rng)))
    for hour in range(24 * DAYS):
        sessions.append((HOUR * hour + 17.0, _session("backup", "10.3.0.9", "publickey", rng)))
    planted = []
    for k in range(ATTACKS):
        start = (1 + (DAYS - 2) * rng.random()) * DAY
        address = f"203.0.113.{rng.permutation(50)[0] + 50 * k}"
        attack = _attack(k, address, rng)
        pause = (2.0, 900.0)[k % 2]
        sessions += [(start + pause * j, lines) for j, lines in enumerate(attack)]
        planted += [(MONDAY + start, address)] * (1 + (k == ATTACKS - 1))
    events = []
    for pid, (time, lines) in enumerate(sorted(sessions)):
        fields = {"host": "server", "process": "sshd", "pid": str(2000 + pid)}
        clock = MONDAY + int(time)
        events += [
            LogEvent(clock + k // 3, {**fields, "message": line}) for k, line in enumerate(lines)
        ]
    events.sort(key=lambda event: event.time)
    return GeneratedStream(events, planted)


def _session(user: str, address: str, method: str, rng: np.random.Generator) -> list[str]:
    return [
        f"Accepted {method} for {user} from {address} port {rng.integers(1024, 65536)} ssh2",
        f"pam_unix(sshd:session): session opened for user {user} by (uid=0)",
        f"Received disconnect from {address}: 11: disconnected by user",
        f"pam_unix(sshd:session): session closed for user {user}",
    ]


def _refusal(user: str, address: str, unknown: bool, rng: np.random.Generator) -> list[str]:
    """Return the lines of one failure."""
    port, kind = rng.integers(1024, 65536), "invalid user " if unknown else ""
    begin = [f"Invalid user {user} from {address}"] if unknown else []
    return [
        *begin,
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
        f"rhost={address}",
        f"Failed password for {kind}{user} from {address} port {port} ssh2",
    ]


def _person(user: str, address: str, rng: np.random.Generator) -> list[str]:
    """Return the lines of a person who logs in, at the first attempt or a later one."""
    lines = []
    if rng.random() < MISNAMED:
        lines += _refusal(f"{user[:-1]}{user[-2:]}", address, True, rng)
    while rng.random() < MISTYPED:
        lines += _refusal(user, address, False, rng)
    return lines + _session(user, address, "password", rng)


def _attack(k: int, address: str, rng: np.random.Generator) -> list[list[str]]:
    """Return the lines of each attempt of attack ``k``."""
    end = [f"Received disconnect from {address}: 11: Bye Bye [preauth]"]
    attempts = []
    for _ in range(int(rng.integers(12, 60))):
        name = NAMES[int(rng.integers(len(NAMES)))] if k % 3 else "root"
        attempts.append(_refusal(name, address, name != "root", rng) + end)
    if k == ATTACKS - 1:
        attempts.append(_session(f"user{rng.integers(USERS)}", address, "password", rng))
    return attempts
