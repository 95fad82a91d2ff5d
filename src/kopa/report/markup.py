"""Elements of HTML and SVG, as well-formed XML; whatever data say is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from kopa.errors import UsageError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What XML cannot carry, such as control characters in the name of an asset."""
_EMPTY = frozenset({"br", "hr", "meta", "col", "rect", "circle", "line", "path", "use", "wbr"})
_LEADS_AWAY = frozenset({"href", "src", "xlink:href", "action", "srcset", "data"})


@dataclass(frozen=True, slots=True)
class Raw:
    """Text of Kopa's own files that goes into the page as it is: the style sheet."""

    text: str


@dataclass(frozen=True, slots=True)
class Markup:
    """An element.

    Parameters
    ----------
    name
        Of the element.
    attributes
        By name; those that are None are left out.
    children
        Elements and texts.
    """

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Node, ...]

    def __str__(self) -> str:
        parts: list[str] = []
        _write(self, parts)
        return "".join(parts)


Node = Markup | Raw | str
Given = Node | None | Iterable[Node | None]


def tag(name: str, /, *children: Given, **attributes: str | float | None) -> Markup:
    """An element; ``class_`` is class, ``stroke_width`` is stroke-width.

    Parameters
    ----------
    name
        Of the element.
    children
        Elements, texts, or several of them; None is nothing.
    attributes
        Its attributes; None is left out.

    Raises
    ------
    UsageError
        If a name is none, or an address leads out of the page.
    """
    named = []
    for key, value in attributes.items():
        if value is None:
            continue
        word = key.rstrip("_").replace("_", "-")
        text = f"{value:g}" if isinstance(value, float) else str(value)
        if word in _LEADS_AWAY and not text.startswith("#"):
            raise UsageError(f"'{text}' leads out of the page")
        named.append((word, text))
    if not all(_NAME.fullmatch(word) for word in (name, *(word for word, _ in named))):
        raise UsageError(f"'{name}' is no element, or one of its attributes has no name")
    return Markup(name, tuple(named), tuple(_flat(children)))


def _flat(children: Iterable[Given]) -> Iterable[Node]:
    for child in children:
        if isinstance(child, Markup | Raw | str):
            yield child
        elif child is not None:
            yield from (one for one in child if one is not None)


def text_of(value: str) -> str:
    """A text as it stands in the page."""
    return escape(_NOT_XML.sub("\ufffd", value), quote=True)


def _write(node: Node, parts: list[str]) -> None:
    if isinstance(node, Raw):
        parts.append(node.text)
        return
    if isinstance(node, str):
        parts.append(text_of(node))
        return
    told = "".join(f' {name}="{text_of(value)}"' for name, value in node.attributes)
    if node.name in _EMPTY and not node.children:
        parts.append(f"<{node.name}{told}/>")
        return
    parts.append(f"<{node.name}{told}>")
    for child in node.children:
        _write(child, parts)
    parts.append(f"</{node.name}>")
