"""Names of operations that a context source may support, and groups of them (clause 4.20)."""

from __future__ import annotations

DISCOVER = (
    "retrieveEntityTypes",
    "retrieveEntityTypeDetails",
    "retrieveEntityTypeInfo",
    "retrieveAttrTypes",
    "retrieveAttrTypeDetails",
    "retrieveAttrTypeInfo",
)
RETRIEVE = ("retrieveEntity", "queryEntity")
UPDATE = ("updateEntity", "updateAttrs", "replaceEntity", "replaceAttrs")
CHANGE = ("createEntity", "appendAttrs", "deleteAttrs", "deleteEntity", "mergeEntity")
BATCH = ("createBatch", "upsertBatch", "updateBatch", "mergeBatch", "deleteBatch")
SUBSCRIBE = (
    "createSubscription",
    "updateSubscription",
    "retrieveSubscription",
    "querySubscription",
    "deleteSubscription",
)
TEMPORAL = (
    "upsertTemporal",
    "appendAttrsTemporal",
    "deleteAttrsTemporal",
    "updateAttrInstanceTemporal",
    "deleteAttrInstanceTemporal",
    "deleteTemporal",
    "mergeTemporal",
    "retrieveTemporal",
    "queryTemporal",
)
GROUPS: dict[str, tuple[str, ...]] = {
    "federationOps": (*RETRIEVE, "queryBatch", *DISCOVER, *SUBSCRIBE),
    "updateOps": UPDATE,
    "retrieveOps": RETRIEVE,
    "redirectionOps": (*CHANGE, *UPDATE, *RETRIEVE, "purgeEntity", *DISCOVER),
}
DEFAULT = ("federationOps",)
CONSUMPTION = frozenset((*RETRIEVE, "queryBatch", "retrieveOps"))
"""What an auxiliary source may be asked."""
KNOWN = frozenset(
    (*DISCOVER, *RETRIEVE, *UPDATE, *CHANGE, *BATCH, *SUBSCRIBE, *TEMPORAL, *GROUPS)
) | {"queryBatch", "purgeEntity"}


def spelled_out(names: tuple[str, ...]) -> frozenset[str]:
    """Operations, with each group as its members."""
    return frozenset(one for name in names for one in GROUPS.get(name, (name,)))
