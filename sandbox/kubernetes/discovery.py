"""What clients find out first: the version, the groups, and the resources of each group and version."""

from __future__ import annotations

import platform
from typing import Any

from sandbox.kubernetes.catalogue import Catalogue
from sandbox.kubernetes.kinds import SUBRESOURCE_KINDS, Resource, verbs_of

Object = dict[str, Any]


def version(minor: str) -> Object:
    """The document of /version. `minor` is "1.35"."""
    major, _, small = minor.partition(".")
    return {
        "major": major,
        "minor": small,
        "gitVersion": f"v{minor}.0-sandbox",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "python",
        "platform": f"linux/{platform.machine()}",
    }


def groups(catalogue: Catalogue) -> Object:
    """The document of /apis."""
    found = [_group(name, versions) for name, versions in catalogue.groups().items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def group(catalogue: Catalogue, name: str) -> Object | None:
    """The document of /apis/GROUP, or None."""
    versions = catalogue.groups().get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if versions else None


def _group(name: str, versions: Object) -> Object:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def resources(catalogue: Catalogue, group_name: str, version_name: str) -> Object | None:
    """The document of /apis/GROUP/VERSION or /api/v1, or None."""
    found = catalogue.groups().get(group_name, {}).get(version_name)
    if found is None:
        return None
    listed = [entry for resource in found for entry in _entries(resource)]
    name = f"{group_name}/{version_name}" if group_name else version_name
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": listed}


def _entries(resource: Resource) -> list[Object]:
    own: Object = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        own["shortNames"] = list(resource.short_names)
    if resource.categories:
        own["categories"] = list(resource.categories)
    entries = [own]
    for name in resource.subresources:
        entry: Object = {
            "name": f"{resource.plural}/{name}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": list(verbs_of(name)),
        }
        if name in SUBRESOURCE_KINDS:
            entry["group"], entry["version"], entry["kind"] = SUBRESOURCE_KINDS[name]
        entries.append(entry)
    return entries
