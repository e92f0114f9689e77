"""The OpenAPI documents that clients ask for before they send: which operations there are, and what they take.

Operations only: the schemas of the types are not published, so `kubectl explain` finds none.
"""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.catalogue import Catalogue
from sandbox.kubernetes.kinds import Resource

Object = dict[str, Any]
_OPTIONS = ("dryRun", "fieldManager", "fieldValidation", "force")
_INFO = {"title": "Kubernetes", "version": "v1"}


def index(catalogue: Catalogue) -> Object:
    """The document of /openapi/v3: a document for each group and version."""
    found = ((group, version) for group, versions in catalogue.groups().items() for version in versions)
    names = [f"apis/{group}/{version}" if group else f"api/{version}" for group, version in found]
    return {"paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}"} for name in names}}


def document(catalogue: Catalogue, group: str, version: str) -> Object | None:
    """The document of one group and version, or None."""
    found = catalogue.groups().get(group, {}).get(version)
    if found is None:
        return None
    base = f"/apis/{group}/{version}" if group else f"/api/{version}"
    paths = {_path(base, resource): {"patch": _patch(resource)} for resource in found if "patch" in resource.verbs}
    return {"openapi": "3.0.0", "info": _INFO, "paths": paths, "components": {"schemas": {}}}


def _path(base: str, resource: Resource) -> str:
    where = "/namespaces/{namespace}" if resource.namespaced else ""
    return f"{base}{where}/{resource.plural}/{{name}}"


def _patch(resource: Resource) -> Object:
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in _OPTIONS]
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    return {"parameters": parameters, "responses": {}, "x-kubernetes-group-version-kind": kind}
