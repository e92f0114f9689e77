"""JSON patch (RFC 6902) and JSON merge patch (RFC 7386) on documents that are not to be changed."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.kubernetes import errors

MAXIMUM_OPERATIONS = 10_000


def merge_patch(document: Any, patch: Any) -> Any:
    """The document with a merge patch applied: null removes, maps merge, the rest replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def json_patch(document: Any, operations: Any) -> Any:
    """The document with the operations applied in turn. Raises StatusError 400 or 422."""
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise errors.bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        )
    if len(operations) > MAXIMUM_OPERATIONS:
        message = f"The allowed maximum operations in a JSON patch is {MAXIMUM_OPERATIONS}, got {len(operations)}"
        raise errors.StatusError(413, "RequestEntityTooLarge", message)
    result = copy.deepcopy(document)
    for operation in operations:
        result = _operate(result, operation)
    return result


def _operate(document: Any, operation: dict[str, Any]) -> Any:
    kind, path = operation.get("op"), operation.get("path")
    if not isinstance(path, str):
        raise errors.bad_request("jsonpatch: operation has no path")
    steps = _steps(path)
    if kind in ("add", "replace", "test") and "value" not in operation:
        raise errors.unprocessable(f"jsonpatch {kind} operation does not apply: missing value")
    if kind == "add":
        return _add(document, steps, copy.deepcopy(operation["value"]))
    if kind == "remove":
        return _remove(document, steps, kind)
    if kind == "replace":
        if not steps:
            return copy.deepcopy(operation["value"])
        parent = _find(document, steps[:-1], kind)
        _find(parent, steps[-1:], kind)
        _place(parent, steps[-1], copy.deepcopy(operation["value"]))
        return document
    if kind == "test":
        if _find(document, steps, kind) != operation["value"]:
            raise errors.unprocessable(f"testing value {path} failed: test failed")
        return document
    if kind in ("move", "copy"):
        source = _steps(str(operation.get("from", "")))
        value = copy.deepcopy(_find(document, source, kind))
        if kind == "move":
            document = _remove(document, source, kind)
        return _add(document, steps, value)
    raise errors.unprocessable(f"Unexpected kind: {kind}")


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _missing(kind: str, steps: list[str]) -> errors.StatusError:
    path = "/" + "/".join(steps)
    message = f"{kind} operation does not apply: doc is missing path: {path}: missing value"
    return errors.unprocessable(f"jsonpatch {message}" if kind == "add" else message)


def _index(container: list[Any], step: str, kind: str, last: int) -> int:
    if step == "-" and kind == "add":
        return len(container)
    try:
        index = int(step)
    except ValueError:
        raise errors.unprocessable(f"{kind} operation does not apply: invalid index {step}") from None
    if not 0 <= index <= last:
        raise errors.unprocessable(
            f"{kind} operation does not apply: Unable to access invalid index: {step}: invalid index referenced"
        )
    return index


def _find(document: Any, steps: list[str], kind: str) -> Any:
    value = document
    for at, step in enumerate(steps):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list):
            value = value[_index(value, step, kind, len(value) - 1)]
        elif kind == "test" and at == len(steps) - 1 and isinstance(value, dict):
            return None
        else:
            raise _missing(kind, steps)
    return value


def _place(parent: Any, step: str, value: Any) -> None:
    if isinstance(parent, list):
        parent[int(step)] = value
    else:
        parent[step] = value


def _add(document: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    parent = _find(document, steps[:-1], "add")
    if isinstance(parent, list):
        parent.insert(_index(parent, steps[-1], "add", len(parent)), value)
    elif isinstance(parent, dict):
        parent[steps[-1]] = value
    else:
        raise _missing("add", steps)
    return document


def _remove(document: Any, steps: list[str], kind: str) -> Any:
    if not steps:
        raise errors.unprocessable("remove operation does not apply: the document itself")
    parent = _find(document, steps[:-1], kind)
    _find(parent, steps[-1:], kind)
    if isinstance(parent, list):
        del parent[int(steps[-1])]
    else:
        del parent[steps[-1]]
    return document
