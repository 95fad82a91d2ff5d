"""Roles, grants and callers: whether this caller may do that.

A grant is a role in some domains, with or without personal data. A caller has grants in tenants;
nothing is allowed that no grant allows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from kopa.access.errors import ForbiddenError
from kopa.errors import RangeError

ACTIONS = ("read", "write", "command", "plan", "audit", "manage", "control")
"""``read`` state, ``write`` state, ``command``: acknowledge findings and set what the city does,
``plan``: what-ifs and scenarios, ``audit``: the audit log, ``manage``: accounts, keys, tenants,
``control``: write to devices."""
EVERY = "*"


@dataclass(frozen=True)
class Role:
    """A row of ``roles.csv``.

    Parameters
    ----------
    name
        The word in a grant.
    actions
        What it may do.
    personal
        True if a grant of it may extend to personal data.
    description
        What it is for.
    """

    name: str
    actions: frozenset[str]
    personal: bool
    description: str


@cache
def roles() -> Mapping[str, Role]:
    """All roles by name."""
    text = files("kopa.access").joinpath("roles.csv").read_text(encoding="utf-8")
    return {
        row["role"]: Role(
            row["role"],
            frozenset(row["actions"].split()),
            row["personal"] == "yes",
            row["description"],
        )
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True)
class Grant:
    """A role in some domains of a tenant.

    Parameters
    ----------
    role
        One of `roles`.
    tenant
        Where it holds; ``*`` is every tenant.
    domains
        Domains where it holds; ``*`` is all of them.
    personal
        True if it extends to personal data.

    Raises
    ------
    RangeError
        If there is no such role, or it may not extend to personal data.
    """

    role: str
    tenant: str = ""
    domains: tuple[str, ...] = (EVERY,)
    personal: bool = False

    def __post_init__(self) -> None:
        found = roles().get(self.role)
        if found is None:
            raise RangeError(f"there is no role '{self.role}': use {', '.join(roles())}")
        if self.personal and not found.personal:
            able = ", ".join(role.name for role in roles().values() if role.personal)
            raise RangeError(f"the role '{self.role}' sees no personal data, only {able}")

    def allows(self, wish: Wish) -> bool:
        """Whether it allows this."""
        return (
            wish.action in roles()[self.role].actions
            and self.tenant in (EVERY, wish.tenant)
            and (EVERY in self.domains or wish.domain in self.domains)
            and (self.personal or not wish.personal)
        )


@dataclass(frozen=True)
class Wish:
    """What somebody wants to do.

    Parameters
    ----------
    action
        One of `ACTIONS`.
    tenant
        Where.
    domain
        In which domain; ``*`` for what concerns all.
    personal
        True if personal data is concerned.
    """

    action: str
    tenant: str = ""
    domain: str = EVERY
    personal: bool = False


@dataclass(frozen=True)
class Caller:
    """Somebody who is known.

    Parameters
    ----------
    id
        ``account:anna``, ``key:7f3a``, ``oidc:<issuer>#<subject>``; it stands in the audit log.
    grants
        What it may do.
    name
        For people to read.
    """

    id: str
    grants: tuple[Grant, ...] = field(default=())
    name: str = ""

    def may(self, wish: Wish) -> bool:
        """Whether some grant allows it."""
        return any(grant.allows(wish) for grant in self.grants)

    def domains(self, wish: Wish) -> tuple[str, ...]:
        """The single domains in which some grant allows it, where none allows it in all."""
        one_by_one = {
            name
            for grant in self.grants
            for name in grant.domains
            if name != EVERY and self.may(replace(wish, domain=name))
        }
        return () if self.may(wish) else tuple(sorted(one_by_one))

    def check(self, wish: Wish) -> None:
        """Refuse what no grant allows.

        Raises
        ------
        ForbiddenError
            If none does.
        """
        if not self.may(wish):
            where = "" if wish.domain == EVERY else f" in {wish.domain}"
            personal = " with personal data" if wish.personal else ""
            raise ForbiddenError(f"you may not {wish.action}{where}{personal}")


def grants_from(rows: Iterable[Mapping[str, object]]) -> tuple[Grant, ...]:
    """Grants as a document has them.

    Raises
    ------
    RangeError
        If a row is no grant.
    """
    found = []
    for row in rows:
        domains = row.get("domains", [EVERY])
        if not isinstance(domains, list) or not all(isinstance(name, str) for name in domains):
            raise RangeError("the domains of a grant are a list of names")
        found.append(
            Grant(
                str(row.get("role", "")),
                str(row.get("tenant", "")),
                tuple(domains),
                row.get("personal") is True,
            )
        )
    return tuple(found)


def grant_rows(grants: Iterable[Grant]) -> list[dict[str, object]]:
    """Grants as a document keeps them."""
    return [
        {
            "role": grant.role,
            "tenant": grant.tenant,
            "domains": list(grant.domains),
            "personal": grant.personal,
        }
        for grant in grants
    ]
