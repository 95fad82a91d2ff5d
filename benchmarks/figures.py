"""The figures that are promised, beside what was measured: one function a section or two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

AQUILA = "L'Aquila"
Row = tuple[str, str, str]
"""What, at least or at most, measured."""
Told = dict[str, Any]
"""What a benchmark printed."""


def summary(told: dict[str, Told]) -> str:
    """A table of the figures of all sections that were measured."""
    lines = ["| what | at least | measured |", "|---|---|---|"]
    for key, rows in FIGURES.items():
        if key in told:
            lines += [f"| {' | '.join(row)} |" for row in rows(told[key])]
    return "\n".join(lines) + "\n"


def city_rows(told: Told) -> Iterator[Row]:
    """Figures of Micropolis."""
    pipe, line = (part["worst_s"] for part in list(told.values())[:2])
    yield "what-if of one pipe, Micropolis, 24 h, all domains", "≤ 0.15 s", f"{pipe:.3f} s"
    yield "what-if of one line that stops no pump", "≤ 0.02 s", f"{line:.4f} s"
    what = f"N-1 over all {told['screen']['assets']} assets of Micropolis"
    yield what, "≤ 90 s", f"{told['screen']['seconds']:.0f} s"


def process_rows(told: Told) -> Iterator[Row]:
    """Figures of whole processes."""
    start, outage = list(told.values())[:2]
    yield "kopa --help", "≤ 0.4 s", f"{start:.2f} s"
    what = "cold kopa whatif on Micropolis, process start included"
    yield what, "≤ 3 s", f"{outage:.1f} s"


def steady_rows(told: Told) -> Iterator[Row]:
    """Figures of steady water networks."""
    yield from _against_wntr(told, "steady N-1 over all pipes against wntr", (200, 100, 40))
    yield "memory, BWSN2", "≤ 500 MB", f"{told['networks'][-1]['peak_memory_mb']} MB"


def day_rows(told: Told) -> Iterator[Row]:
    """Figures of days of water networks."""
    yield from _against_wntr(told, "24 h N-1 over all pipes against wntr", (10, 10))


def _against_wntr(told: Told, what: str, least: tuple[int, ...]) -> Iterator[Row]:
    for network, ratio in zip(told["networks"], least, strict=True):
        yield f"{what}, {network['network']}", f"≥ {ratio}×", f"{network['ratio']}×"


def energy_rows(told: Told) -> Iterator[Row]:
    """Figures of electricity."""
    ratio = told["ratio_screen_graph"]
    yield "N-1 over all lines against pandapower", "≥ 100×", f"{ratio:.0f}×"
    yield "the same with a power flow of every outage", "", f"{told['ratio_full']:.0f}×"


def hosting_rows(told: Told) -> Iterator[Row]:
    """Figures of hosting capacity and restoration."""
    what = "hosting capacity, 147 buses of mv_oberrhein, against a pandapower bisection"
    yield what, "≥ 100×", f"{told['ratio']:.0f}×"
    yield (
        "restoration plan, slowest fault of mv_oberrhein",
        "≤ 1 s",
        (f"{told['slowest_restoration_s']:.2f} s"),
    )


def simbench_rows(told: Told) -> Iterator[Row]:
    """Figures of simbench's grids."""
    n1, steps = told["n1"], told["year"]
    yield (
        "N-1 over 10,328 lines of simbench's MV and LV, pandapower loop",
        "≥ 50×",
        f"{n1['ratio']:.0f}×",
    )
    what = "year of 15-minute steps, 144 buses, against pandapower's run_timeseries"
    yield what, "≥ 100×", f"{steps['ratio']:.0f}×"
    yield "the same against its recycled mode", "≥ 40×", f"{steps['ratio_recycled']:.0f}×"


