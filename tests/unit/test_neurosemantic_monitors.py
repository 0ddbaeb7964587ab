"""Monitors: statistics against closed forms, false-alarm rates, planted alerts, exact states."""

from __future__ import annotations

import functools
import json

import numpy as np
import pytest
from scipy import stats

from crossbar.errors import ConfigError
from crossbar.neurosemantic import (
    STREAM_KINDS,
    DnsMonitor,
    FailureMonitor,
    GeneratedStream,
    HoursMonitor,
    LogEvent,
    LoginMonitor,
    Novelty,
    OnlineMoments,
    SymbolFrequencies,
    stream_kind,
)
from crossbar.neurosemantic.alerts import Alert, Monitor
from crossbar.neurosemantic.monitors.dns import split
from crossbar.neurosemantic.probabilities import negative_binomial_tail, student_tail
from crossbar.neurosemantic.statistics import DAY, HOUR, hour_of_week
from crossbar.neurosemantic.streams.stream import MONDAY

KINDS = list(STREAM_KINDS)


def alerts(monitor: Monitor, events: list[LogEvent]) -> list[Alert]:
    return [alert for event in events if (alert := monitor.observe(event))]


@functools.cache
def generated(kind: str) -> GeneratedStream:
    return stream_kind(kind).generate(0)


@pytest.mark.parametrize("kind", KINDS)
def test_exactly_the_planted_alerts_are_given(kind: str) -> None:
    stream = generated(kind)
    judged = stream.judge(alerts(stream_kind(kind).monitor(), stream.events))
    assert (judged.caught, judged.missed, judged.false) == (len(stream.planted), [], [])
    assert len(stream.planted) >= 2


@pytest.mark.parametrize(("kind", "rate"), [("logins", 1e-3), ("hours", 1e-2), ("dns", 1e-2)])
def test_false_alarms_are_no_more_frequent_than_their_rate(kind: str, rate: float) -> None:
    stream = generated(kind)
    monitor = stream_kind(kind).monitor(rate=rate)
    judged = stream.judge(alerts(monitor, stream.events))
    # binomial, 4 sd: false alarm of the test 3e-5
    most = rate * monitor.tests + 4 * np.sqrt(rate * monitor.tests)
    assert len(judged.false) <= most
    assert judged.missed == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_goes_on_exactly(kind: str) -> None:
    events, half = generated(kind).events[-4000:], 1999
    whole, begun, resumed = (stream_kind(kind).monitor() for _ in range(3))
    alerts(begun, events[:half])
    resumed.restore(json.loads(json.dumps(begun.record())))
    assert alerts(whole, events)[-1:] == alerts(resumed, events[half:])[-1:]
    assert json.dumps(resumed.record()) == json.dumps(whole.record())


@pytest.mark.parametrize("kind", ["hours", "openssh"])
def test_a_judgement_tells_what_is_false_and_what_is_missed(kind: str) -> None:
    stream = generated(kind)
    time, subject = stream.planted[0]
    alert = Alert(time, "kind", subject, "", 6.0, {})
    doubled = stream.judge([alert, alert._replace(subject="nobody"), alert])
    assert doubled.caught == 1 + (stream.planted.count((time, subject)) == 2)
    assert len(doubled.missed) == len(stream.planted) - doubled.caught
    assert len(doubled.false) == 3 - doubled.caught
    assert stream.judge([alert._replace(time=time - 1)]).caught == 0


@pytest.mark.parametrize("kind", KINDS)
def test_streams_are_in_order_of_time(kind: str) -> None:
    times = [event.time for event in generated(kind).events]
    assert times == sorted(times)


def test_seeds_make_streams() -> None:
    assert stream_kind("openssh").generate(0) == generated("openssh")
    assert stream_kind("openssh").generate(1) != generated("openssh")


