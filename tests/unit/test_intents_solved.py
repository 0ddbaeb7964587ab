"""Support vectors become the weights of spiking outputs, and name texts as they do themselves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "intents_solved.py"


def test_an_ideal_chip_names_texts_as_the_support_vectors_do(tmp_path: Path) -> None:
    words = {"Play": "play {} by the river", "Book": "book a table for {} people"}
    rows = [
        {"text": text.format(k), "intent": name, "slots": [], "split": part}
        for part, count in (("train", 30), ("test", 10))
        for name, text in words.items()
        for k in range(count)
    ]
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = subprocess.run(
        [sys.executable, SCRIPT, "--texts", texts, "--lines", "64", "--out", tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shares = dict(re.findall(r"^(.+): ([\d.]+) %", done.stdout, re.MULTILINE))
    assert list(shares) == ["support vectors on x", "ideal", "cmos", "reram", "verified"]
    assert shares["ideal"] == shares["support vectors on x"] == "100.0"
