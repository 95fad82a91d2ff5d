"""Ids of the entities of assets say their domain: ``urn:ngsi-ld:Pump:water:PU-1``."""

from __future__ import annotations

import re
from collections.abc import Sequence


def domain_of(id: str) -> str:
    """Domain of an entity, as `entity_id` writes it; empty where the id names none."""
    parts = id.split(":", 4)
    return parts[3] if len(parts) == 5 and parts[:2] == ["urn", "ngsi-ld"] else ""


def pattern_of(domains: Sequence[str]) -> str:
    """Regular expression of the ids of entities of some domains; empty for all of them."""
    if not domains:
        return ""
    return f"^urn:ngsi-ld:[^:]*:({'|'.join(re.escape(name) for name in domains)}):"