def test_moments_and_frequencies_are_those_of_all_values() -> None:
    values = np.random.default_rng(0).normal(3.0, 2.0, 1000)
    moments = OnlineMoments()
    for value in values.tolist():
        moments.add(value)
    assert moments.mean == pytest.approx(values.mean(), rel=1e-12)
    assert moments.variance == pytest.approx(values.var(ddof=1), rel=1e-12)
    one, other = SymbolFrequencies(), SymbolFrequencies()
    one.add("aabc")
    assert one.entropy() == pytest.approx(1.5, rel=1e-12)
    # (2 + 1/2) / (4 + 4/2) and (0 + 1/2) / (4 + 4/2)
    assert one.bits("ad", 4) == pytest.approx(-np.log2(2.5 / 6) - np.log2(0.5 / 6), rel=1e-12)
    other.add("aabc" * 10_000)
    assert one.divergence(other, 4) == pytest.approx(0.0, abs=1e-3)
    assert other.divergence(SymbolFrequencies(), 4) == pytest.approx(0.5, rel=1e-12)  # 2 - 1.5


def test_tails_are_those_of_scipy() -> None:
    for count, mean, excess in ((0, 1.0, 1.0), (3, 0.2, 2.0), (9, 4.0, 0.1)):
        size = 1 / excess
        expected = stats.nbinom.sf(count - 1, size, size / (size + mean))
        assert negative_binomial_tail(count, mean, excess) == pytest.approx(expected, rel=1e-9)
    assert student_tail(5.0, 30.0) == pytest.approx(stats.t.sf(5.0, 30.0), rel=1e-9)


def test_novelty_predicts_new_values_of_chinese_restaurants() -> None:
    rng, novelty = np.random.default_rng(0), Novelty()
    new, expected = 0, 0.0
    for subject in range(200):
        had = 0
        for n in range(200):
            fresh = rng.random() < 0.5 / (n + 0.5)
            if n:
                new, expected = new + fresh, expected + novelty.new(str(subject))
            value = had if fresh else int(rng.integers(had))
            had += fresh
            novelty.add(str(subject), str(value))
    # A sum of independent indicators, 4 sd: false alarm 6e-5. Estimates begin with theta = 1.
    assert new == pytest.approx(expected, abs=4 * np.sqrt(new) + 0.05 * new)
    assert novelty.theta("nobody") == pytest.approx(0.5, rel=0.15)
    assert novelty.tail("0", "nothing") == novelty.new("0")
    before = novelty.theta("0")
    novelty.add("0", "no surprise", counts=False)
    assert novelty.theta("0") < before
    assert novelty.tail("0", max(novelty.of("0").values, key=novelty.of("0").values.get)) == 1.0


def login(day: float, user: str, host: str) -> LogEvent:
    return LogEvent(MONDAY + day * DAY, {"user": user, "group": "all", "host": host})


def test_a_login_needs_an_unusual_host_at_an_unusual_hour() -> None:
    def last(event: LogEvent) -> list[Alert]:
        monitor = LoginMonitor()
        for week in range(100):
            for day in range(5):
                for k in range(4):
                    monitor.observe(login(7 * week + day + 0.4, f"u{k}", f"h{k}"))
                    shared = login(7 * week + day + 0.5, f"u{k}", f"room{(week + k) % 3}")
                    monitor.observe(shared)
        return alerts(monitor, [event])

    (alert,) = last(login(700.1, "u0", "h1"))
    assert alert.subject == "u0 from h1"
    assert (alert.evidence["logins_of_user"], alert.evidence["hosts_of_user"]) == (1000, 4)
    assert last(login(700.4, "u0", "h1")) == []  # at a usual hour
    assert last(login(700.1, "u0", "h9")) == []  # a new computer
    assert last(login(700.1, "u9", "h1")) == []  # a new user
    assert last(login(700.1, "u0", "h0")) == []  # the own computer at night


