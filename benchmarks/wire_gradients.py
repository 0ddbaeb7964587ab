"""Time, memory and error of all derivatives of a wired read, beside one solution.

    OPENBLAS_NUM_THREADS=1 python benchmarks/wire_gradients.py --sizes 128 512

A read of a square array of 2.5 to 100 uS behind 1 ohm a segment, with random weights. Times are
medians of the processor's, of solutions and gradients in turn; memory is what the process grew by.
Errors are against central differences by five points of the value: each is that of the derivative
along one direction, the changes of conductances and voltages being random; the largest is shown.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from crossbar.devices import DiodeSelector, Sinh
from crossbar.wires import Wires
from crossbar.wires.gradient import RESISTANCES

WIRES = Wires(r_wl=1.0, r_bl=1.0, r_driver=50.0, r_sense=20.0)
LAWS: dict[str, Any] = {"ohmic": None, "sinh": Sinh(v0=0.25), "diode": DiodeSelector(i_sat=1e-7)}


class Read:
    """One read of an array of n x n cells."""

    def __init__(self, n: int, law: Any) -> None:
        rng = np.random.default_rng(n)
        self.law = law
        self.arrays = {
            "g": rng.uniform(2.5e-6, 1e-4, (n, n)),
            "v": rng.uniform(-0.2, 0.2, (1, n)),
            "v_bl": rng.uniform(-0.05, 0.05, (1, n)),
        }
        self.weights, self.weights_wl = rng.uniform(0.5, 1.5, (1, n)), rng.normal(size=(1, n))
        self.along = {k: rng.uniform(-1, 1, a.shape) * a for k, a in self.arrays.items()}

    def solution(self, wires: Wires = WIRES, accuracy: float = 1e-12, **moved: Any) -> Any:
        return wires.solve(**{**self.arrays, **moved}, cell=self.law, accuracy=accuracy)

    def gradient(self, accuracy: float = 1e-12) -> Any:
        return WIRES.gradient(
            **self.arrays, weights=self.weights, weights_wl=self.weights_wl, cell=self.law,
            accuracy=accuracy,
        )  # fmt: skip

    def value(self, name: str, by: float) -> float:
        """Return the weighted currents where ``name`` has moved along its direction."""
        moved: dict[str, Any] = {}
        if name in RESISTANCES:
            moved["wires"] = replace(WIRES, **{name: getattr(WIRES, name) * (1.0 + by)})
        else:
            moved[name] = self.arrays[name] + by * self.along[name]
        solution = self.solution(accuracy=1e-15, **moved)
        drawn = (self.weights_wl * solution.drawn).sum()
        return float((self.weights * solution.currents).sum() + drawn)

    def error(self) -> float:
        """Return the largest error of a derivative, relative to it."""
        gradient, h, worst = self.gradient(1e-14), 1e-2 if self.law is None else 3e-3, 0.0
        for name in (*RESISTANCES, *self.arrays):
            near, far = (self.value(name, k * h) - self.value(name, -k * h) for k in (1, 2))
            expected = (8.0 * near - far) / (12.0 * h)
            along = getattr(WIRES, name) if name in RESISTANCES else self.along[name]
            got = float(np.sum(getattr(gradient, name) * along))
            worst = max(worst, abs(got / expected - 1.0))
        return worst


def seconds(call: Callable[[], Any]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin


def peak() -> float:
    """Return the largest memory of the process so far [MiB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str] | None = None) -> list[tuple[Any, ...]]:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 512])
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args(arguments)
    for law in LAWS.values():
        Read(16, law).gradient()  # compiles
    print("size  law     solution    gradient   ratio   memory     error")
    results = []
    for n in sorted(options.sizes):
        for name, law in LAWS.items():
            read, before = Read(n, law), peak()
            read.gradient()
            memory, times = peak() - before, []
            for _ in range(options.repeats):
                times.append((seconds(read.solution), seconds(read.gradient)))
            one, all_of_them = (median(each) for each in zip(*times, strict=True))
            results.append((n, name, all_of_them / one, memory, read.error()))
            print(
                f"{n:4d}  {name:6s}  {1e3 * one:6.2f} ms  {1e3 * all_of_them:7.2f} ms"
                f"  {all_of_them / one:6.2f}  {memory:4.0f} MiB  {results[-1][-1]:8.1e}",
                flush=True,
            )
    return results


if __name__ == "__main__":
    main()
