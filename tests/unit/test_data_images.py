"""Images by class: what PNG files become, and one clear error for each defect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from crossbar.data import Colour, Ends, Images
from crossbar.errors import DataError
from crossbar.runs import experiment

RNG = np.random.default_rng(0)


def draw(path: Path, values: Any, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(values, np.uint8)).save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cat", "dog"):
        for k in range(3):
            draw(tmp_path / name / f"{k}.png", RNG.integers(0, 256, (4, 5)))
    return tmp_path


def assert_refused(path: Path, said: str, **fields: Any) -> None:
    with pytest.raises(DataError) as error:
        Images(path=path, **fields).dataset()
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_has_one_class_a_sub_folder(folder: Path) -> None:
    (folder / "cat" / "notes.txt").write_text("notes")
    made = Images(path=folder).dataset()
    assert made.counts() == {"cat": (3, 3), "dog": (3, 3)}
    assert made.ends[:2] == ((4, 5), 2)
    with Image.open(folder / "dog" / "0.png") as image:
        np.testing.assert_allclose(made.x[3], np.asarray(image) / 255.0, rtol=1e-6)
    assert made.skipped == ("files without the ending of an image: 1 (cat/notes.txt)",)
    assert made.form == "a grey image of 4 x 5 pixels"
    assert made.origin.names[0] == "cat/0.png"
    again = Images(path=folder).dataset()  # from the cache
    np.testing.assert_array_equal(again.x, made.x)


def test_a_manifest_gives_groups_and_folds(folder: Path) -> None:
    rows = [f"{c}/{k}.png,{c},{c}{k // 2},{k // 2}" for c in ("cat", "dog") for k in range(3)]
    (folder / "manifest.csv").write_text("\n".join(["file,class,group,fold", *rows]) + "\n")
    made = Images(path=folder).dataset()
    assert made.counts() == {"cat": (3, 2), "dog": (3, 2)}
    assert made.folds is not None
    assert made.folds.tolist() == [0, 0, 1] * 2


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [
        ("1", [[0, 255]], [[0, 1]]),
        ("L", [[0, 51]], [[0, 0.2]]),
        ("P", [[0, 255]], [[[0, 0, 0], [1, 1, 1]]]),
        ("RGB", [[0, 255]], [[[0, 0, 0], [1, 1, 1]]]),
        ("I;16", [[0, 255]], [[0, 255 / 65_535]]),
        ("LA", [[0, 255]], [[0, 1]]),
        ("RGBA", [[0, 255]], [[[0, 0, 0], [1, 1, 1]]]),
    ],
)
def test_every_kind_of_png_has_full_scale_1(tmp_path: Path, mode: str, values: Any, expected: Any,
                                            ) -> None:  # fmt: skip
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        if mode == "I;16":
            image = Image.fromarray(np.asarray(values, np.uint16))
        else:
            image = Image.fromarray(np.asarray(values, np.uint8)).convert(mode)
        image.save(tmp_path / name / "0.png")
    np.testing.assert_allclose(Images(path=tmp_path).dataset().x[0], expected, rtol=1e-6)


def test_size_and_colour_make_images_alike(folder: Path) -> None:
    draw(folder / "cat" / "0.png", np.full((8, 10, 3), (255, 0, 0)))
    assert_refused(folder, "1.png: expected an image in colour, as 0.png, got grey")
    grey = Images(path=folder, size=(4, 5), colour=Colour.GREY).dataset()
    assert grey.x.shape == (6, 4, 5)
    np.testing.assert_allclose(grey.x[0], 0.299, atol=1 / 255)  # rounded to 8 bits
    assert Images(path=folder, size=(2, 2), colour=Colour.RGB).dataset().x.shape == (6, 2, 2, 3)
    checks = np.indices((4, 4)).sum(axis=0) % 2 * 255
    draw(folder / "cat" / "0.png", checks)
    halved = Images(path=folder, size=(2, 2)).dataset().x[0]
    # Pixels are averaged, not picked; the triangle of weights is cut at the edge: 1/98.
    np.testing.assert_allclose(halved, 0.5, atol=0.011)


def test_what_is_no_plain_image_is_named(folder: Path) -> None:
    bad = folder / "cat" / "1.png"
    draw(bad, np.zeros((4, 6)))
    assert_refused(folder, "1.png: expected 4 x 5 pixels, as 0.png, got 4 x 6. Bring all to")
    draw(bad, np.zeros((4, 5, 4)))
    assert_refused(folder, "1.png: expected an opaque image, got a transparent one")
    bad.write_bytes(b"\x89PNG\r\n")
    assert_refused(folder, "1.png: expected a PNG image, got cannot identify image file")
    bad.write_bytes(draw(folder / "dog" / "9.png", RNG.integers(0, 256, (4, 5))).read_bytes()[:60])
    assert_refused(folder, "1.png: expected a PNG image, got ")
    bad.unlink()
    for k in (0, 2):
        (folder / "cat" / f"{k}.png").unlink()
    assert_refused(folder, "cat: expected images (.png), got none")
    assert_refused(folder / "nowhere", "expected a folder with one sub-folder a class")


def test_too_many_images_for_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossbar.memory.os.sysconf", lambda name: 1)
    with pytest.raises(ValueError, match=r"data.path: .* for 6 images of shape \(4, 5\)"):
        Images(path=folder).dataset()


def test_the_settings_are_the_fields(folder: Path) -> None:
    settings = {"kind": "images", "path": str(folder), "size": [2, 3], "colour": "grey"}
    data = experiment({"data": settings}).common.data
    assert data.dataset().ends == data.foreseen() == Ends((2, 3), 2)
