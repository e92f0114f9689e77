"""The thread that runs all controllers: what changed is queued once, and looked at as it is when its turn comes."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from types import ModuleType

from sandbox.kubernetes import errors, kinds
from sandbox.kubernetes.controllers.world import World, controller_uid
from sandbox.kubernetes.storage import Event, Key

log = logging.getLogger(__name__)
Work = tuple[int, str, str]


class Loop:
    """Runs `controllers` on one cluster until stopped."""

    def __init__(self, world: World, controllers: tuple[ModuleType, ...]) -> None:
        self._world = world
        self._controllers = controllers
        self._queue: OrderedDict[Work, None] = OrderedDict()
        self._changed = threading.Condition()
        self._stopped = False
        self._watching: dict[Key, list[tuple[int, str]]] = {}
        for number, controller in enumerate(controllers):
            for kind in controller.WATCHES:
                key = kinds.of_kind(kind).key
                self._watching.setdefault(key, []).append((number, kind))
        self._all = [number for number, controller in enumerate(controllers) if not controller.WATCHES]
        self._thread = threading.Thread(target=self._run, name="controllers", daemon=True)
        self._forget = world.objects.store.listen(None, self._note)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the store; the thread ends with what it is at."""
        self._forget()
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _note(self, event: Event) -> None:
        """Called under the store's lock: only queues."""
        namespace, name = event.name
        works: list[Work] = [(number, namespace, name) for number, _ in self._watching.get(event.resource, ())]
        works += [(number, "/".join((*event.resource, namespace)), name) for number in self._all]
        for number, controller in enumerate(self._controllers):
            related = getattr(controller, "related", None)
            if related is not None:
                works += [(number, *each) for each in related(self._world, event)]
        if works:
            with self._changed:
                for work in works:
                    self._queue[work] = None
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._stopped:
                    self._changed.wait()
                if self._stopped:
                    return
                (number, namespace, name), _ = self._queue.popitem(last=False)
            try:
                self._controllers[number].reconcile(self._world, namespace, name)
            except errors.StatusError as refused:
                log.debug("%s %s/%s: %s", self._controllers[number].__name__, namespace, name, refused)
            except Exception:
                log.exception("%s %s/%s", self._controllers[number].__name__, namespace, name)


def owner_of(world: World, event: Event, kind: str) -> list[tuple[str, str]]:
    """The one of `kind` that controls what changed."""
    uid = controller_uid(event.after)
    if uid is None:
        return []
    reference = next(one for one in event.after["metadata"]["ownerReferences"] if one["uid"] == uid)
    return [(event.name[0], reference["name"])] if reference["kind"] == kind else []
