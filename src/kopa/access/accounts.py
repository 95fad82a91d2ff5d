"""Local accounts and device keys, kept as documents of the store."""

from __future__ import annotations

import json
import re
import secrets as random
import time
from collections.abc import Callable, Sequence
from typing import Any

from kopa.access.errors import UnknownCallerError
from kopa.access.limits import Limit
from kopa.access.roles import EVERY, Caller, Grant, grant_rows, grants_from
from kopa.access.secrets import Key, hash_password, new_key, nobody, password_fits, read_key
from kopa.errors import RangeError, UsageError
from kopa.store.contract import Batch, Store
from kopa.store.documents import AuditEntry, PutDocument

PLATFORM = "platform"
"""Tenant of what concerns the platform itself."""
ACCOUNT, KEY = "account", "key"
_NAME = re.compile(r"^[a-z0-9][a-z0-9._@-]{0,63}$")
_REFUSED = "name or password is wrong"


def _now() -> int:
    return time.time_ns() // 1000


def _generation() -> str:
    """A new generation of sessions; random, for an account may be removed and made again."""
    return random.token_hex(8)


def new_password() -> str:
    """A random password, that nobody guesses."""
    return random.token_urlsafe(18)


class Accounts:
    """Who is known.

    Parameters
    ----------
    store
        Where they are kept.
    now
        Time, µs since 1970 UTC.
    """

    def __init__(self, store: Store, now: Callable[[], int] = _now) -> None:
        self._store, self._now = store, now
        self._tries = Limit(rate=1 / 30, burst=10)

    def first(self) -> str | None:
        """Make the account ``admin`` where nobody is known; gives its password, once.

        Returns
        -------
        str or None
            The password, or None if there is an account already.
        """
        if self._store.documents(PLATFORM, ACCOUNT, limit=1):
            return None
        password = new_password()
        grants = [Grant(role, EVERY) for role in ("admin", "operator", "planner")]
        self.add("admin", password, grants, "start")
        return password

    def add(self, name: str, password: str, grants: Sequence[Grant], actor: str) -> None:
        """Add an account.

        Parameters
        ----------
        name, password, grants
            Of the account.
        actor
            Who does it, for the audit log.

        Raises
        ------
        RangeError
            If name or password cannot be used.
        ConflictError
            If there is such an account.
        """
        if not _NAME.match(name):
            raise RangeError(f"'{name}' is no account name: use a-z, 0-9, . _ @ -")
        content = {
            "password": hash_password(password),
            "grants": grant_rows(grants),
            "generation": _generation(),
        }
        self._put(ACCOUNT, name, content, actor, expected=0)

    def set_password(self, name: str, password: str, actor: str) -> None:
        """Give an account another password; its sessions end.

        Raises
        ------
        RangeError
            If it is too short.
        UsageError
            If there is no such account.
        """
        content, version = self._content(ACCOUNT, name)
        content["password"] = hash_password(password)
        content["generation"] = _generation()
        self._put(ACCOUNT, name, content, actor, version)

    def renew(self, name: str, actor: str) -> str:
        """Give an account a new random password, which is told this once; its sessions end.

        Raises
        ------
        UsageError
            If there is no such account.
        """
        password = new_password()
        self.set_password(name, password, actor)
        return password

    def enable(self, name: str, enabled: bool, actor: str) -> None:
        """Let an account in again, or no more: then its sessions end at once.

        Raises
        ------
        UsageError
            If there is no such account.
        """
        content, version = self._content(ACCOUNT, name)
        content["disabled"] = not enabled
        content["generation"] = _generation()
        self._put(ACCOUNT, name, content, actor, version)

    def generation(self, name: str) -> str:
        """Generation of an account's sessions: those of another are worth nothing."""
        content, _ = self._content(ACCOUNT, name)
        return str(content.get("generation", ""))

    def remove(self, kind: str, name: str, actor: str) -> None:
        """Remove an account or a key.

        Raises
        ------
        UsageError
            If there is none.
        """
        _, version = self._content(kind, name)
        self._put(kind, name, None, actor, version)

    def log_in(self, name: str, password: str) -> Caller:
        """The caller with this name and password.

        Raises
        ------
        UnknownCallerError
            If there is none.
        TooManyError
            If it was tried too often.
        """
        self._tries.take(name)
        document = self._store.document(PLATFORM, ACCOUNT, name) if _NAME.match(name) else None
        content: dict[str, Any] = (
            json.loads(document.content) if document else {"password": nobody()}
        )
        fits = password_fits(content["password"], password)
        if not fits or document is None or content.get("disabled"):
            raise UnknownCallerError(_REFUSED)
        return Caller(f"account:{name}", grants_from(content["grants"]), name)

    def account(self, name: str, generation: str) -> Caller:
        """An account that is known by a token of ours.

        Parameters
        ----------
        name
            Of the account.
        generation
            Of the session.

        Raises
        ------
        UnknownCallerError
            If it is gone or disabled, or has another password since.
        """
        document = self._store.document(PLATFORM, ACCOUNT, name)
        content: dict[str, Any] = json.loads(document.content) if document else {"disabled": True}
        if content.get("disabled") or content.get("generation", "") != generation:
            raise UnknownCallerError("the session has ended: log in again")
        return Caller(f"account:{name}", grants_from(content["grants"]), name)

    def add_key(self, label: str, grants: Sequence[Grant], actor: str) -> Key:
        """A new device key; only its digest is kept.

        Parameters
        ----------
        label
            What it is for, in words.
        grants
            What it may do.
        actor
            Who does it, for the audit log.
        """
        key = new_key()
        content = {"digest": key.digest, "label": label, "grants": grant_rows(grants)}
        self._put(KEY, key.id, content, actor, expected=0)
        return key

    def device(self, text: str) -> Caller:
        """The caller who sent a device key.

        Raises
        ------
        UnknownCallerError
            If there is no such key.
        """
        key = read_key(text)
        document = self._store.document(PLATFORM, KEY, key.id) if key else None
        if key is None or document is None:
            raise UnknownCallerError("the key is not known")
        content = json.loads(document.content)
        if not key.fits(content["digest"]):
            raise UnknownCallerError("the key is not known")
        return Caller(f"key:{key.id}", grants_from(content["grants"]), content["label"])

    def _content(self, kind: str, name: str) -> tuple[dict[str, Any], int]:
        document = self._store.document(PLATFORM, kind, name)
        if document is None:
            raise UsageError(f"there is no {kind} '{name}'")
        content: dict[str, Any] = json.loads(document.content)
        return content, document.version

    def _put(
        self, kind: str, name: str, content: dict[str, Any] | None, actor: str, expected: int
    ) -> None:
        now = self._now()
        raw = None if content is None else json.dumps(content).encode()
        action = (
            f"{kind}.removed" if raw is None else f"{kind}.{'changed' if expected else 'added'}"
        )
        self._store.commit(
            Batch(
                documents=(PutDocument(PLATFORM, kind, name, raw, now, expected),),
                audit=(AuditEntry(PLATFORM, now, actor, action, name),),
            )
        )
