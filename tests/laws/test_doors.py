"""Public doors: what cannot be is refused by name, in one form, before anything is changed.

Every public callable of the table is called once with good arguments and then with every argument
replaced by what people pass by mistake. It must raise an error of the package; AttributeError,
TypeError, IndexError, KeyError or a result is a failure.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from crossbar import (
    CmosSynapse,
    DifferentialPair,
    Digital,
    IdealCell,
    Memristor,
    Offset,
    Reading,
    SarAdc,
    SerialDac,
    Streams,
    StuckAt,
    Tile,
    Wires,
)
from crossbar.data import (
    ByGroup,
    BySample,
    Dataset,
    Db80,
    EngineSounds,
    Features,
    Spectrogram,
    Unit,
    ZScore,
)
from crossbar.energy import (
    OperationCounts,
    adc_models,
    andrulis,
    digital,
    exact,
    isaac_dac,
    latency,
    leti_2026,
    murmann_floor,
    neurosim_sar,
)
from crossbar.errors import CrossbarError
from crossbar.nn import (
    Convolution,
    Dense,
    GlobalFactor,
    Host,
    Network,
    Relu,
    Training,
    evaluate,
    fit,
    repaired,
)
from crossbar.substrates.compensated import Compensated

FORM = re.compile(r"^[^:]+: expected .+, got .+\. .+\.$", re.DOTALL)
NOTHING = object()
FRONT = Spectrogram()


class Door(NamedTuple):
    """A public callable with good arguments and wrong ones by name."""

    name: str
    call: Callable[..., Any]
    good: dict[str, Any]
    wrong: dict[str, list[Any]]


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def broken(good: np.ndarray) -> list[Any]:
    """What people pass in place of an array of numbers: each must be refused."""
    flat = good.astype(float)
    nan, infinite = flat.copy(), flat.copy()
    nan.flat[0], infinite.flat[-1] = np.nan, -np.inf
    return [
        None,
        "text",
        3,
        {},
        nan,
        infinite,
        flat + 0j,
        flat.astype(object),
        flat.astype(str),
        flat.astype("M8[s]"),
        flat[..., :-1],
        flat[:0],
        flat[None, None, None],
        [[1.0], [1.0, 2.0]],
    ]


NOT_RNG = [None, 0, "seed", np.random, np.random.RandomState(0), np.random.default_rng]
NOT_WHOLE = [None, "8", 2.5, 8.0, np.nan, True, [8], -1, 0, 10**30]
NOT_NUMBER = [None, "1", np.nan, np.inf, 1j, [1.0], True, 1e308, -1.0]
NOT_RATE = [None, "1", np.nan, np.inf, 1j, [1.0], True, 1e308]
NOT_PART = [None, 8, "circuit", object(), SerialDac]
NOT_LABELS = [
    None,
    "car",
    np.array(["a", "b", "a"]),
    np.array([0.0, 1.0, 0.0]),
    np.array([True, False, True]),
    np.array([1, 2, 3]),
    np.array([0, -1, 1]),
    np.array([0, 2**62, 1]),
    np.array([0, 1]),
    np.array([[0], [1], [0]]),
    np.array([0, None, 1], object),
    np.array([0, 1, 0]) + 0j,
]
QUIET = Reading(temperature=0.0)
W = np.linspace(-0.5, 0.5, 12).reshape(4, 3)
X, D = np.ones((2, 4)), np.full((2, 3), 0.1)
IMAGES = np.ones((2, 5, 5))
NETWORK = Network(
    input_shape=(5, 5),
    layers={"conv": Convolution(filters=2, kernel=2), "relu": Relu(), "out": Dense(units=2)},
)
SAMPLES, LABELS = np.linspace(-1, 1, 75).reshape(3, 5, 5), np.array([0, 1, 0])
TILE = Tile(device=IdealCell(), mapping=DifferentialPair(), reading=QUIET)
SUBSTRATES = {
    "Tile": TILE,
    "Tile with wires": Tile(
        device=Memristor(),
        mapping=Offset(),
        wires=Wires(r_wl=1, r_bl=1),
        adc=SarAdc(),
        dac=SerialDac(),
    ),
    "Digital": Digital(),
}
COUNTS = OperationCounts.of([("out", 4, 2, 1)])
G = np.full((3, 4), 1e-5)


def chip(substrate: Any = TILE) -> Any:
    return NETWORK.build(substrate, Streams(0))


def held(kind: str) -> Any:
    """Weights of every kind that holds some."""
    if kind == "Compensated":
        return Compensated(TILE.program(W, rng=rng()), np.array([1.5]))
    return SUBSTRATES[kind].program(W, rng=rng())


def of_weights(kind: str) -> list[Door]:
    """The doors of weights in a substrate."""
    pulses = (
        [
            Door(
                f"{kind}.pulses",
                lambda **k: held(kind).pulses(**k),
                {"x": X, "d": D, "rate": 0.1, "rng": rng()},
                {"x": broken(X), "d": broken(D), "rate": NOT_RATE, "rng": NOT_RNG},
            ),
        ]
        if kind == "Tile with wires"
        else []
    )
    return [
        Door(f"{kind}.matvec", lambda **k: held(kind).matvec(**k), {"x": X, "rng": rng()},
             {"x": broken(X), "rng": NOT_RNG}),
        Door(f"{kind}.rmatvec", lambda **k: held(kind).rmatvec(**k), {"d": D, "rng": rng()},
             {"d": broken(D), "rng": NOT_RNG}),
        Door(f"{kind}.rows", lambda **k: held(kind).rows(**k),
             {"events": [[0, 1], []], "rng": rng()},
             {"events": [None, "ab", 3, [], [[99]], [[0, 0]], [[0.5]], [["a"]], [3]],
              "rng": NOT_RNG}),
        Door(f"{kind}.update", lambda **k: held(kind).update(**k),
             {"x": X, "d": D, "rate": 0.1, "rng": rng()},
             {"x": broken(X), "d": broken(D), "rate": NOT_RATE, "rng": NOT_RNG}),
        *pulses,
        Door(f"{kind}.aged", lambda **k: held(kind).aged(**k), {"seconds": 10.0},
             {"seconds": NOT_NUMBER}),
    ]  # fmt: skip


def of_device(device: Any) -> list[Door]:
    """The doors of a device and its cells."""
    name, shape = type(device).__name__, (3, 2)
    fabrication = {"shape": shape, "rng": rng(), "dtype": np.float64}

    def cells() -> Any:
        return device.fabricate(**fabrication)

    target = np.full(shape, device.window[1])
    return [
        Door(f"{name}.fabricate", device.fabricate, fabrication,
             {"shape": [None, "ab", 8, (3,), (3, 0), (3, 2.5), (-1, 2)], "rng": NOT_RNG,
              "dtype": [None, "float64", np.int32, np.float16]}),
        Door(f"{name}.program", lambda **k: cells().program(**k), {"target": target, "rng": rng()},
             {"target": [*broken(target), -target], "rng": NOT_RNG}),
    ]  # fmt: skip


DOORS = [
    *(door for kind in (*SUBSTRATES, "Compensated") for door in of_weights(kind)),
    *(Door(f"{name}.program", one.program, {"weights": W, "rng": rng()},
           {"weights": [*broken(W)[:-4], np.ones(3)], "rng": NOT_RNG})
      for name, one in SUBSTRATES.items()),
    *(door for one in (IdealCell(), CmosSynapse(), Memristor(), StuckAt(IdealCell(), p_on=0.1))
      for door in of_device(one)),
    Door("Array.program", lambda **k: TILE.program(W, rng=rng()).array.program(**k),
         {"weights": W, "rng": rng()}, {"weights": broken(W), "rng": NOT_RNG}),
    Door("Array.currents", lambda **k: TILE.program(W, rng=rng()).array.currents(**k),
         {"v": X[:, None], "rng": rng()},
         {"v": [*broken(X[:, None])[:-2], X], "rng": NOT_RNG}),
    Door("Array.currents, transposed",
         lambda **k: TILE.program(W, rng=rng()).array.currents(forward=False, **k),
         {"v": D[:, None], "rng": rng()},
         {"v": [*broken(D[:, None])[:-2], D], "rng": NOT_RNG}),
    Door("Memristor.age", lambda **k: Memristor().fabricate(
        (2, 2), rng=rng(), dtype=np.float64).age(**k), {"seconds": 1.0},
        {"seconds": NOT_NUMBER}),
    Door("Network", lambda **k: Network(**k),
         {"input_shape": (5, 5), "layers": {"out": Dense(units=2)}},
         {"input_shape": [None, "ab", 5, (0, 5), (2.5, 2)],
          "layers": [None, {}, [Dense(units=2)], {"out": None}, {"out": Dense}, {"r": Relu()}]}),
    Door("Network.build", NETWORK.build, {"substrate": TILE, "streams": Streams(0)},
         {"substrate": [*NOT_PART, IdealCell()], "streams": [*NOT_PART, rng()],
          "blocks": [8, "circuit", SerialDac()], "weights": [3, [W], {"conv": W}, {"out": None}]}),
    Door("Chip.scores", lambda **k: chip().scores(**k), {"x": SAMPLES, "rng": rng()},
         {"x": broken(SAMPLES), "rng": NOT_RNG}),
    Door("Chip.outputs", lambda **k: chip().outputs(**k), {"x": SAMPLES, "rng": rng()},
         {"x": broken(SAMPLES), "rng": NOT_RNG}),
    Door("Chip.gradients", lambda **k: chip().gradients(**k),
         {"x": SAMPLES, "targets": LABELS, "rng": rng()},
         {"x": broken(SAMPLES), "targets": NOT_LABELS, "rng": NOT_RNG, "masks": NOT_RNG[1:]}),
    Door("Chip.learn", lambda **k: chip().learn(**k),
         {"x": SAMPLES, "targets": LABELS, "rate": 0.01, "rng": rng()},
         {"x": broken(SAMPLES), "targets": NOT_LABELS, "rate": NOT_RATE, "rng": NOT_RNG,
          "masks": NOT_RNG[1:], "writes": NOT_RNG[1:]}),
    Door("Chip.learn of floats", lambda **k: chip(Digital()).learn(**k),
         {"x": SAMPLES, "targets": LABELS, "rate": 0.01, "rng": rng()},
         {"x": broken(SAMPLES), "targets": NOT_LABELS, "rate": NOT_RATE, "rng": NOT_RNG}),
    Door("Chip.aged", lambda **k: chip().aged(**k), {"seconds": 1.0}, {"seconds": NOT_NUMBER}),
    Door("Chip.restore", lambda **k: chip().restore(**k), {"arrays": chip().arrays()},
         {"arrays": [None, "x", [], {}, {"conv/values": W}]}),
    Door("evaluate", evaluate, {"chip": chip(), "x": SAMPLES, "targets": LABELS, "rng": rng()},
         {"chip": [*NOT_PART, TILE], "x": broken(SAMPLES), "targets": NOT_LABELS, "rng": NOT_RNG,
          "groups": ["ab", np.array([0, 1]), np.array(["a", "b", "c"])]}),
    Door("repaired", repaired, {"chip": chip(), "repair": GlobalFactor(), "streams": Streams(0),
                                "host": Host(programmed=chip())},
         {"chip": [*NOT_PART, TILE], "repair": [*NOT_PART, GlobalFactor], "host": NOT_PART,
          "streams": [*NOT_PART, rng()]}),
    Door("fit", lambda **k: fit(chip() if k["chip"] is NOTHING else k.pop("chip"),
                                **{n: v for n, v in k.items() if n != "chip"}),
         {"chip": NOTHING, "train": (SAMPLES, LABELS), "validation": (SAMPLES, LABELS),
          "training": Training(epochs=1), "streams": Streams(0)},
         {"chip": NOT_PART, "training": NOT_PART, "streams": NOT_PART,
          "train": [None, "ab", 3, (SAMPLES,), (SAMPLES, None), (None, LABELS),
                    (SAMPLES, LABELS + 1), (SAMPLES, LABELS[:2]), (SAMPLES * np.nan, LABELS)],
          "validation": [None, (SAMPLES, LABELS - 1), (SAMPLES[:0], LABELS[:0])]}),
    *(Door(f"Wires.{name}", lambda name=name, **k: getattr(Wires(r_wl=1, r_bl=1), name)(**k),
           {"g": G}, {"g": [*broken(G)[:-4], np.ones(3), -G]})
      for name in ("operator", "reduce", "estimate", "input_admittance", "output_admittance")),
    *(Door(f"Wires.{name}", getattr(Wires(r_wl=1, r_bl=1), name), {"g": G, "v": np.ones((2, 3))},
           {"g": [*broken(G)[:-4], np.ones(3), -G],
            "v": [*broken(np.ones((2, 3)))[:-3], np.ones(3)],
            "cell": ["ohmic", 3], "accuracy": NOT_NUMBER,
            "v_bl": [3, "x", np.ones((1, 4)), np.full((2, 4), np.nan)],
            "floating_wl": [3, "x", np.ones(3)], "floating_bl": [3, np.ones(3)]})
      for name in ("solve", "gradient", "linearise")),
    Door("Linearised.vjp", Wires(r_wl=1, r_bl=1).linearise(G, np.ones((2, 3))).vjp,
         {"weights": np.ones((2, 4))}, {"weights": broken(np.ones((2, 4)))[1:-3]}),
    Door("Linearised.jvp", Wires(r_wl=1, r_bl=1).linearise(G, np.ones((2, 3))).jvp,
         {"g": G}, {"g": broken(G)[1:-3], "r_wl": ["x", np.nan], "v": [3, "x", np.ones((1, 3))]}),
    Door("Streams", lambda **k: Streams(**k), {"seed": 0},
         {"seed": [None, "7", 1.5, 2.0, -1, True, [1], np.nan]}),
    Door("Streams()", Streams(0), {"name": "read"}, {"name": [None, 3, ["read"]]}),
    *(Door(f"{type(one).__name__}.fit", one.fit, {"x": IMAGES + np.arange(5)},
           {"x": [*broken(IMAGES)[:10], IMAGES]}) for one in (ZScore(), Unit(), Features())),
    *(Door(f"{type(one).__name__}.fit()", one.fit(IMAGES + np.arange(5)), {"x": IMAGES},
           {"x": broken(IMAGES)[:10]}) for one in (ZScore(), Db80())),
    Door("Dataset", Dataset, {"x": SAMPLES, "y": LABELS},
         {"x": [*broken(SAMPLES)[:10], np.ones(3)],
          "y": [None, "car", np.array(["a", "b", "a"]), np.array([True, False, True]),
                np.array([1, 2, 3]), np.array([0, -1, 1]), np.array([0, 2**62, 1]),
                np.array([0, 1]), np.array([[0], [1], [0]]), np.array([0, None, 1], object),
                np.array([0, 1, 0]) + 0j, np.array([0.0, np.nan, 1.0]), np.array([0, 0, 0])],
          "groups": [3, "ab", np.arange(3.0), np.arange(4)],
          "folds": [np.arange(3.0), np.arange(2)],
          "classes": [("a",), ("a", "a"), ("a", "b", "c")]}),
    *(Door(f"{type(one).__name__}.split", one.split,
           {"data": Dataset(x=np.ones((18, 1)), y=np.repeat([0, 1], 9)), "rng": rng()},
           {"data": [None, "ab", np.repeat([0, 1], 9)], "rng": NOT_RNG})
      for one in (BySample(), ByGroup())),
    Door("EngineSounds.waveform", EngineSounds(clips=1).waveform, {"name": "car", "clip": 0},
         {"name": [None, "ship", 3], "clip": [None, -1, 0.5, "a"]}),
    Door("windows", FRONT.windows, {"waveform": np.ones(2 * FRONT.samples)},
         {"waveform": [None, "a.wav", np.ones((2, 9)), np.full(9, np.nan), np.ones(9) + 0j]}),
    Door("images", FRONT.images, {"windows": np.ones((1, FRONT.samples))},
         {"windows": [None, "a.wav", np.ones(FRONT.samples), np.ones((1, 9)),
                      np.full((1, FRONT.samples), np.nan), np.ones((1, FRONT.samples)) + 0j]}),
    Door("load", FRONT.load, {"path": NOTHING}, {"path": [None, 3, "", "missing.wav", b"\0"]}),
    Door("leti_2026", leti_2026, {"counts": COUNTS}, {"counts": NOT_PART, "rate": NOT_NUMBER}),
    Door("exact", exact, {"counts": COUNTS}, {"counts": NOT_PART, "rate": NOT_NUMBER}),
    Door("digital", digital, {"counts": COUNTS}, {"counts": NOT_PART, "rate": NOT_NUMBER}),
    Door("latency", latency, {"positions": 4, "copies": 2, "t_cycle": 1e-9},
         {"positions": NOT_WHOLE[:-1], "copies": NOT_WHOLE[:-1], "t_cycle": NOT_NUMBER}),
    *(Door(one.__name__, one, {"bits": 8}, {"bits": NOT_WHOLE})
      for one in (murmann_floor, isaac_dac, adc_models)),
    Door("andrulis", andrulis, {"bits": 8},
         {"bits": NOT_WHOLE, "rate": NOT_NUMBER, "node": NOT_NUMBER}),
    Door("neurosim_sar", neurosim_sar, {"bits": 8},
         {"bits": NOT_WHOLE, "node": NOT_NUMBER, "r_column": NOT_NUMBER, "v_read": NOT_NUMBER,
          "temperature": NOT_NUMBER}),
]  # fmt: skip
CASES = [(door, argument) for door in DOORS for argument in door.wrong]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_good_arguments_are_taken_and_stay_as_they_are(door):
    given = {name: value for name, value in door.good.items() if name != "rng"}
    before = copy.deepcopy(given)
    if door.name != "load":
        door.call(**door.good)
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, before[name], err_msg=name)


@pytest.mark.parametrize(
    ("door", "argument"), CASES, ids=[f"{door.name}-{argument}" for door, argument in CASES]
)
def test_wrong_arguments_are_refused_by_name(door, argument):
    for value in door.wrong[argument]:
        with pytest.raises(CrossbarError) as error:
            pytest.fail(f"{argument}={value!r} gave {door.call(**door.good | {argument: value})!r}")
        assert FORM.match(str(error.value)), str(error.value)
        assert len(str(error.value)) < 400, str(error.value)


@pytest.mark.parametrize("kind", [*SUBSTRATES, "Compensated"])
def test_restore_refuses_what_no_cell_can_hold_and_names_it(kind):
    weights = held(kind)
    good = {name: array.copy() for name, array in weights.arrays().items()}
    before = {name: array.copy() for name, array in good.items()}
    for name, array in good.items():
        wrong = [{k: v for k, v in good.items() if k != name}]
        if name.endswith(".free"):
            continue
        wrong += [good | {name: value} for value in (array[..., None], array.astype(str), None)]
        if array.dtype.kind == "f":
            wrong.append(good | {name: np.full(array.shape, np.nan)})
        if name.endswith(".g") or name == "factor":
            wrong.append(good | {name: -1.0 - array})
        for arrays in wrong:
            with pytest.raises(CrossbarError, match=name.rpartition(".")[2]) as error:
                weights.restore(arrays)
            assert FORM.match(str(error.value)), str(error.value)
    for name, array in weights.arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_chip_keeps_its_state_where_one_layer_cannot_be_restored():
    one = chip()
    good = {name: array.copy() for name, array in one.arrays().items()}
    shifted = {name: array * 0.9 if name.endswith(".g") else array for name, array in good.items()}
    broken_last = shifted | {"out/cells1.g": np.full_like(good["out/cells1.g"], np.nan)}
    with pytest.raises(CrossbarError, match="'g': expected finite numbers, got nan"):
        one.restore(broken_last)
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, good[name])
    one.restore(shifted)
    np.testing.assert_array_equal(one.arrays()["out/cells1.g"], shifted["out/cells1.g"])


def test_numbers_too_large_for_single_precision_are_refused():
    weights = TILE.program(W, rng=rng())
    with pytest.raises(CrossbarError, match="expected finite numbers, got inf"):
        weights.matvec(np.full((1, 4), 1e300), rng=rng())


def test_lists_are_arrays():
    weights = held("Digital")
    expected = weights.matvec(X, rng=rng())
    np.testing.assert_array_equal(weights.matvec(X.tolist(), rng=rng()), expected)