def plan_rows(told: Told) -> Iterator[Row]:
    """Figures of day-ahead plans."""
    for name, asked in (("wide", "≤ 0.5 s"), ("tight", "")):
        case = told[name]
        apart = abs(case["kopa_objective_eur"] - case["pypsa_objective_eur"])
        what = f"plan of 200 storages × 96 steps, {name} connection; PyPSA's time; objectives apart"
        seconds = f"{case['kopa_s']:.2f} s; {case['pypsa_s']:.1f} s; {apart:.1g} EUR"
        yield what, asked, seconds


def isolation_rows(told: Told) -> Iterator[Row]:
    """Figures of shutdowns."""
    what = "segments, isolation of every pipe of ky8_v and one run, file read"
    yield what, "≤ 60 s", f"{told['every_pipe_s']:.2f} s"
    what = "isolation of one pipe with its run, file read"
    yield what, "≤ 0.5 s", f"{told['one_pipe_s']:.2f} s"


def pumps_rows(told: Told) -> Iterator[Row]:
    """Figures of pump schedules."""
    for case in told["cases"]:
        yield (
            f"AnyTown Modified, cycles a pump: {case['cycles']}; over the published optimum",
            "≤ 0.5 % in 120 s" if case["cycles"] < 3 else "",
            f"{case['over_published_percent']:+.4f} %, {case['answer']}, {case['seconds']:.0f} s",
        )


def demand_rows(told: Told) -> Iterator[Row]:
    """Figures of demand forecasts."""
    for name, better in told["better_percent"].items():
        yield f"demand forecast against the 4-week mean, {name}", "≥ 8 %", f"{better:.0f} %"


def leaks_rows(told: Told) -> Iterator[Row]:
    """Figures of leaks."""
    seeds = told["seeds"]
    what = "leaks, 56 days of synthetic L-TOWN by seed: share of the perfect score"
    yield what, "≥ 75 %", ", ".join(f"{row['share']:.0%}" for row in seeds)
    alarms = ", ".join(str(row["false_alarms"]) for row in seeds)
    yield "the same: false alarms; slowest", "≤ 1; ≤ 60 s", f"{alarms}; {told['worst_s']:.0f} s"


def sewerage_rows(told: Told) -> Iterator[Row]:
    """Figures of sewers."""
    what = "50-member overflow forecast of 6 h, Astlingen, from a hot start"
    yield what, "≤ 5 s", f"{told['forecast']['kopa_s']:.1f} s"
    yield "N-1 of 13 elements, Astlingen", "≤ 3 s", f"{told['n1']['kopa_s']:.1f} s"


def routing_rows(told: Told) -> Iterator[Row]:
    """Figures of published routing problems."""
    asked = {
        "X-n101-k25": "≤ 1 %",
        "X-n214-k11": "≤ 1 %",
        "C201R0.25": "≤ 2 %",
        "RC203R0.75": "≤ 2 %",
        "egl-e1-A": "3,548",
        "egl-s1-C": "8,518",
        "egl-e4-C": "≤ 1 %",
    }
    for row in told["problems"]:
        if row["problem"] in asked:
            gap, theirs = row["gap_percent"], row["defaults_gap_percent"]
            what = f"{row['problem']}, {told['seconds']:.0f} s on 2 cores, over best known"
            measured = f"{row['cost']:,}: {gap:+.2f} % (PyVRP's defaults {theirs:+.2f} %)"
            yield what, asked[row["problem"]], measured


def rounds_rows(told: Told) -> Iterator[Row]:
    """Figures of rounds."""
    yield (
        f"rounds of {told['containers']:,} containers in L'Aquila, map and street matrix included",
        "≤ 60 s, ≤ 300 MB",
        f"{told['seconds']:.0f} s, {told['memory_mb']} MB",
    )
    yield "their cost against the nearest next", "", f"{told['cost_ratio']:.2f}×"


def groundwater_rows(told: Told) -> Iterator[Row]:
    """Figures of wells."""
    yield "capture zones of four wells", "≤ 5 s", f"{told['kopa_s']:.2f} s"


