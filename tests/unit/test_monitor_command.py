"""`crossbar monitor`: alerts of generated streams and logs, states that go on, refusals."""

from __future__ import annotations

import io
import json
import sys

import pytest
from calling import call, refused

from crossbar.neurosemantic import ssh_stream


def ran(monkeypatch, capsys, *words: object) -> dict:
    """Return the record that the command prints."""
    assert call(monkeypatch, "monitor", *words, "--json") == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def log() -> list[str]:
    """The lines of a generated log, as syslog writes them."""
    lines = []
    for event in ssh_stream(3).events:
        day = 1 + int((event.time - 1_704_067_200) // 86400)
        clock = int(event.time % 86400)
        stamp = f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
        fields = event.fields
        lines.append(f"Jan {day:2} {stamp} server sshd[{fields['pid']}]: {fields['message']}\n")
    return lines


def test_a_log_gives_the_alerts_of_its_events(tmp_path, monkeypatch, capsys, log) -> None:
    (tmp_path / "log").write_text("".join(["Linux\n", *log]))
    generated = ran(monkeypatch, capsys, "generated", "--kind", "openssh", "--seed", 3)
    read = ran(monkeypatch, capsys, tmp_path / "log", "--kind", "openssh", "--year", 2024)
    assert read["alerts"] == generated["alerts"]
    assert read["networks"] == generated["networks"]
    assert generated["planted"] == {"all": 6, "with_alert": 6, "false_alarms": 0}
    assert (read["lines_left_out"], read["late_events"]) == (1, 0)
    assert read["alerts"][0]["clock"].startswith("2024-01-")


def test_a_state_goes_on_as_one_log(tmp_path, monkeypatch, capsys, log) -> None:
    half, states = len(log) // 2 + 1, [tmp_path / f"{k}.json" for k in range(3)]
    for name, lines in (("whole", log), ("first", log[:half]), ("second", log[half:])):
        (tmp_path / name).write_text("".join(lines))
    words = ("--kind", "openssh", "--year", 2024)
    whole = ran(monkeypatch, capsys, tmp_path / "whole", *words, "--save", states[0])
    first = ran(monkeypatch, capsys, tmp_path / "first", *words, "--save", states[1])
    more = ("--load", states[1], "--save", states[2])
    second = ran(monkeypatch, capsys, tmp_path / "second", *words, *more)
    assert first["alerts"] + second["alerts"] == whole["alerts"]
    assert states[2].read_bytes() == states[0].read_bytes()
    text = refused(
        monkeypatch, capsys, "monitor", "generated", "--kind", "dns", "--load", states[0]
    )
    assert "domains of a visit, dns" in text
    again = ("monitor", tmp_path / "first", *words, "--load", states[1])
    assert "where the state ends" in refused(monkeypatch, capsys, *again)  # nothing counts twice


def test_alerts_are_printed_before_the_table(monkeypatch, capsys, log) -> None:
    text = io.BytesIO("".join(log).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(text))
    assert call(monkeypatch, "monitor", "-", "--kind", "openssh", "--compact", 10**6) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "failed in a row" in lines[0]
    shown = "\n".join(lines[5:])
    assert "neurons removed" in shown
    assert "false alarms" not in "\n".join(lines[8:])  # nothing is planted in a log


def test_a_higher_rate_gives_more_alerts(monkeypatch, capsys) -> None:
    words = ("generated", "--kind", "openssh", "--rate")
    few, many = (ran(monkeypatch, capsys, *words, rate) for rate in ("1e-6", "0.05"))
    assert len(many["alerts"]) > len(few["alerts"])
    assert many["planted"]["false_alarms"] > 0


def test_what_cannot_be_is_refused(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "log").write_text("Jan  1 00:00:00 a b: c\n")
    for words, said in (
        (("generated", "--kind", "login"), "Did you mean 'logins'?"),
        (("generated", "--kind", "dns", "--year", 2000), "--year: expected a log"),
        ((tmp_path / "log", "--kind", "logins"), "LogEvent.user: expected the fields"),
        ((tmp_path / "none", "--kind", "dns"), "expected a log, got No such file"),
        (("generated", "--kind", "dns", "--rate", "2"), "number in (0, 0.1]"),
        (("generated", "--kind", "openssh", "--load", tmp_path / "log"), "a checksum"),
    ):
        assert said in refused(monkeypatch, capsys, "monitor", *words)
