"""What the numbers of the report rest on: factors, synthetic parts, gaps, the method."""

from __future__ import annotations

from collections import Counter

from kopa import __version__
from kopa.city.documents import Document
from kopa.city.story import finding_row
from kopa.report.context import Context
from kopa.report.markup import Markup, Node, tag
from kopa.report.part_findings import findings_table
from kopa.report.report import LOW, without_value
from kopa.report.tables import note, section, table
from kopa.report.voice import capital

LIMITS = ("people", "averages", "behaviour", "cascade", "designs")
"""What no report of Kopa can say, whatever the city: `report-limit-…`."""
STEPS = ("runs", "links", "difference", "ranges", "trust")
"""How it is done: `report-method-…`."""


def factors_part(context: Context) -> Markup:
    """Every factor with its range and its source; then those that nobody has given."""
    say, report = context.voice.say, context.report
    known = [row for row in report.factors if row["mid"] is not None]
    lede = say("report-factors-used" if report.scenarios else "report-factors-all")
    parts: list[Markup] = [tag("p", lede)]
    if known:
        heads = [say(f"report-head-{n}") for n in
                 ("factor", "unit", "source", "year", "low", "mid", "high")]  # fmt: skip
        rows = [_factor(context, row) for row in known]
        parts.append(table(say("report-factors-table"), heads, rows, 3, "factors"))
    else:
        parts.append(note(say("report-factors-none")))
    unknown = [row for row in report.factors if row["mid"] is None]
    if unknown:
        of = {factor.id: factor for factor in context.voice.city.settings.factors}
        rows = [
            [
                _id(row),
                _unknown_what(context, of[row["id"]].gives, of[row["id"]].service),
                tag("span", row["source"], lang="en"),
            ]
            for row in unknown
        ]
        heads = [say(f"report-head-{n}") for n in ("factor", "stays-unknown", "why")]
        parts.append(table(say("report-factors-unknown"), heads, rows))
    return section("factors", say("report-factors"), parts)


def _factor(context: Context, row: Document) -> list[Node]:
    voice = context.voice
    numbers = [voice.number(row[name]) for name in ("low", "mid", "high")]
    over, _, below = row["unit"].partition("/")
    unit = f"{voice.unit(over)} / {voice.unit(below)}"
    source = tag("span", f"{row['source']}", lang="en")
    return [_id(row), unit, source, f"{row['year']}, {row['region']}", *numbers]


def _id(row: Document) -> Node:
    parts: list[Node] = []
    for word in str(row["id"]).split("_"):  # a long name may be broken between its words
        parts += ["_", tag("wbr"), word] if parts else [word]
    return tag("code", parts)


def _unknown_what(context: Context, gives: str, service: str) -> str:
    say = context.voice.say
    told = capital(say(f"quantity-{gives}"))
    return f"{told}: {say('service-' + service)}" if service else told


def synthetic_part(context: Context) -> Markup:
    """What of the city is not its own."""
    voice, say, report = context.voice, context.voice.say, context.report
    count: Counter[str] = Counter()
    for part in report.links:
        count[part.origin] += part.count
    synthetic = bool(report.city["synthetic"])
    parts: list[Markup] = [
        tag("p", say("report-synthetic-yes" if synthetic else "report-synthetic-no"))
    ]
    if count:
        rows = [
            [capital(say(f"report-origin-{origin}")), say(f"report-origin-{origin}-what"),
             voice.whole(many)]
            for origin, many in count.most_common()
        ]  # fmt: skip
        heads = [say(f"report-head-{n}") for n in ("origin", "meaning", "links")]
        parts.append(table(say("report-origins"), heads, rows, 1))
    if synthetic:
        parts.append(tag("p", say("report-synthetic-do")))
    return section("synthetic", say("report-synthetic"), parts)


def unknown_part(context: Context) -> Markup:
    """What the report cannot say."""
    say, report = context.voice.say, context.report
    parts: list[Markup] = [tag("p", say("report-gaps-lede"))]
    own = [tag("li", text) for text in _gaps(context)]
    parts.append(tag("ul", own, [tag("li", say(f"report-limit-{name}")) for name in LIMITS]))
    parts += _weak(context)
    if report.findings:
        found = [finding_row(finding) for finding in report.findings]
        parts.append(findings_table(context, say("report-findings"), found))
    else:
        parts.append(note(say("report-findings-none")))
    return section("unknown", say("report-gaps"), parts)


def _gaps(context: Context) -> list[str]:
    voice, say, report = context.voice, context.voice.say, context.report
    found = []
    found += [
        say(f"report-gap-{part.status}", domain=capital(context.domain(part.name)))
        for part in report.domains
        if part.status != "ok"
    ]
    found += [
        say(f"report-gap-scenario-{one.story['status']}", label=one.label)
        for one in report.scenarios
        if one.story["status"] != "ok"
    ]
    if report.missing:
        names = ", ".join(context.domain(name) for name in report.missing)
        found.append(say("report-gap-missing", domains=names))
    if report.unknown_factors:
        found.append(say("report-gap-factors", factors=", ".join(report.unknown_factors)))
    unpriced = sorted({name for one in report.scenarios for name in without_value(one.story)})
    if unpriced:
        names = ", ".join(say(f"service-{service}") for service in unpriced)
        found.append(say("report-gap-unpriced", services=names))
    weak = sum(part.weak for part in report.links)
    if weak:
        share = voice.percent(weak / max(context.links, 1))
        found.append(say("report-gap-links", count=weak, share=share, least=voice.percent(LOW)))
    if report.window.date is None:
        found.append(say("report-gap-date"))
    if report.scenarios:
        found.append(say("report-gap-costs"))
    return found


def _weak(context: Context) -> list[Markup]:
    """Links of little confidence, by whom they join."""
    voice, say = context.voice, context.voice.say
    rows = [
        [
            f"{capital(context.domain(part.source))} → {context.domain(part.target)}",
            voice.whole(part.weak),
            voice.whole(part.count),
            voice.percent(part.least),
        ]
        for part in context.report.links
        if part.weak
    ]
    if not rows:
        return []
    heads = [say(f"report-head-{name}") for name in ("from-to", "weak", "links", "least")]
    caption = say("report-weak", least=voice.percent(LOW))
    return [table(caption, heads, rows, 3, "short"), note(say("report-weak-do"))]


def method_part(context: Context) -> Markup:
    """How it is done, and how to do it again."""
    say, report = context.voice.say, context.report
    return section(
        "method",
        say("report-method"),
        tag("ol", [tag("li", say(f"report-method-{name}")) for name in STEPS]),
        tag("h3", say("report-again")),
        tag("p", say("report-again-lede", version=__version__)),
        tag("pre", tag("code", report.command)) if report.command else None,
    )
