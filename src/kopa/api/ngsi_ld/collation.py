"""The order of texts in a language (``collation``, clause 4.23.3).

What is here is the root order of Unicode for letters with marks: base letters first, then
marks, then case. Languages that order otherwise are refused rather than put in a wrong order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from kopa.api.ngsi_ld.problems import BadRequestData

ROOT_ORDER = frozenset(("und", "en", "de", "fr", "it", "nl", "pt", "id", "ms", "ga"))
"""Languages that order letters as the root does."""
_TAG = re.compile(r"([a-z]{2,3})((?:-(?:[A-Z][a-z]{3}|[A-Z]{2}|\d{3}))*)(-u-co-phonebk)?\Z")
_PHONE_BOOK = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)

SortKey = Callable[[str], tuple[str, str, str]]


def collation_key(tag: str) -> SortKey:
    """The function that orders texts as a language does.

    Parameters
    ----------
    tag
        A language tag with an optional collation, ``de-u-co-phonebk`` (RFC 6067).

    Returns
    -------
    SortKey
        From a text to what it is ordered by.

    Raises
    ------
    BadRequestData
        If it is no tag, or names an order that is not here.
    """
    found = _TAG.match(tag)
    if found is None or found[1] not in ROOT_ORDER or (found[3] and found[1] != "de"):
        raise BadRequestData(f"The collation '{tag[:50]}' is not one of those that are here.")
    if not found[3]:
        return _key
    return lambda text: _key(unicodedata.normalize("NFC", text).translate(_PHONE_BOOK))


def _key(text: str) -> tuple[str, str, str]:
    apart = unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return letters.casefold(), apart.casefold(), apart.swapcase()  # small letters come first
