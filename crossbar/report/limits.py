"""What the numbers do not show, written from what was really used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from crossbar.energy import assumed_share
from crossbar.report.records import Run
from crossbar.report.wording import listing, seeds_of
from crossbar.sources import is_assumed
from crossbar.types import Record

EPOCHS, SEEDS = 30, 5  # of the reference experiment; fewer seeds bound loosely


def limits(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return the limits of trainings, each sentence once, with the runs that it holds for."""
    return said(
        {run.name: (*general(run), *_followed(run), *_cut(run), *_outside(run), *_stress(run),
                    *_energy(run)) for run in runs},
        listing,
    )  # fmt: skip


def said(
    sentences: Mapping[str, Iterable[str]], where: Callable[[list[str]], str]
) -> tuple[str, ...]:
    """Return ``sentences`` of runs, by name, each once; before it ``where`` says of which it is."""
    names: dict[str, list[str]] = {}
    for name, own in sentences.items():
        for sentence in own:
            names.setdefault(sentence, []).append(name)
    return tuple(
        sentence
        if len(holding) == len(sentences)
        else f"{where(holding)}: {sentence[0].lower()}{sentence[1:]}"
        for sentence, holding in names.items()
    )


def general(run: Run) -> tuple[str, ...]:
    """Return the limits of ``run`` by its settings and sources, without its energy."""
    return (*_data(run), *_statistics(run), *_hardware(run))


def _data(run: Run) -> Iterator[str]:
    result, data = run.result, run.result["data"]
    sample, group = data["sample"], data["group"]
    yield from data["limits"]
    if result["split"] == "fold":
        yield (
            "The split is by fold: seeds share one test part, so their spread says nothing about "
            f"other {group}s; a sweep over data.split.test does."
        )
    elif not data["grouped"]:
        yield (
            f"The split is by {sample}, as if all {sample}s were independent: the data have no "
            "groups. If some belong together (one writer, one machine, one day), results on new "
            "ones are worse."
        )
    elif result["split"] == sample:
        yield (
            f"The split is by {sample}: {sample}s of one {group} are in training and in test, so "
            f"the accuracy holds for {group}s that the chip has met before, not for new ones."
        )
    else:
        yield (
            f"The split is by {group}; {sample}s of one {group} resemble each other, so the test "
            f"{sample}s are fewer independent samples than their number."
        )


def _statistics(run: Run) -> Iterator[str]:
    result, epochs = run.result, run.result["config"]["train"]["epochs"]
    n = len(result["seeds"])
    if n == 1:
        yield "One seed: the spread over initial weights, splits and devices is not known."
    elif n < SEEDS:
        yield (
            f"{n} seeds ({seeds_of(result)}) bound the mean loosely: the interval is wide, "
            "and is cut at the limits of the figure of merit."
        )
    if epochs == 0:
        yield "Nothing was trained: the weights are the initial ones."
    elif epochs < EPOCHS:
        yield f"Training was shorter ({epochs}) than the {EPOCHS} epochs of the reference."


def _followed(run: Run) -> Iterator[str]:
    """Yield how far line resistance was from exact while cells learned."""
    logs = [log for chip in run.chips for log in chip.record.get("line_resistance", {}).values()]
    checked = [log["largest"] for log in logs if log["count"]]
    if checked:
        yield (
            f"Between {sum(log['count'] for log in logs)} exact recalculations of line resistance "
            f"an estimate followed the cells, at most {100 * max(checked):.2g} % of the range away "
            "(rms of a layer)."
        )
    elif logs:
        solved = "no cell changed between two calculations"
        if not run.result["ohmic"]:
            solved = "every vector was solved by Newton's method"
        yield f"Line resistance was exact: {solved}."


