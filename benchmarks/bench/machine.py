"""The machine: what it is, and the rates that bound every program on it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np

from crossbar.kernels.draws import fill_normals

PACKAGES = ("crossbar-sim", "numpy", "scipy", "numba", "aihwkit", "torch", "badcrossbar")


def description() -> dict[str, object]:
    """Return processor, cores, memory and system."""
    model = cpu_field("model name") or platform.processor() or platform.machine()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": f"{model}, family {cpu_field('cpu family')}, model {cpu_field('model')}",
        "vector": "AVX-512" if "avx512f" in cpu_field("flags").split() else "no AVX-512",
        "cores": os.cpu_count(),
        "memory_gib": round(pages / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def cpu_field(name: str) -> str:
    """Return a field of /proc/cpuinfo, empty where there is none."""
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.exists() else []:
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def versions() -> dict[str, str]:
    """Return the versions of what takes part."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def bandwidth(footprint: float) -> float:
    """Return the rate of reading data of ``footprint`` bytes over and over [bytes/s]."""
    data = np.ones(max(int(footprint) // 8, 512))
    calls = max(1, int(2e7 / data.nbytes))
    return data.nbytes * calls / best(lambda: [data.dot(data) for _ in range(calls)])


def product_rate(precision: str, side: int = 768) -> float:
    """Return the rate of a matrix product, multiplications and additions [1/s]."""
    a = np.random.default_rng(0).standard_normal((side, side)).astype(precision)
    out = np.empty_like(a)
    return 2 * side**3 / best(lambda: np.matmul(a, a, out=out))


def normal_rate() -> float:
    """Return the rate of the generator of normals in the kernels [1/s]."""
    out = np.empty(2**16, np.float32)
    return 16 * out.size / best(lambda: [fill_normals(out, np.uint64(1)) for _ in range(16)])


def best(run: Callable[[], object], repeats: int = 9) -> float:
    """Return the shortest time of ``run`` [s]: a rate of the hardware is its best."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
