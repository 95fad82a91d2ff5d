"""JSON-LD nodes with prefixed names, as Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_UNSAFE = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def turtle(node: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    """A node, and all that hangs on it.

    Parameters
    ----------
    node
        Expanded no further than to prefixed names: ``@id``, ``@type``, ``@value``, ``@language``,
        lists for several values.
    prefixes
        Prefix → namespace.
    """
    waiting, parts = [node], [f"@prefix {name}: <{url}> ." for name, url in prefixes.items()]
    while waiting:
        parts.append(_statement(waiting.pop(0), waiting))
    return "\n".join(part for part in parts if part) + "\n"


def _statement(node: Mapping[str, Any], waiting: list[Mapping[str, Any]]) -> str:
    pairs = list(_pairs(node, waiting))
    lines = " ;\n    ".join(pairs)
    return f"\n{_iri(node['@id'])}\n    {lines} ." if pairs else ""


def _pairs(node: Mapping[str, Any], waiting: list[Mapping[str, Any]]) -> Iterator[str]:
    for name, value in node.items():
        if name == "@id":
            continue
        several = value if isinstance(value, list) else [value]
        if not several:
            continue
        if name == "@type":
            yield f"a {', '.join(several)}"
        else:
            yield f"{name} {', '.join(_term(one, waiting) for one in several)}"


def _term(value: Any, waiting: list[Mapping[str, Any]]) -> str:
    if not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if "@value" in value:
        text = json.dumps(value["@value"], ensure_ascii=False)
        if "@language" in value:
            return f"{text}@{value['@language']}"
        return f"{text}^^{value['@type']}" if "@type" in value else text
    if "@id" in value:
        waiting.append(value)
        return _iri(value["@id"])
    return f"[ {' ; '.join(_pairs(value, waiting))} ]"


def _iri(text: str) -> str:
    return f"<{_UNSAFE.sub(lambda match: f'%{ord(match[0]):02X}', text)}>"
