"""What the block of a backend may hold, and the check that it does."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from language.diagnostics import Diagnostic, Diagnostics, error

AttributeType = Literal["string", "number", "bool", "list of string", "object"]

_PYTHON: dict[AttributeType, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, Decimal),
    "bool": (bool,),
    "list of string": (list, tuple),
    "object": (dict,),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the block; `attributes` are those of an `object`, which may also be written as a block."""

    type: AttributeType
    help: str
    required: bool = False
    sensitive: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def checked(config: Mapping[str, Any], schema: Mapping[str, Attribute], backend: str) -> dict[str, Any]:
    """The configuration without nulls. Raises FreeholdError that tells of all that is wrong with it."""
    diagnostics = Diagnostics()
    given = _checked(config, schema, f'backend "{backend}"', diagnostics)
    diagnostics.raise_errors()
    return given


def _checked(
    config: Mapping[str, Any], schema: Mapping[str, Attribute], where: str, diagnostics: Diagnostics
) -> dict[str, Any]:
    given = {name: value for name, value in config.items() if value is not None}
    diagnostics.extend(
        error("Missing argument", f'The argument "{name}" is required in {where}.', advice=attribute.help)
        for name, attribute in schema.items()
        if attribute.required and given.get(name, "") == ""
    )
    for name, value in given.items():
        attribute = schema.get(name)
        if attribute is None:
            diagnostics.append(_unknown(name, schema, where))
        elif not _is_of(value, attribute.type):
            diagnostics.error(
                "Wrong type of argument", f'The argument "{name}" in {where} has to be a {attribute.type}.'
            )
        elif attribute.attributes:
            given[name] = _checked(value, attribute.attributes, f"{name} of {where}", diagnostics)
    return given


def _is_of(value: Any, wanted: AttributeType) -> bool:
    if isinstance(value, bool) and wanted != "bool":
        return False
    if wanted == "list of string" and isinstance(value, list | tuple):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, _PYTHON[wanted])


def _unknown(name: str, schema: Mapping[str, Attribute], where: str) -> Diagnostic:
    near = difflib.get_close_matches(name, schema, 1)
    advice = f'Did you mean "{near[0]}"?' if near else f"It takes: {', '.join(sorted(schema))}."
    return error("Unsupported argument", f'There is no argument "{name}" in {where}.', advice=advice)
