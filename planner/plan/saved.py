"""Plans in files: JSON, compressed, readable by their owner only, without a secret.

Sensitive values are kept as digests under the state's key; they are asked for again when the plan runs, and compared.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from language import types
from language.diagnostics import Diagnostic, FreeholdError, Span, error
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown
from planner.evaluation.conditions import CheckResult
from planner.evaluation.stored import store
from planner.plan import steps
from planner.plan.plan import Deferred, Drift, Origin, OutputChange, Plan, ReadData
from providers.contract import Note
from state import codec
from state.secrets import Digest, revive

FORMAT = 1
MAX_BYTES = 512 * 1024 * 1024
_CLASSES = {
    cls.__name__: cls
    for cls in (
        Plan,
        Origin,
        OutputChange,
        Drift,
        Deferred,
        ReadData,
        CheckResult,
        Note,
        Span,
        Diagnostic,
        steps.Subject,
        steps.Create,
        steps.Update,
        steps.Replace,
        steps.Delete,
        steps.Forget,
        steps.Import,
        steps.Adopt,
        steps.Read,
        steps.NoOp,
    )
}


def save(plan: Plan, path: Path, key: str) -> None:
    """Write the plan. Raises FreeholdError when the file cannot be written."""
    data = gzip.compress(codec.dumps({"freehold_plan": FORMAT, "plan": _encode(plan, key)}), mtime=0)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as failure:
        raise FreeholdError([error("Cannot write plan file", f"{path}: {failure.strerror}.")]) from failure


def open_plan(path: Path) -> Plan:
    """The plan of a file. Raises FreeholdError when it is none, or of another version."""
    try:
        with gzip.open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        content = codec.loads(data, revive) if len(data) <= MAX_BYTES else {}
        if content.get("freehold_plan") != FORMAT:
            raise ValueError("it is of another version of freehold")
        plan = _decode(content["plan"])
    except FileNotFoundError as failure:
        raise FreeholdError([error("No such plan", f"There is no file {path}.")]) from failure
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as failure:
        advice = "A plan file is what `freehold plan -out=FILE` wrote."
        raise FreeholdError(
            [error("Not a plan file", f"{path} cannot be read as a plan: {failure}.", advice=advice)]
        ) from failure
    if not isinstance(plan, Plan):
        raise FreeholdError([error("Not a plan file", f"{path} holds something else.")])
    return plan


def _encode(value: Any, key: str) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if is_dataclass(value) and type(value).__name__ in _CLASSES:
        made = {field.name: _encode(getattr(value, field.name), key) for field in fields(value)}
        return {"$class": type(value).__name__, **made}
    if isinstance(value, Unknown):
        return {"$unknown": [value.type.encode(), value.not_null]}
    if isinstance(value, Sensitive):
        if isinstance(value.value, Unknown):
            return {"$marked": _encode(value.value, key)}
        return {"$marked": store(value, key)}
    if isinstance(value, SetValue):
        return {"$set": [value.element_type.encode(), [_encode(element, key) for element in value]]}
    if isinstance(value, MapValue):
        return {"$map": [value.element_type.encode(), {name: _encode(member, key) for name, member in value.items()}]}
    if isinstance(value, dict):
        return {"$dict": {name: _encode(member, key) for name, member in value.items()}}
    if isinstance(value, ListValue):
        return {"$list": [value.element_type.encode(), [_encode(element, key) for element in value]]}
    if isinstance(value, tuple | list):
        return [_encode(element, key) for element in value]
    return dict(value) if hasattr(value, "keys") else value


def _decode(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_decode(element) for element in value)
    if not isinstance(value, dict):
        return value
    if "$class" in value:
        cls = _CLASSES[value["$class"]]
        return cls(**{name: _decode(member) for name, member in value.items() if name != "$class"})
    ((tag, inner),) = value.items()
    if tag == "$dict":
        return {name: _decode(member) for name, member in inner.items()}
    if tag == "$unknown":
        return Unknown(types.decode(inner[0]), inner[1])
    if tag == "$marked":
        return Sensitive(inner if isinstance(inner, Digest) else _decode(inner))
    if tag == "$set":
        return SetValue(types.decode(inner[0]), [_decode(element) for element in inner[1]])
    if tag == "$list":
        return ListValue(types.decode(inner[0]), [_decode(element) for element in inner[1]])
    if tag == "$map":
        return MapValue(types.decode(inner[0]), {name: _decode(member) for name, member in inner[1].items()})
    raise ValueError(f"unknown tag {tag}")
