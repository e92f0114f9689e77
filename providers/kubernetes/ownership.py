"""Who holds which field: the server's managedFields, read as people think of them.

A field of ours that a person or a command changed is drift, and put back. One that a controller holds is left to it.
One that another applier holds is a conflict, for a person to settle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from providers.contract import ValuePath, Values
from providers.kubernetes.answers import Refused
from providers.kubernetes.foreign import mappings
from providers.kubernetes.managers import Holder, holder_by_name

_BY = re.compile(r'conflict with "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Held:
    """A field that somebody else holds: where, who, and what kind of holder that is. `field` is the server's name of
    it, which finds it in any version of the object."""

    field: str
    path: ValuePath
    manager: str
    holder: Holder


def conflicts(refused: Refused, live: Values, manifest: Values) -> list[Held]:
    """The fields that a refused server-side apply conflicts in, with their holders."""
    found = []
    for cause in refused.causes:
        if cause.get("reason") != "FieldManagerConflict":
            continue
        by = _BY.search(str(cause.get("message")))
        manager = by.group(1) if by else "unknown"
        field = str(cause.get("field", ""))
        found.append(Held(field, located(field, manifest), manager, holder_of(manager, live)))
    return found


def holder_of(manager: str, live: Values) -> Holder:
    """What kind of holder a manager is, by its name and by how it wrote."""
    entries = [e for e in _entries(live) if e.get("manager") == manager]
    if any(entry.get("operation") == "Apply" for entry in entries):
        return "applier"
    return holder_by_name(manager)


def _entries(live: Values) -> tuple[Values, ...]:
    return mappings(live, "metadata", "managedFields")


_STEP = re.compile(r'\.((?:[^.\[\]"]|"(?:[^"\\]|\\.)*")+)|\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]')


def located(field: str, manifest: Values) -> ValuePath:
    """A field as the server writes it, `.spec.containers[name="web"].image`, as a path in the manifest."""
    at: Any = manifest
    path: list[str | int] = []
    position = 0
    while found := _STEP.search(field, position):
        name, key = found.groups()
        position = found.end()
        step: str | int
        if name is None:
            step = _element(key, at)
        elif name.startswith('"'):
            step = orjson.loads(name)
        else:
            step = _member(field[found.start() + 1 :], at) or name
            position = found.start() + 1 + len(step)
        path.append(step)
        at = _below(at, step)
    return tuple(path)


def _member(rest: str, value: Any) -> str:
    """The longest name of the map that `rest` begins with: dots in names, as labels have them, are not quoted."""
    names = value if isinstance(value, dict) else ()
    return max((name for name in names if re.match(re.escape(name) + r"($|[.\[])", rest)), key=len, default="")


def _element(key: str, elements: Any) -> str | int:
    """`name="web"` or `containerPort=80,protocol="TCP"` or `="value"` or `0`: the position in the list."""
    if key.isdigit():
        return int(key)
    wanted: dict[str, Any] = {}
    for part in re.findall(r'([\w.-]*)=("(?:[^"\\]|\\.)*"|[^,]+)', key):
        wanted[part[0]] = orjson.loads(part[1])
    for index, element in enumerate(elements if isinstance(elements, tuple) else ()):
        if isinstance(element, dict) and all(element.get(name, value) == value for name, value in wanted.items()):
            return index
        if "" in wanted and element == wanted[""]:
            return index
    return key


def _below(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
