"""The way of a write: decode, default, settle ownership, prepare, validate, keep.

Every change of a cluster's objects passes here, a client's and a controller's alike. The handlers call `create`,
`replace`, `patch` and `delete`; controllers call the same with a manager's name of their own.
"""

from __future__ import annotations

import datetime
import secrets
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.kubernetes import decoding, defaults, errors, immutability, managedfields, validation
from sandbox.kubernetes.catalogue import Catalogue
from sandbox.kubernetes.customresources import validation as custom_validation
from sandbox.kubernetes.fieldsets import EMPTY, LEAF, FieldSet
from sandbox.kubernetes.kinds import Resource
from sandbox.kubernetes.managedfields import APPLY, UPDATE, Manager
from sandbox.kubernetes.preparation import Preparation, normalise
from sandbox.kubernetes.storage import Store

Object = dict[str, Any]

FOREGROUND, BACKGROUND, ORPHAN = "Foreground", "Background", "Orphan"
FOREGROUND_FINALIZER, ORPHAN_FINALIZER = "foregroundDeletion", "orphan"
_SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # no vowels: no words
_LASTING = ("default", "kube-system", "kube-public")
_KEPT_METADATA = ("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName")
_STATUS_RESET: FieldSet = {"f:status": LEAF}
_REST_RESET: FieldSet = {
    "f:spec": LEAF,
    "f:metadata": {"f:labels": LEAF, "f:annotations": LEAF, "f:finalizers": LEAF, "f:ownerReferences": LEAF},
}


@dataclass
class Write:
    """How a write is to be done, and what there is to tell about it: `warnings` go into the response."""

    manager: str
    dry_run: bool = False
    field_validation: str = "Warn"
    force: bool = False
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Deletion:
    """What a delete asks for. `grace` in seconds, None for the kind's own."""

    policy: str = BACKGROUND
    grace: int | None = None
    uid: str = ""
    resource_version: str = ""
    dry_run: bool = False


