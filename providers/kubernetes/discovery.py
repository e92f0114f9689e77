"""Which kinds a cluster serves, asked once a group and version.

Whether a kind exists is decided by typed answers of `/api`, `/apis` and the group's list alone. A version that is not
served says nothing of the objects: these are read under another version of the kind, while its group has one.
Source: Kubernetes' API discovery (APIVersions, APIGroupList, APIResourceList).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from providers.contract import Values
from providers.kubernetes.answers import OnlyListed, Refused, unexpected

Ask = Callable[[str], Values]
"""GET of a path: the object in the answer. Raises Refused or Unreachable."""


@dataclass(frozen=True, slots=True)
class Resource:
    """Where a kind's objects are: "/apis/apps/v1", "deployments", whether they live in namespaces, and what can be done
    to them."""

    base: str
    plural: str
    namespaced: bool
    kind: str = ""
    verbs: frozenset[str] = frozenset()

    @property
    def group(self) -> str:
        """The group of the kind; empty for the core."""
        return self.api_version.rpartition("/")[0]

    @property
    def api_version(self) -> str:
        """The group and version that it is served under: "apps/v1"."""
        return self.base.removeprefix("/apis/").removeprefix("/api/")

    def path(self, namespace: str | None, name: str | None = None) -> str:
        """The path of an object, of all in a namespace, or of all."""
        where = f"{self.base}/namespaces/{quote(namespace)}" if self.namespaced and namespace else self.base
        return f"{where}/{self.plural}" + (f"/{quote(name)}" if name else "")


class Discovery:
    """Asks a cluster, and remembers; used by many threads."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Resource]] = {}

    def resource(self, api_version: str, kind: str, *, again: bool = False) -> Resource | None:
        """Where objects of a kind are under this version; None when it is not served. `again` asks anew for what was
        not there."""
        found = self._kinds(api_version).get(kind)
        return self._kinds(api_version, again=True).get(kind) if found is None and again else found

    def _kinds(self, api_version: str, *, again: bool = False) -> dict[str, Resource]:
        with self._lock:
            known = self._known.get(api_version)
        if known is None or again:
            known = self._discover(api_version)
            with self._lock:
                self._known[api_version] = known
        return known

    def all_kinds(self) -> Iterator[Resource]:
        """Every kind that is served, under the version of it that its group prefers. Raises Refused, ProviderError."""
        for group in ("", *(str(each.get("name")) for each in self._list("/apis", "APIGroupList", "groups"))):
            found: dict[str, Resource] = {}
            for version in self.versions(group) if group else ("v1",):
                found = {**self._kinds(version), **found}
            yield from found.values()

    def any_version(self, api_version: str, kind: str) -> Resource | None:
        """Where objects of a kind are, under another version of its group where this one is not served; None when no
        version has it."""
        found = self.resource(api_version, kind)
        if found is not None or "/" not in api_version:
            return found
        group = api_version.partition("/")[0]
        others = (self.resource(each, kind) for each in self.versions(group) if each != api_version)
        return next((each for each in others if each is not None), None)

    def versions(self, group: str) -> tuple[str, ...]:
        """The versions of a group that are served, the preferred one first: "apps/v1"."""
        for each in self._list("/apis", "APIGroupList", "groups"):
            if each.get("name") == group:
                versions = _members(each, "versions", "/apis")
                return tuple(str(version.get("groupVersion")) for version in versions)
        return ()

    def _discover(self, api_version: str) -> dict[str, Resource]:
        base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            listed = self._list(base, "APIResourceList", "resources")
        except Refused as refused:
            if refused.status != 404:
                raise refused.error() from refused
            if self._is_served(api_version):
                what = f"404, though the cluster says that it serves {api_version}"
                raise unexpected(f"GET {base}", what, error=OnlyListed) from refused
            return {}
        found = {}
        for item in listed:
            kind, plural = item.get("kind"), item.get("name")
            if not isinstance(kind, str) or not isinstance(plural, str):
                raise unexpected(f"GET {base}", "a resource has no kind and name")
            if "/" not in plural:
                verbs = item.get("verbs")
                known = frozenset(map(str, verbs)) if isinstance(verbs, tuple) else frozenset()
                found[kind] = Resource(base, plural, bool(item.get("namespaced")), kind, known)
        return found

    def _is_served(self, api_version: str) -> bool:
        """Whether the cluster lists a group's version: older ones answer an unknown one with a page, not a Status."""
        try:
            if "/" in api_version:
                return api_version in self.versions(api_version.partition("/")[0])
            body = self._ask("/api")
        except Refused as refused:
            raise refused.error() from refused
        versions = body.get("versions")
        if body.get("kind") != "APIVersions" or not isinstance(versions, tuple):
            raise unexpected("GET /api", "the answer is no APIVersions")
        return api_version in versions

    def _list(self, path: str, kind: str, member: str) -> tuple[Values, ...]:
        body = self._ask(path)
        if body.get("kind") != kind:
            raise unexpected(f"GET {path}", f"the answer is no {kind}")
        return _members(body, member, path)


def _members(body: Values, name: str, path: str) -> tuple[Values, ...]:
    members = body.get(name)
    if not isinstance(members, tuple) or not all(isinstance(each, dict) for each in members):
        raise unexpected(f"GET {path}", f'"{name}" is no list of objects')
    return members
