"""Rule files that a city installs: official XSLT, or Schematron compiled by SchXslt 1.x.

None comes with Kopa. What is installed lies in one folder beside ``rules.json``, which says where
each is from, so that a result can name its rules.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from kopa.domains.ebusiness.engine_saxonche import compile_check, transformed
from kopa.errors import EngineError, Finding, InputError, Severity, UsageError

LIST = "rules.json"
MOST_BYTES = 64 * 1024 * 1024
_SYNTAX = {
    "UBL": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "CII": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
}
_PEPPOL = "#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_FAILED = re.compile(r"<svrl:failed-assert\b|name=\"svrl:failed-assert\"")
_PIPELINE = "pipeline-for-svrl.xsl"


@dataclass(frozen=True)
class RuleSet:
    """An installed stylesheet.

    Parameters
    ----------
    name
        File name without its end.
    syntax
        ``UBL`` or ``CII``.
    only
        It is for invoices whose CustomizationID has this text; empty for all.
    assertions
        How many it holds.
    sha256, source, installed
        Of the file as it was given, where it came from, and when.
    """

    name: str
    syntax: str
    only: str
    assertions: int
    sha256: str
    source: str
    installed: str


def folder_of(given: Path | None) -> Path:
    """Where rules lie: as given, or among the user's data."""
    if given is not None:
        return given
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "kopa" / "invoice_rules"


def installed(folder: Path) -> tuple[RuleSet, ...]:
    """Rule sets of a folder.

    Raises
    ------
    InputError
        If its list cannot be read, or a file of it is gone.
    """
    file = folder / LIST
    if not file.exists():
        return ()
    try:
        found = tuple(RuleSet(**row) for row in json.loads(file.read_text("utf-8")))
        for one in found:
            (folder / f"{one.name}.xslt").stat()
    except (OSError, ValueError, TypeError) as error:
        what = f"it cannot be used: {error}."
        raise InputError([_wrong(what, "Install the rules again.", file)]) from error
    return found


def install(
    given: Path, folder: Path, compiler: Path | None = None, only: str = ""
) -> tuple[tuple[RuleSet, ...], tuple[Finding, ...]]:
    """Install rule files.

    Parameters
    ----------
    given
        XSLT, Schematron, or a folder or zip of them. XSLT is taken where there is any: it is what
        its publisher tested; else Schematron is compiled.
    folder
        Where to.
    compiler
        SchXslt 1.x: a folder or a zip that has ``pipeline-for-svrl.xsl``.
    only
        Text that CustomizationID must have; for names with PEPPOL, Peppol BIS Billing.

    Returns
    -------
    tuple
        What is installed now, and what was passed over.

    Raises
    ------
    InputError
        If there is no rule in it that can be used.
    """
    told: list[Finding] = []
    made: list[RuleSet] = []
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(given) as root, _opened(compiler) as tools:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        sheets = [one for one in files if one.suffix.lower() in (".xsl", ".xslt")]
        schemas = [one for one in files if one.suffix.lower() == ".sch" and _whole(one)]
        for file in sheets or schemas:
            try:
                made.append(_add(file, folder, tools, (str(given), only)))
            except (EngineError, UsageError) as error:
                what = f"it is passed over: {error}."
                told.append(_wrong(what, "Give the official file.", Path(file.name), "warning"))
    if not made:
        what = "there is no rule file of UBL or CII invoices in it that can be used."
        told = [Finding(one.code, one.what, one.do, file=one.file) for one in told]
        raise InputError([*told, _wrong(what, "Give XSLT or Schematron of EN 16931.", given)])
    names = {one.name for one in made}
    all_sets = (*(one for one in installed(folder) if one.name not in names), *made)
    rows = [asdict(one) for one in sorted(all_sets, key=lambda one: one.name)]
    (folder / LIST).write_text(json.dumps(rows, indent=1, ensure_ascii=False), "utf-8")
    return tuple(made), tuple(told)


def _wrong(what: str, do: str, file: Path, severity: Severity = "error") -> Finding:
    return Finding("ebusiness.rules", what, do, severity, str(file))


@contextmanager
def _opened(given: Path | None) -> Iterator[Path]:
    """A file or folder as it is; a zip unpacked for a while, no file outside its folder."""
    if given is None:
        yield Path("/nonexistent")
        return
    if not given.exists():
        raise InputError([_wrong("it is not there.", "Check the path.", given)])
    if given.is_dir() or not zipfile.is_zipfile(given):
        yield given
        return
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(given) as archive:
        if sum(one.file_size for one in archive.infolist()) > 8 * MOST_BYTES:
            raise InputError([_wrong("it unpacks to too much.", "Give the rules alone.", given)])
        try:
            archive.extractall(place)  # keeps each member inside
        except (zipfile.BadZipFile, OSError, RuntimeError) as error:
            raise InputError(
                [_wrong(f"it is broken: {error}.", "Fetch it anew.", given)]
            ) from error
        yield Path(place)


def _text(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise UsageError(f"it is larger than {MOST_BYTES} bytes")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("it is not UTF-8") from None


def _whole(file: Path) -> bool:
    """True for a schema, False for a part that another one includes."""
    from lxml import etree

    try:
        with file.open("rb") as stream:
            for _, node in etree.iterparse(stream, events=("start",), resolve_entities=False):
                return str(etree.QName(node).localname) == "schema"
    except (etree.XMLSyntaxError, OSError):
        return False
    return False


def _assertions(schema: str) -> int:
    """Assertions of a schema itself, without those of its abstract patterns and of its parts."""
    from lxml import etree

    root = etree.fromstring(schema.encode(), etree.XMLParser(resolve_entities=False))
    within = "ancestor::*[local-name()='pattern' or local-name()='rule'][@abstract='true']"
    return int(root.xpath(f"count(//*[local-name()='assert'][not({within})])"))


def _add(file: Path, folder: Path, tools: Path, origin: tuple[str, str]) -> RuleSet:
    text, source, wanted = _text(file), *origin
    made = text
    if file.suffix.lower() == ".sch":
        pipeline = next(iter(sorted(tools.rglob(_PIPELINE))), None) if tools.is_dir() else None
        if pipeline is None:
            raise UsageError("Schematron needs --compiler, a folder or zip of SchXslt 1.x")
        made = transformed(pipeline, file)
    lines = len(_FAILED.findall(made))
    syntax = next((name for name, space in _SYNTAX.items() if space in made), "")
    if not lines or not syntax:
        why = "it has no assertion" if not lines else "it is for neither UBL nor CII"
        raise UsageError(f"{why}")
    if file.suffix.lower() == ".sch" and lines < _assertions(text):
        raise UsageError("the compiler left assertions out")  # as SchXslt 2 can, without a word
    name = re.sub(r"[^\w.-]", "_", file.stem)
    trial = folder / f".{name}.xslt"
    trial.write_text(made, "utf-8")
    try:
        compile_check(trial)
    except EngineError:
        trial.unlink()
        raise
    trial.replace(folder / f"{name}.xslt")
    only = wanted or (_PEPPOL if "PEPPOL" in name.upper() else "")
    digest = sha256(file.read_bytes()).hexdigest()
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    return RuleSet(name, syntax, only, lines, digest, source, now)