def cities_rows(told: Told) -> Iterator[Row]:
    """Figures of a city from its map."""
    aquila = told["cities"][AQUILA]
    yield (
        "kopa new, L'Aquila with GTFS",
        "≤ 120 s, ≤ 3 GB",
        f"{aquila['seconds']:.0f} s, {aquila['memory_mb'] / 1000:.1f} GB",
    )
    what = "growth of kopa new from 2,000 to 60,000 street edges, exponent of n log n"
    yield what, "≤ 1", f"{told['growth']['exponent_of_n_log_n']:.2f}"


def matrix_rows(told: Told) -> Iterator[Row]:
    """Figures of street matrices."""
    yield "1,000 × 1,000 street matrix against scipy", "≥ 15×", f"{told['ratio']:.1f}×"


def closure_rows(told: Told) -> Iterator[Row]:
    """Figures of a closed street."""
    what = "closed street to answer, L'Aquila, files read"
    yield what, "≤ 2 s", f"{told['decision_s']:.2f} s"


def burst_rows(told: Told) -> Iterator[Row]:
    """Figures of burst mains."""
    what = "what-if of one burst main, L'Aquila, all domains"
    yield what, "≤ 2 s", f"{told['burst_worst_s']:.2f} s"


def telemetry_rows(told: Told) -> list[Row]:
    """Figures of the live side, by the whole way over HTTP; docs/store.md has the store's own."""
    return [
        (
            "durable ingest over HTTP, observations/s",
            "≥ 20,000",
            f"{told['observations_per_s']:,}",
        ),
        (
            "the same against plain sqlite3 with the same key",
            "≥ 70 %",
            f"{told['ratio_to_keyed']:.0%}",
        ),
        (
            "GET of an entity while 20,000/s come, p99",
            "≤ 50 ms",
            f"{told['get_entity_during_ingest_p99_ms']:.0f} ms",
        ),
        (
            "acknowledged to seen at the entity, worst",
            "≤ 1 s",
            f"{told['acknowledged_to_entity_worst_s']:.2f} s",
        ),
        ("restart of kopa up after kill", "≤ 5 s", f"{told['restart_after_kill_s']:.1f} s"),
    ]


def page_rows(told: Told) -> list[Row]:
    """Figures of the page."""

    def of(city: str, what: str) -> float:
        return float(told[f"{city}: {what}"])

    changed = "features whose value changes while it is panned"
    return [
        (
            "JavaScript of the page, gzip, with the map's worker",
            "≤ 550 kB",
            f"{told['JavaScript sent, all of it, gzip, kB']:.0f} kB",
        ),
        ("first map, default city", "≤ 2.5 s", f"{of('Helsinki', 'first map, ms') / 1000:.1f} s"),
        ("first map, L'Aquila", "≤ 4 s", f"{of(AQUILA, 'first map, ms') / 1000:.1f} s"),
        (
            f"longest frame, {of(AQUILA, changed):,.0f} features change and are panned",
            "≤ 250 ms",
            f"{of(AQUILA, 'longest frame meanwhile, ms'):.0f} ms",
        ),
        (
            "heap of the page after it",
            "≤ 80 MB",
            f"{of(AQUILA, 'heap of the page after it, MB'):.0f} MB",
        ),
        (
            "what-if on L'Aquila, click to answer on the page",
            "≤ 3 s",
            f"{of(AQUILA, 'what-if, click to answer, ms') / 1000:.1f} s",
        ),
    ]


def arrivals_rows(told: Told) -> Iterator[Row]:
    """Figures of emergency arrivals."""
    for name in ("hourly", "daily"):
        one = told[name]
        what = f"{name} emergency arrivals (synthetic, {told['series']} series)"
        yield f"{what}: better than the seasonal naive", "≥ 20 %", f"{one['better']:.0%}"
        yield f"{what}: within the 80 % range", "75–85 %", f"{one['inside']:.0%}"


