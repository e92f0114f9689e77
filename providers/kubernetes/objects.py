"""Objects as values: to and from JSON, what of them is worth comparing, and their digests.

Values are the language's (tuples, Decimal); JSON goes through orjson.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import orjson

from language.values import Sensitive, SetValue, Unknown
from providers.contract import ValuePath, Values
from providers.kubernetes.lineage import LABELS

_SERVER_METADATA = frozenset(
    {"managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink", "deletionTimestamp"}
)
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_NOISE = (_LAST_APPLIED, "deployment.kubernetes.io/revision")


def dumps(value: Any) -> bytes:
    """JSON of a known value."""
    return orjson.dumps(value, _default)


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, SetValue):
        return list(value.elements)
    raise TypeError(f"{type(value).__name__} has no JSON")


def values(parsed: Any) -> Any:
    """What a JSON parser gives, as values of the language."""
    if isinstance(parsed, dict):
        return {name: values(member) for name, member in parsed.items()}
    if isinstance(parsed, list):
        return tuple([values(element) for element in parsed])
    if isinstance(parsed, float):
        number = Decimal(repr(parsed))
        return int(number) if number == number.to_integral_value() else number
    return parsed


def cleaned(live: Values) -> Values:
    """The object without what the server keeps about it: status, bookkeeping, others' notes to themselves; and without
    the labels that tell whose it is."""
    made = {name: member for name, member in live.items() if name != "status"}
    metadata = {name: member for name, member in live.get("metadata", {}).items() if name not in _SERVER_METADATA}
    for name, noise in (("annotations", _NOISE), ("labels", LABELS)):
        given = metadata.get(name)
        if given and not given.keys().isdisjoint(noise):
            kept = {key: text for key, text in given.items() if key not in noise}
            metadata = without(metadata, (name,)) if not kept else {**metadata, name: kept}
    made["metadata"] = metadata
    return made


def digest(value: Any) -> str:
    """A short digest of a known value; equal values have equal ones."""
    data = orjson.dumps(value, _default, orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def split_unknown(value: Any, at: ValuePath = ()) -> tuple[Any, list[ValuePath]]:
    """The value without its unknown parts, and where those were."""
    if isinstance(value, dict):
        made: Values = {}
        paths: list[ValuePath] = []
        for name, member in value.items():
            if isinstance(member, Unknown):
                paths.append((*at, name))
                continue
            made[name], inner = split_unknown(member, (*at, name))
            paths += inner
        return made, paths
    if isinstance(value, tuple):
        elements, paths = [], []
        for index, element in enumerate(value):
            if isinstance(element, Unknown):
                paths.append((*at, index))
                continue
            known, inner = split_unknown(element, (*at, index))
            elements.append(known)
            paths += inner
        return tuple(elements), paths
    return (value.value if isinstance(value, Sensitive) else value), []


def put(value: Any, path: ValuePath, new: Any) -> Any:
    """The value with `new` at `path`, where the way to it exists."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, step: put(value.get(step, {}) if rest else None, rest, new)}
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        return (*value[:step], put(value[step], rest, new), *value[step + 1 :])
    return value


def get(value: Any, path: ValuePath) -> Any:
    """The value at `path`, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, tuple | list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def without(value: Any, path: ValuePath) -> Any:
    """The value less what is at `path`; a parent that is empty by that goes too."""
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and step in value:
        if rest:
            inner = without(value[step], rest)
            if inner not in ({}, ()):
                return {**value, step: inner}
        return {name: member for name, member in value.items() if name != step}
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        if rest:
            return (*value[:step], without(value[step], rest), *value[step + 1 :])
        return (*value[:step], *value[step + 1 :])
    return value


def named_path(text: str) -> ValuePath:
    """`spec.replicas` or `spec.template.spec.containers[0].image` as a path."""
    steps: list[str | int] = []
    for part in text.strip(".").split("."):
        name, _, rest = part.partition("[")
        if name:
            steps.append(name)
        for index in rest.replace("]", "").split("[") if rest else ():
            steps.append(int(index) if index.isdigit() else index.strip('"'))
    return tuple(steps)


def key_of(manifest: Values) -> str:
    """Its address below an app: group/Kind/namespace/name, less what is empty."""
    group = str(manifest["apiVersion"]).rpartition("/")[0]
    metadata = manifest["metadata"]
    parts = [group, manifest["kind"], metadata.get("namespace"), metadata["name"]]
    return "/".join(str(part) for part in parts if part)
