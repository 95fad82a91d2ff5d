"""Who may do what: roles, accounts, keys, tokens, limits."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from kopa.access.accounts import ACCOUNT, KEY, PLATFORM, Accounts
from kopa.access.errors import ForbiddenError, TooManyError, UnknownCallerError
from kopa.access.limits import Limit
from kopa.access.roles import ACTIONS, Caller, Grant, Wish, grant_rows, grants_from, roles
from kopa.access.secrets import hash_password, new_key, password_fits, read_key
from kopa.access.tokens import Provider, Providers, Sessions
from kopa.errors import RangeError, UsageError
from kopa.store import Store, open_store
from kopa.store.errors import ConflictError

GOOD = "a long enough password"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


# ---------------------------------------------------------------------------- roles


def test_a_grant_holds_in_its_tenant_and_domains_only() -> None:
    caller = Caller("account:a", (Grant("operator", "riga", ("water",)),))
    assert caller.may(Wish("write", "riga", "water"))
    assert not caller.may(Wish("write", "riga", "energy"))
    assert not caller.may(Wish("write", "liepaja", "water"))
    assert not caller.may(Wish("write", "riga"))
    assert not caller.may(Wish("manage", "riga", "water"))
    with pytest.raises(ForbiddenError, match="may not write in energy"):
        caller.check(Wish("write", "riga", "energy"))


def test_personal_data_asks_for_a_grant_that_extends_to_it() -> None:
    plain, extended = Grant("clerk", "*"), Grant("clerk", "*", personal=True)
    wish = Wish("read", "riga", "health", personal=True)
    assert not Caller("a", (plain,)).may(wish)
    assert Caller("a", (extended,)).may(wish)
    with pytest.raises(RangeError, match="sees no personal data"):
        Grant("viewer", personal=True)


def test_nobody_may_do_anything() -> None:
    assert not any(Caller("nobody").may(Wish(action)) for action in ACTIONS)


def test_every_action_is_some_role_s() -> None:
    assert {action for role in roles().values() for action in role.actions} == set(ACTIONS)


@given(st.sampled_from(sorted(roles())), st.sampled_from(ACTIONS), st.booleans())
def test_personal_is_never_wider(role: str, action: str, personal: bool) -> None:
    caller = Caller("a", (Grant(role, "t"),))
    if caller.may(Wish(action, "t", "water", personal)):
        assert not personal
        assert action in roles()[role].actions


def test_grants_are_kept_as_documents() -> None:
    grants = (Grant("clerk", "riga", ("education",), True), Grant("viewer", "*"))
    assert grants_from(grant_rows(grants)) == grants
    for bad in ({"role": "king"}, {"role": "viewer", "domains": "water"}):
        with pytest.raises(RangeError):
            grants_from([bad])


# ---------------------------------------------------------------------------- accounts


def test_the_first_start_makes_an_admin_once(store: Store) -> None:
    accounts = Accounts(store)
    password = accounts.first()
    assert password is not None
    assert accounts.first() is None
    caller = accounts.log_in("admin", password)
    assert caller.may(Wish("manage", "riga"))
    with pytest.raises(UnknownCallerError, match="name or password is wrong"):
        accounts.log_in("admin", password + "x")


def test_unknown_and_wrong_are_told_alike(store: Store) -> None:
    accounts = Accounts(store)
    accounts.add("anna", GOOD, [Grant("viewer", "riga")], "test")
    told = set()
    for name, password in (("anna", "wrong password"), ("nobody", GOOD), ("../x", GOOD)):
        with pytest.raises(UnknownCallerError) as caught:
            accounts.log_in(name, password)
        told.add(str(caught.value))
    assert len(told) == 1


def test_guessing_is_slowed_down(store: Store) -> None:
    accounts = Accounts(store)
    for _ in range(10):
        with pytest.raises(UnknownCallerError):
            accounts.log_in("anna", "guess number one")
    with pytest.raises(TooManyError) as caught:
        accounts.log_in("anna", "guess number one")
    assert caught.value.wait_s > 0


def test_no_secret_is_kept(store: Store) -> None:
    accounts = Accounts(store)
    accounts.add("anna", GOOD, [], "test")
    key = accounts.add_key("meter", [Grant("operator", "riga", ("water",))], "test")
    kept = b"".join(
        document.content for kind in (ACCOUNT, KEY) for document in store.documents(PLATFORM, kind)
    )
    assert GOOD.encode() not in kept
    assert key.secret.encode() not in kept
    log = "".join(row.record for row in store.audit(PLATFORM))
    assert GOOD not in log
    assert key.secret not in log


def test_a_device_is_known_by_its_key(store: Store) -> None:
    accounts = Accounts(store)
    key = accounts.add_key("meter 7", [Grant("operator", "riga", ("water",))], "account:admin")
    caller = accounts.device(key.text)
    assert (caller.id, caller.name) == (f"key:{key.id}", "meter 7")
    assert caller.may(Wish("write", "riga", "water"))
    for text in (key.text[:-1] + ("0" if key.text[-1] != "0" else "1"), "", "kopa_x_y", "a_b"):
        with pytest.raises(UnknownCallerError):
            accounts.device(text)
    accounts.remove(KEY, key.id, "account:admin")
    with pytest.raises(UnknownCallerError):
        accounts.device(key.text)


def test_changes_stand_in_the_audit_log(store: Store) -> None:
    accounts = Accounts(store)
    accounts.add("anna", GOOD, [], "account:admin")
    accounts.set_password("anna", GOOD + "!", "account:anna")
    accounts.remove(ACCOUNT, "anna", "account:admin")
    rows = [row.entry for row in store.audit(PLATFORM)]
    assert [(r.actor, r.action, r.subject) for r in rows] == [
        ("account:admin", "account.added", "anna"),
        ("account:anna", "account.changed", "anna"),
        ("account:admin", "account.removed", "anna"),
    ]
    assert store.verify().broken == 0
    with pytest.raises(UsageError):
        accounts.remove(ACCOUNT, "anna", "account:admin")


def test_accounts_that_cannot_be(store: Store) -> None:
    accounts = Accounts(store)
    accounts.add("anna", GOOD, [], "test")
    with pytest.raises(ConflictError):
        accounts.add("anna", GOOD, [], "test")
    for name, password in (("Anna Ozola", GOOD), ("", GOOD), ("bob", "short"), ("bob", "x" * 2000)):
        with pytest.raises(RangeError):
            accounts.add(name, password, [], "test")


def test_hashes_and_keys() -> None:
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$")
    assert password_fits(kept, GOOD)
    assert not password_fits(kept, GOOD + " ")
    assert not password_fits("no hash", GOOD)
    key = new_key()
    assert read_key(key.text) == key


# ---------------------------------------------------------------------------- tokens


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_ends() -> None:
    clock = Clock()
    sessions = Sessions(b"s" * 32, life_s=600, clock=clock)
    token = sessions.give("anna")
    assert sessions.read(token) == ("anna", "")
    clock.now += 700
    with pytest.raises(UnknownCallerError):
        sessions.read(token)


def test_a_session_of_another_server_is_refused() -> None:
    token = Sessions(b"s" * 32).give("anna")
    with pytest.raises(UnknownCallerError):
        Sessions(b"t" * 32).read(token)
    for bad in ("", "a.b.c", token[:-4], token + "x"):
        with pytest.raises(UnknownCallerError):
            Sessions(b"s" * 32).read(bad)


class Issuer:
    """An OpenID provider with a key of its own."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.asked = 0

    def keys(self) -> Any:
        self.asked += 1
        return KeySet([self.key]).as_dict(private=False)

    def token(self, clock: Clock, **claims: Any) -> str:
        whole = {
            "iss": "https://id.example", "aud": "kopa", "sub": "42", "groups": ["water"],
            "exp": int(clock.now) + 300, **claims,
        }  # fmt: skip
        return jwt.encode(
            {"alg": "RS256", "kid": self.key.kid},
            {name: value for name, value in whole.items() if value is not None},
            self.key,
        )


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


