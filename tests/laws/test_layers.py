"""What every layer obeys: gradients are differences of its output, signals keep their precision."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from layered import EXAMPLES, NO_GRADIENT, SUBSTRATES, alone, samples

from crossbar.nn import LAYERS

STEP = 1e-5
every_kind = pytest.mark.parametrize("kind", sorted({*LAYERS.names} - NO_GRADIENT))


def draws() -> np.random.Generator:
    return np.random.default_rng(3)


def differences(state, inputs, weight, change):
    """(L(+) - L(-)) / 2h of L = sum(weight y) at ``state``, each side on a copy of its own."""
    sides = []
    for step in (STEP, -STEP):
        one, given = copy.deepcopy(state), [x.copy() for x in inputs]
        change(one, given, step)
        sides.append(float((weight * one.forward(*given, rng=draws())).sum()))
    return (sides[0] - sides[1]) / (2 * STEP)


def move_input(k, at):
    def change(state, inputs, step):
        inputs[k][at] += step

    return change


def move_weight(part, at):
    def change(state, inputs, step):
        moved = np.zeros(state.held[part].shape)
        moved[at] = step
        state.add({part: moved}, rng=draws())

    return change


def move_parameter(name, at):
    def change(state, inputs, step):
        state.parameters[name][at] += step

    return change


@every_kind
@pytest.mark.parametrize("held", SUBSTRATES)
def test_gradients_are_differences_of_the_output(kind, held):
    """Central differences of 1e-5 in double precision are good to 1e-9; asked for is 1e-6."""
    for layer, shapes in EXAMPLES[kind]:
        state, inputs = alone(layer, *shapes, held=held), samples(2, *shapes)
        (weight,) = samples(2, layer.output_shape(*shapes), seed=2)
        used = copy.deepcopy(state)
        used.forward(*inputs, rng=draws())
        used.take(weight, rng=draws())
        back = used.backward(weight, rng=draws())
        assert [d.shape for d in back] == [x.shape for x in inputs]
        checked = [(d, lambda at, k=k: move_input(k, at)) for k, d in enumerate(back)]
        for name, gradient in used.gradients(rng=draws()).items():
            move = move_weight if name in used.held else move_parameter
            checked.append((gradient, lambda at, name=name, move=move: move(name, at)))
        for gradient, move in checked:
            slopes = np.zeros(gradient.shape)
            for at in np.ndindex(gradient.shape):
                slopes[at] = differences(state, inputs, weight, move(at))
            np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-6 * np.abs(slopes).max())
            assert np.abs(slopes).max() > 1e-3


@every_kind
@pytest.mark.parametrize("held", SUBSTRATES)
def test_an_update_is_a_step_against_the_gradients(kind, held):
    """Ideal cells take whole changes, up to rounding in double precision."""
    for layer, shapes in EXAMPLES[kind]:
        used = alone(layer, *shapes, held=held)
        y = used.forward(*samples(2, *shapes), rng=draws())
        used.take(samples(2, y.shape[1:], seed=2)[0], rng=draws())
        before = {part: held.weights.copy() for part, held in used.held.items()}
        before |= {name: numbers.copy() for name, numbers in used.parameters.items()}
        gradients = used.gradients(rng=draws())
        assert before.keys() == gradients.keys()
        used.update(0.01, rng=draws())
        for name, was in before.items():
            now = used.held[name].weights if name in used.held else used.parameters[name]
            np.testing.assert_allclose(
                (was - now) / 0.01, np.broadcast_to(gradients[name], was.shape), rtol=0, atol=1e-9
            )


@every_kind
def test_signals_keep_their_precision(kind):
    for layer, shapes in EXAMPLES[kind]:
        used = alone(layer, *shapes, held="single")
        inputs = [x.astype(np.float32) for x in samples(2, *shapes)]
        y = used.forward(*inputs, rng=draws())
        used.take(y, rng=draws())
        back = used.backward(y, rng=draws())
        assert {a.dtype for a in (y, used.infer(*inputs, rng=draws()), *back)} == {np.dtype("f4")}


@every_kind
def test_the_state_of_a_layer_is_its_arrays(kind):
    """What a checkpoint keeps gives the same layer again: parameters, running numbers, weights."""
    for layer, shapes in EXAMPLES[kind]:
        used, other = alone(layer, *shapes), alone(layer, *shapes)
        inputs = samples(3, *shapes, seed=5)
        used.take(used.forward(*inputs, rng=draws()), rng=draws())
        used.update(0.1, rng=draws())
        other.restore(used.arrays())
        for part, held in other.held.items():
            held.restore(used.held[part].arrays())
        got, want = (one.infer(*inputs, rng=draws()) for one in (other, used))
        np.testing.assert_array_equal(got, want)
