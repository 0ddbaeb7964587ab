"""The equations of NIR as they stand, integrated by SciPy from event to event.

Signals are vectors that go along the edges of the graph; nothing of the package is used.
"""

from __future__ import annotations

import heapq
import itertools
from typing import Any

import nir
import numpy as np
from scipy.integrate import solve_ivp

FIRES = (nir.LIF, nir.CubaLIF, nir.IF)
NEURONS = (*FIRES, nir.LI, nir.CubaLI, nir.I)
SLOW = (nir.CubaLIF, nir.CubaLI)


class Simulation:
    """Spikes of a graph without inner graphs; a spike is a Dirac pulse of some ``area``."""

    def __init__(self, graph: Any, area: float = 1.0) -> None:
        self.graph, self.area = graph, area
        self.neurons = {k: n for k, n in graph.nodes.items() if isinstance(n, NEURONS)}
        self.sizes = {k: np.size(n.r) for k, n in self.neurons.items()}
        self.v = {k: np.broadcast_to(getattr(n, "v_leak", 0.0), self.sizes[k]).astype(float)
                  for k, n in self.neurons.items()}  # fmt: skip
        self.i = {k: np.zeros(size) for k, size in self.sizes.items()}
        self.constant = {k: np.zeros(size) for k, size in self.sizes.items()}
        self.heap: list[Any] = []
        self.order = itertools.count()
        self.fired: dict[str, list[tuple[float, int]]] = {k: [] for k in self.neurons}
        for name, node in graph.nodes.items():
            if isinstance(node, nir.Affine):
                self.pass_on(name, np.asarray(node.bias, float), None)

    def pass_on(self, name: str, x: Any, t: float | None) -> None:
        """Send what node ``name`` gives at ``t``, a pulse, or a constant where that is None."""
        for begin, end in self.graph.edges:
            if begin == name:
                self.give(end, x, t)

    def give(self, name: str, x: Any, t: float | None) -> None:
        node = self.graph.nodes[name]
        if isinstance(node, NEURONS):
            if t is None:
                self.constant[name] = self.constant[name] + x
            else:
                heapq.heappush(self.heap, (t, next(self.order), name, x))
        elif isinstance(node, (nir.Linear, nir.Affine)):
            self.pass_on(name, node.weight @ x, t)
        elif isinstance(node, nir.Scale):
            self.pass_on(name, node.scale.ravel() * x, t)
        elif isinstance(node, nir.Delay):
            for k in np.flatnonzero(x):
                one = np.zeros(x.size)
                one[k] = x[k]
                self.pass_on(name, one, t + node.delay.ravel()[k])
        else:
            self.pass_on(name, x, t)

    def arrive(self, name: str, x: Any) -> None:
        """Let a pulse of area 1 times ``x`` arrive."""
        node, pulse = self.neurons[name], self.area * x
        if isinstance(node, SLOW):
            self.i[name] = self.i[name] + node.w_in * pulse / node.tau_syn
        else:
            tau = getattr(node, "tau", 1.0)
            self.v[name] = self.v[name] + node.r * pulse / tau

    def slopes(self, t: float, y: Any) -> Any:
        v, i = self.split(y)
        dv, di = [], []
        for name, node in self.neurons.items():
            flows = i[name] if isinstance(node, SLOW) else self.constant[name]
            if isinstance(node, (nir.IF, nir.I)):
                dv.append(node.r * flows)
            else:
                tau = node.tau_mem if isinstance(node, SLOW) else node.tau
                dv.append((node.v_leak - v[name] + node.r * flows) / tau)
            slow = isinstance(node, SLOW)
            into = (node.w_in * self.constant[name] - i[name]) / node.tau_syn if slow else 0 * flows
            di.append(into)
        return np.concatenate([*dv, *di])

    def split(self, y: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        parts = np.split(y, np.cumsum([*self.sizes.values()] * 2)[:-1])
        n = len(self.sizes)
        return dict(zip(self.sizes, parts[:n], strict=True)), dict(
            zip(self.sizes, parts[n:], strict=True)
        )

    def above(self, y: Any) -> list[tuple[float, str, int]]:
        """Return how far every neuron is above its threshold."""
        v, _ = self.split(y)
        return [(float(v[k][j] - np.broadcast_to(n.v_threshold, v[k].shape)[j]), k, j)
                for k, n in self.neurons.items() if isinstance(n, FIRES)
                for j in range(self.sizes[k])]  # fmt: skip

    def state(self) -> Any:
        return np.concatenate([*self.v.values(), *self.i.values()])

    def fire(self, t: float) -> bool:
        """Let the neuron that is above its threshold fire, if one is."""
        over, name, j = max(self.above(self.state()))
        if over <= 0:
            return False
        node = self.neurons[name]
        self.v[name] = self.v[name].copy()
        self.v[name][j] = np.broadcast_to(node.v_reset, self.v[name].shape)[j]
        self.fired[name].append((t, j))
        self.pass_on(name, np.eye(self.sizes[name])[j], t)
        return True

    def run(self, times: Any, lines: Any, width: int, until: float) -> dict[str, list[Any]]:
        """Return the spikes (time, neuron) of every node that fires."""
        inputs = [k for k, n in self.graph.nodes.items() if isinstance(n, nir.Input)]
        for t, line in zip(times, lines, strict=True):
            self.pass_on(inputs[0], np.eye(width)[line], float(t))
        t = 0.0
        while t < until:
            end = min(until, self.heap[0][0] if self.heap else until)
            if end > t:
                t = self.move(t, end)
            while self.heap and self.heap[0][0] <= t < until:
                _, _, name, x = heapq.heappop(self.heap)
                self.arrive(name, x)
            while self.fire(t):
                pass
        return self.fired

    def move(self, t: float, end: float) -> float:
        """Integrate to ``end``, or to the first spike, which it leaves just above its threshold."""

        def highest(_: float, y: Any) -> float:
            return max(over for over, _, _ in self.above(y))

        highest.terminal, highest.direction = True, 1.0
        solution = solve_ivp(self.slopes, (t, end), self.state(), "DOP853", events=highest,
                             rtol=1e-11, atol=1e-13)  # fmt: skip
        y, stopped = solution.y[:, -1].copy(), solution.status == 1
        self.v, self.i = (dict(part) for part in self.split(y))
        if stopped:
            _, name, j = max(self.above(y))
            level = np.broadcast_to(self.neurons[name].v_threshold, self.v[name].shape)[j]
            self.v[name] = self.v[name].copy()
            self.v[name][j] = np.nextafter(level, np.inf)
        return float(solution.t[-1])
