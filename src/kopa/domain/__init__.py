"""The contract that every domain fulfils."""

from kopa.domain.change import Change, ChangeKind, checked, parse_change
from kopa.domain.contract import Bound, Domain, DomainType, Draws, Ignores, Screens, shapes_of
from kopa.domain.live import LiveState, Meter, Readings, Watches, switched
from kopa.domain.result import Event, Parent, Result, Status
from kopa.errors import Finding

__all__ = [
    "Bound",
    "Change",
    "ChangeKind",
    "Domain",
    "DomainType",
    "Draws",
    "Event",
    "Finding",
    "Ignores",
    "LiveState",
    "Meter",
    "Parent",
    "Readings",
    "Result",
    "Screens",
    "Status",
    "Watches",
    "checked",
    "parse_change",
    "shapes_of",
    "switched",
]
