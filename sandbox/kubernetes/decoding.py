"""From what a client sent to what the server keeps: types checked, zero values dropped, quantities made canonical.

The real server decodes JSON into Go structs and writes it back; what a round trip through them does to an object is
done here by its type. `decode` serves the built-in kinds; `customresources.validation` those of CRDs.
`applied_problems` is the check of structured-merge-diff that an apply patch goes through first, with words of its own.
"""

from __future__ import annotations

import binascii
import datetime
import re
from typing import Any

from sandbox.kubernetes import quantities
from sandbox.kubernetes.fieldsets import element_of_item, element_path
from sandbox.kubernetes.merging import is_associative
from sandbox.kubernetes.schema import ANY, LIST, MAP, SCALAR, Type

_INT_BOUNDS = {"int32": 2**31, "int64": 2**63, "integer": 2**63}
_GO_SCALARS = {"boolean": "bool", "number": "float64", "integer": "int64", "time": "string", "bytes": "[]uint8"}
_RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class DecodingError(ValueError):
    """What can't be read into the type at all: the server answers 400."""


class Decoder:
    """Decodes one object. `unknown` collects fields that the type does not have, as `spec.template.foo`."""

    def __init__(self) -> None:
        self.unknown: list[str] = []

    def decode(self, obj: dict[str, Any], type_: Type) -> dict[str, Any]:
        """A new object, as the server would write it. Raises DecodingError."""
        return self._struct(obj, type_, "", type_.short_name)

    def _struct(self, value: dict[str, Any], type_: Type, path: str, owner: str) -> dict[str, Any]:
        result = {}
        fields, omitted = type_.fields, type_.omitted
        prefix = f"{path}." if path else ""
        for key, item in value.items():
            below = fields.get(key)
            if below is None:
                self.unknown.append(prefix + key)
            elif item is not None:
                decoded = self._value(item, below, prefix + key, owner)
                if decoded or key not in omitted:
                    result[key] = decoded
        for key in type_.structs:
            if key not in result:
                result[key] = self._struct({}, fields[key], prefix + key, fields[key].short_name)
        for key, zero in type_.always.items():
            if key not in result:
                result[key] = zero
        return result

    def _value(self, value: Any, type_: Type, path: str, owner: str) -> Any:
        kind = type_.kind
        if kind == SCALAR:
            return self._scalar(value, type_.scalar, path, owner)
        if kind == MAP:
            if not isinstance(value, dict):
                raise _cannot(value, owner, path, _go_name(type_))
            if type_.fields:
                return self._struct(value, type_, path, type_.short_name)
            element = type_.element
            if element is None or element.kind == ANY:
                return value
            return {key: self._element(item, element, f"{path}.{key}", owner) for key, item in value.items()}
        if kind == LIST:
            if not isinstance(value, list):
                raise _cannot(value, owner, path, _go_name(type_))
            element = type_.element
            if element is None or element.kind == ANY:
                return value
            return [self._element(item, element, f"{path}[{at}]", owner) for at, item in enumerate(value)]
        return value

    def _element(self, value: Any, type_: Type, path: str, owner: str) -> Any:
        if value is None:
            return _ZEROS.get(type_.scalar, "") if type_.kind == SCALAR else self._value({}, type_, path, owner)
        return self._value(value, type_, path, owner)

    def _scalar(self, value: Any, name: str, path: str, owner: str) -> Any:
        if name == "string":
            if not isinstance(value, str):
                raise _cannot(value, owner, path, "string")
        elif name in _INT_BOUNDS:
            if isinstance(value, bool) or not isinstance(value, int):
                raise _cannot(value, owner, path, _GO_SCALARS.get(name, name))
            if not -_INT_BOUNDS[name] <= value < _INT_BOUNDS[name]:
                raise _cannot(value, owner, path, name)
        elif name == "boolean":
            if not isinstance(value, bool):
                raise _cannot(value, owner, path, "bool")
        elif name == "number":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise _cannot(value, owner, path, "float64")
        else:
            return _SPECIAL[name](value, path, owner)
        return value


_ZEROS = {"int32": 0, "int64": 0, "integer": 0, "number": 0, "boolean": False, "quantity": "0", "int-or-string": 0}


def _quantity(value: Any, path: str, owner: str) -> str:
    if isinstance(value, (bool, dict, list)):
        raise DecodingError(quantities.INVALID)
    try:
        return quantities.canonical(str(value).strip())
    except ValueError as reason:
        raise DecodingError(str(reason)) from reason


def _int_or_string(value: Any, path: str, owner: str) -> int | str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise _cannot(value, owner, path, "intstr.IntOrString")
    return value


