"""The contract that every domain fulfils."""

from kopa.domain.change import Change, ChangeKind, checked, parse_change
from kopa.domain.contract import Bound, Domain, DomainType, Screens
from kopa.domain.result import Event, Parent, Result, Status
from kopa.errors import Finding

__all__ = [
    "Bound",
    "Change",
    "ChangeKind",
    "Domain",
    "DomainType",
    "Event",
    "Finding",
    "Parent",
    "Result",
    "Screens",
    "Status",
    "checked",
    "parse_change",
]