def test_one_who_works_late_is_no_group() -> None:
    def members(count: int, events: int) -> list[Alert]:
        monitor = HoursMonitor()
        for week in range(12):
            for k in range(10):
                time = MONDAY + 7 * week * DAY + 10 * HOUR
                monitor.observe(LogEvent(time, {"user": f"u{k}", "group": "g"}))
        night = MONDAY + 82 * DAY
        late = [LogEvent(night + j, {"user": f"u{j % count}", "group": "g"}) for j in range(events)]
        return alerts(monitor, late)

    assert members(1, 50) == []
    (alert,) = members(10, 50)
    assert alert.time == MONDAY + 82 * DAY + alert.evidence["members"] - 1
    # 11 hours of this kind passed: 1/2 member in 12 weeks, of relative variance 2 or more
    assert alert.evidence["usual_members"] == pytest.approx(1 / 24, rel=1e-12)
    assert alert.evidence["dispersion"] >= 2.0
    assert negative_binomial_tail(int(alert.evidence["members"]), 1 / 24, 2.0) < 1e-6
    assert hour_of_week(alert.time) == 24 * 5


def test_names_that_are_known_carry_nothing() -> None:
    events = generated("dns").events[:10_000]
    monitor = DnsMonitor()
    alerts(monitor, events)
    after = events[-1].time + HOUR
    name = "q7x2" * 12
    fresh = [LogEvent(after, {"host": "h", "query": f"{k}{name}.evil.info"}) for k in range(90)]
    (alert,) = alerts(monitor, fresh)
    assert (alert.subject, alert.evidence["length"]) == ("h to evil.info", pytest.approx(49, abs=1))
    assert alert.evidence["bytes"] * 8 / alert.evidence["names"] > 4 * 48
    again = [LogEvent(after, {"host": "other", "query": one.get("query")}) for one in fresh]
    assert alerts(monitor, again) == []
    assert monitor.expected("cloudedge.net")[0] > monitor.expected("nobody.net")[0] + 2
    assert monitor.expected("cloudedge.net")[1] < monitor.expected("nobody.net")[1]
    assert split("Example.COM.") == ("example.com", "")


def failed(address: str, user: str, times: int = 1, invalid: bool = False) -> list[LogEvent]:
    kind = "invalid user " if invalid else ""
    text = f"Failed password for {kind}{user} from {address} port 22 ssh2"
    return [LogEvent(0.0, {"message": text})] * times


def test_failures_in_a_row_are_counted_until_a_login_succeeds() -> None:
    accepted = LogEvent(9.0, {"message": "Accepted password for root from a port 22 ssh2"})
    assert alerts(FailureMonitor(), failed("a", "root", 5)) == []
    assert alerts(FailureMonitor(), [*failed("a", "root", 5), accepted] * 3) == []
    first, second = alerts(FailureMonitor(), [*failed("a", "root", 7), accepted])
    assert (first.score, second.score) == (pytest.approx(6.0), pytest.approx(7.0))
    assert second.evidence["accepted"] == "root"
    repeated = "message repeated 5 times: [ Failed password for root from a port 42 ssh2]"
    line = LogEvent(0.0, {"message": repeated})
    assert len(alerts(FailureMonitor(), [*failed("a", "root"), line])) == 1
    names = [each for name in ("x", "y", "z") for each in failed("a", name, invalid=True)]
    (alert,) = alerts(FailureMonitor(), names)
    assert (alert.evidence["failures"], alert.evidence["users"]) == (3, 3)
    assert alerts(FailureMonitor(), failed("a", "x", 4, invalid=True)) == []


@pytest.mark.parametrize("kind", ["hours", "dns"])
def test_monitors_that_count_hours_refuse_an_hour_before(kind: str) -> None:
    monitor, (first, *_) = stream_kind(kind).monitor(), generated(kind).events
    monitor.observe(first._replace(time=HOUR + 10.0))
    monitor.observe(first._replace(time=HOUR + 0.0))  # within the hour order does not matter
    with pytest.raises(ConfigError, match=r"LogEvent.time: expected a time from 3600, got 3599"):
        monitor.observe(first._replace(time=HOUR - 1.0))


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_is_refused(kind: str) -> None:
    with pytest.raises(ConfigError, match=r"Monitor.rate: expected a number in \(0, 0.1\]"):
        stream_kind(kind).monitor(rate=0.5)
    with pytest.raises(ConfigError, match=r"LogEvent\.\w+: expected the fields"):
        stream_kind(kind).monitor().observe(LogEvent(0.0, {"hosts": "a"}))
    with pytest.raises(ConfigError, match=r"Did you mean 'logins'"):
        stream_kind("login")
