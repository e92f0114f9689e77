"""`kubernetes_manifest`: the one kind for every object of every cluster."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, required
from language.types import ANY, BOOL, NUMBER, STRING, List
from language.values import equal
from providers.contract import Call, Contents, Existing, Observed, Planned, ResourceKind, ValuePath, Values
from providers.contract.errors import AlreadyExists, Conflict, Failed, Invalid, NotFound, ProviderError
from providers.contract.kind import key_of
from providers.kubernetes.answers import OnlyListed, Refused
from providers.kubernetes.applying import Change, Contested, apply_change, ignored_paths
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.containment import container_key, containers
from providers.kubernetes.contents import known_uids, survey
from providers.kubernetes.deletion import deletion
from providers.kubernetes.discovery import Resource
from providers.kubernetes.dry_run import plan_change, plan_create
from providers.kubernetes.existing import existing, looked_at, wait_until_gone
from providers.kubernetes.lineage import owner_of, reserved
from providers.kubernetes.objects import cleaned, digest, split_unknown
from providers.kubernetes.ready import status_of
from providers.kubernetes.ready.status import Status

_DATA_KINDS = {
    ("", "PersistentVolumeClaim"),
    ("", "PersistentVolume"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
}
_PROTECTED = ("kube-system", "kube-public", "kube-node-lease", "default")
_MANY_NAMESPACES = 4
_PATIENCE = 30.0
_MOMENT = 3.0
"""Seconds between the list of groups that has a new one, and its own list."""
"""Seconds to wait for a kind that was only just defined to be served."""


class KubernetesManifest(ResourceKind[KubernetesClient]):
    """`manifest` is what is applied; `object` is what exists, without what the server keeps about it."""

    type = "kubernetes_manifest"
    schema = Schema(
        {
            "manifest": required(ANY, description="The object, as it would stand in a manifest."),
            "object": computed(ANY, description="The object as it is on the cluster."),
            "wait": optional(BOOL, default=True, description="Whether to wait until it is ready."),
            "timeout": optional(NUMBER, default=600, description="How many seconds it may take to be ready."),
            "ready": optional(ANY, description='When it is ready, as { condition = "Available" }.'),
            "ignore_changes": optional(List(STRING), description='Paths left as they are, as "spec.replicas".'),
            "force_conflicts": optional(BOOL, default=False, description="Take over what other appliers hold."),
            "adopt": optional(BOOL, default=False, description="Take over an object that exists already."),
        }
    )
    settling = 0.0
    view = "object"
    unstored = frozenset({"object"})
    copies = MappingProxyType({"manifest": "object"})
    import_names = ("apiVersion", "kind", "namespace", "name")

    @override
    def holds_data_in(self, values: Values) -> bool:
        manifest, _ = split_unknown(values.get("manifest") or {})
        if manifest.get("kind") == "StatefulSet" and (manifest.get("spec") or {}).get("volumeClaimTemplates"):
            return True
        return (str(manifest.get("apiVersion", "")).rpartition("/")[0], manifest.get("kind")) in _DATA_KINDS

    @override
    def sensitive_paths(self, values: Values) -> Iterable[ValuePath]:
        for attribute in ("manifest", "object"):
            held = values.get(attribute)
            if isinstance(held, dict) and held.get("kind") == "Secret" and held.get("apiVersion") == "v1":
                for part in ("data", "stringData"):
                    inner = held.get(part)
                    if isinstance(inner, dict):
                        yield from ((attribute, part, name) for name in inner)
                    elif inner is not None:
                        yield (attribute, part)

    @override
    def key(self, values: Values) -> tuple[str, ...] | None:
        manifest = values.get("manifest")
        metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
        if not isinstance(manifest, dict) or not isinstance(metadata, dict):
            return None
        version = manifest.get("apiVersion")
        group = version.rpartition("/")[0] if isinstance(version, str) else None
        return key_of((group, manifest.get("kind"), metadata.get("namespace") or "", metadata.get("name")))

    @override
    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        return [(("manifest", *path), problem) for path, problem in reserved(config.get("manifest"))]

    @override
    def container_key(self, values: Values) -> tuple[str, ...] | None:
        found = container_key(values.get("manifest"))
        return super().container_key(values) if found is None else key_of((self.type, *found))

    @override
    def containers(self, values: Values) -> Iterable[tuple[str, ...]]:
        for each in containers(values.get("manifest"), values.get("object")):
            key = key_of((self.type, *each))
            if key is not None:
                yield key

    # -- plan -------------------------------------------------------------------------------------------------------

    @override
    def plan(
        self, client: KubernetesClient | None, prior: Observed | None, proposed: Values, config: Values
    ) -> Planned:
        manifest = proposed["manifest"]
        if prior is not None and not _same_place(prior.values["manifest"], manifest):
            return Planned({**proposed, "object": manifest}, replace=(("manifest", "metadata", "name"),))
        if client is None:
            planned = {**proposed, "object": manifest}
            unchanged = prior is not None and equal(prior.values["manifest"], manifest)
            return Planned(prior.values if unchanged and prior is not None else planned)
        resource = client.discovery.resource(manifest["apiVersion"], manifest["kind"])
        if prior is None:
            return plan_create(client, resource, proposed)
        live = prior.values.get("object")
        if live is None or self._unchanged(prior, manifest):
            return Planned(prior.values)
        if resource is None:
            raise _not_served(client, manifest)
        metadata = manifest["metadata"]
        try:
            current = client.get(resource, metadata.get("namespace"), metadata["name"])
        except Refused as refused:
            raise refused.error() from refused
        if current is None:
            return plan_create(client, resource, proposed)
        return plan_change(client, resource, prior, proposed, current)

    def _unchanged(self, prior: Observed, manifest: Values) -> bool:
        applied, seen = prior.private.get("applied"), prior.private.get("seen")
        if applied is None or seen is None or seen != prior.private.get("now"):
            return False
        known, unknown = split_unknown(manifest)
        return not unknown and digest(known) == applied

    # -- read -------------------------------------------------------------------------------------------------------

    @override
    def read(self, client: KubernetesClient, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        try:
            live = self._listed(client, priors)
        except Refused as refused:
            raise refused.error() from refused
        return [self._observed_now(prior, live.get(_place(prior.identity))) for prior in priors]

    def _listed(self, client: KubernetesClient, priors: Sequence[Observed]) -> dict[tuple[Any, ...], Values]:
        """Every live object of the kinds and namespaces asked for: a list each, or one for many namespaces."""
        wanted: dict[tuple[str, str], set[str | None]] = {}
        for prior in priors:
            identity = prior.identity
            place = (str(identity["apiVersion"]), str(identity["kind"]))
            wanted.setdefault(place, set()).add(identity.get("namespace"))
        found: dict[tuple[Any, ...], Values] = {}
        for (api_version, kind), namespaces in wanted.items():
            resource = client.discovery.any_version(api_version, kind)
            if resource is None:
                continue
            wide = len(namespaces) >= _MANY_NAMESPACES
            for namespace in (None,) if wide else sorted(namespaces, key=str):
                for item in client.list(resource, namespace):
                    item = {"apiVersion": resource.api_version, "kind": kind, **item}
                    metadata = item["metadata"]
                    found[api_version, kind, metadata.get("namespace"), metadata["name"]] = item
        return found

    def _observed_now(self, prior: Observed, live: Values | None) -> Observed | None:
        if live is None or live["metadata"].get("uid") != prior.identity.get("uid"):
            return None
        seen = cleaned(live)
        secret = prior.identity["kind"] == "Secret"
        private = {**prior.private, "now": "" if secret else digest(seen)}
        return Observed({**prior.values, "object": seen}, prior.identity, private, deletion(live))

    @override
    def is_container(self, identity: Mapping[str, Any]) -> bool:
        return identity.get("kind") == "Namespace" and identity["name"] not in _PROTECTED

    @override
    def contents(
        self, client: KubernetesClient, identities: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
    ) -> Sequence[Contents]:
        names = [str(identity["name"]) for identity in identities]
        wide = survey(client, None) if len(names) >= _MANY_NAMESPACES else None
        uids = known_uids(known)
        return [(wide or survey(client, name)).contents(uids, name.__eq__) for name in names]

    # -- create, update ---------------------------------------------------------------------------------------------

    @override
    def existing(self, client: KubernetesClient, planned: Values, call: Call) -> Existing | None:
        manifest = planned["manifest"]
        if self.key(planned) is None:
            return None
        resource = client.discovery.any_version(manifest["apiVersion"], manifest["kind"])
        metadata = manifest["metadata"]
        owner = client.owner(resource, metadata.get("namespace"), metadata["name"]) if resource else None
        return None if owner is None else existing(owner, call, adopt=bool(planned.get("adopt")))

    @override
    def create(self, client: KubernetesClient, planned: Values, config: Values, call: Call) -> Observed:
        begun = call.clock.monotonic()
        while True:
            try:
                return self._create(client, planned, call)
            except OnlyListed:
                if call.clock.monotonic() > begun + _MOMENT or call.cancelled.is_set():
                    raise
                call.clock.sleep(0.2)

    def _create(self, client: KubernetesClient, planned: Values, call: Call) -> Observed:
        manifest, _ = split_unknown(planned["manifest"])
        resource = self._resource(client, manifest, call)
        metadata = manifest["metadata"]
        namespace, name = metadata.get("namespace"), metadata["name"]
        owner = client.owner(resource, namespace, name)
        if owner is not None and owner.deletion:
            wait_until_gone(client, resource, namespace, name, None, _timeout(planned), call)
            client.forget(resource, namespace, name)
            owner = None
        found = None if owner is None else existing(owner, call, adopt=bool(planned.get("adopt")))
        if found is not None and not found.adopted:
            raise AlreadyExists(
                "The object exists already", f"It was made by {found.owner}.", address=call.address, advice=found.advice
            )
        takes = bool(planned.get("force_conflicts") or found)
        ignored = () if found is None else ignored_paths(planned)
        adopts = owner is not None and not owner.is_stack_of(call)
        change = Change(manifest, ignored, lambda held: takes, labels=call.tags, adopts=adopts)
        return self._apply(client, resource, change, planned, call)

    @override
    def update(
        self, client: KubernetesClient, prior: Observed, planned: Values, config: Values, call: Call
    ) -> Observed:
        manifest, _ = split_unknown(planned["manifest"])
        resource = self._resource(client, manifest, call)
        sent = {**manifest, "metadata": {**manifest["metadata"], "uid": prior.identity["uid"]}}
        taken, all_ = call.private.get("taken") or (), bool(planned.get("force_conflicts"))
        left = tuple(call.private.get("left") or ())
        change = Change(sent, ignored_paths(planned), lambda held: all_ or held.field in taken, left, call.tags)
        return self._apply(client, resource, change, {**planned, "manifest": manifest}, call)

    def _apply(
        self, client: KubernetesClient, resource: Resource, change: Change, planned: Values, call: Call
    ) -> Observed:
        try:
            live = _patiently(call, lambda: apply_change(client, resource, change, None)).live
        except Refused as refused:
            raise refused.error(call.address) from refused
        except Contested as contested:
            raise _held_since(contested, call.address) from contested
        observed = _observed(live, planned, change.manifest)
        if planned.get("wait"):
            live = self._wait_ready(client, resource, observed, planned, call)
            observed = _observed(live, planned, change.manifest)
        return observed

    def _resource(self, client: KubernetesClient, manifest: Values, call: Call) -> Resource:
        """Where its kind is; one that was just defined may take a moment to be served."""
        begun = call.clock.monotonic()
        deadline = begun + _PATIENCE
        while True:
            try:
                resource = client.discovery.resource(manifest["apiVersion"], manifest["kind"], again=True)
            except OnlyListed:
                if call.clock.monotonic() > begun + _MOMENT:
                    raise
                resource = None
            if resource is not None:
                return resource
            if call.clock.monotonic() > deadline:
                raise _not_served(client, manifest)
            call.clock.sleep(0.2)

    def _wait_ready(
        self, client: KubernetesClient, resource: Resource, observed: Observed, planned: Values, call: Call
    ) -> Values:
        identity = observed.identity
        deadline = call.clock.monotonic() + _timeout(planned)
        glances = client.glances
        request = time.monotonic()
        pause, reported = 0.1, ""
        while True:
            live = glances.glance(resource, identity.get("namespace"), str(identity["name"]), request)
            if live is None or live["metadata"]["uid"] != identity["uid"]:
                raise Failed("The object went away", "It was deleted while it was waited for.", address=call.address)
            live = {"apiVersion": identity["apiVersion"], "kind": identity["kind"], **live}
            status = status_of(live, planned.get("ready"))
            if status.ready:
                return live
            if status.message != reported:
                call.progress(status.message)
                reported = status.message
            over = call.clock.monotonic() > deadline
            if status.failed or over or call.cancelled.is_set():
                raise _not_ready(status, over, observed, call)
            call.clock.sleep(pause)
            pause = min(pause * 1.5, 2.0)
            request = time.monotonic() - 0.1

    # -- delete, find -----------------------------------------------------------------------------------------------

    @override
    def delete(self, client: KubernetesClient, prior: Observed, call: Call) -> None:
        identity = prior.identity
        if identity["kind"] == "Namespace" and identity["name"] in _PROTECTED:
            return
        resource = client.discovery.any_version(identity["apiVersion"], identity["kind"])
        if resource is None:
            return
        namespace, name, uid = identity.get("namespace"), str(identity["name"]), identity.get("uid")
        propagation = "Foreground" if identity["kind"] in _OWNERS else "Background"
        try:
            client.delete(resource, namespace, name, uid, propagation)
        except Refused as refused:
            # a conflict is of the uid: then another object has the name by now
            if refused.not_found_as(name) or (
                refused.status == 409 and not _is_there(client, resource, identity, call.address)
            ):
                return
            raise refused.error(call.address) from refused
        wait_until_gone(client, resource, namespace, name, uid, _timeout(prior.values), call)
        client.forget(resource, namespace, name)

    @override
    def found_by_id(self, client: KubernetesClient, id: str, config: Values) -> Observed | None:
        """Of an id as Terraform's provider takes it: "apiVersion=v1,kind=ConfigMap,namespace=shop,name=settings"."""
        names = dict(part.strip().split("=", 1) for part in id.split(",") if "=" in part)
        if not {"apiVersion", "kind", "name"} <= set(names) <= set(self.import_names):
            form = "apiVersion=VERSION,kind=KIND,namespace=NAMESPACE,name=NAME"
            raise Invalid("Invalid import id", f'The id of a {self.type} is written as {form}, and this is "{id}".')
        resource = client.discovery.resource(names["apiVersion"], names["kind"])
        if resource is None:
            return None
        live = looked_at(client, resource, names.get("namespace"), names["name"], "")
        if live is None:
            return None
        return _observed(live, {**self.schema.empty, **config, "manifest": cleaned(live)}, live)

    @override
    def find(self, client: KubernetesClient, planned: Values, call: Call) -> Observed | None:
        manifest, _ = split_unknown(planned["manifest"])
        resource = client.discovery.resource(manifest["apiVersion"], manifest["kind"])
        if resource is None:
            return None
        metadata = manifest["metadata"]
        live = looked_at(client, resource, metadata.get("namespace"), metadata["name"], call.address)
        owner = None if live is None else owner_of(live)
        if live is None or owner is None or owner.deletion or not owner.is_stack_of(call):
            return None
        observed = _observed(live, planned, manifest)
        if planned.get("wait"):
            return _observed(self._wait_ready(client, resource, observed, planned, call), planned, manifest)
        return observed


