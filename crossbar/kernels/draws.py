"""Random numbers of the compiled loops: a hash of (key, counter), no state.

A result depends on neither threads nor the order in which cells are visited. A stream has a key of
two 32-bit words; streams that are used together differ in the second one, since the first alone
puts the same words in another order.

Inlined functions are plain arithmetic on 32-bit words, which LLVM turns into vector code. In Numba
the product of two uint32 is a uint64: every intermediate is cast back.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from crossbar.kernels.compiling import inline, jit
from crossbar.types import Floats

u32, i32, f32 = np.uint32, np.int32, np.float32

CHUNK = 2048  # normals of one key; bounds the buffers of the callers


@intrinsic
def as_float(typingctx: Any, word: Any = None) -> Any:
    """Return the float32 that has the bits of ``word``."""

    def build(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.float32))

    return types.float32(types.uint32), build


@intrinsic
def as_word(typingctx: Any, number: Any = None) -> Any:
    """Return the bits of the float32 ``number``."""

    def build(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.uint32))

    return types.uint32(types.float32), build


@inline
def word(counter, key0, key1):
    """Return 32 random bits: two rounds of xorshift and multiplication, the key in between.

    Two rounds alone do not spread small counters, which the multiplication in front does.
    """
    x = u32(u32(counter * u32(0x9E3779B9)) + key0)
    x = u32(x ^ (x >> u32(16)))
    x = u32(u32(x * u32(0x7FEB352D)) + key1)
    x = u32(x ^ (x >> u32(15)))
    x = u32(x * u32(0x846CA68B))
    return u32(x ^ (x >> u32(16)))


@inline
def halves(key):
    """Return the two words of a 64-bit key."""
    return u32(key & np.uint64(0xFFFFFFFF)), u32(key >> np.uint64(32))


@inline
def derived(key0, key1, index):
    """Return the key of stream ``index`` below a key."""
    first = word(u32(index), key0, key1)
    return first, word(first, u32(key1 + u32(0x9E3779B9)), u32(key0 ^ u32(index)))


@inline
def beside(key0, key1):
    """Return the key of a second stream beside that of a key."""
    return u32(key0 ^ u32(0x5BD1E995)), u32(key1 ^ u32(0x85EBCA6B))


@inline
def apart(key0, key1, index):
    """Return the key of stream ``index`` apart from those right below a key."""
    other0, other1 = beside(key0, key1)
    return derived(other0, other1, index)


@inline
def unit(bits):
    """Return the middle of one of 2^23 intervals of (0, 1)."""
    return f32(f32(i32(bits >> u32(9))) + f32(0.5)) * f32(2.0**-23)


def fitted(f, low, high, degree):
    """Return the coefficients, rising, of the polynomial close to ``f`` on [low, high]."""
    fit = np.polynomial.Chebyshev.interpolate(f, degree, [low, high])
    return tuple(float(c) for c in fit.convert(kind=np.polynomial.Polynomial).coef)


# -2 ln(1 + t) = t P(t) on mantissas from sqrt(1/2) to sqrt(2), to 1e-6.
_L = fitted(
    lambda t: np.where(t == 0, -2.0, -2 * np.log1p(t) / np.where(t == 0, 1, t)),
    math.sqrt(0.5) - 1,
    math.sqrt(2) - 1,
    6,
)
# sin(2 pi q) = q P(q^2) for |q| <= 1/4, to 3e-6.
_S = fitted(lambda a: 2 * np.pi * np.sinc(2 * np.sqrt(a)), 0.0, 0.0625, 3)


@inline
def _radius_squared(bits):
    """Return -2 ln(u), u the middle of one of 2^31 intervals of (0, 1)."""
    x = f32(f32(i32(bits >> u32(1))) + f32(0.5))
    b: np.uint32 = as_word(x)
    e = i32(u32(b - u32(0x3F3504F3))) >> i32(23)
    t = as_float(u32(b - u32(u32(e) << u32(23)))) - f32(1)
    p = f32(_L[6]) * t + f32(_L[5])
    p = p * t + f32(_L[4])
    p = p * t + f32(_L[3])
    p = p * t + f32(_L[2])
    p = p * t + f32(_L[1])
    p = p * t + f32(_L[0])
    return max(p * t + (f32(31) - f32(e)) * f32(2 * math.log(2)), f32(0))


@inline
def _sine(q):
    """Return sin(2 pi q) for |q| <= 1/4."""
    a = q * q
    p = f32(_S[3]) * a + f32(_S[2])
    p = p * a + f32(_S[1])
    p = p * a + f32(_S[0])
    return p * q


@inline
def pair(bits, turn):
    """Return two independent standard normals from two words (Box-Muller; |z| < 6.7)."""
    r = f32(math.sqrt(_radius_squared(bits)))
    s = f32(i32(turn)) * f32(2.0**-32)  # turns, [-1/2, 1/2)
    h = f32(abs(s))
    fold = f32(0.25) - f32(abs(f32(0.25) - h))
    return r * _sine(f32(0.25) - h), r * _sine(f32(math.copysign(fold, s)))


@jit
def normals(out, key0, key1):
    """Fill ``out`` (n,) with standard normals; number k and number k + (n + 1) // 2 are a pair."""
    half = (out.size + 1) // 2
    first, second = out[:half], out[half:]
    turn0, turn1 = beside(key0, key1)
    for k in range(second.size):
        a, b = pair(word(u32(k), key0, key1), word(u32(k), turn0, turn1))
        first[k] = a
        second[k] = b
    if out.size % 2:
        k = half - 1
        out[k], _ = pair(word(u32(k), key0, key1), word(u32(k), turn0, turn1))


@jit
def fill_normals(out: Floats, key: np.uint64) -> None:
    """Fill ``out`` (n,) with independent standard normals of the stream ``key``."""
    key0, key1 = halves(key)
    for start in range(0, out.size, CHUNK):
        chunk0, chunk1 = derived(key0, key1, start // CHUNK)
        normals(out[start : start + CHUNK], chunk0, chunk1)
