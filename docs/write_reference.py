"""Writes the reference pages from the code, so that they cannot disagree with it.

``make reference`` runs it; a test holds the pages against it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import kopa
from kopa.city.domains import domain_names, domain_type
from kopa.city.read_links import COLUMNS
from kopa.cli.main import COMMANDS, parser
from kopa.domain.attributes import attributes
from kopa.ledger.factors import shipped_factors

SOURCE = Path(kopa.__file__).parent
FOLDER = Path(__file__).parent / "reference"
_HEAD = "<!-- Written by docs/write_reference.py: change the code, then run `make reference`. -->\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _plain(number: float) -> str:
    return f"{number:g}" if abs(number) != float("inf") else ""


def settings_page() -> str:
    """Settings of every domain, and where the attributes of its files stand."""
    parts = [_HEAD, "# Settings and attributes\n"]
    parts.append(
        "The tables are the ones that the readers check by. A setting stands in the domain's "
        "table of `city.toml`; the other attributes stand in the domain's files.\n"
    )
    for name in domain_names():
        parts.append(f"## {name}: {domain_type(name).title}\n")
        parts.append(_attributes(name, True))
        if _others(name):
            parts.append(f"[Attributes of its files](attributes_{name}.md)\n")
    return "\n".join(parts)


def attributes_page(name: str) -> str:
    """Attributes of the files of a domain."""
    head = f"# Attributes of {name}\n"
    return "\n".join([_HEAD, head, _attributes(name, False)])


def _others(name: str) -> bool:
    """True if a domain has attributes that are no settings."""
    return any(a.table != "setting" for a in attributes(domain_type(name).package))


def _attributes(name: str, settings: bool) -> str:
    return _table(
        ("table", "name", "type", "unit", "default", "from", "to", "must", "what it is"),
        (
            (
                a.table,
                f"`{a.name}`",
                a.type,
                a.unit,
                a.default,
                _plain(a.low),
                _plain(a.high),
                "yes" if a.required else "",
                f"{a.description} ({a.standard})" if a.standard else a.description,
            )
            for a in attributes(domain_type(name).package)
            if (a.table == "setting") == settings
        ),
    )


def changes_page() -> str:
    """Kinds of change of every domain."""
    import importlib

    parts = [_HEAD, "# Changes\n"]
    parts.append(
        "A change is written `<domain>:<asset> <kind> [value] [from-to]`. Times are `HH:MM` since "
        "midnight of the first day and may pass 24; without them the change holds for the whole "
        "window. `×1.2` is short for `factor 1.2`. N-1 does what the last column marks.\n"
    )
    for name in domain_names():
        kinds = importlib.import_module(f"{domain_type(name).package}.domain").KINDS
        parts.append(f"## {name}\n")
        parts.append(
            _table(
                ("kind", "fits", "value", "what it does", "N-1"),
                (
                    (
                        f"`{kind.name}`",
                        "all" if kind.assets == ("*",) else ", ".join(kind.assets),
                        " or ".join(unit or "number" for unit in kind.units),
                        kind.what,
                        "yes" if kind.outage else "",
                    )
                    for kind in kinds
                ),
            )
        )
    return "\n".join(parts)


def commands_page() -> str:
    """Options of every command, as the command prints them; jobs of domains have pages."""
    parts = [_HEAD, "# Commands\n"]
    for name in COMMANDS:
        parts.append(f"## kopa {name}\n")
        parts += _help(parser(name), name)
    parts.append("## Jobs of domains on their own files\n")
    parts.append("\n".join(f"- [kopa {name}](jobs_{name}.md)" for name in JOBS) + "\n")
    return "\n".join(parts)


def jobs_page(name: str) -> str:
    """Options of every job of a domain, as the command prints them."""
    return "\n".join([_HEAD, f"# kopa {name}\n", *_help(parser(name), name)])


def _help(top: argparse.ArgumentParser, name: str) -> list[str]:
    command = _choices(top)[name]
    jobs = _choices(command)
    if not jobs:
        return [f"```text\n{command.format_help()}```\n"]
    return [f"### {name} {job}\n\n```text\n{p.format_help()}```\n" for job, p in jobs.items()]


def _choices(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in top._actions:  # argparse offers no other way to its subparsers
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def factors_page() -> str:
    """All factors with their sources."""
    return "\n".join(
        [
            _HEAD,
            "# Factors\n",
            "A city's own numbers stand in `[factors]` of `city.toml`, such as "
            '`value_of_lost_load = { mid = 6.1, low = 4, high = 9, source = "regulator 2025" }`. '
            "A factor without a value makes what it would give `unknown`.\n",
            _table(
                ("id", "applies to", "gives", "low", "mid", "high", "unit", "source"),
                (
                    (
                        f"`{f.id}`",
                        f"{f.applies_to} {f.service}".strip(),
                        f.gives,
                        _plain(f.low) if f.known else "unknown",
                        _plain(f.mid) if f.known else "unknown",
                        _plain(f.high) if f.known else "unknown",
                        f"{f.unit} per {f.from_unit}",
                        f"{f.source} ({f.year} {f.region})" if f.known else f.source,
                    )
                    for f in shipped_factors()
                ),
            ),
            "## Columns of links.csv\n",
            f"{', '.join(f'`{c}`' for c in COLUMNS)}: see [the city folder](../city.md).\n",
        ]
    )


def rules_page() -> str:
    """Tables of rules by which `kopa new` designs, with their sources."""
    return _sourced("Rules of designs", designs=True)


def tables_page() -> str:
    """The other tables of the domains, with their sources."""
    return _sourced("Tables of domains", designs=False)


def _sourced(title: str, designs: bool) -> str:
    """All tables whose rows name a source, those of designs or the others."""
    parts = [_HEAD, f"# {title}\n"]
    parts.append(
        "Round planning values, each with the work whose range it lies in; they were not checked "
        "against the printed works.\n"
    )
    for file in sorted(SOURCE.glob("**/*.csv")):
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        if "source" not in rows[0] or file.name == "factors.csv":
            continue
        names = file.relative_to(SOURCE).with_suffix("").parts
        if designs != ("design" in names or names[0] != "domains"):
            continue
        parts.append(f"## {' '.join(names)}\n")
        parts.append(
            _table([head.replace("_", " ") for head in rows[0]], (row.values() for row in rows))
        )
    return "\n".join(parts)


JOBS = [name for name in domain_names() if _choices(_choices(parser(name))[name])]
"""Domains that have jobs on their own files."""

PAGES: dict[str, Callable[[], str]] = {
    "rules.md": rules_page,
    "tables.md": tables_page,
    "settings.md": settings_page,
    "changes.md": changes_page,
    "commands.md": commands_page,
    "factors.md": factors_page,
    **{
        f"attributes_{name}.md": partial(attributes_page, name)
        for name in domain_names()
        if _others(name)
    },
    **{f"jobs_{name}.md": partial(jobs_page, name) for name in JOBS},
}


def main() -> int:
    """Write the pages, or with --check tell which are stale."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing; 1 if stale")
    check = options.parse_args().check
    stale = []
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        file, text = FOLDER / name, page()
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                file.write_text(text, encoding="utf-8")
    print(f"{'stale' if check else 'written'}: {', '.join(stale) or 'nothing'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
