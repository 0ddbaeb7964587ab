"""Currents of cells against their voltage: what holds for every law, and closed forms of each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.devices import (
    CONDUCTIONS,
    Conduction,
    DiodeSelector,
    IVTable,
    Ohmic,
    Power,
    Sinh,
    TransistorSelector,
)
from crossbar.errors import ConfigError, DataError

POINTS = (0.03, 0.11, 0.2, 0.35, 0.8)
ROWS = tuple(
    tuple(g * v0 * math.sinh(v / v0) for v in POINTS)
    for g, v0 in ((2e-6, 0.2), (2e-5, 0.4), (8e-5, 0.9))
)
LAWS: dict[str, Conduction] = {
    "ohmic": Ohmic(),
    "sinh": Sinh(v0=0.08),
    "sinh, defined at 0.2 V": Sinh(v0=0.15, v_ref=0.2),
    "power": Power(p=1.7, v_ref=0.15),
    "table": IVTable(v=POINTS, i=ROWS[1:2], v_ref=0.2),
    "table of states": IVTable(v=POINTS, i=ROWS, v_ref=0.2),
    "diode-selector": DiodeSelector(i_sat=1e-7, ideality=1.2),
    "transistor-selector": TransistorSelector(r_on=2e3, i_sat=2e-5),
}
ONE_WAY = {"diode-selector"}
SATURATED = {"diode-selector", "transistor-selector"}
every_law = pytest.mark.parametrize("name", LAWS)
G = np.array([[3e-7], [2.5e-6], [3e-5], [2e-4]])  # below, between and above the states of a table
V = np.linspace(-0.613, 0.607, 62)  # off the points of the tables


def test_every_law_has_a_case() -> None:
    assert {type(law) for law in LAWS.values()} == {
        CONDUCTIONS.resolve(name, "test") for name in CONDUCTIONS.names
    }


@every_law
def test_currents_rise_with_the_voltage_from_nothing_at_none(name) -> None:
    i, slope = LAWS[name].current(G, V)
    assert i.shape == slope.shape == (4, 62)
    assert (np.diff(i, axis=1) > 0).all() or name in SATURATED
    assert (np.diff(i, axis=1) >= 0).all()
    assert (slope >= 0).all()
    assert np.abs(LAWS[name].current(G, np.zeros(1))[0]).max() < 1e-30  # rounding of the diode


@every_law
def test_currents_are_odd_in_the_voltage(name) -> None:
    forward, back = (LAWS[name].current(G, sign * V)[0] for sign in (1, -1))
    odd = np.allclose(forward, -back, rtol=1e-12, atol=0)
    assert odd != (name in ONE_WAY)


@every_law
def test_slopes_and_derivatives_are_those_of_differences(name) -> None:
    law, step = LAWS[name], 1e-6
    slope = (law.current(G, V + step)[0] - law.current(G, V - step)[0]) / (2 * step)
    got = law.current(G, V)[1]
    # step^2 / V_T^2 = 1e-9 of the slope, and 1e-16 / step of the current.
    np.testing.assert_allclose(got, slope, rtol=1e-6, atol=1e-9 * got.max())
    less, more = (law.current(G * (1 + sign * 1e-6), V)[0] for sign in (-1, 1))
    np.testing.assert_allclose(
        law.by_conductance(G, V), (more - less) / (2e-6 * G), rtol=1e-6, atol=1e-9
    )


@every_law
def test_the_default_derivative_by_the_conductance_is_that_of_the_law(name) -> None:
    default = Conduction.by_conductance(LAWS[name], G, V)
    np.testing.assert_allclose(default, LAWS[name].by_conductance(G, V), rtol=1e-5, atol=1e-6)


@every_law
def test_cells_without_conductance_carry_nothing(name) -> None:
    law, none = LAWS[name], np.zeros((2, 3))
    i, slope = law.current(none, np.array([-0.5, 0.0, 0.5]))
    assert (i == 0).all()
    assert (slope == 0).all()
    assert np.isfinite(law.by_conductance(none, np.array([-0.5, 0.0, 0.5]))).all()


@every_law
def test_a_product_is_the_conductance_times_its_factor(name) -> None:
    law = LAWS[name]
    shape = law.shape(V)
    i, slope = law.current(G, V)
    proportional = np.allclose(i / G, i[:1] / G[:1], rtol=1e-12, atol=0)
    assert (shape is not None) == proportional
    if shape is not None:
        np.testing.assert_allclose(i, G * shape[0], rtol=1e-13)
        np.testing.assert_allclose(slope, G * shape[1], rtol=1e-13)


def test_conductances_are_those_at_the_reference_voltage() -> None:
    for law, v in ((Sinh(v0=0.15, v_ref=0.2), 0.2), (Power(p=3, v_ref=0.15), 0.15),
                   (LAWS["table"], 0.2), (LAWS["table of states"], 0.2)):  # fmt: skip
        np.testing.assert_allclose(law.current(G, np.array([v]))[0], G * v, rtol=1e-12)
    np.testing.assert_allclose(Sinh(v0=0.1).current(G, np.array([0.1]))[0], 0.1 * G * math.sinh(1))


def test_a_table_takes_its_points_and_lines_between_them() -> None:
    law = LAWS["table of states"]
    for g, row in zip(law.levels, ROWS, strict=True):
        i, _ = law.current(np.array([[g]]), np.array(POINTS))
        np.testing.assert_allclose(i[0], row, rtol=1e-12)
    middle = law.current(np.mean(law.levels[:2], keepdims=True), np.array([0.155]))[0]
    expected = np.mean([np.interp(0.155, POINTS, row) for row in ROWS[:2]])
    np.testing.assert_allclose(middle, expected, rtol=1e-12)


def test_a_table_is_read_from_a_file(tmp_path) -> None:
    path = tmp_path / "iv.csv"
    path.write_text("v,low,high\n0.1,1e-7,1e-6\n0.2,3e-7,2.5e-6\n")
    law = CONDUCTIONS.resolve(str(path), "device.conduction")()
    assert law == IVTable(v=(0.1, 0.2), i=((1e-7, 3e-7), (1e-6, 2.5e-6)))
    assert law.v_max == 0.2
    path.write_text("v,low\n0.1,x\n")
    with pytest.raises(DataError, match=r"iv\.csv:2"):
        IVTable.from_csv(path)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: IVTable(v=(0.2, 0.1), i=((1e-6, 2e-6),)), "IVTable.v"),
        (lambda: IVTable(v=(0.1, 0.2), i=((1e-6,),)), "IVTable.i"),
        (lambda: IVTable(v=(0.1, 0.2), i=((2e-6, 1e-6),)), "IVTable.i"),
        (lambda: IVTable(v=(0.1, 0.2), i=((2e-6, 3e-6), (1e-6, 4e-6))), "IVTable.i"),
        (lambda: IVTable(v=(0.1, 0.2), i=((2e-6, 3e-6),), v_ref=0.3), "IVTable.v_ref"),
        (lambda: Sinh(v0=0.01, v_ref=2.0), "Sinh.v_ref"),
        (lambda: Power(p=0.5), "Power.p"),
    ],
)
def test_laws_that_make_no_sense_are_refused(make, field) -> None:
    with pytest.raises(ConfigError, match=rf"^{field}: expected .+, got .+\. .+\.$"):
        make()