def _time(value: Any, path: str, owner: str) -> str:
    if not isinstance(value, str):
        raise _cannot(value, owner, path, "string")
    if not _RFC3339.match(value):
        layout = "2006-01-02T15:04:05Z07:00"
        raise DecodingError(f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"')
    if value.endswith("Z"):
        return value
    moment = datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(value: Any, path: str, owner: str) -> str:
    if not isinstance(value, str):
        raise _cannot(value, owner, path, "[]uint8")
    try:
        binascii.a2b_base64(value.replace("\n", ""), strict_mode=True)
    except (binascii.Error, ValueError) as reason:
        position = next((at for at, letter in enumerate(value) if not (letter.isalnum() or letter in "+/")), len(value))
        raise DecodingError(f"illegal base64 data at input byte {position}") from reason
    return value.replace("\n", "")


_SPECIAL = {"quantity": _quantity, "int-or-string": _int_or_string, "time": _time, "bytes": _bytes}


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    kinds: dict[Any, str] = {str: "string", dict: "object", list: "array"}
    return kinds[type(value)]


def _go_name(type_: Type) -> str:
    if type_.kind == SCALAR:
        return _GO_SCALARS.get(type_.scalar, type_.scalar)
    if type_.kind == LIST:
        return f"[]{_go_name(type_.element)}" if type_.element else "[]interface {}"
    if type_.fields:
        return ".".join(type_.name.split(".")[-2:])
    return f"map[string]{_go_name(type_.element)}" if type_.element else "map[string]interface {}"


def _cannot(value: Any, owner: str, path: str, go_type: str) -> DecodingError:
    shown = _json_kind(value)
    if shown == "number" and go_type.startswith("int"):
        shown = f"number {value}" if isinstance(value, float) or go_type != "string" else shown
    field = re.sub(r"\[\d+\]", "", path)
    return DecodingError(f"json: cannot unmarshal {shown} into Go struct field {owner}.{field} of type {go_type}")


# What an apply patch is checked for


def applied_problems(value: Any, type_: Type) -> list[str]:
    """What is wrong with an applied configuration by its schema: `.spec.replicas: expected numeric ...`."""
    problems: list[str] = []
    _check(value, type_, "", problems)
    return problems


def _check(value: Any, type_: Type, path: str, problems: list[str]) -> None:
    if value is None or type_.kind == ANY:
        return
    if type_.kind == SCALAR:
        _check_scalar(value, type_.scalar, path, problems)
    elif type_.kind == MAP:
        if not isinstance(value, dict):
            problems.append(f"{path}: expected map, got {_formatted(value)}")
            return
        fields, element = type_.fields, type_.element
        for key, item in value.items():
            below = fields.get(key) or element
            if below is None:
                if not type_.preserve:
                    problems.append(f"{path}.{key}: field not declared in schema")
            elif item is not None and below.kind != ANY:
                _check(item, below, f"{path}.{key}", problems)
    elif not isinstance(value, list):
        problems.append(f"{path}: expected list, got {_formatted(value)}")
    else:
        _check_items(value, type_, path, problems)


def _check_items(value: list[Any], type_: Type, path: str, problems: list[str]) -> None:
    seen: set[str] = set()
    for at, item in enumerate(value):
        element = f"i:{at}"
        if is_associative(type_):
            trouble = _no_element(item, type_)
            if trouble:
                problems.append(f"{path}: element {at}: {trouble}")
                return
            element = element_of_item(item, type_, at)
            if element in seen:
                problems.append(f"{path}: duplicate entries for key {element_path(element)}")
            seen.add(element)
        if type_.element is not None:
            _check(item, type_.element, path + element_path(element), problems)


def _no_element(item: Any, type_: Type) -> str:
    if type_.keys:
        if item is None:
            return "associative list with keys may not have a null element"
        if not isinstance(item, dict):
            return "associative list with keys may not have non-map elements"
        if not any(item.get(key) is not None or key in type_.key_defaults for key in type_.keys):
            keys = "[" + " ".join(f'"{key}"' for key in type_.keys) + "]"
            return (
                f"associative list with keys has an element that omits all key fields {keys} "
                "(and doesn't have default values for any key fields)"
            )
        return ""
    if isinstance(item, dict):
        return "associative list without keys has an element that's a map type"
    if isinstance(item, list):
        return "not supported: associative list with lists as elements"
    return "associative list without keys has an element that's an explicit null" if item is None else ""


_NUMERIC = frozenset({"int32", "int64", "integer", "number"})


def _check_scalar(value: Any, name: str, path: str, problems: list[str]) -> None:
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    if name in _NUMERIC:
        if not numeric:
            problems.append(f"{path}: expected numeric (int or float), got {_go_dynamic(value)}")
    elif name == "boolean":
        if not isinstance(value, bool):
            problems.append(f"{path}: expected boolean, got {_formatted(value)}")
    elif name in ("quantity", "int-or-string"):
        if isinstance(value, (dict, list)):
            problems.append(f"{path}: expected any scalar, got {_formatted(value)}")
    elif not isinstance(value, str):
        problems.append(f"{path}: expected string, got &value.valueUnstructured{{Value:{_formatted(value)}}}")


def _go_dynamic(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    kinds: dict[Any, str] = {str: "string", dict: "map[string]interface {}", list: "[]interface {}"}
    return kinds[type(value)]


def _formatted(value: Any) -> str:
    """A value as Go's structured-merge-diff prints it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ",".join(_formatted(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ";".join(f"{key}={_formatted(value[key])}" for key in sorted(value)) + "}"
    return str(value)
