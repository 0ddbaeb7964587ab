"""Generate MNIST-1D as arrays: 5000 sequences of 40 numbers, ten classes.

    pip install mnist1d
    python scripts/make_mnist1d.py

They stand in ``runs/mnist1d.npz``, where ``scripts/mnist1d.toml`` looks for them: the 4000 samples
for training of the source, then its 1000 for tests.

Source: S. Greydanus and D. Kobak, "Scaling Down Deep Learning with MNIST-1D", ICML 2024
(arXiv:2011.14439), whose package generates them (Apache-2.0).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

PLACE = Path("runs") / "mnist1d.npz"


def main(arguments: list[str] | None = None) -> Path:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=PLACE, help="the archive to write")
    path: Path = parser.parse_args(arguments).out
    from mnist1d.data import get_dataset_args, make_dataset

    made = make_dataset(get_dataset_args())
    x, y = (np.concatenate([made[name], made[f"{name}_test"]]) for name in ("x", "y"))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, x=x.astype(np.float32), y=y.astype(np.uint8))
    print(f"{len(y)} sequences in {path}")
    return path


if __name__ == "__main__":
    main()
