"""`crossbar stdp` prints window, fits and disturb, and keeps a figure."""

from __future__ import annotations

import json

import pytest

from crossbar.cli import main


def crossbar(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run the command line and return its exit status."""
    monkeypatch.setattr("sys.argv", ["crossbar", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_it_shows_window_fits_and_disturb(monkeypatch, tmp_path, capsys) -> None:
    assert crossbar(monkeypatch, "stdp", "vteam", "--out", tmp_path) == 0
    out = capsys.readouterr().out
    for words in ("change of the state of vteam", "exponentials by the state", "a spike alone"):
        assert words in out
    assert (tmp_path / "stdp.png").stat().st_size > 5_000


def test_its_waveforms_can_be_set(monkeypatch, capsys) -> None:
    """The yakopcic window is as long as its tails; the changes stay what they are."""
    kept = []
    for tau in ("2 ms", "4 ms"):
        words = ("stdp", "yakopcic", f"pre.tau={tau}", f"post.tau={tau}", "--state", "0.35")
        assert crossbar(monkeypatch, *words, "--json") == 0
        kept.append(json.loads(capsys.readouterr().out))
    one, two = (record["sides"][0] for record in kept)
    assert two["tau"] == pytest.approx(2 * one["tau"], rel=0.02)
    assert two["amplitude"] == pytest.approx(one["amplitude"], rel=0.05)


def test_the_rule_counts_spikes_alone(monkeypatch, capsys) -> None:
    """A plateau above the threshold moves cells alone; pair and spikes alone are what moved."""
    assert crossbar(monkeypatch, "stdp", "vteam", "cell.v_on=-0.165", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["alone"]["post"] > 1e-3
    assert record["rule_error"] < 0.005  # interpolation of the table


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("vteem",), "Did you mean 'vteam'?"),
        (("vteam", "pre.taul=1"), "vteam.pre.taul: expected a setting"),
        (("vteam", "pre.tail=0.01"), "together they pass the threshold"),
        (("vteam", "post.height=0.3"), "changes that fall off with the lag"),
        (("vteam", "--state", "2"), "2"),
    ],
)
def test_mistakes_end_in_one_line(words, told, monkeypatch, capsys) -> None:
    assert crossbar(monkeypatch, "stdp", *words) == 2
    err = capsys.readouterr().err
    assert told in err
