"""Apps to objects: addresses, namespaces, rules for single objects, and their order on the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from language.diagnostics import Diagnostics, error
from language.overriding import override
from language.schema import Schema
from providers.contract import (
    APP,
    AppExpansion,
    AppHost,
    AppSource,
    AppSpec,
    Capabilities,
    ClusterAccess,
    Contents,
    Environment,
    Expanded,
    ObjectRule,
    Rendered,
    Values,
)
from providers.contract.errors import ProviderError
from providers.kubernetes.capabilities import Served
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.connection import connect
from providers.kubernetes.contents import known_uids, survey
from providers.kubernetes.local_volumes import volumes_of_nodes
from providers.kubernetes.objects import get, key_of
from providers.kubernetes.order import order
from providers.kubernetes.rendered import Manifest, manifests
from providers.kubernetes.sources import installed

CLUSTER_SCOPED = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("cert-manager.io", "ClusterIssuer"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("gateway.networking.k8s.io", "GatewayClass"),
        ("networking.k8s.io", "IngressClass"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
    }
)
TYPE = "kubernetes_manifest"
_GIVEN = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


class Apps(AppHost[KubernetesClient]):
    """The Kubernetes provider's part of apps."""

    @cached_property
    @override
    def sources(self) -> Mapping[str, AppSource]:
        return installed()

    @cached_property
    @override
    def schema(self) -> Schema:
        schemas = (APP, *(source.schema for source in self.sources.values()))
        return Schema(
            {name: attribute for schema in schemas for name, attribute in schema.attributes.items()},
            {name: block for schema in schemas for name, block in schema.blocks.items()},
        )

    @override
    def fetch(self, spec: AppSpec) -> None:
        for source in self.sources.values():
            source.fetch(spec.config, spec.pins(source.name))

    @override
    def expand(self, spec: AppSpec, capabilities: Capabilities | None) -> AppExpansion:
        diagnostics = Diagnostics()
        rendered = {name: _rendered(source, spec, capabilities) for name, source in self.sources.items()}
        for each in rendered.values():
            diagnostics.extend(each.diagnostics)
        given = manifests((item for each in rendered.values() for item in each.objects), diagnostics)
        objects = _by_key(given.found, spec, diagnostics)
        own = _own_namespace(spec, objects)
        rules = _matched(spec.rules, {**own, **objects}, diagnostics)
        resources = {key: _expanded(key, each, spec, rules.get(key)) for key, each in (*own.items(), *objects.items())}
        namespace = next((resources.pop(key) for key in own), None)
        return AppExpansion(
            tuple(resources.values()),
            diagnostics=tuple(diagnostics),
            namespace=namespace,
            deferred=(*(item for each in rendered.values() for item in each.deferred), *given.deferred),
            texts={(name, place): texts for name, each in rendered.items() for place, texts in each.texts.items()},
        )

    @override
    def namespace_of(self, values: Values) -> Expanded | None:
        name = get(values, ("manifest", "metadata", "namespace"))
        if not isinstance(name, str) or name in _GIVEN:
            return None
        return Expanded(f"Namespace/{name}", TYPE, {"manifest": _namespace(name)})

    @override
    def capabilities(self, client: KubernetesClient) -> Capabilities:
        return Served(client)

    @override
    def contents(self, client: KubernetesClient, known: Sequence[Mapping[str, Any]]) -> Contents:
        found = survey(client, None)
        return found.contents(known_uids(known), lambda namespace: not namespace.startswith("kube-"))

    @override
    def contents_of_nodes(self, client: KubernetesClient, labels: Mapping[str, str]) -> Contents:
        return volumes_of_nodes(client, labels)

    @override
    def order(self, objects: Mapping[str, Values]) -> Iterable[tuple[str, str]]:
        return order(objects)

    @override
    def connect(self, access: ClusterAccess, environment: Environment) -> KubernetesClient:
        return connect(access, environment)

    @override
    def reach(self, client: KubernetesClient) -> None:
        client.discovery.resource("v1", "Namespace")


def _rendered(source: AppSource, spec: AppSpec, capabilities: Capabilities | None) -> Rendered:
    try:
        fetched = source.fetch(spec.config, spec.pins(source.name))
        return source.render(replace(spec.config, fetched=fetched), capabilities)
    except ProviderError as failure:
        problem = error(failure.summary, failure.detail, spec.span, advice=failure.advice)
        return Rendered(diagnostics=(problem,))


