"""`crossbar energy`: what a chip does, and what it costs."""

from __future__ import annotations

from crossbar.cli.options import Assignments, Config, Json


def energy_command(config: Config, assignments: Assignments = None, *, json: Json = False) -> None:
    """Count what a chip does and charge it by every convention, each cost with its source.

    In place of settings, DIR of `train` gives what was counted on its first trained chip.

    Example: crossbar energy scripts/leti_cnn.toml device.kind=reram energy.rate=1000
    """
    from crossbar.cli import show
    from crossbar.cli.console import Bars, print_json
    from crossbar.runs import energy, experiment, override, read
    from crossbar.runs.store.result import kept_energy

    if config.is_dir() and not assignments:
        record = kept_energy(config)
    else:
        plan = experiment(override(read(config), assignments or []))
        with Bars() as bars:
            record = energy(plan, progress=bars)
    print_json(record) if json else show.energy(record)