class Objects:
    """The objects of one cluster, and every rule for changing them. Safe from many threads."""

    def __init__(self, store: Store, catalogue: Catalogue, minor: str, clock: Callable[[], float]) -> None:
        self.store = store
        self.catalogue = catalogue
        self.minor = minor
        self._clock = clock
        self._preparation = Preparation(store, new_uid)
        self._names = threading.Lock()

    def now(self) -> str:
        """This moment as the API writes it."""
        return timestamp(self._clock())

    # Reading

    def get(self, resource: Resource, namespace: str, name: str) -> Object:
        """An object as this version of its resource shows it. Raises StatusError 404."""
        found = self.store.get(resource.key, namespace, name)
        if found is None:
            raise errors.not_found(resource.group, resource.plural, name)
        return presented(found, resource)

    # Writing

    def create(self, resource: Resource, namespace: str, body: Object, write: Write) -> Object:
        """Create what a POST sends."""
        obj = self._decoded(resource, body, write)
        self._address(resource, namespace, obj)
        managed = managedfields.decode_or_empty(obj["metadata"].pop("managedFields", None))
        manager = Manager(write.manager, UPDATE, resource.api_version)
        with self.store.lock:
            type_ = resource.type(self.minor)
            managed = managedfields.update({}, obj, type_, managed, manager, self.now(), self._reset(resource, ""))
            return self._creation(resource, obj, managed, write)

    def replace(
        self, resource: Resource, namespace: str, name: str, body: Object, write: Write, subresource: str = ""
    ) -> Object:
        """Put what a PUT sends in an object's place."""
        with self.store.lock:
            live = self.get(resource, namespace, name)
            obj = self._decoded(resource, body, write)
            self._same_name(resource, namespace, name, obj)
            if resource.is_custom and not obj["metadata"].get("resourceVersion"):
                message = errors.FieldProblem(
                    "FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0: must be specified for an update"
                )
                raise errors.invalid(resource.group, resource.kind, name, [message])
            given, there = obj["metadata"].get("uid"), live["metadata"]["uid"]
            if given and given != there:
                why = f"Precondition failed: UID in precondition: {given}, UID in object meta: {there}"
                raise errors.conflict(resource.group, resource.plural, name, why)
            return self._update(resource, live, obj, write, subresource)

    def change(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        edit: Callable[[Object], Object],
        write: Write,
        subresource: str = "",
    ) -> Object:
        """Read, let `edit` make the new object from what there is (it may not change that), and write."""
        with self.store.lock:
            live = self.get(resource, namespace, name)
            obj = self._decoded(resource, edit(live), write)
            self._same_name(resource, namespace, name, obj)
            return self._update(resource, live, obj, write, subresource)

    def apply(
        self, resource: Resource, namespace: str, name: str, body: Object, write: Write, subresource: str = ""
    ) -> tuple[Object, bool]:
        """Server-side apply. Returns the object and whether it was created."""
        self._check_applied(resource, namespace, name, body)
        manager = Manager(write.manager, APPLY, resource.api_version, subresource)
        type_ = resource.type(self.minor)
        with self.store.lock:
            kept = self.store.get(resource.key, namespace, name)
            if kept is None and subresource:
                raise errors.not_found(resource.group, resource.plural, name)
            live = presented(kept, resource) if kept else {}
            reset = self._reset(resource, subresource)
            managed = managedfields.of(live) if live else {}
            merged, managed = managedfields.apply(live, body, type_, managed, manager, self.now(), write.force, reset)
            merged = {**merged, "apiVersion": resource.api_version, "kind": resource.kind}
            if live and merged == managedfields.without_managed_fields(live):
                obj = merged
            else:
                obj = self._decoded(resource, merged, Write(write.manager, field_validation="Ignore"))
            if not live:
                self._address(resource, namespace, obj)
                return self._creation(resource, obj, managed, write), True
            return self._commit(resource, live, obj, managed, write, subresource), False

    def delete(self, resource: Resource, namespace: str, name: str, deletion: Deletion) -> tuple[Object, bool]:
        """Delete an object. Returns it and whether it is gone; what has finalizers only begins to go."""
        with self.store.lock:
            live = self.get(resource, namespace, name)
            if resource.key == ("", "namespaces") and name in _LASTING:
                raise errors.forbidden("", "namespaces", name, "this namespace may not be deleted")
            self._check_preconditions(resource, live, deletion)
            metadata = dict(live["metadata"])
            finalizers = _finalizers(metadata.get("finalizers") or [], deletion.policy)
            grace = self._grace(resource, live, deletion)
            waits = bool(finalizers) or grace > 0 or self._terminates(resource, live)
            if not waits:
                if deletion.dry_run:
                    return live, True
                return self.store.remove(resource.key, namespace, name) or live, True
            if metadata.get("deletionTimestamp"):
                changed = finalizers != (metadata.get("finalizers") or [])
                if grace == 0 and not finalizers and resource.key == ("", "pods") and not deletion.dry_run:
                    return self.store.remove(resource.key, namespace, name) or live, True
                if not changed:
                    return live, False
            else:
                metadata["deletionTimestamp"] = timestamp(self._clock() + grace)
                if resource.key != ("", "namespaces"):
                    metadata["deletionGracePeriodSeconds"] = grace
                if metadata.get("generation"):
                    metadata["generation"] += 1
            if finalizers:
                metadata["finalizers"] = finalizers
            obj = {**live, "metadata": metadata}
            if resource.key == ("", "namespaces"):
                obj["status"] = {**obj.get("status", {}), "phase": "Terminating"}
            if deletion.dry_run:
                return obj, False
            return presented(self.store.put(resource.key, obj), resource), False

    def finalize(self, resource: Resource, namespace: str, name: str, remove: str) -> None:
        """Take a finalizer away; the object goes with the last one."""
        with self.store.lock:
            live = self.store.get(resource.key, namespace, name)
            if live is None or remove not in (live["metadata"].get("finalizers") or ()):
                return
            left = [one for one in live["metadata"]["finalizers"] if one != remove]
            obj = {**live, "metadata": {**live["metadata"], "finalizers": left}}
            if not left:
                del obj["metadata"]["finalizers"]
            self._keep_or_remove(resource, obj)

    # Steps of a write

    def _decoded(self, resource: Resource, body: Object, write: Write) -> Object:
        """The body as the server would hold it: a new object, complete with defaults. Raises StatusError 400."""
        if not isinstance(body, dict):
            raise errors.bad_request("the request body is not an object")
        _check_kind(resource, body)
        if resource.is_custom:
            obj, unknown = custom_validation.decode(body, resource.type(self.minor))
        else:
            decoder = decoding.Decoder()
            type_ = resource.type(self.minor)
            try:
                obj = decoder.decode(body, type_)
            except decoding.DecodingError as reason:
                message = (
                    f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {reason}'
                )
                raise errors.bad_request(message) from reason
            unknown = decoder.unknown
            defaults.complete(obj, type_)
        obj["apiVersion"], obj["kind"] = resource.api_version, resource.kind
        normalise(resource, obj)
        self._tell_unknown(resource, unknown, write)
        return obj

    def _tell_unknown(self, resource: Resource, unknown: list[str], write: Write) -> None:
        if not unknown or write.field_validation == "Ignore":
            return
        message = [f'unknown field "{path}"' for path in unknown]
        if write.field_validation == "Strict":
            strict = f"strict decoding error: {', '.join(message)}"
            if not resource.is_custom:
                strict = (
                    f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {strict}'
                )
            raise errors.bad_request(strict)
        write.warnings += message

    def _address(self, resource: Resource, namespace: str, obj: Object) -> None:
        """Give a new object its name and namespace; refuse what does not fit the address."""
        metadata = obj.setdefault("metadata", {})
        if metadata.get("namespace", namespace) != namespace:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        if resource.namespaced:
            metadata["namespace"] = namespace
        if not metadata.get("name") and metadata.get("generateName"):
            suffix = "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(5))
            metadata["name"] = metadata["generateName"][:58] + suffix
        if not metadata.get("name"):
            problem = errors.required("metadata.name", "name or generateName is required")
            raise errors.invalid(resource.group, resource.kind, "", [problem])

    def _creation(self, resource: Resource, obj: Object, managed: managedfields.Managed, write: Write) -> Object:
        metadata = obj["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        self._check_namespace(resource, namespace, name)
        if metadata.get("resourceVersion"):
            raise errors.internal("resourceVersion should not be set on objects to be created")
        if metadata.get("uid"):
            why = f"uid mismatch: the provided object specified uid {metadata['uid']}, and no existing object was found"
            raise errors.conflict(resource.group, resource.plural, name, why)
        for stale in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"):
            metadata.pop(stale, None)
        metadata["uid"], metadata["creationTimestamp"] = new_uid(), self.now()
        if "status" in resource.subresources:
            self._without_status(resource, obj)
        if resource.key == ("", "namespaces"):
            metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = name
        self._preparation.for_creation(resource, obj)
        self._validate(resource, None, obj)
        if self.store.get(resource.key, namespace, name) is not None:
            raise errors.already_exists(resource.group, resource.plural, name)
        entries = managedfields.encode(managed)
        if entries:
            metadata["managedFields"] = entries
        if write.dry_run:
            return obj
        return presented(self.store.put(resource.key, self._stored(resource, obj)), resource)

    def _without_status(self, resource: Resource, obj: Object) -> None:
        obj.pop("status", None)
        if not resource.is_custom:
            type_ = resource.type(self.minor).fields.get("status")
            if type_ is not None:
                obj["status"] = decoding.Decoder().decode({}, type_)
                fresh = {**obj}
                defaults.complete(fresh, resource.type(self.minor))

    def _update(self, resource: Resource, live: Object, obj: Object, write: Write, subresource: str) -> Object:
        """An update that is no apply: settle ownership, then commit."""
        given = obj["metadata"].pop("managedFields", None)
        managed = managedfields.of(live)
        if given is not None and not subresource:
            managed = {} if given in ([], [{}]) else managedfields.decode_or_empty(given) or managed
        reset = given in ([], [{}])
        self._confine(resource, live, obj, subresource)
        if managed and not reset:
            manager = Manager(write.manager, UPDATE, resource.api_version, subresource)
            written, now = (_scaled(obj), "") if subresource == "scale" else (obj, self.now())
            reset_fields = self._reset(resource, subresource)
            type_ = resource.type(self.minor)
            managed = managedfields.update(live, written, type_, managed, manager, now, reset_fields)
        return self._commit(resource, live, obj, managed, write, subresource)

    def _confine(self, resource: Resource, live: Object, obj: Object, subresource: str) -> None:
        """Leave an update only what its endpoint may write."""
        if subresource == "status":
            metadata = obj["metadata"]
            for key in live.keys() | obj.keys():
                if key != "status":
                    if key in live:
                        obj[key] = live[key]
                    else:
                        del obj[key]
            obj["metadata"] = {**managedfields.without_managed_fields(live)["metadata"]}
            if metadata.get("resourceVersion"):
                obj["metadata"]["resourceVersion"] = metadata["resourceVersion"]
        elif "status" in resource.subresources:
            if "status" in live:
                obj["status"] = live["status"]
            else:
                obj.pop("status", None)

    def _commit(
        self,
        resource: Resource,
        live: Object,
        obj: Object,
        managed: managedfields.Managed,
        write: Write,
        subresource: str,
    ) -> Object:
        """Keep the new object in the place of the live one, unless nothing changed."""
        obj = {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key != "managedFields"}}
        metadata, before = obj["metadata"], live["metadata"]
        self._check_versions(resource, metadata, before)
        self._confine(resource, live, obj, subresource)
        metadata = obj["metadata"] = dict(obj["metadata"])
        for key in _KEPT_METADATA:
            if key in before:
                metadata[key] = before[key]
            else:
                metadata.pop(key, None)
        metadata["uid"] = metadata.get("uid") or before["uid"]
        metadata["resourceVersion"] = before["resourceVersion"]
        if "generation" in before:
            metadata["generation"] = before["generation"]
        else:
            metadata.pop("generation", None)
        if subresource != "status":
            obj = _copied_spec(obj)
            self._preparation.for_update(resource, live, obj)
        self._validate(resource, live, obj)
        previous = managedfields.of(live)
        same = managedfields.same_but_for_times(previous, managed)
        entries = before.get("managedFields") if same else managedfields.encode(managed)
        if entries:
            obj["metadata"]["managedFields"] = entries
        if same and obj == live:
            return live
        if not same and managedfields.without_managed_fields(obj) == managedfields.without_managed_fields(live):
            pass  # ownership alone changed: that is a change too
        if write.dry_run:
            return obj
        return self._keep_or_remove(resource, self._stored(resource, obj))

    def _keep_or_remove(self, resource: Resource, obj: Object) -> Object:
        metadata = obj["metadata"]
        going = metadata.get("deletionTimestamp") and not metadata.get("finalizers")
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        if going and not metadata.get("deletionGracePeriodSeconds") and not self._terminates(resource, obj):
            self.store.put(resource.key, obj)
            return presented(self.store.remove(resource.key, namespace, name) or obj, resource)
        return presented(self.store.put(resource.key, obj), resource)

    def _stored(self, resource: Resource, obj: Object) -> Object:
        """In the version that is kept; versions differ in name alone (CRDs convert by `None`)."""
        kept = self.catalogue.storage(resource)
        return obj if kept.version == resource.version else {**obj, "apiVersion": kept.api_version}

    # Checks

    def _validate(self, resource: Resource, live: Object | None, obj: Object) -> None:
        type_ = resource.type(self.minor)
        if resource.is_custom:
            problems = validation.metadata_problems(resource.key, obj["metadata"])
            problems += custom_validation.problems(obj, type_, live)
        else:
            problems = validation.problems(resource.key, obj, type_)
        if live is not None:
            problems += immutability.problems(resource.key, live, obj)
        if problems:
            raise errors.invalid(resource.group, resource.kind, obj["metadata"]["name"], problems)

    def _check_namespace(self, resource: Resource, namespace: str, name: str) -> None:
        if not resource.namespaced:
            return
        found = self.store.get(("", "namespaces"), "", namespace)
        if found is None:
            raise errors.not_found("", "namespaces", namespace)
        if found["metadata"].get("deletionTimestamp"):
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            refused = errors.forbidden(resource.group, resource.plural, name, why)
            cause = {
                "reason": "NamespaceTerminating",
                "message": f"namespace {namespace} is being terminated",
                "field": "metadata.namespace",
            }
            refused.details = {**(refused.details or {}), "causes": [cause]}
            raise refused

    def _check_applied(self, resource: Resource, namespace: str, name: str, body: Object) -> None:
        if (body.get("apiVersion"), body.get("kind")) != (resource.api_version, resource.kind):
            named = _kind_in_full(body.get("apiVersion") or "", body.get("kind") or "")
            raise errors.bad_request(f"invalid object type: {named}")
        metadata = body.get("metadata") or {}
        if metadata.get("managedFields") is not None:
            raise errors.bad_request("metadata.managedFields must be nil")
        problems = decoding.applied_problems(body, resource.type(self.minor))
        if problems:
            named = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
            where = f"{named}; {_kind_in_full(resource.api_version, resource.kind)}"
            listed = problems[0] if len(problems) == 1 else "\n  ".join(["errors:", *problems])
            raise errors.internal(f"failed to create typed patch object ({where}): {listed}")
        if metadata.get("namespace", namespace) != namespace:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        if metadata.get("name", name) != name:
            raise errors.bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL ({name})"
            )
        metadata = {**metadata, "name": name}
        if resource.namespaced:
            metadata["namespace"] = namespace
        body["metadata"] = metadata

    def _same_name(self, resource: Resource, namespace: str, name: str, obj: Object) -> None:
        metadata = obj["metadata"]
        if metadata.get("namespace", namespace) != namespace:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        if metadata.get("name", name) != name:
            raise errors.bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL ({name})"
            )
        metadata["name"] = name
        if resource.namespaced:
            metadata["namespace"] = namespace

    def _check_versions(self, resource: Resource, metadata: Object, before: Object) -> None:
        given = metadata.get("resourceVersion")
        if given and given != before["resourceVersion"]:
            raise errors.modified(resource.group, resource.plural, before["name"])

    def _check_preconditions(self, resource: Resource, live: Object, deletion: Deletion) -> None:
        metadata = live["metadata"]
        for wanted, found, word, happened in (
            (deletion.uid, metadata["uid"], "UID", "deleted and then recreated"),
            (deletion.resource_version, metadata["resourceVersion"], "ResourceVersion", "modified"),
        ):
            if wanted and wanted != found:
                advice = f"The object might have been {happened}"
                raise errors.precondition(resource.kind, metadata["name"], word, wanted, found, advice)

    def _terminates(self, resource: Resource, obj: Object) -> bool:
        """Whether it is emptied before it goes: namespaces, and definitions of custom resources."""
        if resource.key == ("", "namespaces"):
            return bool(obj.get("spec", {}).get("finalizers"))
        return False

    def _grace(self, resource: Resource, live: Object, deletion: Deletion) -> int:
        """Seconds that a pod has to end: none when it is on no node, or has ended."""
        if resource.key != ("", "pods"):
            return 0
        ended = live.get("status", {}).get("phase") in ("Succeeded", "Failed")
        if not live["spec"].get("nodeName") or ended:
            return 0
        return live["spec"].get("terminationGracePeriodSeconds", 30) if deletion.grace is None else deletion.grace

    def _reset(self, resource: Resource, subresource: str) -> FieldSet:
        if subresource == "status":
            return _REST_RESET
        return _STATUS_RESET if "status" in resource.subresources and not subresource else EMPTY


