"""Write the handwritten digits of scikit-learn as arrays: 1797 images of 8 x 8 pixels, ten classes.

    pip install 'crossbar-sim[test]'
    python scripts/make_digits.py

They stand in ``runs/digits.npz``, where ``scripts/digits.toml`` looks for them.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository, 1998: the test part, digits of 13 writers. Who wrote which digit is not published, so
that there are no groups.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

PLACE = Path("runs") / "digits.npz"


def main(arguments: list[str] | None = None) -> Path:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=PLACE, help="the archive to write")
    path: Path = parser.parse_args(arguments).out
    from sklearn.datasets import load_digits

    digits = load_digits()
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, x=digits.images.astype(np.uint8), y=digits.target.astype(np.uint8))
    print(f"{len(digits.target)} digits in {path}")
    return path


if __name__ == "__main__":
    main()
