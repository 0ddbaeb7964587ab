"""Settings as TOML."""

from __future__ import annotations

import tomllib

from crossbar.report.description import toml
from crossbar.runs import experiment


def test_settings_survive_toml() -> None:
    settings = {
        "seed": [0, 1],
        "data": {"path": 'a "quoted" \\ folder', "clips": 12},
        "tile": {"refresh": 2, "mapping": {"kind": "pair", "headroom": 5.5}},
    }
    again = tomllib.loads(toml(settings))
    assert again == settings
    assert experiment(again).common.seed == (0, 1)
