"""`crossbar stdp`: the learning window of a memristor under overlapping spikes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossbar.cli.options import Json, number, path_option, whole_option

if TYPE_CHECKING:
    from crossbar.spice.learning_windows import ThreeWays
    from crossbar.spiking.plasticity import DevicePlasticity, SideFit

CIRCUITS = ("vteam", "yakopcic", "stanford-pku")
NAMES = ", ".join(CIRCUITS)


def _circuits(incomplete: str) -> list[str]:
    """Return the circuits that begin so."""
    return [one for one in CIRCUITS if one.startswith(incomplete)]


def stdp_command(
    cell: Annotated[
        str, typer.Argument(autocompletion=_circuits, metavar="CELL", help=f"One of: {NAMES}.")
    ],
    parameters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PARAM=VALUE]...",
            help="Of a spike (pre or post: height, width, tail, tau) or of the cell: "
            'post.height="0.17 V" pre.tau="20 us" cell.v_on=-0.25',
        ),
    ] = None,
    *,
    state: Annotated[
        float,
        typer.Option(
            parser=number(low=0.0, high=1.0), metavar="X", help="State before the pair, 0 to 1."
        ),
    ] = 0.5,
    points: Annotated[int, whole_option("Lags a side that are listed.", low=5, high=200)] = 8,
    spice: Annotated[bool, typer.Option("--spice", help="Set ngspice beside it.")] = False,
    jobs: Annotated[int, whole_option("ngspice processes at a time.", low=1, high=1024)] = 2,
    out: Annotated[Path | None, path_option("Folder for the figure and its numbers.")] = None,
    json: Json = False,
) -> None:
    """Show how a pair of spikes moves a memristor: window, exponentials, energy, disturb.

    A presynaptic spike drives the word line, a postsynaptic one the bit line: a plateau, then a
    tail of the other sign. The cell sees post minus pre and moves by its own equations. A spike
    alone stays below its thresholds; a plateau on a tail passes them. The state rises where the
    lag, post minus pre, is positive. Nothing of the window is assumed but waveforms and equations.

    Example: crossbar stdp vteam

    Example: crossbar stdp stanford-pku --spice --out cells/stdp

    Example: crossbar stdp yakopcic post.height="0.15 V" pre.tau="4 ms" --state 0.3
    """
    from crossbar.cli.console import Bars, print_json, say
    from crossbar.files import make_folder
    from crossbar.spice.engine.ngspice import version
    from crossbar.spice.learning_windows import in_ways

    rule = _rule(cell, parameters or [])
    if spice:
        version()  # or its absence, before a folder is made
    if out is not None:
        make_folder(out)
    ways = in_ways(cell, rule, x=state, points=points)
    if spice:
        with Bars() as bars:
            ways = ways.simulated(jobs=jobs, progress=bars)
    if out is not None:
        _draw(ways, out)
    if json:
        print_json(_record(ways))
        return
    _show(ways)
    if out is not None:
        say(f"Kept in {out}.")


def _draw(ways: ThreeWays, out: Path) -> None:
    """Draw the window into the folder ``out``."""
    from crossbar.plots.plasticity import learning_windows
    from crossbar.report.figures.canvas import save

    save(learning_windows([ways]), out)


def _rule(cell: str, parameters: list[str]) -> DevicePlasticity:
    """Return the rule of the circuit ``cell`` with ``parameters``."""
    from crossbar.errors import closest, fail
    from crossbar.overlay import overlay
    from crossbar.spiking.plasticity import PLASTICITY
    from crossbar.toml import override

    settings = override({}, parameters)
    if cell not in CIRCUITS:
        remedy = closest(cell, CIRCUITS, "Choose one.")
        fail("CELL", f"one of: {NAMES}", repr(cell), remedy)
    rule: DevicePlasticity = overlay(PLASTICITY.resolve(cell, "CELL"), settings, cell)
    return rule


def _show(ways: ThreeWays) -> None:
    """Print window, fits by the state, and what spikes alone do."""
    from crossbar.cli.console import say, table
    from crossbar.units import text

    x, beside = ways.window.x, ways.circuit is not None
    columns = ["lag", "equations", "rule", *(["ngspice"] if beside else []), "energy"]
    rows = []
    for k, lag in enumerate(ways.lag.tolist()):
        changes = [ways.equations.change, ways.event]
        changes += [] if ways.circuit is None else [ways.circuit.change]
        listed = [f"{change[k]:+.5f}" for change in changes]
        rows.append([text(lag, "s", 3), *listed, text(float(ways.equations.energy[k]), "J", 3)])
    table(f"change of the state of {ways.name} from x = {x:g}", columns, rows)
    states = {window.x: window for window in (*ways.states, ways.window)}
    sides = [(states[x].potentiation, states[x].depression) for x in sorted(states)]
    rows = [
        [f"{x:g}", *(cell for side in pair for cell in _side(side))]
        for x, pair in zip(sorted(states), sides, strict=True)
    ]
    columns = ["from x", "rise", "tau", "R^2", "fall", "tau", "R^2"]
    table("exponentials by the state before the pair", columns, rows)
    alone = ways.rule.isolated(x)
    rows = [
        ["presynaptic", f"{float(alone.pre):+.2g}", text(float(alone.energy_pre), "J", 3)],
        ["postsynaptic", f"{float(alone.post):+.2g}", text(float(alone.energy_post), "J", 3)],
    ]
    table(f"a spike alone, to each cell of its line at x = {x:g}", ["", "change", "energy"], rows)
    say(f"The rule differs from the equations by {100 * ways.event_error:.2g} % of the largest "
        "change.")  # fmt: skip
    if ways.circuit_error is not None:
        say(f"ngspice differs from them by {100 * ways.circuit_error:.2g} %.")


def _side(side: SideFit) -> list[str]:
    """Return amplitude, time constant and coefficient of determination of a side."""
    from crossbar.units import text

    return [f"{side.amplitude:+.4f}", text(side.tau, "s", 3), f"{side.r_squared:.4f}"]


def _record(ways: ThreeWays) -> dict[str, Any]:
    """Return what was computed as JSON takes it."""
    alone = ways.rule.isolated(ways.window.x)
    circuit = ways.circuit
    return {
        "cell": ways.name,
        "state": ways.window.x,
        "lag": ways.lag,
        "change": ways.equations.change,
        "energy": ways.equations.energy,
        "rule": ways.event,
        "ngspice": None if circuit is None else circuit.change,
        "energy_ngspice": None if circuit is None else circuit.energy,
        "rule_error": ways.event_error,
        "ngspice_error": ways.circuit_error,
        "alone": {name: float(value) for name, value in alone._asdict().items()},
        "sides": [
            {"state": window.x, "side": name, **vars(side)}
            for window in (ways.window, *ways.states)
            for name, side in (("rise", window.potentiation), ("fall", window.depression))
        ],
    }
