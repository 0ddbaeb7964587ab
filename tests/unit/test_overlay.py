"""Settings laid over dataclasses: kinds of registries, functions, unions and what is refused."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest

from crossbar import registry
from crossbar.errors import ConfigError
from crossbar.meaning import meanings
from crossbar.overlay import overlay
from crossbar.registry import Registry
from crossbar.units import quantity


class Shape:
    """An outline."""


@dataclass(frozen=True, kw_only=True)
class Circle(Shape):
    """Round.

    Parameters
    ----------
    radius : [m]
        How far it reaches. From its middle.
    """

    radius: float = quantity(1.0, unit="m", low=0)


@dataclass(frozen=True, kw_only=True)
class Box(Shape):
    """Not round."""

    width: float = quantity(unit="m", words="side", low=0)
    corners: int | tuple[int, ...] | str = 4


def ring(*, radius: Annotated[float, quantity(unit="m")] = 3.0) -> Circle:
    """Return a circle of another size."""
    return Circle(radius=radius)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page."""

    shape: Shape = field(default_factory=Circle)
    other: Shape | None = None
    kinds: type[Shape] = Circle


@pytest.fixture(autouse=True)
def shapes(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return the registry of shapes, which ends with the test."""
    monkeypatch.setattr(registry, "_REGISTRIES", {})
    known = Registry(Shape, "shapes", "outlines", default="circle")
    known.register("circle")(Circle)
    known.register("box")(Box)
    known.register("ring")(ring)
    known.register("dot")(Circle(radius=0.1))
    return known


def page(**settings: Any) -> Page:
    made: Page = overlay(Page(), settings, "page")
    return made


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ("circle", Circle()),
        ("dot", Circle(radius=0.1)),
        ("ring", Circle(radius=3.0)),
        ({"kind": "ring", "radius": "5 mm"}, Circle(radius=5e-3)),
        ({"radius": 2}, Circle(radius=2.0)),
        ({"kind": "box", "width": "2 um"}, Box(width=2e-6)),
        ({"kind": "box", "width": 1, "corners": [1, 2]}, Box(width=1.0, corners=(1, 2))),
        ({"kind": "box", "width": 1, "corners": "same"}, Box(width=1.0, corners="same")),
    ],
)  # fmt: skip
def test_a_kind_brings_its_own_fields(given: Any, shape: Shape) -> None:
    assert page(shape=given).shape == shape


def test_a_table_without_a_kind_takes_the_default_where_nothing_stands() -> None:
    assert page(other={"radius": 2}).other == Circle(radius=2.0)
    assert page(other="none").other is None
    assert page(kinds="box").kinds is Box


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "crcle",
            r"page.shape: expected one of: circle, .*, module:Class, got 'crcle'",
        ),
        ({"kind": "bx"}, r"page.shape.kind: expected one of: .*Did you mean 'box'\?"),
        ({"kind": "box"}, r"page.shape: expected the settings width too, got none. Add them."),
        ({"kind": "box", "widht": 2}, r"page.shape.widht: .*Did you mean 'width'\?"),
        ({"kind": "box", "width": "2 S"}, r"page.shape.width: expected the unit m, got '2 S'"),
        ({"kind": "box", "width": -2}, r"page.shape.width: Box.width: expected a number in"),
        ({"kind": "box", "width": 1, "hight": 2}, r"page.shape.hight: expected a setting of"),
        ({"kind": "ring", "radus": 1}, r"page.shape.radus: .*Did you mean 'radius'\?"),
        ({"radius": -1}, r"page.shape.radius: Circle.radius: expected a number in"),
        (3, r"page.shape: expected one of: circle"),
    ],
)
def test_a_mistake_is_named_with_its_place(given: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        page(shape=given)
    assert caught.value.field.startswith("page.shape")


def test_a_class_from_outside_needs_no_registration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_shapes.py").write_text(
        f"from dataclasses import dataclass\nfrom {__name__} import Shape\n"
        "@dataclass(frozen=True)\nclass Star(Shape):\n    arms: int = 5\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    star: Any = page(shape={"kind": "my_shapes:Star", "arms": 7}).shape
    assert (type(star).__name__, star.arms) == ("Star", 7)
    del sys.modules["my_shapes"]


def test_words_and_units_stand_beside_the_fields() -> None:
    known = meanings(page(other={"kind": "box", "width": 1}), "page")
    assert known["page.shape.radius"][:2] == ("how far it reaches", "m")
    assert known["page.other.width"][:2] == ("side", "m")
    assert known["page.other.corners"][:2] == ("corners", "")