def providers(issuer: Issuer, clock: Clock) -> Providers:
    grants = {"water": [Grant("operator", "riga", ("water",))]}
    return Providers([Provider("https://id.example", "kopa", issuer.keys, grants=grants)], clock)


def test_a_provider_s_token_brings_the_grants_of_its_groups(issuer: Issuer) -> None:
    clock = Clock()
    caller = providers(issuer, clock).caller(issuer.token(clock, name="Anna"))
    assert (caller.id, caller.name) == ("oidc:https://id.example#42", "Anna")
    assert caller.may(Wish("write", "riga", "water"))
    stranger = providers(issuer, clock).caller(issuer.token(clock, groups=["tourists"]))
    assert stranger.grants == ()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "somebody else"},
        {"exp": 999_000},
        {"exp": None},
        {"nbf": 2_000_000},
        {"sub": ""},
        {"exp": "tomorrow"},
    ],
    ids=str,
)
def test_claims_that_are_not_for_us_or_not_for_now(issuer: Issuer, claims: dict[str, Any]) -> None:
    clock = Clock()
    with pytest.raises(UnknownCallerError):
        providers(issuer, clock).caller(issuer.token(clock, **claims))


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(issuer: Issuer) -> None:
    """The classic confusion of RS256 and HS256 (RFC 8725, 2.1)."""
    clock = Clock()
    public = issuer.key.as_pem(private=False)
    claims = {"iss": "https://id.example", "aud": "kopa", "sub": "42", "exp": int(clock.now) + 300}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "kid": "one"}, claims)
    ]
    signed = hmac.new(public, b".".join(parts), "sha256").digest()
    forged = b".".join([*parts, base64.urlsafe_b64encode(signed).rstrip(b"=")]).decode()
    with pytest.raises(UnknownCallerError):
        providers(issuer, clock).caller(forged)


def test_new_keys_of_a_provider_are_fetched_once_a_minute() -> None:
    clock, issuer = Clock(), Issuer()
    known = providers(issuer, clock)
    known.caller(issuer.token(clock))
    issuer.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    with pytest.raises(UnknownCallerError):
        known.caller(issuer.token(clock))
    assert issuer.asked == 1
    clock.now += 61
    assert known.caller(issuer.token(clock)).id.endswith("#42")
    assert issuer.asked == 2


# ---------------------------------------------------------------------------- limits


def test_a_bucket_fills_again() -> None:
    clock = Clock()
    limit = Limit(rate=2, burst=3, clock=clock)
    for _ in range(3):
        limit.take("a")
    with pytest.raises(TooManyError) as caught:
        limit.take("a")
    assert caught.value.wait_s == pytest.approx(0.5)
    limit.take("b")
    clock.now += 0.5
    limit.take("a")


def test_quiet_callers_are_forgotten() -> None:
    limit = Limit(rate=1, burst=1, most=2, clock=Clock())
    for name in ("a", "b", "c"):
        limit.take(name)
    limit.take("a")
    with pytest.raises(TooManyError):
        limit.take("c")
