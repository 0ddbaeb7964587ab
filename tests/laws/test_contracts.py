"""What parts from outside are held to, the parts of the package keep as well."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from refusals import complaint

import crossbar.runs  # noqa: F401 (registers everything)
from crossbar import Digital, Streams, contracts
from crossbar.circuit.blocks import Blocks
from crossbar.contracts import Contract
from crossbar.nn import Dense, Flatten, Network, Node, losses
from crossbar.nn.layers import contract as layer_contract
from crossbar.registry import registries
from crossbar.runs.metrics import Metric
from crossbar.specification import Specification

NOT_DERIVED_FROM = (Blocks, Metric, Network)  # complete classes, made of others


def parts() -> dict[str, Any]:
    """Every part that a registry has and that needs nothing said about it."""
    known = {}
    for registry in registries():
        for name in registry.names:
            entry = registry.resolve(name, registry.group)
            entry = getattr(entry, "device", entry)  # of a preset
            if isinstance(entry, type) and issubclass(entry, Contract):
                needed = [p for p in inspect.signature(entry).parameters.values()
                          if p.default is p.empty]  # fmt: skip
                entry = None if needed else entry()
            if isinstance(entry, Contract):
                known[f"{registry.group}.{name}"] = entry
    return known


PARTS = parts()


def test_every_contract_checks_the_classes_that_keep_it() -> None:
    contracts = {one.contract for one in registries()} - {*NOT_DERIVED_FROM}
    assert all(issubclass(one, Specification) for one in contracts)
    assert {one.split(".")[0] for one in PARTS} >= {
        "steps",
        "adcs",
        "devices",
        "mappings",
        "losses",
    }


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_the_package_proves_itself(name: str) -> None:
    assert complaint(PARTS[name].prove) == ""


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[type, str]]:
    """Losses and layers of the package are tried as those from outside: what of which is called."""
    called = []

    def answer(owner: Any, name: str, *given: Any, **keywords: Any) -> Any:
        called.append((type(owner), name))
        return contracts.answer(owner, name, *given, **keywords)

    for module in (losses, layer_contract):
        monkeypatch.setattr(module, "outside", lambda kind: True)
        monkeypatch.setattr(module, "answer", answer)
    return called


@pytest.mark.parametrize("name", [name for name in PARTS if name.startswith("losses.")])
def test_a_loss_of_the_package_is_one(name: str, answered: list[tuple[type, str]]) -> None:
    assert complaint(lambda: PARTS[name].require_outputs(3)) == ""
    tried = ("outputs", "error", "values", "guessing")
    assert answered == [(type(PARTS[name]), method) for method in tried]


@pytest.mark.parametrize("name", [name for name in PARTS if name.startswith("layers.")])
def test_a_layer_of_the_package_keeps_the_contract(
    name: str, answered: list[tuple[type, str]]
) -> None:
    own = Node(PARTS[name], inputs=("input",) * (PARTS[name].takes or 2))
    layers = {"own": own, "flat": Flatten(), "out": Dense(units=2)}
    square = name == "layers.matrix-product"
    flat = name.endswith(("1d", "readout"))
    shape = (4, 2) if flat else (4, 4, 4 if square else 2)
    chip = Network(input_shape=shape, layers=layers).build(Digital(), Streams(0))
    kind = type(chip.layers["own"])
    assert (type(PARTS[name]), "state") in answered
    assert {(kind, of) for of in ("forward", "backward", "infer", "affine")} <= {*answered}
