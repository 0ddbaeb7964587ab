"""What the cells of a weight are called, and how they make it up, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crossbar.circuit.planes import Plane

USUAL: dict[tuple[tuple[int, ...], ...], list[str]] = {
    ((1,),): ["G"],
    ((1, -1),): ["G+", "G-"],
}  # by the signs of all planes


def cell_names(planes: Sequence[Plane]) -> list[list[str]]:
    """Return what the cells of a weight are called, plane by plane.

    Examples
    --------
    >>> cell_names((Plane(signs=(1, -1)),))
    [['G+', 'G-']]
    >>> cell_names((Plane(signs=(1, -1), significance=4.0), Plane(reference=True)))
    [['G1', 'G2'], ['G3']]
    """
    count = sum(len(plane.signs) for plane in planes)
    each = USUAL.get(tuple(plane.signs for plane in planes), [f"G{k + 1}" for k in range(count)])
    names = iter(each)
    return [[next(names) for _ in plane.signs] for plane in planes]


def cells_in_words(planes: Sequence[Plane]) -> str:
    """Return how many cells hold a weight, and the sum that they make.

    Examples
    --------
    >>> cells_in_words((Plane(reference=True),))
    '1 cell a weight, G - G_ref'
    >>> cells_in_words((Plane(signs=(1, -1), significance=4.0), Plane(amplifier=1)))
    '3 cells a weight, 4 (G1 - G2) + (G3), on 2 amplifiers'
    """
    sums, names = [], cell_names(planes)
    for plane, cells in zip(planes, names, strict=True):
        common = [(-plane.references, "G_ref")] if plane.references else []
        sums.append(_sum([*zip(plane.signs, cells, strict=True), *common]))
    whole = _sum((p.significance, f"({one})") for p, one in zip(planes, sums, strict=True))
    if len(planes) == 1 and planes[0].significance == 1:
        whole = sums[0]
    count, amplifiers = sum(map(len, names)), planes[-1].amplifier + 1
    apart = f", on {amplifiers} amplifiers" if amplifiers > 1 else ""
    return f"{count} cell{'s' if count > 1 else ''} a weight, {whole}{apart}"


def _sum(terms: Iterable[tuple[float, str]]) -> str:
    """Return ``terms``, each a factor and a name, as a sum."""
    text = "".join(
        f" {'-' if factor < 0 else '+'} {'' if abs(factor) == 1 else f'{abs(factor):g} '}{name}"
        for factor, name in terms
    )
    return text.removeprefix(" + ").strip()
