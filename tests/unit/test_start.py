"""What the command line loads before it does anything."""

from __future__ import annotations

import json
import subprocess
import sys

SLOW = ("scipy.signal", "scipy.stats")  # half a second together, and few commands need them


def test_the_command_line_starts_without_slow_libraries() -> None:
    source = "import json, sys, crossbar.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout)
    assert "crossbar.cli.commands" in loaded
    assert [name for name in SLOW if name in loaded] == []
