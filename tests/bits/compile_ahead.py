"""Runs seeded cases for the sake of what they compile; ``make test`` starts it beside the checks.

    python tests/bits/compile_ahead.py CASE ...

Without it, both processes of the tests compile the largest loops at the same time.
"""

from __future__ import annotations

import sys

from seeded_runs import CASES

if __name__ == "__main__":  # pytest imports it too, for its doctests
    for case in sys.argv[1:]:
        CASES[case].run()
