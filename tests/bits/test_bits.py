"""Seeded runs give what they gave when they were recorded, to the last bit."""

from __future__ import annotations

import pytest
from record import RECORDS, differences, fingerprint, read, taken
from seeded_runs import CASES

ROUNDING = 1e-4  # of sums in single precision over two epochs, far above what their order changes


def test_every_case_has_a_record() -> None:
    assert {path.stem for path in RECORDS.glob("*.json")} == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_a_run_gives_its_recorded_bits(case: str) -> None:
    made_with, then = read(RECORDS, case)
    alike = made_with == fingerprint()
    if not alike and not CASES[case].steady:
        pytest.skip(
            "recorded on another processor; run python tests/bits/record.py at the commit before "
            "a change, or python tests/bits/record.py --against COMMIT"
        )
    assert differences(then, taken(case), None if alike else ROUNDING) == []


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("resume-")])
def test_a_resumed_training_gives_the_recorded_bits_of_one_in_one_go(case: str) -> None:
    assert read(RECORDS, case)[1]["differences"] == 0.0
