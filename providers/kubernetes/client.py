"""A cluster's API over HTTP: one pool of connections, discovery on demand, errors as ours.

Requests that failed on the way, or were throttled, are tried again; PATCH too, since applying is idempotent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from language.redaction import REDACTOR
from providers.contract import Clock, ClusterToken, Values
from providers.contract.errors import AccessDenied, Unreachable
from providers.kubernetes import trace
from providers.kubernetes.answers import RETRIED, Refused, continue_of, items_of, object_of, parsed
from providers.kubernetes.discovery import Discovery, Resource
from providers.kubernetes.objects import dumps

MANAGER = "freehold"
PAGE = 500
_TIMEOUT = (10.0, 60.0)


def _refuse_unsendable(host: str, what: str, value: str) -> None:
    """Raise AccessDenied, without the value, for one that no header can have."""
    if not value.isascii() or not value.isprintable():
        problem = f"{host}: the {what} has a newline in it, or other characters that no header can have."
        raise AccessDenied("Credentials cannot be sent", problem, advice="Check it with kubectl config view --raw.")


class KubernetesClient:
    """Used by many threads. `identity` is how people call the cluster; `token` gives a bearer token, or None with a
    certificate; `headers` go with every request."""

    def __init__(
        self,
        pool: Any,
        host: str,
        *,
        identity: str,
        token: Callable[[], ClusterToken] | None = None,
        headers: Sequence[tuple[str, str]] = (),
        clock: Clock | None = None,
    ) -> None:
        self.identity = identity
        self.host = host.rstrip("/")
        self._pool = pool
        self._token = token
        self._headers = tuple(headers)
        for name, value in headers:
            _refuse_unsendable(self.host, name, value)
        self._clock = clock or Clock()
        self._current: ClusterToken | None = None
        self._lock = threading.Lock()
        self.discovery = Discovery(lambda path: self.request("GET", path)[1])
        self._existing: dict[tuple[str, str | None], dict[str, bool]] = {}
        self.glances = Glances(self)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    # -- requests ---------------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        content: str = "application/json",
        accept: str = "application/json",
    ) -> tuple[int, Values]:
        """The status and the object in the answer (values of the language). Raises Refused or Unreachable."""
        status, data = self._raw(method, path, body, query, content, accept)
        return status, parsed(status, data, f"{method} {path}")

    def _raw(
        self, method: str, path: str, body: Any, query: Mapping[str, str] | None, content: str, accept: str
    ) -> tuple[int, bytes]:
        import urllib3

        url = self.host + path + (f"?{urlencode(query)}" if query else "")
        headers = urllib3.HTTPHeaderDict({"Accept": accept, "User-Agent": "freehold"})
        for name, value in self._headers:
            headers.add(name, value)
        data = None
        if body is not None:
            data, headers["Content-Type"] = dumps(body), content
        retries = urllib3.Retry(
            total=6,
            backoff_factor=0.2,
            status_forcelist=RETRIED,
            allowed_methods=None,
            raise_on_status=False,
            respect_retry_after_header=True,
        )
        for fresh in (False, True):
            if self._token is not None:
                headers["Authorization"] = f"Bearer {self._bearer(fresh)}"
            begun = time.monotonic()
            try:
                answer = self._pool.request(
                    method,
                    url,
                    body=data,
                    headers=headers,
                    retries=retries,
                    timeout=urllib3.Timeout(connect=_TIMEOUT[0], read=_TIMEOUT[1]),
                )
            except (urllib3.exceptions.HTTPError, OSError) as failure:
                trace.failed(method, url, failure, time.monotonic() - begun)
                raise self._unreachable(failure) from failure
            if trace.enabled():
                audit, seconds = answer.headers.get("Audit-Id", ""), time.monotonic() - begun
                trace.exchanged(method, url, data, answer.status, audit, answer.data, seconds)
            if answer.status != 401 or self._token is None:
                break
        return answer.status, answer.data

    def _bearer(self, fresh: bool) -> str:
        assert self._token is not None
        with self._lock:
            now = self._clock.now()
            if self._current is None or fresh or self._current.expires - now < 60:
                self._current = self._token()
                REDACTOR.remember(self._current.token)
                _refuse_unsendable(self.host, "bearer token", self._current.token)
            return self._current.token

    def _unreachable(self, failure: Exception) -> Unreachable:
        reason = getattr(failure, "reason", None) or failure
        advice = "Check the network, and that the cluster's endpoint admits this address."
        return Unreachable("The cluster does not answer", f"{self.host}: {reason}", advice=advice, retryable=True)

    def uid(self) -> str:
        """The uid of the namespace kube-system, which no other cluster has; `identity` where it may not be read.

        Raises ProviderError.
        """
        path = "/api/v1/namespaces/kube-system"
        try:
            found = object_of(self.request("GET", path)[1], "Namespace", "kube-system", f"GET {path}")
        except Refused as refused:
            if refused.reason == "Forbidden":
                return self.identity
            raise refused.error() from refused
        return str(found["metadata"]["uid"])

    # -- objects ----------------------------------------------------------------------------------------------------

    def get(self, resource: Resource, namespace: str | None, name: str) -> Values | None:
        """The object, or None when there is none. Raises Refused otherwise."""
        path = resource.path(namespace, name)
        try:
            found = self.request("GET", path)[1]
        except Refused as refused:
            if refused.not_found:
                return None
            raise
        return object_of(found, resource.kind, name, f"GET {path}")

    def list(self, resource: Resource, namespace: str | None, *, metadata_only: bool = False) -> Iterator[Values]:
        """Every object of a kind, in a namespace or in all, by pages. Raises Refused."""
        path, query = resource.path(namespace), {"limit": str(PAGE)}
        accept, kind = "application/json", f"{resource.kind}List"
        if metadata_only:
            kind = "PartialObjectMetadataList"
            accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
        while True:
            _, page = self.request("GET", path, query=query, accept=accept)
            yield from items_of(page, kind, f"GET {path}")
            following = continue_of(page)
            if not following:
                return
            query = {"limit": str(PAGE), "continue": following}

    def apply(
        self, resource: Resource, namespace: str | None, name: str, body: Values, *, force: bool, dry_run: bool = False
    ) -> tuple[bool, Values]:
        """Server-side apply; whether it was created, and the object. Raises Refused."""
        query = {"fieldManager": MANAGER, "force": "true" if force else "false", "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        path = resource.path(namespace, name)
        status, made = self.request("PATCH", path, body, query=query, content="application/apply-patch+yaml")
        return status == 201, object_of(made, resource.kind, name, f"PATCH {path}")

    def delete(self, resource: Resource, namespace: str | None, name: str, uid: str | None, propagation: str) -> None:
        """Delete the object that has this uid. Raises Refused."""
        options: Values = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if uid:
            options["preconditions"] = {"uid": uid}
        self.request("DELETE", resource.path(namespace, name), options)

    def holds(self, resource: Resource, namespace: str | None, name: str) -> bool | None:
        """Whether an object of that name was there when this run first asked, and if so whether it is ours.

        One list a kind and namespace, of metadata only, answers for all that is created there.
        """
        key = (resource.path(namespace), namespace)
        with self._lock:
            known = self._existing.get(key)
        if known is None:
            try:
                listed = list(self.list(resource, namespace, metadata_only=True))
            except Refused as refused:
                if not refused.not_found:
                    raise refused.error() from refused
                listed = []
            known = {item["metadata"]["name"]: owned(item) for item in listed}
            with self._lock:
                self._existing[key] = known
        return known.get(name)

    def forget(self, resource: Resource, namespace: str | None, name: str) -> None:
        """An object was deleted by us: its name is free again."""
        with self._lock:
            self._existing.get((resource.path(namespace), namespace), {}).pop(name, None)


def owned(live: Values) -> bool:
    """Whether freehold applied the object."""
    return any(is_ours(entry) for entry in (live.get("metadata") or {}).get("managedFields") or ())


def is_ours(entry: Values) -> bool:
    """Whether an entry of managedFields is of what freehold applied."""
    return entry.get("manager") == MANAGER and entry.get("operation") == "Apply"


class Glances:
    """Objects that many threads wait for: one list a kind and namespace, shared, at most so often."""

    def __init__(self, client: KubernetesClient, interval: float = 0.25) -> None:
        self._client = client
        self._interval = interval
        self._lists: dict[str, tuple[float, dict[str, Values]]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def glance(self, resource: Resource, namespace: str | None, name: str, newer_than: float) -> Values | None:
        """The object as of a moment after `newer_than` (monotonic seconds), or None when it is gone."""
        key = resource.path(namespace)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            at, found = self._lists.get(key, (0.0, {}))
            now = time.monotonic()
            if at <= newer_than or now - at > self._interval:
                listed = self._client.list(resource, namespace)
                found = {item["metadata"]["name"]: item for item in listed}
                self._lists[key] = (now, found)
        return found.get(name)
