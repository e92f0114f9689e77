"""Label and field selectors: the strings of a query, and the objects of a spec."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.kubernetes import errors

Object = dict[str, Any]
Predicate = Callable[[Object], bool]

_REQUIREMENT = re.compile(r"^\s*(!?)\s*([A-Za-z0-9_./-]+)\s*(?:(==|=|!=|\bnotin\b|\bin\b)\s*(.*?))?\s*$")
_SET = re.compile(r"^\(\s*(.*?)\s*\)$")
_FIELD = re.compile(r"^\s*([A-Za-z0-9_.\[\]/-]+)\s*(==|=|!=)\s*(.*?)\s*$")


def _requirements(text: str) -> list[str]:
    """Split at the commas that are not within parentheses."""
    return [part for part in re.split(r",(?![^(]*\))", text) if part.strip()]


def labels(text: str) -> Predicate | None:
    """What a labelSelector selects; None for everything. Raises StatusError 400."""
    tests = [_label_test(part) for part in _requirements(text)]
    if not tests:
        return None

    def selects(obj: Object) -> bool:
        found = obj["metadata"].get("labels") or {}
        return all(test(found) for test in tests)

    return selects


def _label_test(part: str) -> Callable[[dict[str, str]], bool]:
    match = _REQUIREMENT.match(part)
    if match is None:
        raise errors.bad_request(f"unable to parse requirement: {part.strip()!r}".replace("'", '"'))
    negated, key, operator, value = match.group(1), match.group(2), match.group(3), match.group(4) or ""
    if operator is None:
        return (lambda found: key not in found) if negated else (lambda found: key in found)
    if operator in ("in", "notin"):
        members = _SET.match(value)
        if members is None:
            raise errors.bad_request(f"unable to parse requirement: found '{value}', expected: '('")
        values = {item.strip() for item in members.group(1).split(",")}
        if operator == "in":
            return lambda found: found.get(key) in values
        return lambda found: found.get(key) not in values
    if operator == "!=":
        return lambda found: found.get(key) != value
    return lambda found: found.get(key) == value


def matches(selector: Object | None, found: dict[str, str] | None) -> bool:
    """Whether a LabelSelector of a spec selects these labels. None selects nothing, an empty one everything."""
    if selector is None:
        return False
    found = found or {}
    if any(found.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_expression(one, found) for one in selector.get("matchExpressions") or ())


def _expression(expression: Object, found: dict[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    operator = expression["operator"]
    if operator == "In":
        return found.get(key) in values
    if operator == "NotIn":
        return found.get(key) not in values
    return bool((key in found) == (operator == "Exists"))


def to_text(selector: Object | None) -> str:
    """A LabelSelector as the string that selects the same, for `status.selector` of a Scale."""
    parts = [f"{key}={value}" for key, value in sorted(((selector or {}).get("matchLabels") or {}).items())]
    for one in (selector or {}).get("matchExpressions") or ():
        values = ",".join(sorted(one.get("values") or ()))
        texts = {"In": f"{one['key']} in ({values})", "NotIn": f"{one['key']} notin ({values})"}
        parts.append(texts.get(one["operator"]) or ("" if one["operator"] == "Exists" else "!") + one["key"])
    return ",".join(parts)


_COMMON_FIELDS = ("metadata.name", "metadata.namespace")
_FIELDS = {  # what may be selected by, besides the names
    ("", "pods"): (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    ("", "events"): (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("", "namespaces"): ("status.phase",),
    ("", "nodes"): ("spec.unschedulable",),
    ("", "secrets"): ("type",),
    ("", "services"): ("spec.clusterIP", "spec.type"),
    ("", "replicationcontrollers"): ("status.replicas",),
    ("apps", "replicasets"): ("status.replicas",),
    ("batch", "jobs"): ("status.successful",),
    ("certificates.k8s.io", "certificatesigningrequests"): ("spec.signerName",),
}


def fields(text: str, resource: tuple[str, str], selectable: tuple[str, ...] = ()) -> Predicate | None:
    """What a fieldSelector selects; None for everything. Raises StatusError 400 for fields that can't be used."""
    allowed = (*_COMMON_FIELDS, *_FIELDS.get(resource, ()), *selectable)
    tests: list[tuple[str, bool, str]] = []
    for part in _requirements(text):
        match = _FIELD.match(part)
        if match is None:
            raise errors.bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        path, operator, value = match.groups()
        if path not in allowed:
            raise errors.bad_request(f"field label not supported: {path}")
        tests.append((path, operator != "!=", value))
    if not tests:
        return None
    return lambda obj: all((_field_text(obj, path) == value) == wanted for path, wanted, value in tests)


def name_in(text: str) -> str:
    """The one name that a fieldSelector asks for, if it does."""
    for part in _requirements(text):
        match = _FIELD.match(part)
        if match and match.group(1) == "metadata.name" and match.group(2) != "!=":
            return match.group(3)
    return ""


def _field_text(obj: Object, path: str) -> str:
    value: Any = obj
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "false" if path in ("spec.unschedulable", "spec.hostNetwork") else ""
    if isinstance(value, dict):
        return str(value.get("component", ""))
    return str(value)
