"""Names and values that the standard fixes, and checks of them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

NULL = "urn:ngsi-ld:null"
"""What stands for null in NGSI-LD: a member set to it is deleted (clause 4.5.0)."""

CORE = "https://uri.etsi.org/ngsi-ld/"
DEFAULT_VOCAB = CORE + "default-context/"
JSON, LD_JSON = "application/json", "application/ld+json"
GEO_JSON, MERGE_PATCH = "application/geo+json", "application/merge-patch+json"
PROBLEM_JSON = "application/problem+json"

VALUE_MEMBER = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
"""Types of attributes, and the member that holds the value of each."""

VALUES_MEMBER = {
    "Property": "values",
    "GeoProperty": "values",
    "Relationship": "objects",
    "LanguageProperty": "languageMaps",
    "VocabProperty": "vocabs",
    "JsonProperty": "jsons",
    "ListProperty": "valueLists",
    "ListRelationship": "objectLists",
}
"""The member that holds the values of each type in the simplified temporal form."""

KIND_OF_MEMBER = {
    "value": "Property",
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "json": "JsonProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
}
"""The type that a concise attribute has by its value member (clause 4.5.1)."""

TIMES = ("createdAt", "modifiedAt", "deletedAt")
"""Times that the broker sets; what a request says of them is dropped."""

ATTRIBUTE_MEMBERS = frozenset(
    ("type", "datasetId", "observedAt", "unitCode", "instanceId", "objectType", "lang", "entity")
    + TIMES
    + tuple(VALUE_MEMBER.values())
    + ("previousValue", "previousObject", "previousLanguageMap", "previousVocab", "previousJson")
    + ("previousValueList", "previousObjectList", "expiresAt", "valueType", "entityList")
    + ("entityIdSealed", "entityTypeSealed")
)
"""Members of an attribute that are not attributes of it."""

TEMPORAL_ONLY = "temporalOnly"
"""Kept with an entity that only the temporal operations have made; never told."""
ENTITY_MEMBERS = frozenset(("id", "type", "scope", "expiresAt", "@context", TEMPORAL_ONLY, *TIMES))
"""Members of an entity that are not attributes of it."""

# a tuple: what is looked for in it comes from outside, and may be a list, which no set takes
GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")

_BLANKS = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x1f\x7f<>\"{}|\\^`]+\Z")
_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,12})?Z\Z")
_SCOPE = re.compile(r"/?[^\W\d]\w*(?:/[^\W\d]\w*)*\Z")


def is_uri(value: Any) -> bool:
    """Whether a value is an absolute URI."""
    if not isinstance(value, str) or len(value) > 2048 or _URI.match(value) is None:
        return False
    return value.isascii() or not any(_is_unseen(sign) for sign in value)


def _is_unseen(sign: str) -> bool:
    """Whether a character cannot be seen: no two names may look alike (RFC 8264)."""
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"):
        return True
    code = ord(sign)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    variation = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return noncharacter or variation or sign in _BLANKS


def is_name(value: str) -> bool:
    """Whether a value can name an attribute or type: a term, a prefixed name or a URI."""
    return len(value) <= 2048 and (_NAME.match(value) is not None or _URI.match(value) is not None)


def is_scope(value: Any) -> bool:
    """Whether a value is a scope, ``/Madrid/Gardens``."""
    return isinstance(value, str) and len(value) <= 1024 and _SCOPE.match(value) is not None


def is_time(value: Any) -> bool:
    """Whether a value is a DateTime of the standard: ISO 8601, UTC, with a Z (clause 4.6.3)."""
    return instant(value) is not None


def instant(value: Any) -> datetime | None:
    """The time that a DateTime names, None if it is not one."""
    if not isinstance(value, str) or _TIME.match(value) is None:
        return None
    text = value[:-1].replace(",", ".")
    whole, _, part = text.partition(".")
    try:
        moment = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment.replace(microsecond=int((part + "000000")[:6])) if part else moment


def now_text() -> str:
    """Now, as a DateTime with microseconds."""
    return time_text(datetime.now(UTC))


def time_text(moment: datetime) -> str:
    """A time as a DateTime; whole seconds have no fraction."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text + "Z"
