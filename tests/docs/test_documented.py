"""Every command, setting and domain is documented; no file is too long; no link is dead."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
from pathlib import Path

import pytest

from kopa.city.domains import domain_names
from kopa.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
LONGEST = 600


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_file_is_too_long() -> None:
    kinds = (".py", ".toml", ".md", ".ftl", ".ts", ".svelte", ".css")
    # the page's words are one file a language, so that a third language is one file more
    words = ROOT / "frontend" / "src" / "text"
    code = [
        file
        for file in tracked()
        if file.suffix in kinds and not (file.parent == words and file.suffix == ".ftl")
    ]
    assert len(code) > 50
    long = {str(f): n for f in code if (n := len(f.read_text("utf-8").splitlines())) > LONGEST}
    assert long == {}


REFERENCE = ["settings", "changes", "commands", "factors", "rules", "tables"]
REFERENCE += [f"jobs_{name}" for name in domain_names() if name != "places"]  # it has no jobs
REFERENCE += [f"attributes_{name}" for name in domain_names()]


@pytest.mark.parametrize("page", REFERENCE)
def test_reference_pages_are_those_of_the_code(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    written = runpy.run_path(str(DOCS / "write_reference.py"))["PAGES"]
    assert written.keys() == {f"{name}.md" for name in REFERENCE}
    text = (DOCS / "reference" / f"{page}.md").read_text(encoding="utf-8")
    assert text == written[f"{page}.md"](), "run `make reference`"


def test_every_command_and_domain_has_its_page() -> None:
    commands = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"## kopa {name}" in commands
        assert f"kopa {name}" in index
    for name in domain_names():
        page = DOCS / "domains" / f"{name}.md"
        assert page.is_file(), name
        assert name == "places" or f"[kopa {name}](jobs_{name}.md)" in commands
        assert f"domains/{name}.md" in index


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_nothing_of_this_machine_stands_in_the_files() -> None:
    hidden = re.compile(r"(/home/|/root/|/work/)\w")
    for file in tracked():
        if file.suffix in (".py", ".md", ".toml", ".csv", ".ftl", ""):
            text = file.read_text("utf-8", "ignore")
            if file != Path(__file__):
                assert not hidden.search(text), file


def test_the_makefile_and_ci_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"run:", "test:"} <= {line.split(" ")[0] for line in makefile.splitlines()}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
