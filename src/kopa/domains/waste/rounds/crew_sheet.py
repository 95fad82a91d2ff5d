"""The sheet that a crew takes along: a page of paper a truck, as HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from kopa.domain.speech import Speech

from .crew import Shown, clock, numbers
from .crew_map import drawing
from .plans import TruckTour, Visit

STYLE = """
body{font:11pt/1.35 system-ui,'Liberation Sans',Arial,sans-serif;margin:1.5cm;color:#111}
h1{font-size:16pt;margin:0 0 .2em}
p{margin:.2em 0 .8em}
section{break-after:page}
section:last-child{break-after:auto}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
tr{break-inside:avoid}
tr.dump td,tr.start td,tr.end td{font-weight:600;background:#eee}
thead{display:table-header-group}
.late{color:#a00}
svg{width:100%;margin-bottom:.8em;border:1px solid #ddd}
svg polyline,svg path{fill:none}
svg .ground{stroke:#ccc;stroke-width:1}
svg .way{stroke:#1a5e8a;stroke-width:2;stroke-linejoin:round}
svg circle{fill:#1a5e8a}
svg circle.dump,svg circle.start,svg circle.end{fill:#a33}
svg text{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px}
@page{size:A4;margin:1.2cm}
@media print{body{margin:0}}
"""
COLUMNS = ("order", "time", "place", "stream", "containers", "kg", "load", "done")
RIGHT = {"order", "containers", "kg", "load"}


def sheet(shown: Shown, voice: Speech, date: str = "") -> str:
    """All trucks' sheets in one page of HTML, each on paper of its own.

    Messages that the voice is asked for: ``waste-sheet-title``, ``-order``, ``-time``,
    ``-place``, ``-stream``, ``-containers``, ``-kg``, ``-load``, ``-done``, ``-start``,
    ``-dump``, ``-way``, ``-end``, and ``-sum`` with the values truck, stops, trips, km, hours.

    Parameters
    ----------
    shown
        The plan.
    voice
        Speaks the reader's language.
    date
        Day of the rounds, as the reader writes it.
    """
    return page(sections(shown, voice, date), voice, date)


def sections(shown: Shown, voice: Speech, date: str = "") -> str:
    """The sheets of a plan's trucks, to be put on a page."""
    return "".join(_section(shown, tour, voice, date) for tour in shown.plan.tours)


def page(told: str, voice: Speech, date: str = "") -> str:
    """A page of sheets, of one plan or of several."""
    title = voice.say("waste-sheet-title")
    return (
        f'<!doctype html>\n<html lang="{escape(voice.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(f'{title} {date}'.strip())}</title><style>{STYLE}</style></head>"
        f"<body>{told}</body></html>\n"
    )


def _section(shown: Shown, tour: TruckTour, voice: Speech, date: str) -> str:
    told = voice.say(
        "waste-sheet-sum",
        truck=tour.name,
        stops=len(tour.stops),
        trips=tour.trips,
        km=voice.number(tour.distance_m / 1000),
        hours=voice.number(tour.hours),
    )
    heads = "".join(
        f"<th{_side(column)}>{escape(voice.say(f'waste-sheet-{column}'))}</th>"
        for column in COLUMNS
    )
    rows = "".join(
        _row(shown, visit, number, voice)
        for visit, number in zip(tour.visits, numbers(tour), strict=True)
    )
    wrong = "".join(f'<p class="late">{escape(what)}</p>' for what in tour.wrong)
    return (
        f"<section><h1>{escape(f'{tour.name} {date}'.strip())}</h1>"
        f"<p>{escape(told)}</p>{wrong}{drawing(shown, tour)}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _row(shown: Shown, visit: Visit, number: int, voice: Speech) -> str:
    cells = zip(COLUMNS, _cells(shown, visit, number, voice), strict=True)
    told = "".join(f"<td{_side(column)}>{escape(cell)}</td>" for column, cell in cells)
    return f'<tr class="{visit.kind}">{told}</tr>'


def _cells(shown: Shown, visit: Visit, number: int, voice: Speech) -> Iterator[str]:
    label = shown.label(visit)
    stop = visit.kind == "stop"
    kind = "" if stop else voice.say(f"waste-sheet-{visit.kind}")
    yield str(number) if number else ""
    yield clock(visit.leave_s if visit.kind == "start" else visit.begin_s)
    yield f"{kind} {label.place}".strip()
    yield voice.say(f"stream-{label.stream}") if label.stream else ""
    yield str(label.containers) if stop else ""
    yield voice.number(visit.after_kg - visit.before_kg) if stop else ""
    yield voice.number(round(visit.after_kg), 6)
    yield "☐" if stop else ""


def _side(column: str) -> str:
    return ' class="n"' if column in RIGHT else ""
