"""A damaged or edited record is named and refused; no number of it is shown as if it were right.

Every flipped bit of a record is found by its checksum, every flipped bit of a store by SQLite's own
check, the hashes of its rows, or because nothing that is read has changed.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded import make_run
from stored import make_sweep

from crossbar import seals
from crossbar.cli import main
from crossbar.errors import DataError, OutputError
from crossbar.report.records import read_run
from crossbar.runs import evaluate_run, experiment, load_plan, train
from crossbar.runs.folder import accept, accept_rows
from crossbar.runs.store import Store
from crossbar.runs.store.places import checkpoint_of

AXES = {"device.bits": (8, 6), "device.sigma_read": (0.0,)}
RECORDS = ("seed-0/examples.npz", "seed-0/cells.npz")


def flipped(content: bytes, bit: int) -> bytes:
    """Return ``content`` with one bit turned over."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def seen(run: Path) -> str:
    """Return everything that is read of a run, as text."""
    read = read_run(run)
    arrays = {k: v.tobytes().hex() for k, v in {**read.cells, **read.examples}.items()}
    rest = [read.result, read.settings, *(seed.detail for seed in read.seeds)]
    return json.dumps([arrays, rest])


@pytest.mark.parametrize("name", RECORDS)
def test_every_flipped_bit_of_a_record_is_found(name: str, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    path = run / name
    whole = path.read_bytes()
    for bit in range(0, 8 * len(whole), 8 * len(whole) // 60 + 1):
        path.write_bytes(flipped(whole, bit))
        with pytest.raises(DataError, match=path.name) as told:
            read_run(run)
        assert "\n" not in str(told.value)
    path.write_bytes(whole)
    read_run(run)


def test_every_flipped_bit_of_a_checkpoint_is_found(tmp_path: Path) -> None:
    settings = {"data": {"clips": 3}, "train": {"epochs": 1}, "network": {"hidden": 4}}
    train(experiment(settings), tmp_path / "run")
    path = checkpoint_of(tmp_path / "run", 0)
    whole = path.read_bytes()
    for bit in range(5, 8 * len(whole), 8 * len(whole) // 40 + 1):
        path.write_bytes(flipped(whole, bit))
        with pytest.raises(DataError, match=r"checkpoint\.npz: .*Delete the file") as told:
            evaluate_run(load_plan(tmp_path / "run", []), tmp_path / "run")
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
@pytest.mark.parametrize("name", RECORDS)
def test_half_a_record_is_not_taken_for_a_whole_one(
    name: str, share: float, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run")
    path = run / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataError, match=f"{path.name}: expected a checksum"):
        read_run(run)


def test_a_record_edited_by_hand_is_accepted_on_request(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    run = make_run(tmp_path / "run")
    examples = run / "seed-0" / "examples.npz"
    np.savez(examples, **seals.read_arrays(examples))  # no checksum
    with contextlib.closing(sqlite3.connect(run / "runs.db")) as store, store:
        better = "UPDATE runs SET metrics = replace(metrics, '0.8, ', '0.7, ') WHERE seed = 0"
        store.execute(better)
    with pytest.raises(DataError, match=r"runs\.db: .*crossbar accept"):
        read_run(run)
    monkeypatch.setattr("sys.argv", ["crossbar", "accept", str(run)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code  # None and 0 are both status 0
    printed = capsys.readouterr().out
    assert "1 files and 1 rows accepted." in printed
    assert "examples.npz" in printed
    assert read_run(run).result["accuracy"] == pytest.approx((0.7 + 0.9) / 2)
    assert accept(run) == ([], 0)


def test_what_cannot_be_understood_is_not_accepted(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    for name in ("runs.db", "seed-0/examples.npz"):
        path = run / name
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(DataError, match=path.name):
            accept(run)
        path.write_bytes(whole)
    with pytest.raises(DataError, match="records of a run"):
        accept(tmp_path / "nothing")
    with pytest.raises(DataError, match="no such file"):
        accept_rows(tmp_path / "nothing.db")
    assert not (tmp_path / "nothing.db").exists()


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return exec, ("raise SystemExit('code of a file was run')",)


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, member in members.items():
            file.writestr(f"{name}.npy", member)
    return content.getvalue()


def npy(header: str) -> bytes:
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Bomb()),
        archive(images=b"\x93NUMPY"),
        archive(images=npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}")
                + pickle.dumps(Bomb())),
        archive(images=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2**60,)}")),
        archive(images=npy("{'descr': '<f8', 'fortran_order': False, "
                           "'shape': (1000000000000000,)}")),
        archive(images=npy("[" * 90)),
    ],
)  # fmt: skip
def test_no_archive_runs_code_or_takes_all_memory(content: bytes, tmp_path: Path) -> None:
    """A checksum can be made by anybody, so what is behind it is not trusted."""
    path = tmp_path / "examples.npz"
    path.write_bytes(seals.NPZ.close(seals._commented(content)))
    with pytest.raises(DataError, match="damaged file"):
        seals.read_arrays(path)


def test_deep_nesting_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(seals.JSON.close(b'{"a": ' + b"[" * 100_000))
    with pytest.raises(DataError, match=r"result\.json"):
        seals.read_json(path)


def shown(store: Path) -> str:
    """Return everything that is read of a store, as text."""
    with Store(store) as kept:
        frame = kept.frame()
        runs = [kept.run(number) for number in frame["run"]]
        resolved = [kept.resolved(number) for number in frame["run"]]
        about, counts = kept.about, kept.counts()
    return json.dumps([frame.to_csv(), runs, resolved, about, counts], default=str)


def outcome(store: Path) -> str:
    """Return what is shown of a store, or that it is refused, by its name and in one line."""
    try:
        return shown(store)
    except (DataError, OutputError) as error:
        named = "runs.db" in str(error) and "\n" not in str(error)
        return f"refused: {error}" if named else f"not named: {error}"


def test_no_flipped_bit_of_a_store_changes_a_number(tmp_path: Path) -> None:
    place = make_sweep(tmp_path / "s", AXES, seeds=(0, 1))
    file = place / "runs.db"
    whole, right = file.read_bytes(), shown(place)
    found = 0
    for bit in range(3, 8 * len(whole), 8 * len(whole) // 500 + 1):
        for path in place.iterdir():
            path.unlink()
        file.write_bytes(flipped(whole, bit))
        told = outcome(place)
        assert told == right or told.startswith("refused"), f"bit {bit}: {told}"
        found += told != right
    assert found > 40


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("UPDATE runs SET metrics = replace(metrics, '0.9', '0.8') WHERE id = 3", "runs 3"),
        ("UPDATE runs SET seed = 7 WHERE id = 2", "runs 2"),
        ("UPDATE runs SET status = 'dOne' WHERE id = 1", "runs 1"),
        ("UPDATE points SET parameters = replace(parameters, '8', '7') WHERE id = 1", "points 1"),
        ("UPDATE about SET value = '\"x\"' WHERE name = 'title'", "about title"),
    ],
)
def test_an_edited_row_is_named_and_accepted_on_request(
    change: str, row: str, tmp_path: Path
) -> None:
    place = make_sweep(tmp_path / "s", AXES, about={"title": "T"})
    before = shown(place)
    with sqlite3.connect(place / "runs.db") as raw:
        raw.execute(change)
    raw.close()
    for write in (False, True):
        with pytest.raises(DataError, match=f"runs.db: .*{row}.*crossbar accept"):
            Store(place, write=write)
    if "status" not in change:  # nothing is understood by that word
        assert accept_rows(place) == 1
        assert shown(place) != before


def test_details_that_changed_are_refused(tmp_path: Path) -> None:
    place = make_sweep(tmp_path / "s", AXES, seeds=(0, 1))
    with sqlite3.connect(place / "runs.db") as raw:
        raw.execute("UPDATE details SET record = CAST(record || 'x' AS BLOB) WHERE run = 1")
        raw.execute("UPDATE details SET run = 9 WHERE run = 2")  # found: run 2 had details
    raw.close()
    with pytest.raises(DataError, match="runs 2"):
        Store(place)
    with sqlite3.connect(place / "runs.db") as raw:
        raw.execute("UPDATE details SET run = 2 WHERE run = 9")
    raw.close()
    with Store(place) as kept, pytest.raises(DataError, match="details 1"):
        kept.detail(1)
