"""From a circuit to a network: a cell characterised in ngspice, written to CSV, trained on.

Trains the convolutional network on the ReRAM preset, on the Stanford-PKU cell as pulse
trains in ngspice show it, and on a CSV of pulse traces (shipped, synthetic), and prints the
accuracies with split, seeds and intervals, beside the command that does the same.

    python scripts/ex07_circuit_device.py --out runs/circuit-device
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossbar.devices.equations import StanfordPku
from crossbar.intervals import student
from crossbar.nn import evaluate, fit
from crossbar.plots import pulses as figures
from crossbar.random import Streams
from crossbar.runs import experiment
from crossbar.runs.build import chip, parts_of
from crossbar.spice.memristors.characterise import characterise
from crossbar.spice.memristors.pulse_response import PulseResponse

TRACES = Path(__file__).parent / "data" / "synthetic-pulse-traces.csv"
SPLIT = "recording"


def plan(response: PulseResponse | None, csv: Path | None, data: dict, epochs: int) -> dict:
    """Return the settings of a run; without ``response`` those of the preset."""
    device: dict[str, object] = {"kind": "reram"}
    if response is not None:
        device = {"kind": "constant", "step": str(csv)}
        device |= {
            key.removeprefix("device."): float(value)
            for key, value in (setting.split("=") for setting in response.settings)
        }
    return {"data": data, "device": device, "train": {"epochs": epochs}}


def command(settings: dict) -> str:
    """Return the command line that runs ``settings``."""
    words = [f"{s}.{k}={v:.6g}" if isinstance(v, float) else f"{s}.{k}={v}"
             for s, section in settings.items() for k, v in section.items()]  # fmt: skip
    return "crossbar train scripts/leti_cnn.toml " + " ".join(words)


def accuracies(settings: dict, seeds: int) -> tuple[NDArray[np.float64], float]:
    """Train and test one chip a seed; return also test over training samples."""
    settled = experiment(settings)
    dataset = settled.common.data.dataset()
    found = []
    for seed in range(seeds):
        streams = Streams(seed)
        parts = parts_of(settled.common.data, dataset, seed)
        state = chip(settled, dataset.ends, streams)
        fit(state, parts.train, parts.validation, settled.common.train, streams=streams)
        found.append(evaluate(state, *parts.test, rng=streams("test")).accuracy)
    return np.array(found), parts.resampling


def main(arguments: list[str] | None = None) -> dict[str, NDArray[np.float64]]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--preset", default="default", help="synthetic engine sound")
    parser.add_argument("--clips", type=int, default=60, help="synthetic clips a class")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=16, help="devices of the Monte Carlo")
    parser.add_argument("--cycles", type=int, default=4, help="runs of each device")
    parser.add_argument("--out", type=Path, default=Path("runs/circuit-device"))
    options = parser.parse_args(arguments)
    rng = Streams(0)("characterise")
    circuit = characterise(StanfordPku(), rng=rng, samples=options.samples, cycles=options.cycles)
    circuit.to_csv(options.out / "stanford_pku.csv")
    circuit.traces_to_csv(options.out / "stanford_pku-traces.csv")
    measured = characterise(TRACES)
    for picture in (figures.response(circuit, "stanford_pku"), figures.response(measured, "csv")):
        (options.out / f"{picture.name}.svg").write_bytes(picture.svg)
        (options.out / f"{picture.name}.png").write_bytes(picture.png)
    data = {"preset": options.preset, "clips": options.clips, "split": SPLIT}
    runs = {
        "preset reram": plan(None, None, data, options.epochs),
        "stanford_pku in ngspice": plan(
            circuit, options.out / "stanford_pku.csv", data, options.epochs
        ),
        "pulse traces from CSV": plan(measured, TRACES, data, options.epochs),
    }
    print(f"synthetic engine sound '{options.preset}', {options.clips} clips a class, split by "
          f"{SPLIT}, {options.epochs} epochs, {options.seeds} seeds\n")  # fmt: skip
    print(f"{'device':28}{'test accuracy':>14}{'95 % interval':>18}"
          f"{'minus preset':>17}{'95 % interval':>20}")  # fmt: skip
    results = {}
    for name, settings in runs.items():
        found, resampling = accuracies(settings, options.seeds)
        results[name] = found
        against = found - next(iter(results.values()))
        i = student(found.tolist(), resampling=resampling).within(0, 1)
        line = f"{name:28}{i.mean:14.3f}{f'{i.low:.3f} to {i.high:.3f}':>18}"
        if len(results) > 1:
            i = student(against.tolist(), resampling=resampling)
            line += f"{i.mean:+17.3f}{f'{i.low:+.3f} to {i.high:+.3f}':>20}"
        print(line, flush=True)
    print("\nIntervals: corrected resampled t over seeds; differences are taken seed by seed.")
    print("\nThe same from the command line:")
    for settings in runs.values():
        print(f"  {command(settings)}")
    return results


if __name__ == "__main__":
    main()