def _hardware(run: Run) -> Iterator[str]:
    """Yield what the hardware leaves out."""
    config = run.result["config"]
    if not run.analog:
        yield "No hardware is modelled; only arithmetic, in the same order as on the chip."
        return
    own = [one for one in config.get("layers", {}).values() if one["device"]]
    hardware = [{"device": config["device"], **config["tile"]}, *own]
    hardware = [one for one in hardware if one["device"]]
    if all(one["wires"] is None for one in hardware):
        yield "Wires are ideal: no line resistance, no capacitance, no voltage drop on the lines."
    else:
        yield "Line resistance is static: no capacitance."
    if all(one["size"] is None for one in hardware):
        yield "Every layer is one array, whatever its size; real arrays have some hundred lines."
    if all(_ideal(block) for block in config["blocks"].values() if isinstance(block, dict)):
        yield (
            "Circuit blocks (amplifier, softmax, difference, multiplier, normaliser) compute "
            "ideally: no gain error, offset, noise or saturation."
        )
    if not run.result["drifts"]:
        yield "The device model has no drift: its curve against time is flat by assumption."
    if all(one["reading"]["temperature"] == 0 for one in hardware):
        yield "Thermal noise is off."
    yield (
        "The simulation is behavioural: settling, supply noise, crosstalk and process corners are "
        "not in it."
    )
    if run.result["ohmic"]:
        yield "Cells are ohmic: their current is proportional to the voltage, however large."
    else:
        yield from _conduction(hardware)
    yield from dict.fromkeys(note for one in hardware for note in _extrapolated(one["device"]))
    if any(map(is_assumed, run.result["device_source"].split("; "))):
        yield "Some numbers of the device are assumed; they are marked under Assumptions."


def _conduction(hardware: Sequence[Record]) -> Iterator[str]:
    """Yield what is assumed of the current of cells against their voltage."""
    laws = [law for one in hardware if (law := one["device"].get("conduction"))]
    words = [", ".join(f"{k} = {v:g}" for k, v in law.items() if isinstance(v, float))
             for law in laws]  # fmt: skip
    named = [f"{law['type']}{f' ({numbers})' if numbers else ''}"
             for law, numbers in zip(laws, words, strict=True)]  # fmt: skip
    yield (
        f"Cells follow {listing(list(dict.fromkeys(named)))}: inputs are amplitudes, which a law "
        "that is not ohmic distorts, forward and back. Thermal noise away from rest is that of the "
        "differential conductance, an approximation."
    )
    if any(one["wires"] is not None for one in hardware):
        yield "Noise of such cells on lines with resistance omits couplings between lines."


def _extrapolated(device: Record) -> Iterator[str]:
    """Yield what of a measured pulse response was not measured."""
    step = device.get("step")
    if not isinstance(step, dict):
        return
    for kind in ("set", "reset"):
        low, high = step.get(f"{kind}_measured", (0.0, 1.0))
        if (low, high) != (0.0, 1.0):
            yield (
                f"The {kind} steps of the device were measured from {100 * low:.3g} to "
                f"{100 * high:.3g} % of its range; outside, those of the nearer end are taken."
            )
    if note := step.get("note"):
        yield f"Steps of the device: {note}."


def _outside(run: Run) -> Iterator[str]:
    """Yield how many outputs of the softmax block are no probabilities."""
    seeds = run.result["per_seed"]
    outside = sum(seed.get("probabilities_outside", 0) for seed in seeds)
    if outside:
        classes = len(run.result["classes"])
        total = sum(seed["test_images"] for seed in seeds) * classes
        yield (
            f"Errors of the softmax block take {outside} of {total} outputs in the test below 0 or "
            "above 1: these are not probabilities. The loss takes them as 1e-30 and as 1."
        )


def _cut(run: Run) -> Iterator[str]:
    cut = sum(float(chip.record["weight_changes_cut"]) for chip in run.chips) if run.analog else 0
    if cut:
        yield f"{cut:.0f} weight changes met the end of a cell's range and were cut there."


def _ideal(block: Record) -> bool:
    e = block.get("errors", {})
    return not any(e.get(k) for k in ("gain_error", "offset", "noise")) and e.get("saturation") in (
        None,
        float("inf"),
    )


def _stress(run: Run) -> Iterator[str]:
    if not run.analog:
        return
    if run.stress is None:
        yield "Not tested under stuck cells, read noise and drift (`crossbar stress` does it)."
    else:
        yield (
            "Each stress is drawn once a seed and applied after training, one at a time; a chip "
            "that learns with it, or meets several at once, behaves differently."
        )


def _energy(run: Run) -> Iterator[str]:
    if not run.analog:
        return
    if run.energy is None:
        yield "Energy was not counted."
        return
    yield from assumed_energy([run.energy])


def assumed_energy(records: Sequence[Record]) -> Iterator[str]:
    """Yield how much of the physical energy rests on assumed costs, over all ``records``."""
    for phase in ("inference", "training"):
        shares = [100 * assumed_share(record, phase) for record in records]
        ends = dict.fromkeys(f"{end:.0f}" for end in (min(shares), max(shares)))
        yield (
            f"{' to '.join(ends)} % of the physical energy of {phase} rests on assumed costs of "
            "circuit blocks."
        )
