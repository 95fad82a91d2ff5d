"""A scenario in the report: who loses what, when, why; the ledger; what could be done."""

from __future__ import annotations

from collections.abc import Sequence

from kopa.city.decide import MONEY
from kopa.city.documents import Document
from kopa.decide.compare import DISCOUNT, Frequency, Range
from kopa.ledger.account import LENSES
from kopa.report.cause_map import TOLD, Numbered, cause_map, numbered
from kopa.report.context import Context
from kopa.report.markup import Markup, tag
from kopa.report.part_findings import findings_table
from kopa.report.report import Scenario
from kopa.report.svg_chart import Axis, Row, Span, hours_chart, range_chart
from kopa.report.tables import figure, note, section, table
from kopa.report.voice import capital

WORST = 12
"""So many places are named in the table of places."""
TICKS = 8
YEARS = 30
"""How many years a measure is taken to last, where its worth is told for more than one event."""


def scenario_part(context: Context, one: Scenario) -> Markup:
    """All of a scenario."""
    say, told = context.voice.say, one.story
    name = f"scenario-{one.label.lower()}"
    title = say("report-scenario", label=one.label)
    head = [
        tag("ul", [tag("li", _change(context, c, told)) for c in told["changes"]], class_="changes")
    ]
    if told["status"] == "unknown":
        return section(name, title, *head, note(say("report-unknown-answer"), kind="banner"),
                       _findings(context, told))  # fmt: skip
    if told["status"] == "partial":
        head.append(note(say("report-partial-answer"), kind="banner"))
    if not told["totals"]:
        head.append(tag("p", say("report-nothing-changes")))
    parts = (_losses, _hours, _ledger, _reliability, _measures)
    told_parts = [part(context, one, name) for part in parts]
    return section(name, title, *head, cards(context, one), told_parts, _findings(context, told))


def _change(context: Context, change: Document, told: Document) -> str:
    voice, day = context.voice, told["window"]["start"]
    return f"{voice.change(change)}, {voice.times(change['from'], change['to'], day)}"


def cards(context: Context, one: Scenario) -> Markup:
    """A scenario in three numbers."""
    voice, say, head = context.voice, context.voice.say, one.headline
    cells = [
        (
            "people",
            voice.whole(head.people),
            say("report-card-people", count=round(head.people)),
            say("report-card-hours", hours=voice.rounded(head.person_hours)),
        )
    ]
    green = head.sums.get("greenhouse_gas")
    others = [
        f"{capital(say('quantity-' + quantity))} {voice.amount(s.low, s.mid, s.high, s.unit)}"
        for quantity, s in head.sums.items()
        if quantity not in (*MONEY, "greenhouse_gas")
    ]
    more = "; ".join(others)
    gas = voice.rounded(green.mid) if green else "0"
    between = voice.span(green.low, green.high, green.mid) if green else ""
    told = f"{say('report-card-gas')}{f' ({between})' if between else ''}"
    cells.append(("environment", f"{gas} {voice.unit('kgCO2e')}", told, more))
    social, cash = head.sums.get("social_cost"), head.sums.get("utility_cost")
    big = social or cash
    if big is None:
        cells.append(("money", say("report-none"), say("report-card-no-money"), ""))
    else:
        between = voice.span(big.low, big.high, big.mid)
        words = say("report-card-social" if social else "report-card-cash")
        told = f"{words}{f' ({between})' if between else ''}"
        also = ""
        if social and cash:
            also = say(
                "report-card-also-cash",
                amount=voice.amount(cash.low, cash.mid, cash.high, cash.unit),
            )
        cells.append(("money", f"{voice.rounded(big.mid)} {voice.unit(big.unit)}", told, also))
    return tag(
        "div",
        [
            tag("div", tag("p", say(f"lens-{lens}"), class_="lens"), tag("p", big, class_="big"),
                tag("p", words), tag("p", more, class_="small") if more else None, class_="card")
            for lens, big, words, more in cells
        ],
        class_="cards",
    )  # fmt: skip


def _losses(context: Context, one: Scenario, name: str) -> Markup | None:
    """Who loses what, when, why: as steps, on a map, and by place."""
    voice, say, told = context.voice, context.voice.say, one.story
    if not told["losses"]:
        return None
    paths = numbered(told["losses"])
    drawn = cause_map(context, one, paths)
    day = told["window"]["start"]
    parts: list[Markup] = []
    if drawn is not None:
        parts.append(figure(drawn, [say("report-cause-map-caption")], "full"))
    for loss, steps in zip(told["losses"], paths, strict=False):
        parts.append(_loss(context, loss, steps, day))
    rest = told["causes"] - min(len(told["losses"]), TOLD)
    if rest > 0:
        hours = sum(loss["person_hours"]["mid"] for loss in told["losses"][TOLD:])
        parts.append(note(say("report-more-causes", count=rest, hours=voice.rounded(hours))))
    return section(f"{name}-why", say("report-why"), parts, _places(context, one), level=3)


