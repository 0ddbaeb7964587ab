r"""Tables as LaTeX, with the rules of booktabs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crossbar.report.tables.table import Cell, Table, shown

LONG = 40  # rows, above which a table breaks over pages
ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "µ": r"\textmu{}",
    "Ω": r"\textohm{}",
    "°": r"\textdegree{}",
    "×": r"\texttimes{}",
    "−": r"\textminus{}",
    "±": r"\textpm{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    **{c: rf"\textsuperscript{{{k}}}" for k, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}


def latex(table: Table) -> str:
    """Return ``table`` as LaTeX; longer than a page, it breaks over pages (longtable)."""
    form = "".join(
        "r" if numeric else r"p{0.3\linewidth}" if column.wrap else "l"
        for column, numeric in zip(table.columns, table.numeric, strict=True)
    )
    rows = [[_cell(cell, bold=k < table.leading) for cell in row]
            for k, row in enumerate(table.rows)]  # fmt: skip
    titles: Any = [escaped(column.title) for column in table.columns]
    frame = pd.DataFrame(rows, columns=range(len(titles)), dtype=object)
    text = (
        frame.style.hide(axis="index")
        .format_index(lambda k: titles[k], axis="columns")
        .to_latex(
            column_format=form, caption=escaped(table.caption), label=f"tab:{table.name}",
            hrules=True, position_float=None if len(rows) > LONG else "centering",
            environment="longtable" if len(rows) > LONG else "table",
        )
    )  # fmt: skip
    notes = [rf"({k}) {escaped(note)}\\" for k, note in enumerate(table.notes, 1)]
    if notes:
        below = "\n".join([r"\par\smallskip\raggedright\footnotesize", *notes, ""])
        at = len(text) if len(rows) > LONG else text.rindex(r"\end{table}")
        text = text[:at] + below + text[at:]
    return "% \\usepackage{booktabs,longtable}\n" + text


def escaped(text: str) -> str:
    r"""Return ``text`` so that LaTeX prints it.

    Examples
    --------
    >>> print(escaped("device.sigma_read = 5 % & 2 µS"))
    device.sigma\_read = 5 \% \& 2 \textmu{}S
    """
    return "".join(ESCAPED.get(c, c) for c in text)


def _cell(cell: Cell, *, bold: bool) -> str:
    text = escaped(shown(cell))
    return rf"\textbf{{{text}}}" if bold and text else text
