"""Schematron by SaxonC-HE: the only importer of the library.

One thread of each process holds the processor, for SaxonC wants its threads its own; stylesheets
are compiled once a process (SaxonC-HE cannot write a compiled one to a file).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from xml.sax.saxutils import quoteattr

from kopa.errors import EngineError

SVRL = "http://purl.oclc.org/dsdl/svrl"
_Answer = TypeVar("_Answer")
_WRAPPER = """<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:svrl="{svrl}"><xsl:import href={href}/><xsl:output method="xml" indent="no"/>
<xsl:template match="/" priority="99"><xsl:variable name="told"><xsl:apply-imports/></xsl:variable>
<kept fired="{{count($told//svrl:fired-rule)}}">
<xsl:copy-of select="$told//(svrl:failed-assert | svrl:successful-report)"/></kept>
</xsl:template></xsl:stylesheet>"""
"""Of a report of thousands of lines only what failed comes back."""


@dataclass(frozen=True)
class Failed:
    """An assertion that does not hold.

    Parameters
    ----------
    rule
        Its id.
    flag
        ``fatal`` or ``warning``, as the rules say; empty for none.
    location
        XPath of the element.
    text
        What the rules say.
    """

    rule: str
    flag: str
    location: str
    text: str


@cache
def _thread(pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "saxon")


@cache
def _processor() -> Any:
    from saxonche import PySaxonProcessor

    return PySaxonProcessor(license=False)


def _answer(work: Callable[..., _Answer], *given: Any) -> _Answer:
    from saxonche import PySaxonApiError

    try:
        return _thread(os.getpid()).submit(work, *given).result()
    except (PySaxonApiError, RuntimeError) as error:
        raise EngineError(f"Saxon: {str(error).strip().splitlines()[0][:300]}") from None


def failed(stylesheet: Path, document: str) -> tuple[Failed, ...]:
    """What of a document fails the rules of a stylesheet.

    Parameters
    ----------
    stylesheet
        XSLT that reports in SVRL.
    document
        XML that was read safely before: SaxonC itself would follow a document type.

    Raises
    ------
    EngineError
        If the stylesheet cannot be compiled or run, or not one of its rules looked at the document.
    """
    return _answer(_failed, stylesheet, stylesheet.stat().st_mtime_ns, document)


def _failed(stylesheet: Path, changed: int, document: str) -> tuple[Failed, ...]:
    from lxml import etree

    node = _processor().parse_xml(xml_text=document)
    text = _compiled(stylesheet, changed).transform_to_string(xdm_node=node)
    if not text:
        raise RuntimeError(f"{stylesheet.name} gave nothing")
    told = etree.fromstring(text.encode())
    if told.get("fired", "0") == "0":
        raise RuntimeError(f"not one rule of {stylesheet.name} looked at the document")
    return tuple(
        Failed(
            one.get("id", ""),
            (one.get("flag") or one.get("role") or "").strip(),
            one.get("location", ""),
            " ".join("".join(one.find(f"{{{SVRL}}}text").itertext()).split()),
        )
        for one in told
    )


@cache
def _compiled(stylesheet: Path, changed: int) -> Any:
    text = _WRAPPER.format(svrl=SVRL, href=quoteattr(stylesheet.resolve().as_uri()))
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_text=text)


def compile_check(stylesheet: Path) -> None:
    """Compile a stylesheet as `failed` would.

    Raises
    ------
    EngineError
        If it cannot be compiled.
    """
    _answer(_compiled, stylesheet, stylesheet.stat().st_mtime_ns)


def transformed(stylesheet: Path, source: Path) -> str:
    """What a stylesheet makes of a file; used to compile Schematron by SchXslt.

    Raises
    ------
    EngineError
        If it cannot.
    """
    return _answer(_transformed, stylesheet, source)


def _transformed(stylesheet: Path, source: Path) -> str:
    made = _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(stylesheet))
    return str(made.transform_to_string(source_file=str(source)) or "")
