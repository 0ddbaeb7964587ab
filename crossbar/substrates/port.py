"""What a layer needs of its weights, whatever holds them."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import require_generator
from crossbar.circuit.trains import Trains
from crossbar.displayed import Displayed
from crossbar.substrates.arguments import as_events, as_pair, as_rate, as_vectors
from crossbar.substrates.windows import Cutting, Sliding
from crossbar.types import Floats, FloatType, Integers, Rng

if TYPE_CHECKING:
    from crossbar.substrates.tile_state import TileState


class Weights(Displayed, ABC):
    """State that holds one weight matrix (rows, cols): reads it, transposed too, and changes it.

    Samples come first: x is (n, rows), or (n, positions, rows) where one sample has several
    vectors that share a gain (the windows of a convolution).

    :meth:`matvec`, :meth:`rmatvec`, :meth:`rows` and :meth:`update` check what they are given and
    then :meth:`read`, :meth:`read_back`, :meth:`read_rows` and :meth:`change`, which layers call
    with signals that fit.
    """

    name: str
    activity: Activity
    exact_products: bool = True
    """Whether multipliers are ideal: sums of products may then be worked out in any way."""

    @property
    @abstractmethod
    def weights(self) -> Floats:
        """What the chip would show when read back without noise, (copies, rows, cols)."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and cols."""

    @property
    @abstractmethod
    def dtype(self) -> FloatType:
        """Floating-point type of signals."""

    def matvec(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W, (n, cols) or (n, positions, cols).

        ``values`` is how many values were scaled to make x, where positions share some (the
        pixels of overlapping windows); None for all of x.

        Raises
        ------
        ShapeError, DataError, ConfigError
            If ``x`` has another shape or is no array of finite numbers, or ``rng`` no generator;
            the other methods likewise.
        """
        require_generator(self._where, rng)
        x = as_vectors(self._where, x, self.shape[0], self.dtype)
        return self.read(x, rng=rng, values=values)

    def rmatvec(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T by a transposed read, (n, rows) or (n, positions, rows)."""
        require_generator(self._where, rng)
        return self.read_back(as_vectors(self._where, d, self.shape[1], self.dtype), rng=rng)

    def rows(self, events: Sequence[Any], *, rng: Rng) -> Floats:
        """Return the sums (steps, cols) of the rows that ``events`` lists for every time step.

        Each listed row is driven for one read, at full scale; the others rest at virtual ground,
        draw nothing, and add the thermal noise of their cells alone. Neither normaliser nor DAC
        takes part. A step without events reads nothing but noise.

        Parameters
        ----------
        events
            Whole numbers of rows, a list a time step: ``[[0, 3], [], [1]]``.
        """
        require_generator(self._where, rng)
        driven = as_events(self._where, events, self.shape[0], self.dtype)
        return self.read_rows(driven, rng=rng)

    def update(self, x: Floats, d: Floats, rate: float, *, rng: Rng) -> None:
        """Change W by ``-rate x^T d``, sample after sample (positions of one sample at once)."""
        require_generator(self._where, rng)
        x, d = as_pair(self._where, x, d, self.shape, self.dtype)
        self.change(x, d, as_rate(self._where, rate), rng=rng)

    @property
    def _where(self) -> str:
        """The weights as an error names them."""
        return f"{type(self).__name__.removesuffix('State')} '{self.name}'"

    @abstractmethod
    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return what :meth:`matvec` does, for signals that fit."""

    @abstractmethod
    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return what :meth:`rmatvec` does, for signals that fit."""

    @abstractmethod
    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return what :meth:`rows` does; ``driven`` (steps, rows) is 1 for a driven row, else 0."""

    def read_alone(self, lines: Integers, *, rng: Rng) -> Floats:
        """Return what :meth:`rows` does for one row a step, those of ``lines`` (steps,)."""
        driven = np.zeros((lines.size, self.shape[0]), self.dtype)
        driven[np.arange(lines.size), lines] = 1
        return self.read_rows(driven, rng=rng)

    @abstractmethod
    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Do what :meth:`update` does, for signals that fit; where ``trains`` meet, if given."""

    @abstractmethod
    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products (n, cols, rows) of ``d`` and ``x``, converted to numbers.

        Those of the positions of one sample are summed. Nothing changes: digital memory adds them
        up before :meth:`offer` takes the sum.
        """

    def gradient(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products (rows, cols), summed over samples in digital memory."""
        each = self.products(x, d, rng=rng)
        self.activity.add(self.name, "addition", each.size - each[0].size)
        total: Floats = each.sum(axis=0).T
        return total

    @abstractmethod
    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change W by ``-rate`` times each of ``products`` (n, cols, rows), one after the other.

        ``multiplied`` is how many multiplications gave them; None for numbers from digital memory,
        which take neither multipliers nor converters.
        """

    def give(self, x: Floats, d: Floats, *, rng: Rng) -> None:
        """Change W by ``x^T d`` (n, rows) and (n, cols), numbers from digital memory."""
        self.offer(d[:, :, None] * x[:, None, :], -1.0, rng=rng)

    @property
    def step(self) -> Floats:
        """Change of a weight by one pulse of its cells, (1,) or (cols,); 0 for any change."""
        return np.array([0.0 if self.tile is None else self.tile.writing.step])

    @property
    def noisy(self) -> bool:
        """Whether two reads of the same rows may differ; no only where that is sure."""
        return True

    @property
    def sliding(self) -> Sliding | None:
        """A read of all windows of images that does not lay them out; None if there is none."""
        return None

    @property
    def cutting(self) -> Cutting | None:
        """A read that cuts windows from samples itself; None if there is none."""
        return None

    @abstractmethod
    def aged(self, seconds: float, temperature: float | None = None) -> Weights:
        """Return a copy that has drifted until ``seconds`` after programming.

        From now on it is stored at ``temperature`` [K]; None for that of the laws of its cells.
        """

    @abstractmethod
    def rewrite(self, target: Floats | Weights, *, rng: Rng) -> None:
        """Write all cells again in their way, and count what that takes; drift begins anew.

        ``target`` are weights (rows, cols), or others of the same hardware, for their conductances.
        """

    @property
    def tile(self) -> TileState | None:
        """The arrays that hold the weights; None for weights in digital memory."""
        return None

    @property
    def order(self) -> Integers | None:
        """Word line of every row (rows,), where rows stand on other lines than their own."""
        return None

    @property
    def compensation(self) -> Floats | None:
        """Factors (1,) or (cols,) of the outputs that compensate drift; None for none."""
        return None

    @abstractmethod
    def refresh(self) -> None:
        """Clear what rounding and the line-resistance policy let build up over many updates."""

    @abstractmethod
    def arrays(self) -> dict[str, Floats]:
        """Return the arrays that make up the state, by name, for a checkpoint."""

    def copy(self) -> Self:
        """Return an independent copy of the state."""
        return copy.deepcopy(self)

    @abstractmethod
    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""


class Substrate(Displayed, ABC):
    """What weights are held in: a specification that programs :class:`Weights`."""

    def require_parts(self, parts: Sequence[str]) -> None:
        """Raise if the substrate says something about a part that is none of ``parts``."""

    def part(self, name: str) -> Substrate:
        """Return the substrate of the part ``name``, where parts differ."""
        return self

    def filled(self) -> Self:
        """Return the substrate for weights that have grown, without room for more."""
        return self

    def fitted(self, largest: float) -> Self:
        """Return the substrate with the room for weights that ``largest`` would leave if first."""
        return self

    @abstractmethod
    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Return new hardware that holds ``weights`` (rows, cols), ``copies`` times over."""