def presented(obj: Object, resource: Resource) -> Object:
    """A kept object as this version of its resource shows it."""
    return obj if obj.get("apiVersion") == resource.api_version else {**obj, "apiVersion": resource.api_version}


def _copied_spec(obj: Object) -> Object:
    """An object whose spec can be completed in place without touching anyone else's."""
    if not isinstance(obj.get("spec"), dict):
        return obj
    spec = dict(obj["spec"])
    if isinstance(spec.get("ports"), list):
        spec["ports"] = [dict(port) if isinstance(port, dict) else port for port in spec["ports"]]
    return {**obj, "spec": spec}


def _scaled(obj: Object) -> Object:
    """The object as its Scale has it, where zero replicas are none that anybody wrote."""
    return {**obj, "spec": {key: value for key, value in obj["spec"].items() if key != "replicas" or value}}


def _finalizers(there: list[str], policy: str) -> list[str]:
    kept = [one for one in there if one not in (FOREGROUND_FINALIZER, ORPHAN_FINALIZER)]
    if policy == FOREGROUND:
        return [*kept, FOREGROUND_FINALIZER]
    return [*kept, ORPHAN_FINALIZER] if policy == ORPHAN else kept


def _kind_in_full(api_version: str, kind: str) -> str:
    """As Go prints a GroupVersionKind: `apps/v1, Kind=Deployment`, and `/v1, Kind=Secret` of the core."""
    return f"{api_version if '/' in api_version else f'/{api_version}'}, Kind={kind}"


def _check_kind(resource: Resource, body: Object) -> None:
    api_version, kind = body.get("apiVersion", resource.api_version), body.get("kind", resource.kind)
    if kind != resource.kind or api_version != resource.api_version:
        message = (
            f'the object provided is unrecognized (must be of type {resource.kind}): no kind "{kind}" is registered'
        )
        if api_version != resource.api_version:
            expected = f"does not match the expected API version ({resource.api_version})"
            message = f"the API version in the data ({api_version}) {expected}"
        raise errors.bad_request(message)


def timestamp(moment: float) -> str:
    """Seconds since the epoch as RFC 3339, as objects have it."""
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_uid() -> str:
    """For a new object."""
    return str(uuid.uuid4())
