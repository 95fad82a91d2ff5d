"""Tokens: our own for people who logged in, and those of OpenID providers."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kopa.access.errors import UnknownCallerError
from kopa.access.roles import Caller, Grant

OURS = "HS256"
THEIRS = ("RS256", "ES256", "PS256", "EdDSA")
"""Algorithms by which providers may sign; never a symmetric one, never ``none``."""
LEEWAY_S = 60
RETRY_S = 10
"""A provider that gave no keys is not asked again sooner."""
_BAD = "the token is not valid"
_LOG = logging.getLogger(__name__)


class Sessions:
    """Tokens that we give to people who logged in.

    Parameters
    ----------
    secret
        32 random bytes or more, which only this city's servers know.
    life_s
        Seconds that a token lives.
    clock
        Seconds since 1970 UTC.
    """

    def __init__(
        self, secret: bytes, life_s: int = 8 * 3600, clock: Callable[[], float] = time.time
    ) -> None:
        from joserfc.jwk import OctKey

        self._key = OctKey.import_key(secret)
        self._life, self._clock = life_s, clock

    def give(self, name: str, generation: str = "") -> str:
        """A token for an account.

        Parameters
        ----------
        name
            The account.
        generation
            Of its sessions: the token is worth nothing when the account has another.
        """
        from joserfc import jwt

        now = int(self._clock())
        claims = {
            "iss": "kopa", "sub": name, "iat": now, "exp": now + self._life,
            "jti": secrets.token_hex(8), "gen": generation,
        }  # fmt: skip
        return jwt.encode({"alg": OURS, "typ": "JWT"}, claims, self._key)

    def read(self, token: str) -> tuple[str, str]:
        """The account that a token is for, and the generation of its session.

        Raises
        ------
        UnknownCallerError
            If it is not ours, or no longer valid.
        """
        claims = _claims(token, self._key, (OURS,))
        _valid(claims, "kopa", "", self._clock())
        return str(claims["sub"]), str(claims.get("gen", ""))


@dataclass(frozen=True)
class Provider:
    """An OpenID provider.

    Parameters
    ----------
    issuer
        Its ``iss``.
    audience
        What its tokens for us bear as ``aud``.
    keys
        Gives its JSON Web Key Set; asked again, once a minute at most, when a token names a
        key that is not in it.
    claim
        Claim with the names of groups.
    grants
        What each group may do.
    """

    issuer: str
    audience: str
    keys: Callable[[], Mapping[str, Any]]
    claim: str = "groups"
    grants: Mapping[str, Sequence[Grant]] = field(default_factory=dict)


class Providers:
    """Reads tokens of some providers.

    Parameters
    ----------
    providers
        The providers.
    clock
        Seconds since 1970 UTC.
    """

    def __init__(
        self, providers: Sequence[Provider], clock: Callable[[], float] = time.time
    ) -> None:
        self._by_issuer = {provider.issuer: provider for provider in providers}
        self._clock = clock
        self._sets: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def caller(self, token: str) -> Caller:
        """The caller that a token is for.

        Raises
        ------
        UnknownCallerError
            If no provider of ours signed it for us, or it is no longer valid.
        """
        issuer = _unverified_issuer(token)
        provider = self._by_issuer.get(issuer)
        if provider is None:
            raise UnknownCallerError(_BAD)
        try:
            claims = _claims(token, self._keys(provider, fresh=False), THEIRS)
        except UnknownCallerError:  # its keys may have changed
            claims = _claims(token, self._keys(provider, fresh=True), THEIRS)
        _valid(claims, issuer, provider.audience, self._clock())
        groups = claims.get(provider.claim, [])
        names = groups if isinstance(groups, list) else [groups]
        grants = tuple(g for name in names for g in provider.grants.get(str(name), ()))
        shown = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
        return Caller(f"oidc:{issuer}#{claims['sub']}", grants, shown)

    def _keys(self, provider: Provider, fresh: bool) -> Any:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        with self._lock:
            since, found = self._sets.get(provider.issuer, (-1e9, None))
            age = self._clock() - since
            if (found is None and age >= RETRY_S) or (fresh and age >= 60):
                try:
                    found = KeySet.import_key_set(provider.keys())  # type: ignore[arg-type]  # a key set as JSON has it
                except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
                    # the keys that were there go on: a provider may be away for a while
                    _LOG.warning("%s gives no keys: %s", provider.issuer, error)
                self._sets[provider.issuer] = (self._clock(), found)
            if found is None:
                raise UnknownCallerError("the provider's keys cannot be had")
            return found


def _claims(token: str, key: Any, algorithms: Sequence[str]) -> dict[str, Any]:
    """Claims of a token whose signature holds."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    try:
        claims = jwt.decode(token, key, algorithms=list(algorithms)).claims
    except (JoseError, ValueError, TypeError, KeyError):
        raise UnknownCallerError(_BAD) from None
    return dict(claims)


def _valid(claims: Mapping[str, Any], issuer: str, audience: str, now: float) -> None:
    """Refuse claims that are not for us, or not for now."""
    heard = claims.get("aud", "")
    audiences = heard if isinstance(heard, list) else [heard]
    end, begin = claims.get("exp"), claims.get("nbf", 0)
    good = (
        claims.get("iss") == issuer
        and (not audience or audience in audiences)
        and isinstance(end, int | float)
        and isinstance(begin, int | float)
        and begin - LEEWAY_S <= now < end + LEEWAY_S
        and bool(claims.get("sub"))
    )
    if not good:
        raise UnknownCallerError(_BAD)


def _unverified_issuer(token: str) -> str:
    """Whose token it says to be: only to find the keys by which it is then verified."""
    import base64
    import json

    try:
        part = token.split(".")[1]
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        return str(json.loads(raw)["iss"])
    except (IndexError, ValueError, KeyError, TypeError):
        raise UnknownCallerError(_BAD) from None
