"""Training loops of PyTorch against the hardware."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn.datasets import load_digits
from torch_modules import IDEAL, nn, samples, torch

from crossbar import DifferentialPair, Memristor, Reading, SarAdc, StringDac, Tile
from crossbar.torch import analog

STEPS, BATCH = 150, 128
ERROR = Tile(device=Memristor(sigma_program=(0.2,)), mapping=DifferentialPair())


def trained(net, x, y, steps, rate=0.01):
    """The losses of a usual training loop."""
    optimiser = torch.optim.Adam(net.parameters(), lr=rate)
    draw, losses = torch.Generator().manual_seed(0), []
    net.train()
    for _ in range(steps):
        part = torch.randint(len(x), (BATCH,), generator=draw)
        loss = nn.functional.cross_entropy(net(x[part]), y[part])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def accuracies(net, x, y, chips=4):
    with torch.no_grad():
        return [float((net.program(seed)(x).argmax(1) == y).float().mean())
                for seed in range(chips)]  # fmt: skip


def test_noise_aware_training_wins_back_what_programming_errors_of_a_fifth_cost():
    digits, targets = load_digits(return_X_y=True)
    x, y = torch.tensor(digits / 16, dtype=torch.float32), torch.tensor(targets)
    test = torch.arange(len(x)) % 4 == 0
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    trained(plain, x[~test], y[~test], 2 * STEPS)
    aware = analog(plain, ERROR, seed=1, learn_ranges=True)
    losses = trained(aware, x[~test], y[~test], STEPS)
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:20])
    before = accuracies(analog(plain, ERROR), x[test], y[test])
    after = accuracies(aware, x[test], y[test])
    assert np.mean(after) > np.mean(before) + 0.1


def best(top):
    """Full scale of the least square error of a normal number in 2 top + 1 levels.

    Where steps are small it is a / (24 top^2) = phi(a) - a Q(a): rounding against cutting.
    """
    return brentq(lambda a: a / (24 * top**2) - norm.pdf(a) + a * norm.sf(a), 0.1, 10)


def learned(tile, name, steps=120):
    """The range that least squares of a lone weight of 1 leads to, over the last steps."""
    module = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        module.weight.fill_(1.0)
    net = analog(module, tile, learn_ranges=True).train()
    (layer,) = net.layers()
    net(3 * samples(64, 1))  # a first guess that is too large
    moved = getattr(layer, name)
    optimiser, reached = torch.optim.Adam(moved.parameters(), lr=0.05, betas=(0.9, 0.95)), []
    for step in range(steps):
        x = samples(4000, 1, seed=step)
        loss = (net(x) - x).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        reached.append(float(moved.log.detach().exp()))
    return np.mean(reached[-30:])


def test_ranges_learn_to_the_least_square_error_of_a_normal_signal():
    """Of 30 x 4000 samples 450 are cut: 5 % is the deviation of their sum."""
    quiet = {"device": IDEAL.device, "mapping": IDEAL.mapping, "reading": Reading(temperature=0)}
    dac, adc = Tile(**quiet, dac=StringDac(bits=5)), Tile(**quiet, adc=SarAdc(bits=5))
    np.testing.assert_allclose(learned(dac, "inputs"), best(15), rtol=0.05)
    np.testing.assert_allclose(learned(adc, "outputs"), best(15), rtol=0.05)
