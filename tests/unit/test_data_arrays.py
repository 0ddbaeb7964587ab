"""Samples from archives and tables: what is read, and one clear error for each defect."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossbar.data import Arrays, ByFold, ByGroup
from crossbar.errors import CrossbarError
from crossbar.runs import experiment

X = np.arange(72.0).reshape(12, 2, 3)
Y = np.array([7, 7, 2, 2] * 3)


def saved(path: Path, **arrays: Any) -> Path:
    """Write an archive of samples, with ``arrays`` beside or in place of good ones."""
    np.savez(path, **({"x": X, "y": Y} | arrays))
    return path


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def refusal(**fields: Any) -> str:
    with pytest.raises(CrossbarError) as error:
        Arrays(**fields).dataset()
    text = str(error.value)
    assert re.fullmatch(r"[^\n]+: expected [^\n]+, got [^\n]+\. [^\n]+[.?]", text), text
    return text


def test_an_archive_has_samples_and_classes(tmp_path: Path) -> None:
    made = Arrays(path=saved(tmp_path / "a.npz")).dataset()
    np.testing.assert_array_equal(made.x, X.astype(np.float32))
    assert made.names == ("2", "7")
    assert made.y.tolist() == [1, 1, 0, 0] * 3
    assert made.ends[:2] == ((2, 3), 2)
    assert made.groups is made.folds is None
    assert made.counts() == {"2": (6, 6), "7": (6, 6)}


def test_groups_folds_names_and_texts(tmp_path: Path) -> None:
    groups = np.repeat(["b", "a", "c", "d"], 3)
    path = saved(tmp_path / "a.npz", y=Y // 7, groups=groups, folds=np.repeat([1, 2, 3], 4),
                 classes=["cat", "dog"])  # fmt: skip
    made = Arrays(path=path).dataset()
    assert made.names == ("cat", "dog")
    assert made.groups is not None
    assert made.groups.tolist() == [1] * 3 + [0] * 3 + [2] * 3 + [3] * 3
    assert [len(p) for p in ByFold().split(made, rng=np.random.default_rng(0))] == [4, 4, 4]
    assert ByGroup().of(made) == "group"
    texts = Arrays(path=saved(tmp_path / "b.npz", y=np.where(Y == 7, "dog", "cat"))).dataset()
    np.testing.assert_array_equal(texts.y, made.y)
    assert texts.names == made.names


def test_classes_are_picked_in_the_given_order(tmp_path: Path) -> None:
    y = np.repeat([4, 5, 6], 4)
    made = Arrays(path=saved(tmp_path / "a.npz", y=y, folds=y), classes=("6", "4")).dataset()
    assert made.names == ("6", "4")
    assert made.y.tolist() == [1] * 4 + [0] * 4
    assert made.folds is not None
    assert made.folds.tolist() == [4] * 4 + [6] * 4
    np.testing.assert_array_equal(made.x, X[y != 5].astype(np.float32))


@pytest.mark.parametrize(("y", "outputs"), [(np.linspace(0, 1, 12), 1), (np.ones((12, 3)), 3)])
def test_real_numbers_are_targets(tmp_path: Path, y: Any, outputs: int) -> None:
    made = Arrays(path=saved(tmp_path / "a.npz", y=y)).dataset()
    assert made.regression
    assert made.ends.outputs == outputs
    np.testing.assert_array_equal(made.y, y.astype(np.float32))


def test_other_arrays_are_counted_and_samples_take_a_shape(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", notes=np.zeros(3))
    made = Arrays(path=path, shape=(6,), sample="digit").dataset()
    assert made.x.shape == (12, 6)
    assert made.skipped == ("arrays other than x, y, groups, folds and classes: 1 (notes)",)
    assert (made.words.sample, made.form) == ("digit", "6 numbers")


OBJECTS = np.array([[1], [None]] * 6, object)
BAD = {
    "an array 'x', got y, X": {"x": None, "X": X},
    "an array 'y', got x. ": {"y": None},
    "a.npz, x: expected numbers or texts, got Python objects, which could run": {"x": OBJECTS},
    "a.npz, y: expected numbers or texts, got Python objects": {"y": OBJECTS[:, 0]},
    "a.npz, x: expected finite numbers, got nan at (0, 0, 0)": {"x": np.where(X == 0, np.nan, X)},
    "a.npz, x: expected an array of real numbers, got numbers of type <U": {"x": X.astype(str)},
    "a.npz, x: expected samples of shape (n, ...), got (12,)": {"x": np.arange(12.0)},
    "a.npz, x: expected numbers of single precision, got 1e+300 at (0, 0, 0)": {"x": X + 1e300},
    "x of shape (12, 2, 3) and y of shape (11,)": {"y": Y[1:]},
    "a.npz, y: expected shape (n,), got (12, 2). Give one class": {"y": np.stack([Y, Y], axis=1)},
    "a.npz, y: expected 3 samples of each class or more, got 12 differ": {"y": np.arange(12)},
    "a.npz, y: expected finite numbers, got inf at (1,)": {"y": np.array([0, np.inf, *Y[2:]])},
    "a.npz, y: expected whole numbers from 0 to 1, got classes from 2": {"classes": ["a", "b"]},
    "classes: expected one name for every whole": {"y": Y.astype(str), "classes": ["a", "b"]},
    "y: expected classes, got numbers of type float64": {"y": Y * 0.1, "classes": ["a", "b"]},
    "a.npz, groups: expected whole numbers, got numbers of type float64": {"groups": Y * 1.0},
    "a.npz, groups: expected shape (12,), got (3,)": {"groups": [1, 2, 3]},
}  # fmt: skip


@pytest.mark.parametrize("said", BAD)
def test_a_bad_archive_is_refused_in_one_line(tmp_path: Path, said: str) -> None:
    arrays = {k: v for k, v in ({"x": X, "y": Y} | BAD[said]).items() if v is not None}
    np.savez(tmp_path / "a.npz", **arrays)
    assert said in refusal(path=tmp_path / "a.npz")


def test_a_damaged_missing_or_huge_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "a.npz")
    assert "got no such file. Make it with `make digits`." in refusal(
        path=tmp_path / "b.npz", made_by="make digits")  # fmt: skip
    assert "got a folder. Check the path." in refusal(path=tmp_path)
    assert "ends in .npz or .csv, got 'a.mat'" in refusal(path=saved(tmp_path / "a.mat.npz").rename(
        tmp_path / "a.mat"))  # fmt: skip
    for name, value in (("label", "y"), ("targets", ("y",))):
        assert f"Arrays.{name}: expected a table for" in refusal(path=path, **{name: value})
    assert "Arrays.shape: expected 6 numbers a sample, got 2 x" in refusal(path=path, shape=(2, 2))
    assert "that the data have, got 3. Known: 2, 7" in refusal(path=path, classes=("3", "2"))
    monkeypatch.setattr("crossbar.memory.os.sysconf", lambda name: 30)
    assert "data.path: expected at most the" in refusal(path=path)
    monkeypatch.undo()
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)
    assert "got a damaged file (Bad CRC-32 for file 'x.npy')" in refusal(path=path)
    path.write_bytes(content[:200])
    assert "got a damaged file (File is not a zip file)" in refusal(path=path)


def test_a_table_has_features_and_a_column_of_classes(tmp_path: Path) -> None:
    rows = [f"{k},5;{'cat' if k % 2 else 'dog'};{k % 3};{k};g{k // 4}" for k in range(12)]
    path = table(tmp_path / "a.csv", "\ufeffheight;kind;fold;width;group", *rows)
    made = Arrays(path=path, label="kind").dataset()
    np.testing.assert_array_equal(made.x, np.stack([np.arange(12) + 0.5, np.arange(12)], axis=1))
    assert made.names == ("cat", "dog")
    assert made.groups is not None
    assert made.folds is not None
    assert made.groups.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert made.folds.tolist() == [0, 1, 2] * 4


def test_columns_of_a_table_are_targets(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "a,b,c", *(f"{k},{k / 2},{-k}" for k in range(6)))
    one = Arrays(path=path, targets=("b",)).dataset()
    np.testing.assert_array_equal(one.y, np.arange(6) / 2)
    assert one.x.shape == (6, 2)
    assert Arrays(path=path, targets=("c", "a")).dataset().y[1].tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("lines", "fields", "said"),
    [
        (["a,y", "1,0"], {}, "Arrays.label: expected the column of a.csv that holds the classes"),
        (["a,y", "1,0"], {"label": "z"}, "a column of a.csv, got 'z'. Known: a, y."),
        (["a,kind", "1,0"], {"label": "kid"}, "Did you mean 'kind'?"),
        (["a,y", "1,0"], {"label": "y", "targets": ("a",)}, "expected none beside data.label"),
        (["1,2", "3,4"], {"label": "y"}, "a.csv:1, column 1: expected the name of a column, got"),
        (["a,y", "1,0", "two,1"], {"label": "y"}, "a.csv:3, column 1: expected a finite number"),
        (["a,y", "1,0", "nan,1"], {"label": "y"}, "a.csv:3, column 1: expected a finite number"),
        (["a,y", "1,0", ",1"], {"label": "y"}, "a.csv:3, column 1: expected a finite number"),
        (["a,y", "1,0.5"], {"label": "y"}, "a.csv:2, column 2: expected a class: a text or"),
        (["a,y", "1,"], {"label": "y"}, "a.csv:2, column 2: expected a class, got an empty cell"),
        (["a,y", "1,0", "1"], {"label": "y"}, "a.csv:3: expected 2 cells, got 1"),
        (["y", "1"], {"label": "y"}, "expected a column of numbers beside, got columns y"),
        (["a,y"], {"label": "y"}, "expected a line a sample, got none"),
        (["a,y,fold", "1,0,1.5"], {"label": "y"}, "a.csv:2, column 3: expected a whole number"),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_in_one_line(
    tmp_path: Path, lines: list[str], fields: dict[str, Any], said: str
) -> None:
    assert said in refusal(path=table(tmp_path / "a.csv", *lines), **fields)


def test_the_settings_are_the_fields(tmp_path: Path) -> None:
    path = str(saved(tmp_path / "a.npz"))
    plan = experiment({"data": {"kind": "arrays", "path": path, "normalise": "unit",
                                "split": "sample", "shape": [6]}})  # fmt: skip
    assert plan.common.data.dataset().x.shape == (12, 6)
    for wrong, said in (
        ({"kind": "array"}, "Did you mean 'arrays'?"),
        ({"kind": "arrays"}, "path"),
    ):
        with pytest.raises(CrossbarError, match=re.escape(said)):
            experiment({"data": wrong})
