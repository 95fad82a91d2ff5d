"""Findings in the report, in the reader's language where there are words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kopa.city.documents import Document
from kopa.report.context import Context
from kopa.report.markup import Markup, Node, tag
from kopa.report.tables import table

NAMED = ("gives", "of")
"""Values of findings that are quantities."""


def findings_table(context: Context, caption: str, findings: Sequence[Document]) -> Markup:
    """Findings grouped by what they say: how many there are, and the first.

    Parameters
    ----------
    context
        The report.
    caption
        What the table shows.
    findings
        Rows as stories have them.
    """
    say = context.voice.say
    groups: dict[str, list[Document]] = {}
    for finding in findings:
        key = f"{finding['code']}:{finding['values'].get('factor', '')}"
        groups.setdefault(key, []).append(finding)
    order = {"error": 0, "warning": 1, "info": 2}
    rows = [
        [
            said(context, some[0], ""),
            said(context, some[0], "-do"),
            say(f"report-severity-{some[0]['severity']}"),
            context.voice.whole(len(some)),
        ]
        for some in sorted(groups.values(), key=lambda some: order.get(some[0]["severity"], 3))
    ]
    heads = [say(f"report-head-{name}") for name in ("what", "do", "severity", "count")]
    return table(caption, heads, rows, 1)


def said(context: Context, finding: Document, part: str) -> Node:
    """A finding in words; in English, and marked so, where a language has none."""
    key = f"finding-{str(finding['code']).replace('.', '-')}{part}"
    told = context.voice.say(key, "", **_values(context, finding["values"]))
    plain = str(finding["do" if part else "what"])
    if told != key.partition("-")[2].replace("_", " "):  # what stands in where there are no words
        return told
    return tag("span", plain, lang="en") if context.report.language != "en" else plain


def _values(context: Context, values: Mapping[str, str | float]) -> dict[str, str | float]:
    """Values with quantities and services in words."""
    say = context.voice.say
    found = dict(values)
    for name in NAMED:
        if name in found:
            found[name] = say(f"quantity-{found[name]}")
    if found.get("service"):
        found["service"] = say(f"service-{found['service']}")
    return found