def _not_served(client: KubernetesClient, manifest: Values) -> NotFound:
    """The error for a kind that the cluster does not serve under the manifest's version."""
    api_version, kind = manifest["apiVersion"], manifest["kind"]
    advice = "Its CustomResourceDefinition has to be in the stack, or on the cluster already."
    other = client.discovery.any_version(api_version, kind)
    if other is not None:
        advice = f"It serves {other.api_version} {kind}: write the manifest for that version."
    return NotFound("Kind is not served", f"The cluster does not serve {api_version} {kind}.", advice=advice)


def _live(client: KubernetesClient, resource: Resource, namespace: Any, name: str, address: str) -> Values | None:
    """The object as it is, or None. Raises ProviderError."""
    try:
        return client.get(resource, namespace, name)
    except Refused as refused:
        raise refused.error(address) from refused


def _is_there(client: KubernetesClient, resource: Resource, identity: Mapping[str, Any], address: str) -> bool:
    """Whether the very object of an identity exists. Raises ProviderError."""
    live = _live(client, resource, identity.get("namespace"), str(identity["name"]), address)
    return live is not None and live["metadata"]["uid"] == identity.get("uid")


_OWNERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob")


def _observed(live: Values, planned: Values, sent: Values) -> Observed:
    seen = cleaned(live)
    metadata = live["metadata"]
    identity = {
        "apiVersion": sent["apiVersion"],
        "kind": sent["kind"],
        "namespace": metadata.get("namespace"),
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    private = {}
    if sent["kind"] != "Secret":  # no digest of a secret that could be guessed against
        manifest, _ = split_unknown(planned["manifest"])
        private = {"applied": digest(manifest), "seen": digest(seen)}
    return Observed({**planned, "manifest": planned["manifest"], "object": seen}, identity, private, deletion(live))


def _not_ready(status: Status, over: bool, observed: Observed, call: Call) -> ProviderError:
    reason = status.message or "it is not ready"
    if status.failed:
        return Failed("The object failed", f"{reason}.", address=call.address, observed=observed)
    if over:
        advice = "Give it more time with timeout, or set wait = false in its app."
        return Failed(
            "The object is not ready in time", f"{reason}.", address=call.address, observed=observed, advice=advice
        )
    return Failed("Waiting was given up", f"{reason}.", address=call.address, observed=observed)


def _timeout(values: Values) -> float:
    return float(values.get("timeout") or 600)


def _place(identity: Any) -> tuple[Any, ...]:
    return (identity["apiVersion"], identity["kind"], identity.get("namespace"), identity["name"])


def _same_place(one: Values, other: Values) -> bool:
    def place(manifest: Values) -> tuple[Any, ...]:
        metadata = manifest.get("metadata") or {}
        return (manifest.get("kind"), metadata.get("namespace"), metadata.get("name"))

    return place(one) == place(other)


def _held_since(contested: Contested, address: str) -> Conflict:
    """The error for fields that others took since the plan was made."""
    fields = ", ".join(f'{".".join(map(str, held.path))} (by "{held.manager}")' for held in contested.held)
    detail = f"Since the plan was made others changed {fields}. Nothing was written."
    return Conflict("Field changed since the plan", detail, address=address, advice="Plan again, and apply that.")


def _patiently(call: Call, attempt: Any) -> Any:
    """A webhook or a kind that was only just installed may refuse at first."""
    deadline = call.clock.monotonic() + _PATIENCE
    while True:
        try:
            return attempt()
        except Refused as refused:
            said = refused.said
            starting = "could not find the requested resource" in said or "failed calling webhook" in said
            if not starting or call.clock.monotonic() > deadline or call.cancelled.is_set():
                raise
        call.clock.sleep(0.3)