def assign_rows(told: Told) -> list[Row]:
    """Figures of fair assignment."""
    what = f"deferred acceptance, {told['children']:,} children × {told['schools']} schools"
    same = "same assignment" if told["same"] else "another assignment"
    measured = f"{told['acceptance_ms'] / 1000:.3f} s, {told['ratio']:.0f}× matching, {same}"
    return [(what, "≤ 0.1 s", measured)]


def landfill_rows(told: Told) -> list[Row]:
    """Figures of landfills."""
    what = f"methane of a landfill, {told['years']} years × {told['streams']} streams"
    return [(what, "≤ 10 ms", f"{told['landfill_ms']:.2f} ms")]


def location_rows(told: Told) -> list[Row]:
    """Figures of siting."""
    pmed = told["pmed"]
    many = f"{pmed['proven']}, {pmed['most_s']} s ({pmed['slowest']})"
    return [(f"p-median of the OR-Library, proven of {pmed['instances']}; the slowest", "", many)]


def safety_rows(told: Told) -> list[Row]:
    """Figures of Manhattan."""
    worst = max(told["best"], key=lambda one: one["s"])
    proven = "all proven" if all(one["proven"] for one in told["best"]) else "not all proven"
    ratio = f", peer {worst['peer_s']} s" if "peer_s" in worst else ""
    return [
        (
            f"coverage on {told['nodes']:,} nodes, {told['arcs']:,} arcs, before and after a flood",
            "≤ 1 s",
            f"{told['coverage']['both_s']:.2f} s",
        ),
        (
            f"best 8 of {told['candidates']} sites for {told['demand']:,} points, slowest reach",
            "≤ 15 s",
            f"{worst['s']} s, {proven}{ratio}",
        ),
    ]


def desk_rows(told: Told) -> list[Row]:
    """Figures of the desk."""
    what = f"join of {told['requests']:,} requests to {told['faults']} faults"
    same = "the same" if told["same"] else "not the same"
    value = f"{told['s']:.2f} s, {told['ratio']:.0f} × a loop over all pairs, {same}"
    return [(what, "≤ 2 s", value)]


def invoice_rows(told: Told) -> list[Row]:
    """Figures of e-invoices."""
    same = "the same rules" if told["same"] else "not the same rules"
    value = f"{told['ms']:.1f} ms, {told['ratio']:.0f} × a process for each file, {same}"
    return [(f"invoice check, warm, median of {told['invoices']}", "≤ 10 ms", value)]


def budget_rows(told: Told) -> list[Row]:
    """Figures of participatory budgets."""
    found = []
    for place, one in enumerate(told["elections"]):
        row, wanted = one["cost"], "≥ 20 × pabutools, same winners" if place == 0 else ""
        value = f"{row['s'] * 1000:.1f} ms"
        if "ratio" in row:
            same = "same winners" if row["same"] else "not the same winners"
            value += f", {row['ratio']:,.0f} ×, {same}"
        what = f"equal shares, {one['voters']:,} voters × {one['projects']} projects"
        found.append((what, wanted, value))
    return found


FIGURES: dict[str, Callable[[Told], Iterator[Row] | list[Row]]] = {
    "city": city_rows,
    "steady": steady_rows,
    "day": day_rows,
    "energy": energy_rows,
    "hosting": hosting_rows,
    "simbench": simbench_rows,
    "plan": plan_rows,
    "process": process_rows,
    "isolation": isolation_rows,
    "pumps": pumps_rows,
    "demand": demand_rows,
    "leaks": leaks_rows,
    "landfill": landfill_rows,
    "arrivals": arrivals_rows,
    "assign": assign_rows,
    "location": location_rows,
    "safety": safety_rows,
    "desk": desk_rows,
    "budget": budget_rows,
    "invoices": invoice_rows,
    "sewerage": sewerage_rows,
    "groundwater": groundwater_rows,
    "routing": routing_rows,
    "rounds": rounds_rows,
    "cities": cities_rows,
    "matrix": matrix_rows,
    "closure": closure_rows,
    "burst": burst_rows,
    "telemetry": telemetry_rows,
    "page": page_rows,
}
