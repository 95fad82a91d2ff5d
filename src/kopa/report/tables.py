"""Tables, figures and headed parts of the page."""

from __future__ import annotations

from collections.abc import Sequence

from kopa.report.markup import Given, Markup, tag


def table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Given]],
    numbers: int = 0,
    kind: str = "",
) -> Markup:
    """A table; the first cell of each row is its head.

    Parameters
    ----------
    caption
        What it shows.
    heads
        Heads of the columns.
    rows
        Cells.
    numbers
        So many of the last columns are numbers, and stand to the right.
    kind
        Its class.
    """
    last = len(heads) - numbers
    head = [
        tag("th", words, scope="col", class_="n" if at >= last else None)
        for at, words in enumerate(heads)
    ]
    body = [
        tag(
            "tr",
            tag("th", cells[0], scope="row"),
            [
                tag("td", cell, class_="n" if at >= last else None)
                for at, cell in enumerate(cells[1:], 1)
            ],
        )
        for cells in rows
    ]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", head)),
            tag("tbody", body),
            class_=kind or None,
        ),
        class_="wide",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def figure(content: Given, caption: Given, kind: str = "") -> Markup:
    """A picture with its caption."""
    return tag("figure", content, tag("figcaption", caption), class_=kind or None)


def section(name: str, title: str, *content: Given, level: int = 2, kind: str = "") -> Markup:
    """A headed part of the page.

    Parameters
    ----------
    name
        Its id, without blanks.
    title
        Its head.
    content
        What is in it.
    level
        Of its head.
    kind
        Its class.
    """
    head = tag(f"h{level}", title, id=f"{name}-head")
    return tag(
        "section", head, *content, id=name, aria_labelledby=f"{name}-head", class_=kind or None
    )


def note(*content: Given, kind: str = "note") -> Markup:
    """A paragraph that stands out."""
    return tag("p", *content, class_=kind)
