"""What a cluster can do, by its own word: its version, and the API versions that it serves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from language.overriding import override
from providers.contract import Capabilities, Values
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import KubernetesClient


class Served(Capabilities):
    """Asked for when it is needed, once. Raises ProviderError."""

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client

    @cached_property
    @override
    def version(self) -> str:
        return str(self._requested("/version").get("gitVersion", ""))

    @cached_property
    @override
    def api_versions(self) -> frozenset[str]:
        return frozenset((*self._requested("/api").get("versions", ()), *self._groups()))

    def _groups(self) -> Iterator[str]:
        for group in self._requested("/apis").get("groups", ()):
            yield from (each["groupVersion"] for each in group["versions"])

    def _requested(self, path: str) -> Values:
        try:
            return self._client.request("GET", path)[1]
        except Refused as refused:
            raise refused.error() from refused
