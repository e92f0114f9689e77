"""Which resources a cluster serves at this moment: the built-in ones, and those that its CRDs define."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable

from sandbox.kubernetes import kinds
from sandbox.kubernetes.kinds import Resource


class Catalogue:
    """Resources by address. Safe from many threads: a change replaces the whole table."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_definition: dict[str, tuple[Resource, ...]] = {}
        self._resources: tuple[Resource, ...] = ()
        self._table: dict[tuple[str, str, str], Resource] = {}
        self._stored: dict[tuple[str, str], Resource] = {}
        self._rebuild()

    def _rebuild(self) -> None:
        custom = tuple(one for resources in self._by_definition.values() for one in resources)
        self._resources = (*kinds.built_in(), *custom)
        self._table = {(one.group, one.version, one.plural): one for one in self._resources}
        self._stored = {one.key: one for one in reversed(self._resources) if "list" in one.verbs}

    def serve(self, definition: str, resources: Iterable[Resource]) -> None:
        """Serve what a CRD (by name) defines, instead of what it defined before; the storage version first."""
        with self._lock:
            self._by_definition = {**self._by_definition, definition: tuple(resources)}
            self._rebuild()

    def withdraw(self, definition: str) -> None:
        """Serve no more what a CustomResourceDefinition defined."""
        with self._lock:
            self._by_definition = {name: ones for name, ones in self._by_definition.items() if name != definition}
            self._rebuild()

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """What is served under these names."""
        return self._table.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """What an ownerReference or a scale target means; the version need not be served."""
        group = api_version.rpartition("/")[0]
        found = [one for one in self._resources if one.group == group and one.kind == kind and "list" in one.verbs]
        return found[0] if found else None

    def stored(self) -> tuple[Resource, ...]:
        """One resource for each place where objects are kept."""
        return tuple(self._stored.values())

    def storage(self, resource: Resource) -> Resource:
        """The version of a resource that its objects are stored in."""
        return self._stored.get(resource.key, resource)

    def groups(self) -> dict[str, dict[str, list[Resource]]]:
        """Every resource by group and version; the preferred version of a group first."""
        found: dict[str, dict[str, list[Resource]]] = {}
        for resource in self._resources:
            found.setdefault(resource.group, {}).setdefault(resource.version, []).append(resource)
        return {
            group: {version: sorted(versions[version], key=lambda one: one.plural) for version in ordered(versions)}
            for group, versions in found.items()
        }


def ordered(versions: Iterable[str]) -> list[str]:
    """Versions as Kubernetes prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name."""
    return sorted(versions, key=_preference)


def _preference(version: str) -> tuple[int, int, int, str]:
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if match is None:
        return (3, 0, 0, version)
    stage = {None: 0, "beta": 1, "alpha": 2}[match.group(2)]
    return (stage, -int(match.group(1)), -int(match.group(3) or 0), "")
