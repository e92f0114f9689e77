"""A CustomResourceDefinition as the resources it defines, one for each served version."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.catalogue import ordered
from sandbox.kubernetes.customresources.schemas import compile_root
from sandbox.kubernetes.kinds import Resource

Object = dict[str, Any]


def resources(crd: Object, minor: str) -> list[Resource]:
    """What a definition asks to be served; the version that is stored comes first."""
    spec = crd["spec"]
    names = {**spec["names"], **(crd.get("status", {}).get("acceptedNames") or {})}
    versions = {version["name"]: version for version in spec["versions"] if version.get("served")}
    stored = next((version["name"] for version in spec["versions"] if version.get("storage")), "")
    in_order = sorted(ordered(versions), key=lambda name: name != stored)
    return [_resource(spec, names, versions[name], minor) for name in in_order]


def _resource(spec: Object, names: Object, version: Object, minor: str) -> Resource:
    schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    if spec.get("preserveUnknownFields"):
        schema = {**schema, "x-kubernetes-preserve-unknown-fields": True}
    subresources = version.get("subresources") or {}
    reversed_group = ".".join(reversed(spec["group"].split(".")))
    definition = f"{reversed_group}.{version['name']}"
    return Resource(
        spec["group"],
        version["name"],
        names["kind"],
        names["plural"],
        spec["scope"] == "Namespaced",
        definition,
        names.get("singular") or names["kind"].lower(),
        names.get("listKind") or f"{names['kind']}List",
        tuple(names.get("shortNames") or ()),
        tuple(names.get("categories") or ()),
        tuple(name for name in ("scale", "status") if name in subresources),
        custom_type=compile_root(schema, f"{definition}.{names['kind']}", minor),
        selectable=tuple(one["jsonPath"].lstrip(".") for one in version.get("selectableFields") or ()),
    )


def version_of(crd: Object, name: str) -> Object:
    """A version of the definition: its columns, subresources and schema."""
    return next((version for version in crd["spec"]["versions"] if version["name"] == name), {})


def name_of(resource: Resource) -> str:
    """The name of the definition that a custom resource comes from."""
    return f"{resource.plural}.{resource.group}"
