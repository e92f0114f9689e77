"""What a cluster keeps: objects by resource and name, one growing version over all of them, and who watches.

The part of etcd. Objects are never changed once they are here; a write puts another in their place. Whoever reads and
then writes holds `lock` in between.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
Key = tuple[str, str]  # group, plural
Name = tuple[str, str]  # namespace (empty for what has none), name

_HISTORY = 4096  # events that a watch can start from


@dataclass(frozen=True)
class Event:
    """A change: `type` is ADDED, MODIFIED or DELETED. `before` is the object it replaced; `after` what there is now,
    or what there was last with the version of its deletion."""

    version: int
    type: str
    resource: Key
    name: Name
    before: Object | None
    after: Object


Listener = Callable[[Event], None]


class Store:
    """A cluster's objects. Listeners are called under the lock, in the order of versions: they only take note."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._version = 1
        self._objects: dict[Key, dict[Name, Object]] = {}
        self._history: deque[Event] = deque(maxlen=_HISTORY)
        self._listeners: dict[Key | None, list[Listener]] = {}

    @property
    def version(self) -> int:
        """The resourceVersion of the last change of anything."""
        return self._version

    @property
    def oldest_version(self) -> int:
        """A watch may start here or later; what came before is forgotten."""
        full = len(self._history) == _HISTORY
        return self._history[0].version - 1 if full else 1

    def get(self, resource: Key, namespace: str, name: str) -> Object | None:
        """An object, if it is stored."""
        return self._objects.get(resource, {}).get((namespace, name))

    def snapshot(self, resource: Key, namespace: str = "") -> tuple[list[Object], int]:
        """The objects of a resource in the order of their names, and the version at which they are these."""
        with self.lock:
            kept = self._objects.get(resource, {})
            found = [item for item in kept.items() if not namespace or item[0][0] == namespace]
            version = self._version
        found.sort(key=lambda item: item[0])
        return [obj for _, obj in found], version

    def iterate(self, resource: Key, namespace: str = "") -> Iterator[Object]:
        """The objects of a resource, in no order."""
        with self.lock:
            kept = list(self._objects.get(resource, {}).items())
        return (obj for name, obj in kept if not namespace or name[0] == namespace)

    def count(self, resource: Key) -> int:
        """How many objects of a resource there are."""
        return len(self._objects.get(resource, {}))

    def put(self, resource: Key, obj: Object) -> Object:
        """Keep an object under its name; what is kept has its new resourceVersion."""
        metadata = obj["metadata"]
        name = (metadata.get("namespace", ""), metadata["name"])
        with self.lock:
            self._version += 1
            kept = {**obj, "metadata": {**metadata, "resourceVersion": str(self._version)}}
            objects = self._objects.setdefault(resource, {})
            before = objects.get(name)
            objects[name] = kept
            self._publish(Event(self._version, "MODIFIED" if before else "ADDED", resource, name, before, kept))
        return kept

    def remove(self, resource: Key, namespace: str, name: str) -> Object | None:
        """Forget an object; what comes back has the version of its deletion."""
        with self.lock:
            before = self._objects.get(resource, {}).pop((namespace, name), None)
            if before is None:
                return None
            self._version += 1
            deleted = {**before, "metadata": {**before["metadata"], "resourceVersion": str(self._version)}}
            self._publish(Event(self._version, "DELETED", resource, (namespace, name), before, deleted))
        return deleted

    def _publish(self, event: Event) -> None:
        self._history.append(event)
        for listener in (*self._listeners.get(event.resource, ()), *self._listeners.get(None, ())):
            listener(event)

    def listen(self, resource: Key | None, listener: Listener) -> Callable[[], None]:
        """Call it for each change of a resource (of any, for None) from now on. Returns how to stop."""
        with self.lock:
            self._listeners.setdefault(resource, []).append(listener)

        def stop() -> None:
            with self.lock:
                self._listeners[resource].remove(listener)

        return stop

    def since(self, resource: Key, version: int) -> list[Event]:
        """The changes of a resource after a version."""
        with self.lock:
            return [event for event in self._history if event.version > version and event.resource == resource]
