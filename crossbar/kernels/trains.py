"""Coincidence: lines send trains of pulses, and a cell gets one where both of its lines send one.

A slot of a train has a pulse with the probability p_i = |x_i| m sqrt(|per| / L) on word line i and
q_j = |d_j| / m sqrt(|per| / L) on bit line j, each at most 1. Of L slots both meet in n, binomial
with the mean L p_i q_j = |x_i d_j per| and the variance L p_i q_j (1 - p_i q_j); cells of a line
share its train, so that two on word line i have the covariance L p_i (1 - p_i) q_j q_k.

A train is a word of up to 64 bits, drawn by the gaps between its pulses, so that lines without any
cost one look, and only those with some are crossed.

Source: Gokmen and Vlasov, Front. Neurosci. 10:333, 2016.
"""

from __future__ import annotations

import math

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import derived, halves, u32, word
from crossbar.kernels.rare import gap, room
from crossbar.types import Floats, Integers

u64 = np.uint64
LONGEST = 64  # slots of a train


@jit
def train(p, length, key0, key1):
    """Return the slots with a pulse, as bits, each with the probability ``p``."""
    if p >= 1:
        return u64(0xFFFFFFFFFFFFFFFF) >> u64(LONGEST - length)
    mask, at, k = u64(0), 0, 0
    # The first gap is no smaller than the uniform number that it is made of, its rate -log(1 - p)
    # no larger than p / (1 - p).
    if float(word(u32(0), key0, key1)) * 2.0**-32 * (1 - p) >= p * length:
        return mask
    rate = -math.log1p(-p)
    while True:
        wait, k = gap(k, key0, key1)
        if wait >= rate * (length - at):
            return mask
        at += int(wait / rate)
        mask |= u64(1) << u64(at)
        at += 1


@jit
def ones(mask):
    """Return how many bits of ``mask`` are 1."""
    mask = mask - ((mask >> u64(1)) & u64(0x5555555555555555))
    mask = (mask & u64(0x3333333333333333)) + ((mask >> u64(2)) & u64(0x3333333333333333))
    mask = (mask + (mask >> u64(4))) & u64(0x0F0F0F0F0F0F0F0F)
    return np.int64((mask * u64(0x0101010101010101)) >> u64(56))


@jit
def sent(numbers, factor, length, key0, key1, lines, trains):
    """Fill ``lines`` and ``trains`` with the lines that send pulses, and their trains.

    Return how many they are, how many numbers are not 0, and how many of these are cut at 1.
    """
    many, live, cut = 0, 0, 0
    for i in range(numbers.size):
        p = abs(float(numbers[i])) * factor
        if p > 0:
            live += 1
            cut += p > 1
            own0, own1 = derived(key0, key1, i)
            mask = train(p, length, own0, own1)
            if mask:
                lines[many], trains[many] = i, mask
                many += 1
    return many, live, cut


@jit
def meetings(
    x: Floats, d: Floats, per: float, length: int, balanced: bool, key_x: np.uint64,
    key_d: np.uint64,
) -> tuple[Integers, float]:  # fmt: skip
    """Return the visits of trains for ``x`` (n, rows) and ``d`` (n, cols, 1), and changes cut.

    ``per`` is the pulses for a product of one. ``balanced`` trains have a factor m by which the
    largest probability of word lines is that of bit lines; it is 1 otherwise.
    """
    rows, cols = x.shape[1], d.shape[1]
    at_x, at_d = np.empty(rows, np.int64), np.empty(cols, np.int64)
    of_x, of_d = np.empty(rows, np.uint64), np.empty(cols, np.uint64)
    (x0, x1), (d0, d1) = halves(key_x), halves(key_d)
    visits, count, lost = np.empty((cols, 4), np.int32), 0, 0.0
    scale = math.sqrt(abs(per) / length)
    for s in range(x.shape[0]):
        column = d[s, :, 0]
        m, wide, high = 1.0, float(np.abs(x[s]).max()), float(np.abs(column).max())
        if wide == 0 or high == 0:
            continue
        if balanced:
            m = math.sqrt(high / wide)
        row0, row1 = derived(x0, x1, s)
        own0, own1 = derived(d0, d1, s)
        many_x, live_x, cut_x = sent(x[s], scale * m, length, row0, row1, at_x, of_x)
        many_d, live_d, cut_d = sent(column, scale / m, length, own0, own1, at_d, of_d)
        lost += float(cut_x) * live_d + float(live_x - cut_x) * cut_d
        for b in range(many_d):
            visits = room(visits, count, many_x)
            for a in range(many_x):
                n = ones(of_x[a] & of_d[b])
                if n:
                    i, j = at_x[a], at_d[b]
                    visits[count, 0], visits[count, 1], visits[count, 2] = s, j, i
                    visits[count, 3] = n if (x[s, i] > 0) == (column[j] * per > 0) else -n
                    count += 1
    return visits[:count], lost
