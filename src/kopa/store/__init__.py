"""The storage of Kopa's live side: one contract, an embedded and a scale-out store."""

from kopa.store.contract import (
    METHODS,
    Aggregates,
    Batch,
    Compaction,
    Method,
    Receipt,
    Span,
    Statistics,
    Store,
)
from kopa.store.documents import (
    AuditEntry,
    AuditRow,
    Document,
    OutboxItem,
    PutDocument,
    Retry,
    Send,
    Sent,
    Verdict,
)
from kopa.store.entities import Attribute, DeleteEntity, Entity, PatchEntity, PutEntity
from kopa.store.observations import Key, Label, Observation, Observations
from kopa.store.opening import open_store, restore_store
from kopa.store.query import Query

__all__ = [
    "METHODS",
    "Aggregates",
    "Attribute",
    "AuditEntry",
    "AuditRow",
    "Batch",
    "Compaction",
    "DeleteEntity",
    "Document",
    "Entity",
    "Key",
    "Label",
    "Method",
    "Observation",
    "Observations",
    "OutboxItem",
    "PatchEntity",
    "PutDocument",
    "PutEntity",
    "Query",
    "Receipt",
    "Retry",
    "Send",
    "Sent",
    "Span",
    "Statistics",
    "Store",
    "Verdict",
    "open_store",
    "restore_store",
]