def _loss(context: Context, loss: Document, steps: Sequence[Numbered], day: float) -> Markup:
    voice, say = context.voice, context.voice.say
    head = say(
        "report-loss",
        people=round(loss["people"]),
        places=loss["places"],
        service=voice.say(f"service-{loss['service']}"),
        times=voice.times(loss["from"], loss["to"], day),
        hours=voice.rounded(loss["person_hours"]["mid"]),
    )
    if not steps:
        return tag(
            "div", tag("p", tag("strong", head)), note(say("report-no-cause")), class_="loss"
        )
    items = [
        tag(
            "li",
            tag("span", str(one.number), class_="badge"),
            tag("span", voice.step(one.step)),
            tag("span", voice.times(one.step["from"], one.step["to"], day), class_="when"),
        )
        for one in steps
    ]
    return tag(
        "div", tag("p", tag("strong", head)), tag("ol", items, class_="steps"), class_="loss"
    )


def _places(context: Context, one: Scenario) -> Markup | None:
    voice, say = context.voice, context.voice.say
    worst = sorted(one.story["affected"].items(), key=lambda pair: -pair[1])
    rows = []
    for full, hours in worst[:WORST]:
        domain, _, native = full.partition(":")
        assets = voice.city.domains[domain].assets()
        people = float(assets.people[assets.index[native]])
        rows.append([voice.asset(full, with_kind=False), voice.kind(full), voice.whole(people),
                     voice.rounded(hours)])  # fmt: skip
    if not rows:
        return None
    heads = [say(f"report-head-{name}") for name in ("place", "kind", "people", "person-hours")]
    caption = say("report-places", shown=len(rows), count=len(worst))
    return table(caption, heads, rows, 2)


def _hours(context: Context, one: Scenario, name: str) -> Markup | None:
    """People without each service, over the hours."""
    voice, say, told = context.voice, context.voice.say, one.story
    if not told["services"]:
        return None
    window = told["window"]
    steps, length, begin = window["steps"], window["step_s"], window["start"]
    every = max(1, round(steps / TICKS))
    moments = [voice.clock(begin + at * length, begin) for at in range(steps + 1)]
    services = [(capital(say(f"service-{s['service']}")), s) for s in told["services"]]
    title = say("report-hours")
    svg = hours_chart(
        [Row(label, s["without"]) for label, s in services],
        Axis(steps, [(float(at), moments[at]) for at in range(0, steps + 1, every)]),
        context.number(),
        title,
        say("report-hours-about"),
        voice.whole,
    )
    rows = [
        [
            f"{moments[begin_at]}–{moments[end_at]}",
            *(voice.whole(s["without"][begin_at]) for _, s in services),
        ]
        for begin_at, end_at in runs([s["without"] for _, s in services])
    ]
    heads = [say("report-head-time"), *(label for label, _ in services)]
    return section(
        f"{name}-hours", title, figure(svg, say("report-hours-caption"), "full"),
        table(say("report-hours-table"), heads, rows, len(services), "short"), level=3,
    )  # fmt: skip


