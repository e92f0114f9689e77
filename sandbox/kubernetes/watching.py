"""Watches: the changes of a resource from a version on, as they come, until the client's time is over."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.kubernetes import errors
from sandbox.kubernetes.kinds import Resource
from sandbox.kubernetes.storage import Event, Store

Object = dict[str, Any]
Predicate = Callable[[Object], bool]

_LONGEST = 300.0
_BOOKMARKS = 10.0


class Watch:
    """One watch. `shape` makes of an object what the client is to see."""

    def __init__(
        self,
        store: Store,
        resource: Resource,
        namespace: str,
        selects: Predicate,
        shape: Callable[[Object], Object],
        query: dict[str, str],
    ) -> None:
        self._store = store
        self._resource = resource
        self._namespace = namespace
        self._selects = selects
        self._shape = shape
        self._bookmarks = query.get("allowWatchBookmarks") in ("true", "1")
        self._seconds = min(float(query.get("timeoutSeconds") or _LONGEST), _LONGEST)
        self._initial = query.get("sendInitialEvents") == "true"
        self._since = query.get("resourceVersion", "")
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def events(self) -> Iterator[Object]:
        """The documents of the stream. Raises StatusError 410 for a version that is forgotten."""
        with self._store.lock:
            stop = self._store.listen(self._resource.key, self._events.put)
            past, now = self._past()
        return self._stream(past, now, stop)

    def _past(self) -> tuple[list[Object], int]:
        """What is told before anything new comes: all there is, or what happened since the given version."""
        now = self._store.version
        if self._since in ("", "0") or self._initial:
            found, _ = self._store.snapshot(self._resource.key, self._namespace)
            past = [self._document("ADDED", obj) for obj in found if self._selects(obj)]
            if self._initial:
                past.append(self._bookmark(now, last_initial=True))
            return past, now
        since = int(self._since)
        if since < self._store.oldest_version:
            raise errors.expired(f"too old resource version: {since} ({self._store.oldest_version})")
        documents = (self._document_of(event) for event in self._store.since(self._resource.key, since))
        return [document for document in documents if document], now

    def _stream(self, past: list[Object], now: int, stop: Callable[[], None]) -> Iterator[Object]:
        deadline = time.monotonic() + self._seconds
        try:
            yield from past
            while (left := deadline - time.monotonic()) > 0:
                try:
                    event = self._events.get(timeout=min(left, _BOOKMARKS))
                except queue.Empty:
                    if self._bookmarks:
                        yield self._bookmark(self._store.version)
                    continue
                document = self._document_of(event) if event.version > now else None
                if document:
                    yield document
        finally:
            stop()

    def _document_of(self, event: Event) -> Object | None:
        """The event as this watch sees it: leaving a selection is a deletion, entering one an addition."""
        if self._namespace and event.name[0] != self._namespace:
            return None
        before = event.before is not None and self._selects(event.before)
        after = event.type != "DELETED" and self._selects(event.after)
        if not before and not after:
            return None
        word = "MODIFIED" if before and after else "ADDED" if after else "DELETED"
        return self._document(word, event.after)

    def _document(self, word: str, obj: Object) -> Object:
        return {"type": word, "object": self._shape(obj)}

    def _bookmark(self, version: int, *, last_initial: bool = False) -> Object:
        metadata: Object = {"resourceVersion": str(version), "creationTimestamp": None}
        if last_initial:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        shown = {"kind": self._resource.kind, "apiVersion": self._resource.api_version, "metadata": metadata}
        return {"type": "BOOKMARK", "object": shown}
