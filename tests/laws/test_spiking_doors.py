"""What people pass by mistake to neurons, codes and queues is refused by name, in one form."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from refusals import refused

from crossbar.spiking import (
    LIF,
    REGULAR_SPIKING,
    BernoulliRate,
    BinaryHeap,
    DelayRing,
    FifoRing,
    HodgkinHuxley,
    Latency,
    MembraneDecoder,
    Outcome,
    PeriodicRate,
    Population,
    RateDecoder,
    SpikeResponse,
    Spikes,
)

FORM = re.compile(r"^[^:]+: expected .+, got .+\. .+\.$")
NO_ROW: list[Any] = [None, "text", {}, [np.nan, 1.0], [1.0, -np.inf], [1j, 1.0], [None, 1.0],
                     ["a", "b"], np.ones((2, 2)), [[1.0], [1.0, 2.0]],
                     np.ones(2, "M8[s]")]  # fmt: skip
NO_WHOLE: list[Any] = [None, "text", {}, [0.5, 1.0], [-1, 0], [0, 9], [0, 1, 1], [[0, 1]]]
NO_TIME: list[Any] = [None, "1", np.nan, 1j, [1.0], True, -1.0]
NO_RNG: list[Any] = [None, 0, np.random, np.random.RandomState(0)]
NO_PART: list[Any] = [None, 8, "text", object()]
PAIR = Spikes([1e-4, 2e-4], [0, 1], 2)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def doors() -> dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, list[Any]]]]:
    """Each with good arguments and wrong ones by name."""
    known: dict[str, Any] = {
        "Spikes": (Spikes, {"times": [0.0, 1.0], "lines": [0, 1], "width": 2},
                   {"times": NO_ROW, "lines": NO_WHOLE, "width": [None, 0, -1, 2.0, "2", [2]]}),
        "Outcome": (Outcome, {"spikes": PAIR, "duration": 1.0, "potentials": [0.0, 1.0]},
                    {"duration": [*NO_TIME, 0.0, np.inf], "spikes": NO_PART,
                     "potentials": NO_ROW}),
        "RateDecoder": (RateDecoder().values, {"outcome": Outcome(PAIR, 1.0, np.ones(2))}, {}),
        "MembraneDecoder": (MembraneDecoder, {"weights": (1.0, 2.0)},
                            {"weights": [None, 3, "text", (np.nan,), ("a",)]}),
    }  # fmt: skip
    for code in (Latency(), PeriodicRate(), BernoulliRate(), Population()):
        wrong = {"x": [*NO_ROW, [0.5, 1.5], [], 0.5], "rng": NO_RNG}
        known[type(code).__name__] = code.encode, {"x": [0.5, 1.0], "rng": rng()}, wrong
    for one in (LIF(), REGULAR_SPIKING, HodgkinHuxley(), SpikeResponse()):
        name = type(one).__name__
        current = [0.0, 0.0] if isinstance(one, SpikeResponse) else [1e-12, 0.0]

        def made(one: Any = one) -> Any:
            return one.fabricate(2, rng=rng())

        known |= {
            f"{name}.fabricate": (one.fabricate, {"count": 2, "rng": rng()},
                                  {"count": [None, 0, -1, 2.0, "2", True], "rng": NO_RNG}),
            f"{name}.step": (
                lambda one=one, **k: one.step(**{"state": one.fabricate(2, rng=rng())} | k),
                {"dt": 1e-5, "current": current},
                {"dt": [*NO_TIME, 0.0, np.inf], "current": NO_ROW, "state": NO_PART}),
            f"{name}.receive": (
                lambda one=one, **k: one.receive(**{"state": one.fabricate(2, rng=rng())} | k),
                {"neurons": [0, 1], "charges": [1e-16, 0.0]},
                {"neurons": NO_WHOLE, "charges": NO_ROW, "state": NO_PART}),
            f"{name}.respond": (
                lambda one=one, **k: one.respond(**{"state": one.fabricate(2, rng=rng())} | k),
                {"arrivals": PAIR, "charges": [1e-16, 0.0], "until": 3e-4},
                {"arrivals": [*NO_PART, Spikes.none(3)], "charges": NO_ROW, "state": NO_PART,
                 "until": [*NO_TIME, 1e-4, np.inf], "current": NO_ROW}),
        }  # fmt: skip
    for spec in (BinaryHeap(), FifoRing(), DelayRing()):
        name = type(spec).__name__
        known |= {
            f"{name}.send": (
                lambda spec=spec, **k: spec.build().send(**k),
                {"times": [1e-3, 1e-3], "delays": [1e-3, 2e-3], "which": [0, 1], "spikes": [0, 1]},
                {"times": NO_ROW, "delays": [*NO_ROW, [-1.0, 0.0], []], "which": NO_WHOLE[1:],
                 "spikes": [w for w in NO_WHOLE[1:] if w != [0, 9]]}),
            f"{name}.deliver": (
                lambda spec=spec, **k: spec.build().deliver(**k), {"until": 1.0},
                {"until": [*NO_TIME, np.inf]}),
        }  # fmt: skip
    return known


DOORS = doors()
CASES = [(name, argument) for name, (_, _, wrong) in DOORS.items() for argument in wrong]


@pytest.mark.parametrize("name", DOORS)
def test_good_arguments_are_taken_and_stay_as_they_are(name: str) -> None:
    call, good, _ = DOORS[name]
    given = {key: value for key, value in good.items() if key != "rng"}
    before = pickle.dumps(given)
    call(**good)
    assert pickle.dumps(given) == before


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_wrong_arguments_are_refused_by_name(name: str, argument: str) -> None:
    call, good, wrong = DOORS[name]
    for value in wrong[argument]:
        line = refused(call, **good | {argument: value})
        assert FORM.match(line), line
        assert len(line) < 400, line
