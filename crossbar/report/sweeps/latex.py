r"""Tables as LaTeX, with the rules of booktabs."""

from __future__ import annotations

from crossbar.report.tables.table import Cell, Number, Reference, Table

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
    long = len(table.rows) > LONG
    form = "".join(
        "r" if numeric else r"p{0.3\linewidth}" if column.wrap else "l"
        for column, numeric in zip(table.columns, table.numeric, strict=True)
    )
    caption = rf"\caption{{{escaped(table.caption)}}}" + rf"\label{{tab:{table.name}}}"
    heading = _row([escaped(column.title) for column in table.columns])
    rows = [
        _row([_cell(cell, bold=k < table.leading) for cell in row])
        for k, row in enumerate(table.rows)
    ]
    notes = [f"({k}) {escaped(note)}" + r"\\" for k, note in enumerate(table.notes, 1)]
    if long:
        return "\n".join([
            r"% \usepackage{booktabs,longtable}",
            rf"\begin{{longtable}}{{{form}}}",
            caption + r"\\",
            r"\toprule", heading, r"\midrule\endhead", r"\bottomrule\endfoot",
            *rows,
            r"\end{longtable}", *notes, "",
        ])  # fmt: skip
    return "\n".join([
        r"% \usepackage{booktabs}",
        r"\begin{table}", r"\centering", caption, rf"\begin{{tabular}}{{{form}}}",
        r"\toprule", heading, r"\midrule", *rows, r"\bottomrule",
        r"\end{tabular}", *([r"\par\smallskip\raggedright\footnotesize", *notes] if notes else []),
        r"\end{table}", "",
    ])  # fmt: skip


def escaped(text: str) -> str:
    r"""Return ``text`` so that LaTeX prints it.

    Examples
    --------
    >>> print(escaped("device.sigma_read = 5 % & 2 µS"))
    device.sigma\_read = 5 \% \& 2 \textmu{}S
    """
    return "".join(ESCAPED.get(c, c) for c in text)


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(cell: Cell, *, bold: bool) -> str:
    if isinstance(cell, Reference):
        return f"({cell.number})"
    text = escaped(cell.text if isinstance(cell, Number) or not isinstance(cell, str) else cell)
    return rf"\textbf{{{text}}}" if bold and text else text
