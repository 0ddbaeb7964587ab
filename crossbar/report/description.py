"""What was run, in words, and how to run it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from crossbar.report.records import Run
from crossbar.report.wording import quantity_text, seeds_of
from crossbar.types import Record

REFERENCE = (
    "The reference system is the analog convolutional network with on-chip learning of Petrov, "
    "Ryndin and Andreeva (Computer Research and Modeling 18(1):81-99, 2026), below LETI 2026."
)


def shared(runs: Sequence[Run]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the sentences that describe all ``runs``, and those of each alone."""
    said = {run.name: sentences(run) for run in runs}
    common = [s for s in said[runs[0].name] if all(s in own for own in said.values())]
    return common, {name: [s for s in own if s not in common] for name, own in said.items()}


def sentences(run: Run) -> list[str]:
    """Return the configuration of ``run`` in sentences."""
    return [_data(run.result), _split(run.result), _network(run), _hardware(run.result),
            _training(run)]  # fmt: skip


def _data(result: Record) -> str:
    data = result["data"]
    sample = data["sample"]
    counts = ", ".join(
        f"{name}: {samples} {sample}s"
        + (f" of {groups} {data['group']}s" if data["grouped"] else "")
        for name, (samples, groups) in result["windows_by_class"].items()
    )
    text = f"Data: {result['data_source']}; {result['windows']} {sample}s ({counts})."
    if dropped := result["silent_windows_dropped"]:
        text += f" {dropped} silent windows were omitted."
    if skipped := result.get("files_skipped"):
        text += f" Not read: {'; '.join(skipped)}."
    return f"{text} Each is {data['form']}, normalised {data['normalised']}."


def _split(result: Record) -> str:
    folds = result["config"]["data"]["split"]
    if folds["type"] == "ByText":
        return (
            "Split by the parts that the texts name, the same for every seed. Every seed draws its "
            f"own initial weights, device spread and order of samples; {seeds_of(result)}. The "
            "chip after the last epoch is tested, once."
        )
    if result["split"] == "fold":
        validation = "the next" if folds["validation"] is None else f"fold {folds['validation']}"
        return (
            f"Split by the folds that the data give: test on fold {folds['test']}, validation on "
            f"{validation}, training on the others, the same for every seed. Every seed draws its "
            f"own initial weights, device spread and order of samples; {seeds_of(result)}. The "
            "chip after the last epoch is tested, once."
        )
    fractions = folds.get("fractions", [])
    shares = " / ".join(f"{100 * f:g}" for f in fractions)
    data = result["data"]
    sample, group = data["sample"], data["group"]
    sides = f" (no {group} has {sample}s in two parts)"
    if result["split"] == sample:
        sides = f" ({sample}s of one {group} are in several parts)" if data["grouped"] else ""
    return (
        f"Split by {result['split']}{sides}, {shares} % for training, validation and test. "
        f"Every seed draws its own split, initial weights, device spread and order of samples; "
        f"{seeds_of(result)}. The chip after the last epoch is tested, once."
    )


def _network(run: Run) -> str:
    n = run.result["config"]["network"]
    layers = [k.split("/")[1] for k in run.cells if k.startswith("after/") and "weights" in k]
    held = {name: run.cells[f"after/{name}/weights"][0] for name in layers}
    weights = sum(matrix.size for matrix in held.values())
    sizes = ", ".join(f"{name} ({w.shape[0]} x {w.shape[1]})" for name, w in held.items())
    return f"Network: {_spoken(n)}: {weights:,} weights in {len(held)} matrices, {sizes}."


def _spoken(part: Record) -> str:
    """Return the type of ``part`` with its fields, or the layers that it lists, in words."""
    if part["type"] == "Listed":
        layers = part["layers"].items()
        return ", ".join(f"{name} ({_spoken({'type': k['kind'], **k})})" for name, k in layers)
    fields = {k: v for k, v in part.items() if k not in ("type", "kind")}
    said = ", ".join(f"{k.replace('_', ' ')} {_value(v)}" for k, v in fields.items())
    return f"{part['type']} with {said}" if said else str(part["type"])


