"""Calls of the command line in this process."""

from __future__ import annotations

import pytest

from crossbar.cli import main


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command line in this process and return its exit status."""
    monkeypatch.setattr("sys.argv", ["crossbar", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object
) -> str:
    """Return the line on stderr of a call that must end with status 2 and print nothing."""
    assert call(monkeypatch, *arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = [line for line in printed.err.splitlines(True) if "compiling, once" not in line]
    assert len(lines) == 1, printed.err
    assert "expected" in lines[0]
    assert "got" in lines[0]
    return lines[0]
