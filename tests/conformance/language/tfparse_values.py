"""What tfparse (Trivy's evaluator) makes of a folder of modules, and a plan of ours, in one form to be compared.

tfparse knows no schemas and invents ids: texts, numbers and truths are compared by their text, blocks of one as the
block, sets in any order, and what is not known yet or not shown with anything that is not a value either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.addresses import split_modules
from language.schema import Schema
from language.types import Set
from providers import Registry

UNKNOWN = "(known after apply)"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_INVENTED = frozenset({"__tfmeta", "id"})
_META = frozenset({"count", "for_each", "depends_on", "lifecycle", "provider", *_INVENTED})
_NULLS = "It keeps one instance of a for_each whose filter leaves nothing of members that are null."
_TEMPLATES = "It gives nothing for a template file."
_NONE = "A module of no instances is nothing to it, and so is what is made of that."
_MIXED = "It mixes what a module is given into what it gives."
_REQUIRED = "It leaves a null to a variable that is not nullable."
_COMPUTED = "It finds no instance by a key that is another one than the instance's own."
KNOWN_WRONG: dict[str, dict[str, str]] = {
    "vpc": {f'module.several["{name}"].aws_route.nat': _NULLS for name in ("blue", "green")},
    "eks": {
        f'module.{call}.module.role["{role}"].aws_iam_role.this.assume_role_policy': _TEMPLATES
        for call in ("main", "plain")
        for role in ("cluster", "nodes")
    },
    "gke": {"output.nodes": _NONE, "output.pools": _NONE},
    "aks": {
        "output.pools": _MIXED,
        "output.profiles": _REQUIRED,
        **{
            f'module.cluster["{location}"].terraform_data.assignment["{key}"].input': _COMPUTED
            for location, own in (("northeurope", "restore/disk"), ("westeurope", "backup/disk"))
            for key in (own, "secrets/acr", "secrets/vault")
        },
    },
}
"""Where tfparse is wrong, by the folder and the place, and why."""


@dataclass(frozen=True)
class Values:
    """The values of resources by their addresses, and of the outputs."""

    resources: dict[str, dict[str, Any]]
    outputs: dict[str, Any]


def evaluated(folder: Path) -> Values:
    """What tfparse makes of a folder."""
    import tfparse

    found = tfparse.load_from_path(str(folder), stop_on_hcl_error=True)
    resources = {
        item["__tfmeta"]["path"]: {name: _plain(value) for name, value in item.items() if name not in _META}
        for items in found.values()
        for item in items
        if item["__tfmeta"].get("type") == "resource"
    }
    outputs = {item["__tfmeta"]["path"]: _plain(item.get("value")) for item in found.get("output", ())}
    return Values(resources, {path.partition(".")[2]: v for path, v in outputs.items() if path.startswith("output.")})


def planned(document: dict[str, Any]) -> Values:
    """What a plan of new things, as JSON, says of them."""
    changes = {each["address"]: each["change"] for each in document["resource_changes"]}
    outputs = {
        name: UNKNOWN if each["after_sensitive"] else _known(each.get("after"), each["after_unknown"])
        for name, each in document["output_changes"].items()
    }
    resources = {address: _known(change["after"], change["after_unknown"]) for address, change in changes.items()}
    return Values(resources, outputs)


def differences(ours: Values, theirs: Values) -> dict[str, str]:
    """What differs, by its place."""
    found = dict.fromkeys(ours.resources.keys() ^ theirs.resources.keys(), "is only on one side")
    for address in ours.resources.keys() & theirs.resources.keys():
        sets = _sets_of(address)
        for name, value in theirs.resources[address].items():
            mine = ours.resources[address].get(name)
            if not _same(mine, value, sets, name):
                found[f"{address}.{name}"] = f"ours {mine!r}, theirs {value!r}"
    for name in ours.outputs.keys() | theirs.outputs.keys():
        mine, value = ours.outputs.get(name), theirs.outputs.get(name)
        if not _same(mine, value):
            found[f"output.{name}"] = f"ours {mine!r}, theirs {value!r}"
    return found


def _plain(value: Any) -> Any:
    """Without what is said of blocks, with what is invented unknown, and null for a reference that is left as it is."""
    if isinstance(value, dict):
        if "__attribute__" in value:
            return None
        block = "__tfmeta" in value
        return {name: _plain(member) for name, member in value.items() if not (block and name in _INVENTED)}
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return UNKNOWN if isinstance(value, str) and _UUID.search(value) else value


def _known(value: Any, unknown: Any) -> Any:
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict) and isinstance(value, dict | None):
        known = value or {}
        return {name: _known(known.get(name), unknown.get(name)) for name in known.keys() | unknown.keys()}
    if isinstance(unknown, list) and isinstance(value, list):
        return [_known(element, flag) for element, flag in zip(value, unknown, strict=True)]
    return value


def _sets_of(address: str) -> frozenset[str]:
    """The names of the sets in a resource, wherever they are."""
    kind = Registry().kind(split_modules(address)[1].partition(".")[0])
    return frozenset(_sets(kind.schema)) if kind else frozenset()


def _sets(schema: Schema) -> Iterator[str]:
    yield from (name for name, attribute in schema.attributes.items() if isinstance(attribute.type, Set))
    for name, block in schema.blocks.items():
        yield from (name,) if block.nesting == "set" else ()
        yield from _sets(block.schema)


def _same(ours: Any, theirs: Any, sets: frozenset[str] = frozenset(), name: str = "") -> bool:
    if ours == UNKNOWN or theirs == UNKNOWN:
        return ours in (UNKNOWN, None) or theirs in (UNKNOWN, None) or ours == theirs
    if isinstance(ours, list) and isinstance(theirs, dict):
        return len(ours) == 1 and _same(ours[0], theirs, sets)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(_same(ours.get(key), theirs.get(key), sets, key) for key in ours.keys() | theirs.keys())
    if isinstance(ours, list) and isinstance(theirs, list):
        pairs = (sorted(side, key=_text) for side in (ours, theirs)) if name in sets else (ours, theirs)
        return len(ours) == len(theirs) and all(_same(*pair, sets) for pair in zip(*pairs, strict=True))
    return _text(ours) == _text(theirs)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(sorted((key, _text(member)) for key, member in value.items() if member is not None))
    return str(value).lower() if isinstance(value, bool) else str(value)
