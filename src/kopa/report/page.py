"""The page of a report: its head, its summary, and all of its parts."""

from __future__ import annotations

from importlib.resources import files

from kopa import __version__
from kopa.report.context import Context
from kopa.report.look import INKS, dark_style
from kopa.report.markup import Markup, Node, Raw, tag
from kopa.report.part_city import city_map, city_numbers
from kopa.report.part_scenario import comparison, scenario_part
from kopa.report.part_sources import factors_part, method_part, synthetic_part, unknown_part
from kopa.report.report import Report, Scenario, without_value
from kopa.report.tables import section
from kopa.report.voice import Voice, capital


def page(report: Report, voice: Voice) -> str:
    """The report as HTML that needs nothing else: no other file, no script, no address.

    Parameters
    ----------
    report
        What it says.
    voice
        Speaks of its city in its language.
    """
    context = Context(report, voice)
    parts = [
        summary(context),
        city_map(context),
        city_numbers(context),
        _scenarios(context),
        factors_part(context),
        synthetic_part(context),
        unknown_part(context),
        method_part(context),
    ]
    there = [part for part in parts if part is not None]
    title = voice.say("report-title", city=context.name)
    html = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="generator", content=f"Kopa {__version__}"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("title", title),
            tag("style", Raw(_style(context))),
        ),
        tag(
            "body",
            head(context),
            tag("main", _contents(context, there), there),
            tag("footer", tag("p", _foot(context))),
        ),
        lang=report.language,
    )
    return f"<!doctype html>\n{html}\n"


def _style(context: Context) -> str:
    text = files("kopa.report").joinpath("style.css").read_text(encoding="utf-8")
    return text + dark_style({**INKS, **context.inks})


def head(context: Context) -> Markup:
    """City, day, window, version; and whether its networks are real."""
    voice, say, report = context.voice, context.voice.say, context.report
    window = report.window
    hours = voice.number(window.steps * window.step / 3600, 6)
    begin = f"{window.start // 3600:02d}:{window.start % 3600 // 60:02d}"
    day = voice.date(window.date) if window.date else say("report-any-day")
    facts = [
        (say("report-fact-made"), voice.date(report.made)),
        (say("report-fact-window"), say("report-window", day=day, begin=begin, hours=hours)),
        (say("report-fact-step"), say("report-step", minutes=window.step // 60)),
        (say("report-fact-population"), _population(context)),
        (say("report-fact-status"), say(f"report-status-{report.status}")),
        (say("report-fact-version"), f"Kopa {__version__}"),
    ]
    return tag(
        "header",
        tag("p", say("report-kicker"), class_="kicker"),
        tag("h1", context.name),
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts]),
        tag(
            "p",
            tag("strong", f"{say('report-banner-head')} "),
            say("report-banner"),
            class_="banner",
            role="note",
        )
        if report.city["synthetic"]
        else None,
    )


def _population(context: Context) -> str:
    number = int(context.report.city["population"])
    return context.voice.whole(number) if number else context.voice.say("unknown")


def summary(context: Context) -> Markup:
    """What matters, in plain sentences."""
    say, report = context.voice.say, context.report
    intro = say("report-summary-city", city=context.name, assets=context.assets,
                links=context.links, domains=_domains(context))  # fmt: skip
    parts: list[Markup] = [tag("p", intro, class_="lede")]
    if not report.scenarios:
        day = "ok" if report.status == "ok" else report.status
        parts.append(tag("p", say(f"report-summary-day-{day}")))
        parts.append(tag("p", say("report-summary-ask")))
        parts.append(tag("pre", tag("code", _asking(context))))
    elif len(report.scenarios) == 1:
        parts.append(tag("p", _sentences(context, report.scenarios[0])))
    else:
        parts.append(
            tag(
                "ul",
                [tag("li", _sentences(context, one)) for one in report.scenarios],
                class_="told",
            )
        )
    if report.scenarios:
        parts.append(tag("p", say("report-summary-trust-synthetic" if report.city["synthetic"]
                                  else "report-summary-trust")))  # fmt: skip
    return section("summary", say("report-summary"), parts)


def _domains(context: Context) -> str:
    names = [context.domain(name) for name in context.domains]
    if len(names) < 2:
        return "".join(names)
    return context.voice.say("report-and", first=", ".join(names[:-1]), last=names[-1])


def _asking(context: Context) -> str:
    return "\n".join(f"kopa report … --scenario '{text}'" for text in context.report.examples)


def _sentences(context: Context, one: Scenario) -> list[Node]:
    """A scenario in plain sentences: people, environment, money."""
    voice, say, told, headline = context.voice, context.voice.say, one.story, one.headline
    day = told["window"]["start"]
    what = "; ".join(
        f"{voice.change(c)}, {voice.times(c['from'], c['to'], day)}" for c in told["changes"]
    )
    label = f"{say('report-scenario', label=one.label)}. "
    found: list[Node] = [tag("strong", f"{label}{what}."), " "]
    if told["status"] == "unknown":
        return [*found, say("report-unknown-answer")]
    services = ", ".join(
        say("report-service-people", service=say(f"service-{s['service']}"),
            people=voice.whole(s["people"]))
        for s in told["services"]
    )  # fmt: skip
    if services:
        found.append(say("report-summary-people", count=round(headline.people), services=services,
                         hours=voice.rounded(headline.person_hours)))  # fmt: skip
    else:
        found.append(say("report-summary-nobody"))
    for name in ("greenhouse_gas", "social_cost", "utility_cost"):
        total = headline.sums.get(name)
        if total is not None:
            less = total.mid < 0
            ends = (
                (-total.high, -total.mid, -total.low)
                if less
                else (total.low, total.mid, total.high)
            )
            key = f"report-summary-{name.replace('_', '-')}{'-less' if less else ''}"
            found += [" ", say(key, amount=voice.amount(*ends, total.unit))]
    without = without_value(told)
    if without:
        names = ", ".join(say(f"service-{service}") for service in without)
        found += [" ", say("report-summary-unpriced", services=names)]
    return found


def _scenarios(context: Context) -> Markup | None:
    """All scenarios, compared and then one by one."""
    if not context.report.scenarios:
        return None
    return tag("div", comparison(context),
               [scenario_part(context, one) for one in context.report.scenarios])  # fmt: skip


def _contents(context: Context, parts: list[Markup]) -> Markup:
    """Where to find what."""
    sections = [
        one
        for part in parts
        for one in ([part] if part.name == "section" else part.children)
        if isinstance(one, Markup) and one.name == "section"
    ]
    items = []
    for one in sections:
        first = one.children[0]
        name = dict(one.attributes)["id"]
        if isinstance(first, Markup):
            items.append(tag("li", tag("a", first.children, href=f"#{name}")))
    title = context.voice.say("report-contents")
    return tag("nav", tag("p", title, class_="kicker"), tag("ol", items), aria_label=title)


def _foot(context: Context) -> str:
    parts = [f"Kopa {__version__}", capital(context.name), context.credit]
    return " · ".join(part for part in parts if part)
