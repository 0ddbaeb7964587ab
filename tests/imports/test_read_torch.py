"""Modules of PyTorch on an ideal chip against themselves."""

from __future__ import annotations

import numpy as np
import pytest
from torch_modules import IDEAL, assert_close, nn, outputs, samples, settled, torch

from crossbar.errors import ConfigError, DataError
from crossbar.imports import read_torch
from crossbar.random import Streams

pytest.importorskip("onnx")


class Residual(nn.Module):
    """A convolution added to what it reads, behind one that reduces."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.deep = nn.Conv2d(4, 4, 3, padding="same", dilation=2)
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        x = torch.relu(self.norm(self.first(x)))
        x = torch.nn.functional.leaky_relu(self.deep(x) + x, 0.1)
        return self.out(x.mean((2, 3)))


class Viewed(nn.Module):
    """Maps that become rows by ``view``."""

    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(2, 3, 2), nn.Linear(48, 5)

    def forward(self, x):
        return self.fc(self.conv(x).view(x.size(0), -1))


def row(*layers):
    return nn.Sequential(*layers)


MODULES = {
    "mlp": (row(nn.Linear(12, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 4), nn.Tanh()), (12,)),
    "cnn": (row(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
                nn.Conv2d(4, 6, 2), nn.GELU(), nn.AvgPool2d(2), nn.Flatten(),
                nn.Linear(6, 3)), (1, 8, 8)),
    "depthwise": (row(nn.Conv2d(4, 8, 3, groups=4, padding=1), nn.Hardswish(),
                      nn.Conv2d(8, 4, 1, groups=2), nn.Sigmoid(), nn.AdaptiveAvgPool2d(1),
                      nn.Flatten(), nn.Linear(4, 3)), (4, 6, 6)),
    "sequence": (row(nn.Conv1d(2, 4, 3, stride=2, padding=1), nn.BatchNorm1d(4), nn.ELU(0.0),
                     nn.MaxPool1d(2), nn.Flatten(), nn.Linear(12, 3)), (2, 12)),
    "clipped": (row(nn.Linear(6, 5), nn.ReLU6(), nn.Linear(5, 4), nn.Hardsigmoid(),
                    nn.Linear(4, 2), nn.GELU("tanh")), (6,)),
    "residual": (Residual(), (3, 9, 9)),
    "viewed": (Viewed(), (2, 5, 5)),
}  # fmt: skip
del MODULES["sequence"][0][2]  # its place is shown not to matter


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("name", MODULES)
def test_an_ideal_chip_gives_what_the_module_gives(name, fold):
    module, shape = MODULES[name]
    settled(module)
    imported = read_torch(module.train(), shape, fold=fold)
    x = samples(3, *shape)
    chip = imported.build(IDEAL, Streams(0), progress=False)
    assert_close(chip.scores(x.numpy(), rng=np.random.default_rng(0)), outputs(module.eval(), x))


def test_layers_keep_the_names_of_the_module():
    imported = read_torch(settled(Residual()), (3, 9, 9))
    assert [matrix.name for matrix in imported.network.matrices] == ["first", "deep", "out"]


def test_a_softmax_at_the_end_is_that_of_the_loss():
    module = settled(row(nn.Linear(4, 3), nn.Softmax(-1)))
    imported = read_torch(module, (4,))
    chip, x = imported.build(IDEAL, Streams(0), progress=False), samples(2, 4)
    assert imported.softmax
    assert_close(chip.outputs(x.numpy(), rng=np.random.default_rng(0)), outputs(module, x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_other_widths_are_those_of_the_module(dtype):
    module = settled(row(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))).to(dtype)
    chip = read_torch(module, (5,)).build(IDEAL, Streams(0), progress=False)
    wide, x = row(*module).double(), samples(3, 5).double()
    assert_close(chip.scores(x.numpy(), rng=np.random.default_rng(0)), outputs(wide, x))


def test_the_module_stays_as_it_was():
    module = row(nn.Linear(4, 3), nn.Dropout(), nn.Linear(3, 2)).half().train()
    module[1].eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    read_torch(module, samples(2, 4))
    assert [part.training for part in module] == [True, False, True]
    assert all(torch.equal(before[name], now) for name, now in module.state_dict().items())


class Sorted(nn.Module):
    """An operator that no chip has."""

    def forward(self, x):
        return torch.sort(x)[0] + torch.cumsum(x, 1)


class Branching(nn.Module):
    """A module that asks for what is not there."""

    def forward(self, x):
        return x.nothing()


@pytest.mark.parametrize(
    ("module", "example", "error", "expected"),
    [
        (3, (4,), ConfigError, "read_torch.module: expected a torch.nn.Module, got 3."),
        (nn.Linear(4, 2), 4, ConfigError, "read_torch.example: expected the shape of one sample"),
        (nn.Linear(4, 2), (4, 0), ConfigError, "read_torch.example: expected the shape of one"),
        (nn.Linear(4, 2), torch.zeros(4), ConfigError, "real samples, the batch first, got (4,)"),
        (nn.Linear(4, 2), (5,), DataError, "read_torch: expected a module that can be traced"),
        (Branching(), (5,), DataError, "read_torch: expected a module that can be traced"),
        (Sorted(), (4,), DataError, "(TopK, version 11), '/CumSum' (CumSum, version 14)"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(module, example, error, expected):
    with pytest.raises(error) as refused:
        read_torch(module, example)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy
