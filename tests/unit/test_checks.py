"""Checks at public doors: what is a number, and how the fields of a specification are settled."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np
import pytest

from crossbar import array_checks, checks
from crossbar.errors import ConfigError, DataError, ShapeError, require_number
from crossbar.random import Streams
from crossbar.units import quantity

FORM = re.compile(r"^[^:]+: expected .+, got .+\. .+\.$")
NO_NUMBERS = [True, np.True_, "1", None, [1.0], np.ones(1), 1j, np.datetime64("2020"), math.nan]


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.int64(1), np.array(1.0), np.array(1)])
def test_numbers_of_numpy_are_numbers(value):
    number = require_number("a.b", value, low=0, high=2)
    assert (number, type(number)) == (1.0, float)


@pytest.mark.parametrize("value", [*NO_NUMBERS, math.inf, -math.inf, 10**400])
def test_what_is_no_number_is_named_in_a_line(value):
    with pytest.raises(ConfigError, match=FORM) as error:
        require_number("a.b", value, low=0, below=math.inf)
    assert len(str(error.value)) < 200


def test_a_number_of_5000_digits_is_named_by_its_length():
    with pytest.raises(ConfigError, match="got a whole number of 16610 bits"):
        require_number("a.b", 10**5000, low=0)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_whole_numbers_of_numpy_are_whole(value):
    number = checks.require_whole("a.b", value, low=1)
    assert (number, type(number)) == (3, int)


@pytest.mark.parametrize("value", [*NO_NUMBERS, 3.0, 3.5, np.float64(3), 0, 9])
def test_fractions_are_no_whole_numbers(value):
    with pytest.raises(ConfigError, match=r"a\.b: expected a whole number from 1 to 8, got"):
        checks.require_whole("a.b", value, low=1, high=8)


@pytest.mark.parametrize("seed", [1.5, -1, True, "7", None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ConfigError, match=r"Streams\.seed: expected a whole number"):
        Streams(seed)


def test_seeds_of_numpy_give_the_streams_of_the_number():
    assert Streams(np.int64(7)).seed == 7
    assert Streams(np.int64(7))("a").random() == Streams(7)("a").random()


@pytest.mark.parametrize("rng", [None, 3, np.random.RandomState(0), np.random, "seed"])
def test_what_is_no_generator_is_refused_with_the_remedy(rng):
    with pytest.raises(ConfigError, match=r"np\.random\.default_rng\(seed\)"):
        checks.require_generator("door", rng)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (np.array([[1.0, math.nan]]), DataError),
        (np.array([[1.0, math.inf]]), DataError),
        (np.array([[1j, 2]]), DataError),
        (np.array([["a", "b"]]), DataError),
        (np.array([[None, 1]]), DataError),
        (np.array([["2020", "2021"]], "M8[Y]"), DataError),
        ([[1.0], [1.0, 2.0]], DataError),
        (None, DataError),
        (np.ones(2), ShapeError),
        (np.ones((1, 3)), ShapeError),
        (np.ones((0, 2)), DataError),
    ],
)
def test_arrays_that_cannot_be_are_refused(value, error):
    with pytest.raises(error, match=FORM):
        array_checks.require_array("door.x", value, ("n", 2))


def test_large_finite_numbers_are_finite():
    x = np.full((2, 2), 3e38, np.float32)
    assert array_checks.require_array("door.x", x, ("n", 2)) is x


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part."""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A specification with a field of every type."""

    share: float = quantity(0.5, low=0, high=1, remedy="It is a share.")
    count: int = quantity(3, low=1)
    maybe: float | None = quantity(None, above=0)
    size: tuple[int, int] | None = None
    curve: tuple[float, ...] = (0.0,)
    sides: int | tuple[int, ...] | str | None = quantity(None, low=1)
    part: Part = field(default_factory=Part)
    name: str = "a"
    on: bool = False
    real: type[np.float32] | type[np.float64] = np.float32

    def __post_init__(self) -> None:
        checks.check_fields(self)


def test_fields_are_settled_as_plain_values():
    spec = Spec(
        share=np.float32(0.5),
        count=np.int64(3),
        maybe=np.array(2),
        size=[np.int32(4), 5],
        curve=np.array([1.0, 2.0]),
        on=np.True_,
        name=np.str_("b"),
    )
    plain = Spec(share=0.5, count=3, maybe=2.0, size=(4, 5), curve=(1.0, 2.0), on=True, name="b")
    assert (spec, hash(spec), repr(spec)) == (plain, hash(plain), repr(plain))
    assert "np." not in repr(spec)


@pytest.mark.parametrize("sides", [3, (3, 2), [3, np.int64(2)], np.array([3, 2]), "same", None])
def test_a_field_of_several_types_takes_each(sides):
    plain = tuple(sides) if isinstance(sides, (list, np.ndarray)) else sides
    assert Spec(sides=sides).sides == plain
    assert "np." not in repr(Spec(sides=sides))


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": 1.5},
        {"share": None},
        {"count": 2.5},
        {"count": 0},
        {"maybe": 0},
        {"maybe": "x"},
        {"size": "ab"},
        {"size": (1, 2, 3)},
        {"size": (1.5, 2)},
        {"size": 8},
        {"curve": 0.1},
        {"sides": 0},
        {"sides": (3, 0)},
        {"sides": 2.5},
        {"curve": (math.nan,)},
        {"part": None},
        {"part": Part},
        {"name": 3},
        {"on": 1},
        {"real": np.int32},
        {"real": "float32"},
        {"real": np.float16},
    ],
    ids=str,
)
def test_fields_of_another_kind_are_named(wrong):
    with pytest.raises(ConfigError, match=FORM) as error:
        Spec(**wrong)
    assert str(error.value).startswith(f"Spec.{next(iter(wrong))}: expected ")
