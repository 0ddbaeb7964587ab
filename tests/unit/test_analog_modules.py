"""Modules of PyTorch on chips: what they give, whose gradients they have, and what is refused."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from torch_modules import CLOSE, IDEAL, nn, samples, settled, torch

from crossbar import DifferentialPair, Memristor, Reading, SarAdc, StringDac, Tile
from crossbar.devices import ConstantExponent
from crossbar.errors import ConfigError, CrossbarError, ShapeError
from crossbar.imports import read_torch
from crossbar.nn import calibrate
from crossbar.random import Streams
from crossbar.substrates.by_layer import ByLayer
from crossbar.substrates.digital import Digital
from crossbar.torch import analog

NOISY = Tile(device=Memristor(sigma_program=(0.1,), sigma_read=0.02), mapping=DifferentialPair())
QUIET = Tile(
    device=Memristor(sigma_program=(0.1,)),
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
)


def cnn():
    return settled(nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(4, 6, (3, 2), groups=2, dilation=(1, 2), padding="same"), nn.BatchNorm2d(6),
        nn.Flatten(), nn.Linear(96, 3),
    ))  # fmt: skip


KINDS = {
    "cnn": (cnn(), (2, 8, 8)),
    "circular": (nn.Conv2d(2, 2, 3, padding=2, padding_mode="circular"), (2, 5, 4)),
    "reflected": (nn.Conv1d(2, 4, 4, padding="same", padding_mode="reflect"), (2, 9)),
    "depthwise": (nn.Conv1d(4, 4, 3, stride=2, groups=4, bias=False), (4, 9)),
    "valid": (nn.Conv2d(1, 2, 2, padding="valid"), (1, 3, 3)),
    "rows": (nn.Linear(5, 4), (3, 2, 5)),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_ideal_chip_gives_what_the_module_gives_and_its_gradients(name):
    module, shape = KINDS[name]
    plain = copy.deepcopy(module).double().train()
    ours, x = analog(plain, IDEAL), samples(3, *shape).double()
    both = [x.clone().requires_grad_() for _ in range(2)]
    y, expected = ours(both[0]), plain(both[1])
    torch.testing.assert_close(
        y, expected, rtol=0, atol=CLOSE * expected.detach().abs().max().item()
    )
    for out in (y, expected):
        out.sin().sum().backward()
    torch.testing.assert_close(both[0].grad, both[1].grad, rtol=1e-6, atol=1e-9)
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-6, atol=1e-9)


def test_a_read_is_that_of_a_chip_of_ours_with_the_same_seed():
    module, x = settled(nn.Sequential(nn.Linear(5, 3))), samples(4, 5)
    net = analog(module, NOISY).program(7)
    rows = np.vstack([module[0].weight.detach().numpy().T, module[0].bias.detach().numpy()])
    chip = NOISY.filled().program(rows, rng=Streams(7)("program", layer="0"), name="0")
    driven = np.concatenate([x.numpy(), np.ones((4, 1), np.float32)], axis=1)
    noise = Streams(7)("read", layer="0")
    for _ in range(2):  # every read draws its own noise
        np.testing.assert_array_equal(net(x).detach().numpy(), chip.matvec(driven, rng=noise))


def test_a_chip_is_that_of_the_network_that_is_read_from_the_module():
    module, x = cnn(), samples(5, 2, 8, 8)
    net = analog(module, QUIET).program(3)
    imported = read_torch(net.digital(), (2, 8, 8), fold=False)
    chip = imported.build(QUIET, Streams(3), progress=False)
    held = {part: one for layer in net.layers()
            for part, one in zip(layer.parts, layer.held, strict=True)}  # fmt: skip
    assert held.keys() == chip.held.keys()
    for name, one in held.items():
        np.testing.assert_array_equal(one.weights, chip.held[name].weights)
    scores = chip.scores(x.numpy(), rng=np.random.default_rng(0))
    np.testing.assert_allclose(net(x).detach().numpy(), scores, rtol=0, atol=1e-5)


def test_gradients_pass_through_the_weights_of_the_chip_to_the_digital_ones():
    net, x = analog(settled(nn.Linear(4, 3)), QUIET).train(), samples(6, 4).requires_grad_()
    d = samples(6, 3, seed=2)
    net(x).backward(d)
    (layer,) = net.layers()
    held = layer.held[0].weights[0]
    assert np.abs(held[:4] - layer.plain.weight.detach().numpy().T).max() > 0.05
    np.testing.assert_allclose(x.grad.numpy(), d.numpy() @ held[:4].T, rtol=1e-5, atol=1e-6)
    given = (d.T @ x).detach()
    torch.testing.assert_close(layer.plain.weight.grad, given)
    torch.testing.assert_close(layer.plain.bias.grad, d.sum(0))


def test_parts_in_inference_stay_in_it():
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)).train()
    module[1].eval()
    net = analog(module, IDEAL)
    assert [part.training for part in (net, *net.module)] == [True, True, False]


def test_training_reads_new_chips_and_inference_one():
    module, x = settled(nn.Linear(4, 3)), samples(2, 4)
    state = torch.get_rng_state()
    net, twice = analog(module, QUIET, seed=5).train(), analog(module, QUIET, every=2).train()
    first, second = net(x), net(x)
    assert not torch.equal(first, second)
    assert torch.equal(first, analog(module, QUIET, seed=5).train()(x))
    pairs = [twice(x) for _ in range(4)]
    assert [torch.equal(pairs[0], pair) for pair in pairs] == [True, True, False, False]
    net.eval()
    assert torch.equal(net(x), net(x))
    assert torch.equal(net(x), net.program(5)(x))
    assert not torch.equal(net.program(6)(x), net.program(5)(x))
    assert torch.equal(torch.get_rng_state(), state)


def test_weights_that_training_changed_are_programmed_at_the_next_inference():
    net, x = analog(settled(nn.Linear(4, 3)), IDEAL).eval(), samples(2, 4)
    before = net(x)
    with torch.no_grad():
        for parameter in net.train().parameters():
            parameter.mul_(2)
    torch.testing.assert_close(net.eval()(x), 2 * before)


def test_a_state_that_is_loaded_is_programmed_at_the_next_inference():
    net, x = analog(settled(nn.Linear(4, 3)), IDEAL).eval(), samples(2, 4)
    before = net(x)
    net.load_state_dict({name: 2 * value for name, value in net.state_dict().items()})
    torch.testing.assert_close(net(x), 2 * before)


def test_the_gradient_of_a_range_of_weights_is_that_of_the_errors_of_its_chip():
    net = analog(settled(nn.Linear(4, 3, bias=False)), QUIET, every=2, learn_ranges=True).train()
    (layer,), x, d = net.layers(), samples(5, 4), samples(5, 3, seed=2)
    net(x)
    written = layer.plain.weight.detach().clone()
    with torch.no_grad():
        layer.plain.weight.mul_(0.5)  # the chip of two presentations does not know it
    net(x).backward(d)
    largest = float(written.abs().max())
    errors = layer.held[0].weights[0] - written.T.numpy()
    assert np.abs(errors).max() > 0.05
    given = (x.T @ d).numpy()
    expected = (given * errors).sum() / np.sqrt(12)
    np.testing.assert_allclose(layer.weights.log.grad, expected, rtol=1e-4)
    assert abs(float(layer.weights.log.detach().exp()) - largest) < 1e-6


def test_an_aged_chip_is_a_copy_that_has_drifted():
    device = Memristor(drift=ConstantExponent(nu=0.05), t0=1.0)
    pcm = Tile(device=device, mapping=DifferentialPair(), reading=Reading(temperature=0.0))
    net, x = analog(settled(nn.Linear(8, 4, bias=False)), pcm).program(1), samples(3, 8)
    now, later = net(x), net.aged(1e6)(x)
    assert torch.equal(net(x), now)
    (layer,) = net.aged(1e6).layers()
    expected = x.numpy() @ layer.held[0].weights[0]
    np.testing.assert_allclose(later.detach().numpy(), expected, rtol=1e-4, atol=1e-5)
    assert later.norm() < 0.7 * now.norm()


def test_the_plain_module_comes_back_and_nothing_is_shared():
    module = cnn()
    net = analog(module, QUIET)
    plain = net.digital()
    assert str(plain) == str(module)
    assert all(
        torch.equal(a, b)
        for a, b in zip(plain.state_dict().values(), module.state_dict().values(), strict=True)
    )
    assert not {id(p) for p in plain.parameters()} & {id(p) for p in net.parameters()}
    assert not {id(p) for p in module.parameters()} & {id(p) for p in net.parameters()}


def test_weights_beyond_a_range_that_learns_are_cut_in_the_plain_module_too():
    module, x = settled(nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))), samples(6, 5)
    net = analog(module, IDEAL, learn_ranges=True).calibrate(x)
    with torch.no_grad():
        for layer in net.layers():
            layer.weights.log.sub_(1.0)
    assert not torch.allclose(net.program(0)(x), module(x), rtol=0.1)
    torch.testing.assert_close(net(x), net.digital()(x), rtol=1e-5, atol=1e-5)


class Twice(nn.Module):
    """A layer that stands in two places."""

    def __init__(self):
        super().__init__()
        self.one = nn.Linear(3, 3)
        self.again = nn.Sequential(nn.Tanh(), self.one)

    def forward(self, x):
        return self.again(self.one(x))


def test_a_layer_in_two_places_is_one_chip():
    module, x = settled(Twice()), samples(2, 3)
    net = analog(module, IDEAL).eval()
    assert len(list(net.layers())) == 1
    torch.testing.assert_close(net(x), module(x), rtol=1e-5, atol=1e-6)


def test_layers_have_substrates_of_their_own_and_some_stay_digital():
    module, x = (
        settled(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3), nn.Linear(3, 2))),
        samples(2, 4),
    )
    mixed = ByLayer(default=QUIET, layers={"0": Digital()})
    net = analog(module, mixed, keep=["1"]).eval()
    kinds = [type(layer.held) for layer in net.layers()]
    assert len(kinds) == 2
    torch.testing.assert_close(net.module[0](x), module[0](x), rtol=1e-5, atol=1e-6)
    assert net.module[1] is not module[1]
    assert not torch.allclose(net(x), module(x), rtol=1e-3)


def test_ranges_of_adcs_are_those_that_chips_of_ours_are_calibrated_to():
    tile = Tile(device=IDEAL.device, mapping=DifferentialPair(), adc=SarAdc(bits=6), size=(8, 8),
                reading=Reading(temperature=0.0))  # fmt: skip
    module, x = settled(nn.Sequential(nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 3))), samples(9, 12)
    net = analog(module, tile).program(2)
    with pytest.raises(ConfigError, match=r"analog '0': expected ranges of converters, got none"):
        net(x)
    net.calibrate(x)
    chip = read_torch(module, (12,)).build(tile, Streams(2), progress=False)
    ranges = calibrate(chip, x.numpy(), rng=np.random.default_rng(0))
    # Layers behind read what the ADCs before them give, half a step of 31 off.
    for layer, rtol in zip(net.layers(), (1e-6, 0.5 / 31), strict=True):
        np.testing.assert_allclose(layer.reach[0], ranges[layer.name]["reach"], rtol=rtol)
        chip.held[layer.name].tile.sensing.span(float(layer.reach[0]), 1.0)
    scores = chip.scores(x.numpy(), rng=np.random.default_rng(0))
    np.testing.assert_allclose(net(x).detach().numpy(), scores, rtol=0, atol=1e-5)
    kept = analog(module, tile)
    kept.load_state_dict(net.state_dict())
    torch.testing.assert_close(kept.program(2)(x), net(x))


def test_the_gradient_of_a_range_is_that_of_what_it_cuts_and_rounds():
    tile = Tile(device=IDEAL.device, mapping=DifferentialPair(), reading=Reading(temperature=0.0),
                dac=StringDac(bits=3), dtype=np.float64)  # fmt: skip
    module = nn.Linear(1, 1, bias=False).double()
    with torch.no_grad():
        module.weight.fill_(1.0)
    net = analog(module, tile, learn_ranges=True).train()
    (layer,) = net.layers()
    with torch.no_grad():
        layer.inputs.log.fill_(np.log(0.96))
    x = torch.linspace(-1.3, 1.3, 14, dtype=torch.float64)[:, None]
    y, d = net(x), torch.arange(14.0, dtype=torch.float64)[:, None]
    rounded = np.clip(np.round(x.numpy() / 0.32), -3, 3) * 0.32
    np.testing.assert_allclose(y.detach().numpy(), rounded, atol=1e-9)
    y.backward(d)
    inside = np.abs(x.numpy()) <= 0.96
    slope = np.where(inside, rounded - x.numpy(), rounded)  # dy / d ln range
    share = 1 / np.sqrt(1 * 3)
    np.testing.assert_allclose(layer.inputs.log.grad, share * (d.numpy() * slope).sum(), rtol=1e-5)


def test_what_an_adc_cuts_passes_its_gradient_to_the_range_and_not_to_the_weights():
    tile = Tile(device=IDEAL.device, mapping=DifferentialPair(), reading=Reading(temperature=0.0),
                adc=SarAdc(bits=4), size=(2, 2), dtype=np.float64)  # fmt: skip
    module = settled(nn.Linear(3, 2, bias=False)).double()
    net, x = analog(module, tile, learn_ranges=True).train(), samples(40, 3).double()
    net(x)
    (layer,) = net.layers()
    with torch.no_grad():
        layer.outputs.log.fill_(np.log(full := 1.0))
        layer.inputs.log.fill_(np.log(4.0))
    x.requires_grad_()
    d = samples(40, 2, seed=5).double()
    net.zero_grad()
    net(x).backward(d)
    w, v = module.weight.detach().numpy().T, x.detach().numpy()
    parts = [(slice(0, 2), full), (slice(2, 3), full / np.sqrt(2))]
    of_x, of_full = np.zeros_like(v), 0.0
    for rows, limit in parts:
        exact = v[:, rows] @ w[rows]
        inside = np.abs(exact) <= limit
        step = limit / 7
        y = np.clip(np.round(exact / step), -7, 7) * step
        of_x[:, rows] = (d.numpy() * inside) @ w[rows].T
        of_full += (d.numpy() * np.where(inside, (y - exact), np.sign(exact) * limit)).sum()
    np.testing.assert_allclose(x.grad.numpy(), of_x, rtol=1e-6, atol=1e-9)
    share = 1 / np.sqrt(layer.outputs.top * (41 * 2 // 40))
    np.testing.assert_allclose(layer.outputs.log.grad, share * of_full, rtol=1e-4)


def hooked():
    module = nn.Sequential(nn.Linear(2, 2))
    module[0].register_forward_hook(lambda *_: None)
    return module


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"module": 3}, "analog.module: expected a torch.nn.Module, got 3."),
        ({"module": nn.ReLU()}, "analog.module: expected a module with Linear, Conv1d or Conv2d"),
        ({"module": hooked()}, "plain Linear, Conv1d and Conv2d, got Linear '0' with hooks."),
        ({"module": nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))}, "ParametrizedLinear"),
        ({"module": nn.Linear(2, 2, device="meta")}, "weights on the device cpu, got '' on meta."),
        ({"tile": 3}, "analog.tile: expected a Substrate, got 3."),
        ({"every": 0}, "analog.every: expected"),
        ({"seed": -1}, "Streams.seed: expected"),
        ({"keep": ["fc"]}, "analog.keep: expected names of linear layers and convolutions, got 'f"),
        ({"tile": ByLayer(default=QUIET, layers={"fc": QUIET})}, "layers.fc: expected a layer wit"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(given, expected):
    arguments = {"module": nn.Sequential(nn.Linear(2, 2)), "tile": QUIET} | given
    with pytest.raises(CrossbarError) as refused:
        analog(**arguments)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_samples_that_cannot_be_are_refused_in_one_line():
    net = analog(nn.Sequential(nn.Conv2d(2, 2, 3)), QUIET)
    for x, error, expected in (
        (samples(1, 3, 4, 4), ShapeError, "expected shape (n, 2, h, w), got (1, 3, 4, 4)"),
        (samples(2, 4, 4), ShapeError, "expected shape (n, 2, h, w), got (2, 4, 4)"),
        (torch.zeros(1, 2, 4, 4, device="meta"), ConfigError, "tensors on the device cpu, got me"),
        (torch.full((1, 2, 4, 4), float("nan")), CrossbarError, "expected finite numbers"),
    ):
        with pytest.raises(error) as refused:
            net(x)
        assert expected in str(refused.value)
    with pytest.raises(ConfigError, match=r"Analog\.aged: expected a programmed chip, got none"):
        net.aged(10.0)
