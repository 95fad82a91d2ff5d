"""JSON documents held against the schemas of the docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[1] / "docs" / "reference" / "schema"


def valid(command: str, text: str) -> dict[str, Any]:
    """The document that a command printed, after it was held against its schema."""
    found: dict[str, Any] = json.loads(text)
    schema = json.loads((SCHEMAS / f"{command}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(found)
    return found
