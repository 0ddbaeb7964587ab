"""A network whose second layer adds to what it reads."""

from crossbar.nn import Add, Dense, Network, Node, Relu


def residual(*, input_shape, classes, width: int = 16):
    return Network(
        input_shape=input_shape,
        layers={
            "enter": Dense(units=width),
            "first": Relu(),
            "inner": Dense(units=width),
            "second": Relu(),
            "sum": Node(Add(), inputs=("first", "second")),
            "out": Dense(units=classes),
        },
    )
