"""Prints the page of a report as PDF with WeasyPrint; the only importer of it."""

from __future__ import annotations

import logging

from kopa.errors import EngineError

_HELP = (
    "WeasyPrint needs the library Pango, which is not here. Install it "
    "(Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango), "
    "or write .html and print it from a browser"
)


def pdf(html: str) -> bytes:
    """The page as PDF.

    Parameters
    ----------
    html
        From `kopa.report.page`: it needs no other file, and none is fetched.

    Raises
    ------
    EngineError
        If Pango is not installed, or the page cannot be printed.
    """
    try:
        import weasyprint
    except (ImportError, OSError):  # it loads Pango when it is imported
        raise EngineError(_HELP, "report.no-pango") from None
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # what CSS of screens it leaves out
    nobody = weasyprint.URLFetcher(allowed_protocols=())  # the page is whole: nothing is fetched
    try:
        printed = weasyprint.HTML(string=html, url_fetcher=nobody).write_pdf()
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise EngineError(f"the page cannot be printed: {error}", "report.pdf") from None
    return bytes(printed)
