"""Policies of IAM: read from JSON, merged, and written in the form that Terraform's AWS provider gives them.

There, lists from a configuration go from the last to the first, one text stands for itself, names are in a fixed order,
and what is empty is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.contract.errors import Invalid

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What Go's JSON escapes besides, so that it may stand in HTML."""


@dataclass
class Statement:
    """One statement. Principals are (type, identifiers), conditions (test, variable, values)."""

    sid: str = ""
    effect: str = ""
    actions: Any = None
    not_actions: Any = None
    resources: Any = None
    not_resources: Any = None
    principals: list[tuple[str, Any]] = field(default_factory=list)
    not_principals: list[tuple[str, Any]] = field(default_factory=list)
    conditions: list[tuple[str, str, Any]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As IAM takes it, without what is not set."""
        members = {
            "Sid": self.sid or None,
            "Effect": self.effect or None,
            "Action": self.actions,
            "NotAction": self.not_actions,
            "Resource": self.resources,
            "NotResource": self.not_resources,
            "Principal": _principals(self.principals) or None,
            "NotPrincipal": _principals(self.not_principals) or None,
            "Condition": _conditions(self.conditions) or None,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass
class Policy:
    """A policy document."""

    version: str = ""
    id: str = ""
    statements: list[Statement] = field(default_factory=list)

    def merge(self, other: Policy) -> None:
        """Take the other's statements; those that have a name replace the one of that name."""
        self.id = other.id or self.id
        self.version = max(self.version, other.version)
        for statement in other.statements:
            names = [each.sid for each in self.statements]
            if statement.sid and statement.sid in names:
                self.statements[names.index(statement.sid)] = statement
            else:
                self.statements.append(statement)

    def to_json(self, indent: int | None = None) -> str:
        """The whole policy, with one statement as an object."""
        members = {
            "Version": self.version,
            "Id": self.id,
            "Statement": [statement.document() for statement in self.statements],
        }
        document = {name: value for name, value in members.items() if value}
        separators = (",", ": ") if indent else (",", ":")
        return json.dumps(document, indent=indent, separators=separators, ensure_ascii=False).translate(_ESCAPES)


def _principals(principals: list[tuple[str, Any]]) -> Any:
    """By type, sorted. Everybody is "*" alone, which trust policies take only as what it says."""
    if len(principals) == 1 and principals[0][0] == "*" and principals[0][1] in ("*", ["*"]):
        return "*"
    made: dict[str, Any] = {}
    for type_, found in principals:
        before = made.get(type_)
        if before is None and isinstance(found, str):
            made[type_] = found
        else:
            earlier = [before] if isinstance(before, str) else before or []
            made[type_] = earlier + ([found] if isinstance(found, str) else sorted(found, reverse=True))
    return {type_: made[type_] for type_ in sorted(made)}


def _conditions(conditions: list[tuple[str, str, Any]]) -> dict[str, Any]:
    """By test and variable, sorted; values in their order."""
    made: dict[str, dict[str, list[str]]] = {}
    for test, variable, values in conditions:
        into = made.setdefault(test, {}).setdefault(variable, [])
        into += [values] if isinstance(values, str) else values
    return {
        test: {name: found[0] if len(found) == 1 else found for name, found in sorted(made[test].items())}
        for test in sorted(made)
    }


# -- reading ---------------------------------------------------------------------------------------------------------


def parsed(text: str) -> Policy:
    """A policy that is JSON. Raises Invalid for what is none."""
    try:
        found = json.loads(text)
        document = _members(found)
        statements = document.get("statement") or []
        if not isinstance(statements, list):
            raise TypeError("its Statement is no list")
        version, id_ = document.get("version") or "", document.get("id") or ""
        return Policy(str(version), str(id_), [_parsed(_members(each)) for each in statements])
    except (ValueError, TypeError, AttributeError) as failure:
        raise Invalid("Not a policy", f"A document to merge is no policy in JSON: {failure}.") from failure


def _members(found: Any) -> dict[str, Any]:
    """Members by their names in small letters, as Go finds them."""
    if not isinstance(found, Mapping):
        raise TypeError(f"{json.dumps(found)} is no object")
    return {name.lower(): value for name, value in found.items()}


def _parsed(members: dict[str, Any]) -> Statement:
    conditions = [
        (test, variable, _values(values))
        for test, variables in (members.get("condition") or {}).items()
        for variable, values in variables.items()
    ]
    return Statement(
        str(members.get("sid") or ""),
        str(members.get("effect") or ""),
        members.get("action"),
        members.get("notaction"),
        members.get("resource"),
        members.get("notresource"),
        _parsed_principals(members.get("principal")),
        _parsed_principals(members.get("notprincipal")),
        conditions,
    )


def _parsed_principals(found: Any) -> list[tuple[str, Any]]:
    if found is None:
        return []
    return [("*", ["*"])] if isinstance(found, str) else [(type_, _texts(each)) for type_, each in found.items()]


def _texts(found: Any) -> Any:
    if isinstance(found, list) and not all(isinstance(each, str) for each in found):
        raise TypeError(f"{json.dumps(found)} has something else than texts in it")
    if not isinstance(found, str | list):
        raise TypeError(f"{json.dumps(found)} is neither a text nor a list")
    return found


def _values(found: Any) -> Any:
    return str(found).lower() if isinstance(found, bool) else _texts(found)
