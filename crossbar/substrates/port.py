"""What a layer needs of its weights, whatever holds them."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Self

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import (
    real,
    require_array,
    require_finite,
    require_generator,
    require_whole,
)
from crossbar.devices import OLDEST
from crossbar.errors import ShapeError, message, require_number
from crossbar.substrates.windows import windows
from crossbar.types import Floats, FloatType

Order = Callable[[Floats, int], Floats]


def as_vectors(where: str, x: Floats, lines: int, dtype: FloatType) -> Floats:
    """Return ``x`` (n, lines) or (n, positions, lines) as finite numbers of ``dtype``, or raise."""
    x = real(where, x)
    if x.ndim not in (2, 3) or x.shape[-1] != lines or not x.size:
        expected = f"shape (n, {lines}) or (n, positions, {lines})"
        raise ShapeError(message(where, expected, x.shape, "The batch axis is first."))
    return _solid(where, x, dtype)


def as_images(where: str, x: Floats, kernel: int, lines: int, dtype: FloatType) -> Floats:
    """Return images ``x`` (n, h, w[, c]) whose windows fill ``lines``, as :func:`as_vectors`."""
    side = require_whole(f"{where}, kernel", kernel, low=1)
    x = real(where, x)
    channels = x.shape[3] if x.ndim == 4 else 1
    fits = x.ndim in (3, 4) and min(x.shape[1:3]) >= side and side * side * channels == lines
    if not fits or not x.size:
        expected = f"images (n, height, width[, channels]) with windows of {lines} values"
        remedy = f"A window of {side}x{side} has {side * side} values a channel."
        raise ShapeError(message(where, expected, x.shape, remedy))
    return _solid(where, x, dtype)


def as_pair(
    where: str, x: Floats, d: Floats, shape: tuple[int, int], dtype: FloatType
) -> tuple[Floats, Floats]:
    """Return signals ``x`` and gradients ``d`` of a matrix of ``shape``, or raise."""
    x = as_vectors(where, x, shape[0], dtype)
    d = as_vectors(f"{where} gradient", d, shape[1], dtype)
    if x.shape[:-1] != d.shape[:-1]:
        expected = f"a gradient {(*x.shape[:-1], shape[1])}"
        raise ShapeError(message(where, expected, d.shape, "Give one a signal."))
    return x, d


def as_gradient(
    where: str, x: Floats, kernel: int, d: Floats, shape: tuple[int, int], dtype: FloatType
) -> tuple[Floats, Floats]:
    """Return images ``x`` and gradients ``d`` (n, positions, cols) of a kernel, or raise."""
    x = as_images(where, x, kernel, shape[0], dtype)
    d = as_vectors(f"{where} gradient", d, shape[1], dtype)
    positions = (x.shape[1] - kernel + 1) * (x.shape[2] - kernel + 1)
    if d.shape[:-1] != (len(x), positions):
        expected = f"a gradient {(len(x), positions, shape[1])}"
        raise ShapeError(message(where, expected, d.shape, "Give one a window."))
    return x, d


def as_rate(where: str, rate: float) -> float:
    """Return the learning rate as a number, or raise unless it is finite."""
    return require_number(f"{where}, rate", rate, low=-1e30, high=1e30, remedy="0.0005 is usual.")


def as_age(where: str, seconds: float) -> float:
    """Return the time since programming as a number, or raise unless it can be."""
    remedy = "Give the seconds since programming: 3600.0."
    return require_number(f"{where}.seconds", seconds, low=0, high=OLDEST, unit="s", remedy=remedy)


def as_matrix(where: str, weights: Floats, rng: np.random.Generator) -> Floats:
    """Return ``weights`` (rows, cols) as finite numbers of double precision, or raise."""
    require_generator(where, rng)
    matrix: Floats = require_array(f"{where}.weights", weights, ("rows", "cols"))
    return matrix.astype(np.float64, copy=False)


def _solid(where: str, x: Floats, dtype: FloatType) -> Floats:
    """Return ``x`` in memory order as finite numbers of ``dtype``, or raise."""
    if x.dtype == dtype:
        solid: Floats = np.ascontiguousarray(x)
    else:
        with np.errstate(over="ignore"):  # what is too large for single precision is not finite
            solid = np.ascontiguousarray(x, dtype)
    require_finite(where, solid)
    return solid


class Weights(ABC):
    """State that holds one weight matrix (rows, cols): reads it, transposed too, and changes it.

    Samples come first: x is (n, rows), or (n, positions, rows) where one sample has several
    vectors that share a gain (the windows of a convolution).

    :meth:`matvec`, :meth:`rmatvec`, :meth:`convolve`, :meth:`update` and :meth:`update_windows`
    check what they are given and then :meth:`read`, :meth:`read_back`, :meth:`read_windows`,
    :meth:`change` and :meth:`change_windows`, which layers call with signals that fit.
    """

    name: str
    activity: Activity

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

    def matvec(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
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

    def rmatvec(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d @ W.T by a transposed read, (n, rows) or (n, positions, rows)."""
        require_generator(self._where, rng)
        return self.read_back(as_vectors(self._where, d, self.shape[1], self.dtype), rng=rng)

    def convolve(self, x: Floats, kernel: int, *, rng: np.random.Generator) -> Floats:
        """Return the products (n, positions, cols) of W and the windows of images ``x``.

        ``x`` is (n, height, width[, channels]), windows as in
        :func:`crossbar.substrates.windows.windows`.
        """
        require_generator(self._where, rng)
        x = as_images(self._where, x, kernel, self.shape[0], self.dtype)
        return self.read_windows(x, kernel, rng=rng)

    def update(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Change W by ``-rate x^T d``, sample after sample (positions of one sample at once)."""
        require_generator(self._where, rng)
        x, d = as_pair(self._where, x, d, self.shape, self.dtype)
        self.change(x, d, as_rate(self._where, rate), rng=rng)

    def update_windows(
        self,
        x: Floats,
        kernel: int,
        d: Floats,
        rate: float,
        order: Order,
        *,
        rng: np.random.Generator,
    ) -> None:
        """Change W by ``-rate`` times the windows of ``x``, in ``order``, times ``d``, summed.

        ``d`` is (n, positions, cols).
        """
        require_generator(self._where, rng)
        x, d = as_gradient(self._where, x, kernel, d, self.shape, self.dtype)
        self.change_windows(x, kernel, d, as_rate(self._where, rate), order, rng=rng)

    @property
    def _where(self) -> str:
        """The weights as an error names them."""
        return f"{type(self).__name__.removesuffix('State')} '{self.name}'"

    @abstractmethod
    def read(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
        """Return what :meth:`matvec` does, for signals that fit."""

    @abstractmethod
    def read_back(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return what :meth:`rmatvec` does, for signals that fit."""

    @abstractmethod
    def change(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Do what :meth:`update` does, for signals that fit."""

    def read_windows(self, x: Floats, kernel: int, *, rng: np.random.Generator) -> Floats:
        """Return what :meth:`convolve` does, for images that fit."""
        return self.read(windows(x, kernel), rng=rng, values=x.size)

    def change_windows(
        self,
        x: Floats,
        kernel: int,
        d: Floats,
        rate: float,
        order: Order,
        *,
        rng: np.random.Generator,
    ) -> None:
        """Do what :meth:`update_windows` does, for images and gradients that fit."""
        self.change(order(windows(x, kernel), kernel), d, rate, rng=rng)

    @abstractmethod
    def aged(self, seconds: float) -> Weights:
        """Return a copy that has drifted until ``seconds`` after programming."""

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


class Substrate(ABC):
    """What weights are held in: a specification that programs :class:`Weights`."""

    def require_parts(self, parts: Sequence[str]) -> None:  # noqa: B027 (most need nothing)
        """Raise if the substrate says something about a part that is none of ``parts``."""

    def part(self, name: str) -> Substrate:
        """Return the substrate of the part ``name``, where parts differ."""
        return self

    def filled(self) -> Self:
        """Return the substrate for weights that have grown, without room for more."""
        return self

    @abstractmethod
    def program(
        self,
        weights: Floats,
        *,
        rng: np.random.Generator,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Return new hardware that holds ``weights`` (rows, cols), ``copies`` times over."""
