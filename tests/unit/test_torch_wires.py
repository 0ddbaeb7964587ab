"""Gradients of PyTorch through arrays with line resistance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from torch_modules import torch

from crossbar.devices import Sinh
from crossbar.errors import ConfigError
from crossbar.torch import wired
from crossbar.wires import Wires

WIRES = Wires(r_wl=3.0, r_bl=5.0, r_driver=20.0, r_sense=7.0)


def tensors(n=2, rows=5, cols=4):
    rng = np.random.default_rng(0)
    g = 10.0 ** rng.uniform(-6.0, -4.0, (rows, cols))
    v, v_bl = rng.uniform(-0.3, 0.3, (n, rows)), rng.uniform(-0.1, 0.1, (n, cols))
    each = (g * 1e5, v, v_bl, *map(np.array, (3.0, 5.0, 20.0, 7.0)))
    return [torch.tensor(one, requires_grad=True) for one in each]


def read(cell):
    def currents(g, v, v_bl, r_wl, r_bl, r_driver, r_sense):
        given = {"r_wl": r_wl, "r_bl": r_bl, "r_driver": r_driver, "r_sense": r_sense}
        i, drawn = wired(WIRES, 1e-5 * g, v, v_bl, **given, cell=cell)
        return 1e5 * i, 1e5 * drawn

    return currents


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # of PyTorch itself
@pytest.mark.parametrize("cell", [None, Sinh(v0=0.15)], ids=["ohmic", "sinh"])
def test_gradients_and_tangents_are_those_that_pytorch_checks(cell):
    assert torch.autograd.gradcheck(read(cell), tensors(), eps=1e-5, atol=1e-8, rtol=1e-6,
                                    check_forward_ad=True)  # fmt: skip


def test_currents_are_those_of_a_solution_in_the_type_of_the_voltages():
    g, v, *_ = tensors()
    i, drawn = wired(WIRES, 1e-5 * g, v.float())
    solution = WIRES.solve(1e-5 * g.detach().numpy(), v.detach().float().numpy())
    assert i.dtype == drawn.dtype == torch.float32
    np.testing.assert_allclose(i.detach(), solution.currents, rtol=1e-6)
    np.testing.assert_allclose(drawn.detach(), solution.drawn, rtol=1e-6)
    i.sum().backward()
    assert g.grad.dtype == torch.float64


def test_what_is_no_tensor_is_kept_as_it_is():
    g, v, *_ = tensors()
    r_wl = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    i, _ = wired(WIRES, 1e-5 * g, v, r_wl=r_wl)
    i.sum().backward()
    wires, g = replace(WIRES, r_wl=1.0), 1e-5 * g.detach().numpy()
    expected = wires.gradient(g, v.detach().numpy(), np.ones(i.shape)).r_wl
    np.testing.assert_allclose(r_wl.grad, expected, rtol=1e-12)


def test_arrays_and_second_derivatives_are_refused():
    g, v, *_ = tensors()
    with pytest.raises(ConfigError, match=r"wired\.v: expected a tensor on the device cpu"):
        wired(WIRES, 1e-5 * g, v.detach().numpy())
    i, _ = wired(WIRES, 1e-5 * g, v)
    (first,) = torch.autograd.grad((i**2).sum(), v, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()
