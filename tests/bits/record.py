"""The records of the seeded runs, and the command that writes them or compares two commits.

    python tests/bits/record.py [CASE ...]               write records/CASE.json, of all cases
    python tests/bits/record.py --against COMMIT [...]   run there and here, print what differs

A record keeps for every array a checksum of its bytes, type and shape, and a few plain numbers,
which show by how much arrays of different bits differ.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # before NumPy is imported: threads take sums in another order
ROOT = Path(__file__).resolve().parents[2]
RECORDS = Path(__file__).parent / "records"

import numpy as np  # noqa: E402
from numba.core.registry import cpu_target  # noqa: E402
from seeded_runs import CASES  # noqa: E402
from threadpoolctl import threadpool_info  # noqa: E402

LIBRARIES = ("numpy", "scipy", "numba", "llvmlite")
Record = dict[str, Any]


def fingerprint() -> dict[str, str]:
    """Return what bits depend on beside the source: processor and libraries."""
    _, cpu, features = cpu_target.target_context.codegen().magic_tuple()
    blas = sorted({f"{b['internal_api']} {b['version']} {b.get('architecture')}"
                   for b in threadpool_info() if b["user_api"] == "blas"})  # fmt: skip
    return {
        "cpu": cpu,
        "features": hashlib.sha256(str(features).encode()).hexdigest()[:12],
        "blas": ", ".join(blas),
        "libc": " ".join(platform.libc_ver()),
    } | {name: version(name) for name in LIBRARIES}


def entry(value: Any) -> Any:
    """Return what a record keeps of an array, of a list of arrays, or of a number."""
    if not isinstance(value, (np.ndarray, list)):
        return float(value)
    arrays = value if isinstance(value, list) else [value]
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    flat = np.concatenate([np.asarray(a, np.float64).ravel() for a in arrays])
    plain = flat[np.isfinite(flat)]
    return {
        "sha256": digest.hexdigest(),
        "size": flat.size,
        "sum": float(plain.sum()),
        "magnitude": float(np.abs(plain).sum()),
        "first": plain[:4].tolist() if len(arrays) == 1 else [],
    }


def taken(case: str) -> Record:
    """Run ``case`` and return its record."""
    return {name: entry(value) for name, value in CASES[case].run().items()}


def differences(then: Record, now: Record, rtol: float | None = None) -> list[str]:
    """Return a line for each entry that differs; with ``rtol``, in its plain numbers."""
    lines = [f"{name}: only in the first" for name in then if name not in now]
    lines += [f"{name}: only in the second" for name in now if name not in then]
    for name in then.keys() & now.keys():
        a, b = then[name], now[name]
        if a != b and (rtol is None or not _close(a, b, rtol)):
            lines.append(f"{name}: {_told(a)} became {_told(b)}")
    return sorted(lines)


def _close(a: Any, b: Any, rtol: float) -> bool:
    if not (isinstance(a, dict) and isinstance(b, dict)):
        return isinstance(a, float) and isinstance(b, float) and bool(np.isclose(a, b, rtol, 0))
    if a["size"] != b["size"]:
        return False
    scale = rtol * a["magnitude"]
    first = np.allclose(a["first"], b["first"], rtol, scale / max(a["size"], 1))
    return first and bool(
        np.allclose([a["sum"], a["magnitude"]], [b["sum"], b["magnitude"]], 0, scale)
    )


def _told(one: Any) -> str:
    if not isinstance(one, dict):
        return repr(one)
    first = "".join(f", {value!r}" for value in one["first"][:2])
    return f"{one['sha256'][:8]} (sum {one['sum']!r}{first})"


def write(folder: Path, cases: list[str]) -> None:
    """Write the records of ``cases`` into ``folder``."""
    folder.mkdir(exist_ok=True)
    for case in cases:
        parts = {"fingerprint": fingerprint(), "record": taken(case)}
        blocks = [f"{json.dumps(name)}: {_lines(part)}" for name, part in parts.items()]
        (folder / f"{case}.json").write_text("{\n" + ",\n".join(blocks) + "\n}\n")


def _lines(part: Record) -> str:
    """Return JSON with one line an entry, so that a difference of two commits is readable."""
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in part.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def read(folder: Path, case: str) -> tuple[dict[str, str], Record]:
    """Return the fingerprint and the record of ``case`` in ``folder``."""
    kept = json.loads((folder / f"{case}.json").read_text())
    return kept["fingerprint"], kept["record"]


@contextlib.contextmanager
def _checked_out(commit: str, place: Path) -> Iterator[Path]:
    """Yield a worktree of ``commit`` in ``place``."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", "--quiet", str(place), commit], check=True)
    try:
        yield place
    finally:
        subprocess.run([*git, "remove", "--force", str(place)], check=True)


def _alone(root: Path, out: Path, cases: list[str]) -> None:
    """Write records into ``out`` by the source in ``root``, in a process of its own."""
    program = root / "tests" / "bits" / "record.py"
    if not program.exists():
        sys.exit("That commit has no tests/bits. Name one that has.")
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, str(program), "--out", str(out), *cases]
    subprocess.run(command, check=True, env=environment, cwd=root)


def compare(commit: str, cases: list[str]) -> int:
    """Print how the runs of ``commit`` and those of this source differ; return how many do."""
    with tempfile.TemporaryDirectory() as temporary:
        then, now = Path(temporary) / "then", Path(temporary) / "now"
        with _checked_out(commit, Path(temporary) / "source") as source:
            _alone(source, then, cases)
        _alone(ROOT, now, cases)
        names = [{path.stem for path in folder.iterdir()} for folder in (then, now)]
        for case in sorted(names[0] ^ names[1]):
            print(f"{case}: only {'there' if case in names[0] else 'here'}")
        unlike = {}
        for case in sorted(names[0] & names[1]):
            unequal = differences(read(then, case)[1], read(now, case)[1])
            if unequal:
                unlike[case] = unequal
                print("\n  ".join([case, *unequal]))
    print(f"{len(unlike)} of {len(names[0] & names[1])} cases differ from {commit}")
    return len(unlike)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help="all where none is given")
    parser.add_argument("--against", metavar="COMMIT", help="compare with this commit")
    parser.add_argument("--out", type=Path, default=RECORDS, help="folder of the records")
    given = parser.parse_args()
    unknown = sorted(set(given.cases) - set(CASES))
    if unknown and not given.against:
        parser.error(f"no case {', '.join(unknown)}; there are: {', '.join(CASES)}")
    if given.against:
        try:
            return 1 if compare(given.against, given.cases) else 0
        except subprocess.CalledProcessError as error:  # what failed has said why
            return int(error.returncode)
    with tempfile.TemporaryDirectory() as cache:  # sounds that another version made do not count
        os.environ["CROSSBAR_CACHE"] = cache
        write(given.out, given.cases or list(CASES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
