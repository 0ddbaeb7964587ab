"""A layer without weights: neurons with a soft limit, y = x / (1 + |x| / limit)."""

from dataclasses import dataclass

from crossbar.nn import Layer, LayerState


@dataclass(frozen=True, kw_only=True)
class SoftLimit(Layer):
    """Values that approach ``limit``."""

    limit: float = 4.0

    def output_shape(self, *inputs):
        return inputs[0]

    def state(self, place):
        state = SoftLimitState(place)
        state.limit = self.limit
        return state


class SoftLimitState(LayerState):
    def forward(self, *inputs, rng):
        self.activity.add(self.name, "activation", inputs[0].size)
        self.shrink = 1 / (1 + abs(inputs[0]) / self.limit)
        return inputs[0] * self.shrink

    def backward(self, d, *, rng):
        return (d * self.shrink**2,)