def _value(value: Any) -> str:
    """Return the value of a setting as a sentence says it; a part stands in brackets."""
    if isinstance(value, dict):
        return f"({_spoken(value)})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _hardware(result: Record) -> str:
    config, own = result["config"], result["config"].get("layers", {})
    if not config["device"] and not any(one["device"] for one in own.values()):
        return "Hardware: none. The weights are floating-point numbers; this is the reference."
    cells = {name: one["words"] for name, one in result["weight_cells"].items()}
    kind = f"device.kind = {result['device']}"
    shared = _held_in(config["device"], config["tile"], kind, cells.get("tile", ""))
    layers = (f" Layer {name}: "
              f"{_held_in(one['device'], one, one['kind'], cells.get(f'layers.{name}', ''))}."
              for name, one in own.items())  # fmt: skip
    return f"Hardware: {shared}.{''.join(layers)}"


def _held_in(device: Record | None, tile: Record, kind: str, cells: str) -> str:
    """Return what weights are held in, ``cells`` in words, and how they are read."""
    if not device:
        return "floating-point numbers in digital memory"
    reading = tile["reading"]
    converters = " and ".join(
        _converter(name.upper(), tile[name]) for name in ("dac", "adc") if tile[name]
    )
    signals = (
        f"{quantity_text(reading['v_read'], 'V')} for {quantity_text(reading['t_read'], 's')} at "
        f"{reading['temperature']:g} K"
    )
    wires = "line resistance modelled" if tile["wires"] else "ideal wires"
    bits = f" with {device['bits']}-bit codes" if "bits" in device else ""
    return (
        f"{device['type']} cells{bits} ({kind}); {cells} ({tile['mapping']['type']}); read with "
        f"up to {signals}; {wires}; {converters or 'no converters'} in the signal path"
    )


def _converter(name: str, given: Record) -> str:
    bits = f" of {given['bits']} bits" if "bits" in given else ""
    return f"{name}{bits} ({given['type']})"


def _training(run: Run) -> str:
    config = run.result["config"]
    t, learner = config["train"], config["learner"]
    where = "in the arrays themselves: forward reads, transposed reads and weight changes"
    text = (
        f"Training: backpropagation {where if run.analog else 'in floating point'}, "
        f"{t['epochs']} epochs, rate gamma = {t['gamma']:g}, {t['batch']} "
        f"{'sample' if t['batch'] == 1 else 'samples'} a step."
    )
    if learner["type"] != "Sequential":
        text += f" Learning rule: {_spoken(learner)}."
    return text + (f" Loss: {_spoken(t['loss'])}." if t["loss"] else "")


def again(run: Run) -> str:
    """Return the commands that run ``run`` again, with its settings."""
    stress = f"{run.stress_command}\n" if run.stress_command else ""
    return (
        f"cat > {run.name}.toml <<'END'\n{toml(run.settings)}END\n"
        f"crossbar train {run.name}.toml --out {run.name}\n{stress}crossbar report {run.name}\n"
    )


def toml(settings: Record, section: str = "") -> str:
    """Return nested settings as TOML.

    Examples
    --------
    >>> print(toml({"seed": [0, 1], "train": {"epochs": 8}}), end="")
    seed = [0, 1]
    <BLANKLINE>
    [train]
    epochs = 8
    """
    lines = [f"{k} = {_toml(v)}\n" for k, v in settings.items() if not isinstance(v, dict)]
    for name, inner in settings.items():
        if isinstance(inner, dict):
            path = f"{section}.{name}" if section else name
            lines.append(f"\n[{path}]\n{toml(inner, path)}")
    return "".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{k} = {_toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps("none" if value is None else value, ensure_ascii=False)