def _by_key(given: Iterable[Manifest], spec: AppSpec, diagnostics: Diagnostics) -> dict[str, Manifest]:
    """The objects in their namespaces, by what they are called below the app."""
    objects: dict[str, Manifest] = {}
    given = tuple(given)
    scoped = _scopes(given)
    for manifest in given:
        placed = _placed(manifest, spec, scoped)
        key = key_of(placed.value)
        if key in objects:
            first = objects[key].span
            where = f", first at {first.file} line {first.start_line}" if first else ""
            diagnostics.error("Duplicate object", f"{key} is in this app twice{where}.", manifest.span)
        else:
            objects[key] = placed
    return objects


def _own_namespace(spec: AppSpec, objects: Mapping[str, Manifest]) -> dict[str, Manifest]:
    """The namespace that is not among the app's own objects, nor on every cluster."""
    key = f"Namespace/{spec.namespace}"
    if not spec.namespace or spec.namespace in _GIVEN or key in objects:
        return {}
    return {key: Manifest(_namespace(spec.namespace), spec.span)}


def _scopes(given: Iterable[Manifest]) -> frozenset[tuple[str, str]]:
    """The kinds without namespace: built-in ones, and those that the app's own CRDs define so."""
    found = set(CLUSTER_SCOPED)
    for manifest in given:
        spec: Any = manifest.value.get("spec")
        if (
            manifest.value["kind"] == "CustomResourceDefinition"
            and isinstance(spec, dict)
            and spec.get("scope") == "Cluster"
        ):
            found.add((str(spec.get("group")), str((spec.get("names") or {}).get("kind"))))
    return frozenset(found)


def _placed(manifest: Manifest, spec: AppSpec, scoped: frozenset[tuple[str, str]]) -> Manifest:
    """The object with the app's namespace, where it lives in one and names none."""
    value = manifest.value
    group = value["apiVersion"].rpartition("/")[0]
    metadata = {name: member for name, member in value["metadata"].items() if member is not None}
    if (group, value["kind"]) in scoped:
        metadata.pop("namespace", None)
    elif "namespace" not in metadata:
        metadata["namespace"] = spec.namespace or "default"
    return Manifest({**value, "metadata": metadata}, manifest.span)


def _namespace(name: str) -> Values:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _expanded(key: str, manifest: Manifest, spec: AppSpec, rule: ObjectRule | None) -> Expanded:
    values: Values = {
        "manifest": manifest.value,
        "wait": spec.wait,
        "timeout": int(spec.timeout),
        "force_conflicts": spec.force_conflicts,
        "adopt": spec.adopt,
    }
    if rule is not None:
        values["ready"] = dict(rule.ready) if rule.ready is not None else None
        values["ignore_changes"] = rule.ignore_changes
    prevent = rule is not None and rule.prevent_destroy
    return Expanded(key, TYPE, values, prevent_destroy=prevent, span=manifest.span)


def _matched(
    rules: Iterable[ObjectRule], objects: Mapping[str, Manifest], diagnostics: Diagnostics
) -> dict[str, ObjectRule]:
    """The rules by the objects they are for; a key may leave the namespace out where only one object fits."""
    matched: dict[str, ObjectRule] = {}
    for rule in rules:
        found = [key for key in objects if key == rule.key or _without_namespace(key, objects[key]) == rule.key]
        if len(found) == 1:
            matched[found[0]] = rule
        elif found:
            detail = f'Several objects fit "{rule.key}": {", ".join(found)}. Name one with its namespace.'
            diagnostics.error("Ambiguous object", detail, rule.span)
        else:
            names = [*objects, *(_without_namespace(k, m) for k, m in objects.items())]
            meant = get_close_matches(rule.key, names, n=1)
            advice = f'Did you mean "{meant[0]}"?' if meant else 'Objects are named as "apps/Deployment/web".'
            diagnostics.error("No such object", f'The app has no object "{rule.key}".', rule.span, advice=advice)
    return matched


def _without_namespace(key: str, manifest: Manifest) -> str:
    value = manifest.value
    group = value["apiVersion"].rpartition("/")[0]
    return "/".join(part for part in (group, value["kind"], value["metadata"]["name"]) if part)