def runs(series: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Stretches of steps in which no series changes, as first step and first step after.

    Parameters
    ----------
    series
        Of equal length.
    """
    steps = list(zip(*series, strict=True))
    found: list[tuple[int, int]] = []
    begin = 0
    for at in range(1, len(steps) + 1):
        if at == len(steps) or steps[at] != steps[begin]:
            found.append((begin, at))
            begin = at
    return found


def _ledger(context: Context, one: Scenario, name: str) -> Markup | None:
    """All totals, with their ranges and factors."""
    voice, say = context.voice, context.voice.say
    totals = [t for lens in LENSES for t in one.story["totals"] if t["lens"] == lens]
    if not totals:
        return None
    rows = [
        [
            _quantity(context, total),
            say(f"lens-{total['lens']}"),
            voice.unit(total["unit"]),
            voice.rounded(total["low"]),
            voice.rounded(total["mid"]),
            voice.rounded(total["high"]),
        ]
        for total in totals
    ]
    heads = [say(f"report-head-{n}") for n in ("quantity", "lens", "unit", "low", "mid", "high")]
    groups: dict[str, list[Span]] = {}
    for total in totals:
        if total["factors"]:
            label = _quantity(context, total)
            span = Span(label, total["low"], total["mid"], total["high"])
            groups.setdefault(voice.unit(total["unit"]), []).append(span)
    title = say("report-ledger-ranges")
    chart = range_chart(
        list(groups.items()), context.number(), title, say("report-ledger-about"), voice.rounded
    )
    return section(
        f"{name}-ledger", say("report-ledger"), tag("p", say("report-ledger-lede")),
        figure(chart, say("report-ledger-caption"), "full") if groups else None,
        table(say("report-ledger-table"), heads, rows, 3), level=3,
    )  # fmt: skip


def _quantity(context: Context, total: Document) -> str:
    say = context.voice.say
    told = capital(say(f"quantity-{total['quantity']}"))
    return f"{told}: {say('service-' + total['service'])}" if total["service"] else told


def _reliability(context: Context, one: Scenario, name: str) -> Markup | None:
    voice, say = context.voice, context.voice.say
    rows = [
        [
            capital(say(f"service-{r['service']}")),
            voice.number(r["saidi_min"]),
            voice.number(r["saifi"]),
            voice.number(r["worst_tenth_h"]),
        ]
        for r in one.story["reliability"]
    ]
    if not rows:
        return None
    heads = [say("report-head-service"), "SAIDI, min", "SAIFI", say("report-head-worst-tenth")]
    return section(
        f"{name}-reliability", say("report-reliability"), tag("p", say("report-reliability-lede")),
        table(say("report-reliability-table"), heads, rows, 3, "short"), level=3,
    )  # fmt: skip


def _measures(context: Context, one: Scenario, name: str) -> Markup | None:
    """What could be done, and what it may cost at most to be worth it for one such event."""
    voice, say = context.voice, context.voice.say
    if not one.options:
        return None
    rows = []
    for option in one.options:
        hours, money = option["person_hours_avoided"], option["money_avoided"]
        rows.append(
            [
                _measure(context, option),
                say("unknown") if hours is None else voice.rounded(hours["mid"]),
                _money(context, option, money),
                say("unknown"),
            ]
        )
    heads = [say(f"report-head-{n}") for n in ("measure", "hours-avoided", "break-even", "cost")]
    return section(
        f"{name}-measures", say("report-measures"), tag("p", say("report-measures-lede")),
        table(say("report-measures-table"), heads, rows, 3, "measures"),
        note(say("report-measures-note", years=YEARS, times=voice.number(_annuity()),
                 rate=voice.percent(DISCOUNT))), level=3,
    )  # fmt: skip


def _annuity() -> float:
    return Frequency(Range(1.0, 1.0, 1.0), YEARS).annuity


def _measure(context: Context, option: Document) -> str:
    voice, text = context.voice, option["text"]
    values = {
        key: voice.asset(str(value)) if key in ("asset", "source") else value
        for key, value in text.items()
    }
    return capital(voice.say(f"report-measure-{option['kind']}", **values))


def _money(context: Context, option: Document, money: Document | None) -> str:
    voice, say = context.voice, context.voice.say
    if money is None:
        return say("unknown")
    left = option["services_without_value"]
    if left and money["mid"] <= 0:
        return say("unknown")
    told = voice.amount(
        money["low"], money["mid"], money["high"], str(context.report.city["currency"])
    )
    if not left:
        return told
    names = ", ".join(say(f"service-{service}") for service in left)
    return say("report-at-least", amount=told, services=names)


def _findings(context: Context, told: Document) -> Markup | None:
    if not told["findings"]:
        return None
    return findings_table(context, context.voice.say("report-scenario-findings"), told["findings"])


def comparison(context: Context) -> Markup | None:
    """Scenarios side by side; None where there are fewer than two."""
    voice, say, scenarios = context.voice, context.voice.say, context.report.scenarios
    if len(scenarios) < 2:
        return None
    rows = []
    for one in scenarios:
        told = one.story
        what = "; ".join(voice.change(change) for change in told["changes"])
        cells = [say("unknown")] * 5
        if told["status"] != "unknown":
            cells = [
                voice.whole(one.headline.people),
                voice.rounded(one.headline.person_hours),
                *(
                    _sum(context, one, name)
                    for name in ("greenhouse_gas", "social_cost", "utility_cost")
                ),
            ]
        rows.append([f"{one.label}. {what}", *cells])
    heads = [
        say("report-head-scenario"), say("report-head-people"), say("report-head-person-hours"),
        f"{say('quantity-greenhouse_gas')}, {voice.unit('kgCO2e')}",
        *(f"{say('quantity-' + name)}, {context.report.city['currency']}"
          for name in ("social_cost", "utility_cost")),
    ]  # fmt: skip
    return section(
        "compare", say("report-compare"), tag("p", say("report-compare-lede")),
        table(say("report-compare-table"), [capital(h) for h in heads], rows, 5, "compare"),
    )  # fmt: skip


def _sum(context: Context, one: Scenario, name: str) -> str:
    found, voice = one.headline.sums.get(name), context.voice
    if found is None:
        return "0"
    between = voice.span(found.low, found.high, found.mid)
    return f"{voice.rounded(found.mid)} ({between})" if between else voice.rounded(found.mid)
