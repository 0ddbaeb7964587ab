"""Two tiles for one matrix: a fast one that gathers gradients, a slow one that holds weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import entry, require_entry
from crossbar.circuit.trains import Trains
from crossbar.substrates.around import Around
from crossbar.substrates.port import Weights
from crossbar.substrates.tile_state import TileState
from crossbar.substrates.transfer import Transfer
from crossbar.substrates.windows import Sliding
from crossbar.substrates.wrapped import Holding
from crossbar.types import Floats, Rng


@dataclass
class FastSlow(Around):
    """Weights C of a slow tile, ``held``, which learn through a fast tile A.

    Reads see C, and ``forward`` times A where the rule asks for it. A change goes to A; after every
    ``every`` updates a line of A is read by driving it alone at full scale, with the noise and the
    converters of any read, and the rule says how C changes.

    Attributes
    ----------
    fast
        The fast tile, of the size of the slow one.
    rule
        How C follows A.
    kept
        What the rule keeps in digital memory, lines first.
    turn : (2,)
        Updates so far, and the line that is read next.
    """

    fast: TileState
    rule: Transfer
    kept: dict[str, Floats]
    turn: Floats

    def __post_init__(self) -> None:
        super().__post_init__()
        rows, cols = self.held.shape
        self.by_row = rows <= cols
        self.lines = min(rows, cols)

    @property
    def activity(self) -> Activity:
        """What happened on the arrays of both tiles."""
        return self.held.activity

    @activity.setter
    def activity(self, activity: Activity) -> None:
        self.held.activity = self.fast.activity = activity

    @property
    def weights(self) -> Floats:
        """Weights as reads see them, (copies, rows, cols)."""
        return self._with_fast(self.held.weights, lambda: self.fast.weights)

    def _with_fast(self, slow: Floats, fast: Callable[[], Floats]) -> Floats:
        """Return ``slow``, with the share of ``fast`` that the rule asks for."""
        share = self.rule.forward
        if not share:
            return slow
        both: Floats = slow + slow.dtype.type(share) * fast()
        return both

    def stored(self, weights: Floats) -> Floats:
        """Return the weights: the slow tile holds all of them."""
        return weights

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W."""
        slow = self.held.read(x, rng=rng, values=values)
        return self._sum(slow, lambda: self.fast.read(x, rng=rng, values=values))

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T."""
        slow = self.held.read_back(d, rng=rng)
        return self._sum(slow, lambda: self.fast.read_back(d, rng=rng))

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows."""
        slow = self.held.read_rows(driven, rng=rng)
        return self._sum(slow, lambda: self.fast.read_rows(driven, rng=rng))

    @property
    def noisy(self) -> bool:
        """Whether reads of the tiles that take part have noise."""
        return self.held.noisy or (bool(self.rule.forward) and self.fast.noisy)

    def _sum(self, slow: Floats, fast: Callable[[], Floats]) -> Floats:
        """Return outputs of both tiles, added in digital where the fast one takes part."""
        if self.rule.forward:
            self.activity.add(self.name, "scaling", slow.size)
        return self._with_fast(slow, fast)

    @property
    def sliding(self) -> Sliding | None:
        """The read of windows of the slow tile, if that is all that reads see."""
        return None if self.rule.forward else self.held.sliding

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Change A by ``-fast rate x^T d``, and transfer the lines that are due."""
        signs = self.rule.signs(self.kept)
        if signs is not None:
            signs = signs.astype(self.dtype)
            x, d = (x * signs, d) if self.by_row else (x, d * signs)
        self.fast.change(x, d, self.rule.fast * rate, rng=rng, trains=trains)
        self._turn(len(x), rng)

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products of ``d`` and ``x``."""
        return self.held.products(x, d, rng=rng)

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change A by ``-fast rate`` times each of ``products``, and transfer what is due."""
        signs = self.rule.signs(self.kept)
        if signs is not None:
            signs = signs.astype(self.dtype)
            products = products * (signs if self.by_row else signs[:, None])
        self.fast.offer(products, self.rule.fast * rate, multiplied, rng=rng)
        self._turn(len(products), rng)

    def _turn(self, updates: int, rng: Rng) -> None:
        """Count ``updates``, and transfer a line for each of them that is due."""
        before = int(self.turn[0])
        self.turn[0] = before + updates
        for _ in range((before + updates) // self.rule.every - before // self.rule.every):
            self._transfer(int(self.turn[1]), rng)
            self.turn[1] = (self.turn[1] + 1) % self.lines

    def _transfer(self, line: int, rng: Rng) -> None:
        """Read ``line`` of A, and give C what the rule makes of it."""
        copies = self.fast.array.layout.copies
        one = np.zeros((1, copies, self.lines), self.dtype)
        one[..., line] = 1  # every copy is read once
        read = self.fast.read if self.by_row else self.fast.read_back
        seen = read(one, rng=rng)[0].mean(axis=0, dtype=np.float64)
        seen *= self.rule.weight(self.lines)
        self.activity.add(self.name, "scaling", self.rule.scalings * seen.size)
        step = self.held.step
        step = step if self.by_row or step.size == 1 else step[line : line + 1]
        change = self.rule.transferred(self.kept, line, seen, step)
        if change.any():
            wide = change[None].astype(self.dtype)
            self.held.give(*((one[:, 0], wide) if self.by_row else (wide, one[:, 0])), rng=rng)

    def aged(self, seconds: float, temperature: float | None = None) -> Self:
        """Return a copy whose tiles have drifted until ``seconds``."""
        held = self.held.aged(seconds, temperature)
        fast = self.fast.aged(seconds, temperature)
        fast.activity = held.activity
        kept = {name: array.copy() for name, array in self.kept.items()}
        return type(self)(held, fast, self.rule, kept, self.turn.copy())

    def refresh(self) -> None:
        """Clear what many updates let build up in both tiles."""
        self.held.refresh()
        self.fast.refresh()

    def arrays(self) -> dict[str, Floats]:
        """Return the state of both tiles, and what the rule keeps."""
        fast = {f"fast.{name}": array for name, array in self.fast.arrays().items()}
        kept = {f"kept.{name}": array for name, array in self.kept.items()}
        return self.held.arrays() | fast | kept | {"turn": self.turn}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"{type(self).__name__} '{self.name}'"
        own = {name: require_entry(where, arrays, f"kept.{name}", array.shape)
               for name, array in self.kept.items()}  # fmt: skip
        turn = require_entry(where, arrays, "turn", self.turn.shape)
        for part, begin in ((self.held, ""), (self.fast, "fast.")):
            part.restore({k: entry(where, arrays, f"{begin}{k}") for k in part.arrays()})
        for name, array in own.items():
            self.kept[name][...] = array
        self.turn[...] = turn


@dataclass(frozen=True, kw_only=True)
class TwoTiles(Holding):
    """A slow tile, and a fast one of the same cells through which it learns.

    Weights that ``held`` has in digital memory stay there, and learn at once.

    Parameters
    ----------
    held
        The slow tile, or what is wrapped around it.
    rule
        How the slow tile follows the fast one.
    """

    rule: Transfer

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Fabricate both tiles; the slow one holds ``weights``, the fast one begins at zero.

        Weights of both have the same range. What is written twice is counted twice.
        """
        gathering = rng.spawn(1)[0]
        slow = self.held.program(weights, rng=rng, copies=copies, name=name, activity=activity)
        if slow.tile is None:
            return slow
        spec, own = slow.tile.spec, slow.tile.array.mapping
        mapping = replace(self.rule.mapping or own, w_max=own.limit)
        fast = replace(spec, mapping=mapping, faults=None).program(
            np.zeros(slow.shape), rng=gathering, copies=copies, name=name, activity=slow.activity
        )
        kept = self.rule.begun(*sorted(slow.shape))
        return FastSlow(slow, fast, self.rule, kept, np.zeros(2))
