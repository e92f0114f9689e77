"""Which object comes before which. Only real needs are edges, so that a thousand objects have about as many.

Required: a CRD before its objects, a namespace before its contents, webhooks after the workloads that serve them.
Wished: what is referred to (configuration, secrets, accounts, claims, roles) before what refers to it. Wishes that
would close a cycle are dropped. Deletion goes the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from providers.contract import Values

Pair = tuple[str, str]
Place = tuple[str, str | None, str]
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"})
_WEBHOOKS = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})


def order(objects: Mapping[str, Values]) -> Iterable[Pair]:
    """(before, after) pairs for a cluster's objects by address, without cycles."""
    manifests = {address: values.get("manifest") or {} for address, values in objects.items()}
    manifests = {address: manifest for address, manifest in manifests.items() if manifest.get("kind")}
    index = {_place(manifest): address for address, manifest in manifests.items()}
    required = list(_required(manifests, index))
    wished = [pair for pair in _wished(manifests, index) if pair[0] != pair[1]]
    return [*required, *_acyclic(required, wished)]


def _place(manifest: Values) -> Place:
    metadata = manifest["metadata"]
    return (manifest["kind"], metadata.get("namespace"), metadata["name"])


def _required(manifests: Mapping[str, Values], index: Mapping[Place, str]) -> Iterator[Pair]:
    definitions = {}
    for address, manifest in manifests.items():
        if manifest["kind"] == "CustomResourceDefinition":
            spec = manifest.get("spec") or {}
            definitions[spec.get("group"), (spec.get("names") or {}).get("kind")] = address
    for address, manifest in manifests.items():
        namespace = manifest["metadata"].get("namespace")
        holder = index.get(("Namespace", None, namespace)) if namespace else None
        if holder is not None:
            yield holder, address
        group = str(manifest["apiVersion"]).rpartition("/")[0]
        definition = definitions.get((group, manifest["kind"]))
        if definition is not None:
            yield definition, address
        if manifest["kind"] in _WEBHOOKS:
            yield from ((server, address) for server in _servers(manifest, manifests, index))


def _servers(webhook: Values, manifests: Mapping[str, Values], index: Mapping[Place, str]) -> Iterator[str]:
    """The service that a webhook calls, and the workloads behind it."""
    for hook in webhook.get("webhooks") or ():
        service = (hook.get("clientConfig") or {}).get("service") or {}
        found = index.get(("Service", service.get("namespace"), str(service.get("name"))))
        if found is None:
            continue
        yield found
        selector = (manifests[found].get("spec") or {}).get("selector") or {}
        for address, manifest in manifests.items():
            if manifest["kind"] in _WORKLOADS and manifest["metadata"].get("namespace") == service.get("namespace"):
                labels = ((_template(manifest).get("metadata") or {}).get("labels")) or {}
                if selector and all(labels.get(name) == value for name, value in selector.items()):
                    yield address


def _template(manifest: Values) -> Values:
    """The pod that a workload makes: its metadata and its spec."""
    spec: Any = manifest.get("spec") or {}
    if manifest["kind"] == "Pod":
        return manifest
    if manifest["kind"] == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    template: Values = spec.get("template") or {}
    return template


def _wished(manifests: Mapping[str, Values], index: Mapping[Place, str]) -> Iterator[Pair]:
    for address, manifest in manifests.items():
        namespace = manifest["metadata"].get("namespace")
        references: Iterable[Place] = ()
        if manifest["kind"] in _WORKLOADS:
            references = _pod_references(_template(manifest).get("spec") or {}, namespace)
        elif manifest["kind"] in ("RoleBinding", "ClusterRoleBinding"):
            references = _binding_references(manifest, namespace)
        elif manifest["kind"] == "Ingress":
            references = _ingress_references(manifest.get("spec") or {}, namespace)
        elif manifest["kind"] == "HorizontalPodAutoscaler":
            target = (manifest.get("spec") or {}).get("scaleTargetRef") or {}
            references = [(str(target.get("kind")), namespace, str(target.get("name")))]
        elif manifest["kind"] == "PersistentVolumeClaim":
            references = [("StorageClass", None, str((manifest.get("spec") or {}).get("storageClassName")))]
        for place in dict.fromkeys(references):
            if place in index:
                yield index[place], address


def _pod_references(spec: Values, namespace: str | None) -> Iterator[Place]:
    yield "ServiceAccount", namespace, str(spec.get("serviceAccountName"))
    yield "PriorityClass", None, str(spec.get("priorityClassName"))
    for secret in spec.get("imagePullSecrets") or ():
        yield "Secret", namespace, str(secret.get("name"))
    for volume in spec.get("volumes") or ():
        for source in (volume, *((volume.get("projected") or {}).get("sources") or ())):
            yield "ConfigMap", namespace, str((source.get("configMap") or {}).get("name"))
            secret = source.get("secret") or {}
            yield "Secret", namespace, str(secret.get("secretName") or secret.get("name"))
        yield "PersistentVolumeClaim", namespace, str((volume.get("persistentVolumeClaim") or {}).get("claimName"))
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        for source in container.get("envFrom") or ():
            yield "ConfigMap", namespace, str((source.get("configMapRef") or {}).get("name"))
            yield "Secret", namespace, str((source.get("secretRef") or {}).get("name"))
        for variable in container.get("env") or ():
            source = variable.get("valueFrom") or {}
            yield "ConfigMap", namespace, str((source.get("configMapKeyRef") or {}).get("name"))
            yield "Secret", namespace, str((source.get("secretKeyRef") or {}).get("name"))


def _binding_references(manifest: Values, namespace: str | None) -> Iterator[Place]:
    role = manifest.get("roleRef") or {}
    yield str(role.get("kind")), namespace if role.get("kind") == "Role" else None, str(role.get("name"))
    for subject in manifest.get("subjects") or ():
        if subject.get("kind") == "ServiceAccount":
            yield "ServiceAccount", subject.get("namespace") or namespace, str(subject.get("name"))


def _ingress_references(spec: Values, namespace: str | None) -> Iterator[Place]:
    yield "IngressClass", None, str(spec.get("ingressClassName"))
    for rule in spec.get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            service = (path.get("backend") or {}).get("service") or {}
            yield "Service", namespace, str(service.get("name"))


def _acyclic(required: list[Pair], wished: list[Pair]) -> list[Pair]:
    """The wishes that close no cycle, the first ones first."""
    after: dict[str, set[str]] = {}
    for before, later in required:
        after.setdefault(before, set()).add(later)
    kept = []
    for before, later in wished:
        if not _reaches(after, later, before):
            after.setdefault(before, set()).add(later)
            kept.append((before, later))
    return kept


def _reaches(after: Mapping[str, set[str]], start: str, goal: str) -> bool:
    queue, seen = [start], {start}
    while queue:
        node = queue.pop()
        if node == goal:
            return True
        for following in after.get(node, ()):
            if following not in seen:
                seen.add(following)
                queue.append(following)
    return False
