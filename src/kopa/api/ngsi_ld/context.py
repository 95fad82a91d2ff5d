"""JSON-LD @contexts, as far as NGSI-LD needs them (clauses 4.4, 5.5.7).

A context is compiled once from its definitions: each term is then one look-up. The core
context is always the last one, and its terms are protected: no user context changes what
``observedAt`` means. What is stored has names in full; what is answered has them short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kopa.api.ngsi_ld.names import CORE, DEFAULT_VOCAB, is_uri
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.read_core import CORE_URL, core_definition, core_version, newest

MAX_TERMS = 20_000
"""A context with more terms is refused."""
MAX_DEPTH = 16
"""Contexts that name contexts that name contexts … go no deeper."""

Lookup = Callable[[str], Any]
"""Gives the ``@context`` member of the document at a URL; raises if it is not on board."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a term of a context means.

    Parameters
    ----------
    iri
        Its full name; empty for a term that is set to null.
    coercion
        ``@id``, ``@vocab``, ``@json`` or a data type, empty if there is none.
    """

    iri: str
    coercion: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """A compiled @context.

    Parameters
    ----------
    source
        The ``@context`` as it was given, for answers: a URL, or a list of URLs and objects.
    terms
        Meaning of every term, core terms among them.
    vocab
        What a name without a term gets as its prefix.
    """

    source: Any
    terms: Mapping[str, Term]
    vocab: str = DEFAULT_VOCAB
    _short: dict[str, str] = field(default_factory=dict, repr=False)
    _prefixes: list[tuple[str, str]] = field(default_factory=list, repr=False)
    _kept: dict[str, str] = field(default_factory=dict, repr=False)
    _shown: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, term in self.terms.items():
            if not term.iri or term.iri.startswith("@"):
                continue
            known = self._short.get(term.iri)
            if known is None or (len(name), name) < (len(known), known):
                self._short[term.iri] = name
            if not term.coercion and term.iri[-1] in ":/?#[]@":
                self._prefixes.append((term.iri, name))
        self._prefixes.sort(key=lambda pair: (-len(pair[0]), pair[1]))

    def expand(self, name: str) -> str:
        """The full name of a type or attribute.

        Parameters
        ----------
        name
            A term, a prefixed name (``schema:name``) or a URI.

        Returns
        -------
        str
            Its IRI.
        """
        term = self.terms.get(name)
        if term is not None and term.iri:
            return term.iri
        prefix, colon, rest = name.partition(":")
        if colon:
            base = self.terms.get(prefix)
            if base is None or not base.iri or rest.startswith("//"):
                return name
            return base.iri + rest
        return self.vocab + name

    def compact(self, iri: str) -> str:
        """The shortest name of an IRI that expands to it again."""
        short = self._short.get(iri)
        if short is not None:
            return short
        if iri.startswith(self.vocab):
            rest = iri[len(self.vocab) :]
            if rest and ":" not in rest and rest not in self.terms:
                return rest
        for base, prefix in self._prefixes:
            if iri.startswith(base) and len(iri) > len(base):
                name = f"{prefix}:{iri[len(base) :]}"
                if name not in self.terms and not iri[len(base) :].startswith("//"):
                    return name
        return iri

    def keep(self, name: str) -> str:
        """The name under which a type or attribute is kept: in full, or bare if it is our own.

        Names of the default vocabulary are kept bare, and so are the core's places: what comes
        in by another way than NGSI-LD has those names too.
        """
        known = self._kept.get(name)
        if known is None:
            known = kept_name(self.expand(name))
            if len(self._kept) < MAX_TERMS:
                self._kept[name] = known
        return known

    def show(self, kept: str) -> str:
        """The name that answers give to what is kept under a name."""
        known = self._shown.get(kept)
        if known is None:
            known = self.compact(full_name(kept))
            if len(self._shown) < MAX_TERMS:
                self._shown[kept] = known
        return known

    def coerced(self, name: str) -> str:
        """How a context types the values of a term (``@id``, ``@vocab``, …), empty if not."""
        term = self.terms.get(name)
        return term.coercion if term is not None else ""


PLACES = {f"{CORE}{name}": name for name in ("location", "observationSpace", "operationSpace")}


def kept_name(iri: str) -> str:
    """The name under which an IRI is kept."""
    if iri.startswith(DEFAULT_VOCAB):
        rest = iri[len(DEFAULT_VOCAB) :]
        if rest and ":" not in rest and rest not in _core_terms(newest()):
            return rest
    return PLACES.get(iri, iri)


def full_name(kept: str) -> str:
    """The IRI that is kept under a name."""
    if ":" in kept:
        return kept
    return CORE + kept if CORE + kept in PLACES else DEFAULT_VOCAB + kept


def compiled(source: Any, lookup: Lookup) -> Context:
    """Compile an ``@context``.

    Parameters
    ----------
    source
        A URL, an object of terms, or a list of both.
    lookup
        Gives the context of a URL that is not a core context.

    Returns
    -------
    Context
        The context, with the core context last.

    Raises
    ------
    BadRequestData
        If the context is not valid.
    """
    raw: dict[str, Any] = {}
    vocab, version = "", 0
    for part in _parts(source, lookup, 0):
        if isinstance(part, int):
            version = max(version, part)
            continue
        if part is None:
            raw.clear()
            vocab = ""
            continue
        for name, meaning in part.items():
            if name == "@vocab":
                vocab = _vocab(meaning, vocab)
            elif not name.startswith("@"):
                raw[name] = meaning
        if len(raw) > MAX_TERMS:
            raise BadRequestData(f"An @context has more than {MAX_TERMS} terms.")
    core = _core_terms(version or newest())
    if not raw and not vocab:
        return Context(source, core)
    return Context(
        source, {**_meanings(raw, vocab or DEFAULT_VOCAB), **core}, vocab or DEFAULT_VOCAB
    )


@cache
def core_context(url: str = CORE_URL) -> Context:
    """The core context alone."""
    return Context(url, _core_terms(core_version(url) or newest()))


def remote_urls(source: Any) -> Iterator[str]:
    """URLs that an ``@context`` names and that are not core contexts."""
    for part in source if isinstance(source, list) else [source]:
        if isinstance(part, str) and core_version(part) is None:
            yield part
        elif isinstance(part, list):
            yield from remote_urls(part)


@cache
def _core_terms(version: int) -> Mapping[str, Term]:
    definition = {k: v for k, v in core_definition(version).items() if not k.startswith("@")}
    return _meanings(definition, DEFAULT_VOCAB)


def _vocab(meaning: Any, before: str) -> str:
    if meaning is None or meaning == "":
        return ""
    if not is_uri(meaning):
        raise BadRequestData("The @vocab of an @context is not a URI.")
    return str(meaning) or before


def _parts(source: Any, lookup: Lookup, depth: int) -> Iterator[dict[str, Any] | int | None]:
    """Objects of a context in their order; a core context as its version."""
    if depth > MAX_DEPTH:
        raise BadRequestData("An @context names contexts too deeply, or itself.")
    if source is None or isinstance(source, dict):
        if isinstance(source, dict) and isinstance(source.get("@import"), str):
            yield from _parts(source["@import"], lookup, depth + 1)
        yield source
    elif isinstance(source, str):
        version = core_version(source)
        if version is not None:
            yield version
        elif is_uri(source) or source.startswith("/ngsi-ld/"):
            yield from _parts(lookup(source), lookup, depth + 1)
        else:
            raise BadRequestData(f"The @context '{source[:200]}' is not a URL.")
    elif isinstance(source, list):
        for part in source:
            yield from _parts(part, lookup, depth + 1)
    else:
        raise BadRequestData("An @context is a URL, an object, or a list of them.")


def _meanings(raw: Mapping[str, Any], vocab: str) -> dict[str, Term]:
    """Terms with their full names: a term may be written by means of others."""
    done: dict[str, Term] = {}

    def full(value: str, seen: frozenset[str]) -> str:
        if value.startswith("@"):
            return value
        prefix, colon, rest = value.partition(":")
        if colon and not rest.startswith("//") and prefix in raw:
            return meaning(prefix, seen).iri + rest
        if colon:
            return value
        return meaning(value, seen).iri if value in raw and value not in seen else vocab + value

    def meaning(name: str, seen: frozenset[str]) -> Term:
        if name in done:
            return done[name]
        if name in seen or len(seen) > MAX_DEPTH:
            raise BadRequestData(f"The term '{name[:200]}' of an @context is defined by itself.")
        value = raw[name]
        if isinstance(value, dict) and "@context" in value:
            raise BadRequestData(f"The term '{name[:200]}' of an @context has a scoped @context.")
        target = value.get("@id", name) if isinstance(value, dict) else value
        if isinstance(value, dict) and target == name and ":" not in name:
            iri = vocab + name
        elif target is None:
            iri = ""
        elif isinstance(target, str) and target:
            iri = full(target, seen | {name})
        else:
            raise BadRequestData(f"The term '{name[:200]}' of an @context means no IRI.")
        kind = value.get("@type", "") if isinstance(value, dict) else ""
        if not isinstance(kind, str):
            raise BadRequestData(f"The term '{name[:200]}' of an @context has no valid @type.")
        done[name] = Term(iri, kind)
        return done[name]

    for name in raw:
        meaning(name, frozenset())
    return done
