"""adseq, event queues with gradients on JAX."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np

from truth.task import Answer, Tool
from truth.tasks.delay_gradient import Delayed


def version() -> str:
    """Return its version."""
    import adseq  # noqa: F401

    return metadata.version("adseq")


TOOL = Tool(name="adseq", version=version)


def delay_gradient(asked: Delayed) -> Answer:
    """`mk_synapse` with six queues, of which Ring and BinaryHeap are right to 2e-5.

    The others are LossyRing, FIFORing, SortedArray and SingleSpike.
    """
    import adseq

    room = (16,)
    kinds = [(adseq.Ring, ()), (adseq.SingleSpike, ()), (adseq.BinaryHeap, room)]
    kinds += [(kind, room) for kind in (adseq.LossyRing, adseq.FIFORing, adseq.SortedArray)]
    return np.array([_derivative(asked, kind, given) for kind, given in kinds])


def _derivative(asked: Delayed, kind: Any, given: tuple[int, ...]) -> float:
    """Return the derivative through one queue, by forward differentiation."""
    import adseq
    import jax
    import jax.numpy as jnp

    steps = round(asked.until / asked.step)

    def current(delay: Any) -> Any:
        synapse = adseq.mk_synapse(kind, *given, delay_ms=delay, max_delay_ms=5.0, vthres=1.0,
                                   dt_ms=asked.step, tau_syn_ms=asked.tau)  # fmt: skip

        def step(state: Any, k: Any) -> tuple[Any, None]:
            now = k * asked.step
            above = jnp.where(jnp.abs(now - asked.spike) < asked.step / 2, 1.5, 0.5)
            return state.timestep_spike_detect_pre(now, 0.5, above), None

        return jax.lax.scan(step, synapse, jnp.arange(steps + 1))[0].isyn

    return float(jax.jacfwd(current)(asked.delay))
