"""Answers judged by Stripe's own object shapes, an OpenAPI document that may lie beside the repository.

Without the document the same calls still check what any Stripe object must have.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, get_args

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from stripe import StripeObject
from stripe._object_classes import get_object_class

_DOCUMENT = Path(__file__).parents[3] / "shared" / "stripe" / "schema.json"
_BARE = {"object": str}
# Not in the document's list, which says itself that it is open (endive's changelogs name them).
_CODES_SINCE = {
    "payment_method_types_no_longer_supported",
    "payment_intent_invalid_cancellation_state",
    "smart_disputes_not_available",
}


# Not in the document; as https://docs.stripe.com/api/radar/early_fraud_warnings/object has it.
_WARNING = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "actionable",
        "charge",
        "created",
        "fraud_type",
        "id",
        "livemode",
        "object",
        "payment_intent",
    ],
    "properties": {
        "id": {"type": "string", "pattern": "^issfr_"},
        "object": {"const": "radar.early_fraud_warning"},
        "actionable": {"type": "boolean"},
        "charge": {"$ref": "#/components/schemas/radar.early_fraud_warning.charge"},
        "created": {"type": "integer"},
        "fraud_type": {"type": "string"},
        "livemode": {"const": False},
        "payment_intent": {"type": "string"},
    },
}
_WARNED_CHARGE = {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/charge"}]}


def problems(answer: dict[str, Any]) -> list[str]:
    """What is wrong with an answer of the API made with a secret key; an empty list when nothing is."""
    if "error" in answer:
        return _error_problems(answer["error"])
    if answer.get("object") in ("list", "search_result"):
        missing = [f"list lacks {key}" for key in ("data", "has_more", "url") if key not in answer]
        return missing + [problem for item in answer["data"] for problem in problems(item)]
    name = f"deleted_{answer.get('object')}" if answer.get("deleted") else str(answer.get("object"))
    if _DOCUMENT.is_file() and name in _validators():
        return _against(name, answer)
    return _against_sdk(answer)


def _error_problems(error: dict[str, Any]) -> list[str]:
    found = [f"error lacks {key}" for key in ("type", "message", "request_log_url") if key not in error]
    if "code" in error and not error.get("doc_url"):
        found.append("error has a code and no doc_url")
    if not _DOCUMENT.is_file():
        return found
    known = {key: value for key, value in error.items() if key != "code" or value not in _CODES_SINCE}
    return found + _against("error", {"error": known})


def _against(name: str, answer: dict[str, Any]) -> list[str]:
    return [
        f"{name}.{'.'.join(map(str, error.path))}: {error.message[:200]}"
        for error in _validators()[name].iter_errors(answer)
    ]


def _against_sdk(answer: dict[str, Any]) -> list[str]:
    """For what the document leaves out, and without it: the fields that the SDK's own class declares."""
    kind = get_object_class("V1", str(answer.get("object")))
    if kind is StripeObject:
        return [f"Stripe has no object {answer.get('object')}"]
    declared = {name: hint for name, hint in kind.__annotations__.items() if name != "OBJECT_NAME"}
    if answer.get("deleted"):
        return (
            [] if answer["deleted"] is True and answer.get("id") else [f"deleted {kind.__name__} lacks an id"]
        )
    return [
        *(f"{kind.__name__} has no field {name}" for name in answer if name not in declared),
        *(
            f"{kind.__name__} lacks {name}"
            for name, hint in declared.items()
            if name not in answer and type(None) not in get_args(hint)
        ),
        *(
            f"{kind.__name__}.{name} is null"
            for name, hint in declared.items()
            if name in answer and answer[name] is None and type(None) not in get_args(hint)
        ),
    ]


@cache
def _validators() -> dict[str, Draft202012Validator]:
    schemas = json.loads(_DOCUMENT.read_text())["components"]["schemas"] | {
        "radar.early_fraud_warning": _WARNING,
        "radar.early_fraud_warning.charge": _WARNED_CHARGE,
    }
    strict = {name: _json_schema(schema) for name, schema in schemas.items()}
    document = {"components": {"schemas": strict}}
    registry: Registry[Any] = Registry().with_resource("urn:stripe", Resource(document, DRAFT202012))
    return {
        name: Draft202012Validator({"$ref": f"urn:stripe#/components/schemas/{name}"}, registry=registry)
        for name in strict
        if "x-stub" not in schemas[name]
    }


def _json_schema(node: Any) -> Any:
    """OpenAPI's `nullable` in JSON Schema's words; objects with known properties take no others."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {
        key: _json_schema(value)
        for key, value in node.items()
        if not key.startswith("x-") and key != "format"
    }
    if "$ref" in schema:
        schema["$ref"] = f"urn:stripe{schema['$ref']}"
    if "properties" in node and "type" in node and isinstance(node["properties"], dict):
        schema.setdefault("additionalProperties", False)
    return {"anyOf": [schema, {"type": "null"}]} if schema.pop("nullable", False) else schema
