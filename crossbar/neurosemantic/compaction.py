"""What compaction removes, and what records hold in its place."""

from __future__ import annotations

from collections.abc import Iterable

from crossbar.neurosemantic.patterns import PatternStore


def rare(store: PatternStore, seen: int, needed: Iterable[int]) -> set[int]:
    """Return the neurons that came fewer than ``seen`` times, without those that are ``needed``.

    What a needed neuron consists of is needed too.
    """
    kept: set[int] = set()
    waiting = [node for node in needed if node >= 0]
    while waiting:
        node = waiting.pop()
        if node not in kept:
            kept.add(node)
            waiting += [part for part, _ in store.parts(node, 0) if part >= 0]
    return {
        neuron
        for neuron, (pattern, count) in enumerate(zip(store.patterns, store.counts, strict=True))
        if pattern is not None and count < seen and neuron not in kept
    }


def dissolved(store: PatternStore, parts: tuple[int, ...], removed: set[int]) -> tuple[int, ...]:
    """Return ``parts`` of a record, with what each neuron that is ``removed`` consists of."""
    result: list[int] = []
    before = time = 0
    for at, node in enumerate(parts[::2]):
        time += parts[2 * at - 1] if at else 0
        waiting = [(node, time)]
        while waiting:
            node, start = waiting.pop()
            if node in removed:
                waiting += reversed(store.parts(node, start))
                continue
            if result:
                result.append(start - before)
            result.append(node)
            before = start
    return tuple(result)
