"""The built-in resources: how each is called, addressed and discovered.

A table of what a cluster serves by default (stable versions only, as the managed clouds do). `catalogue` adds the
custom ones to it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from sandbox.kubernetes.schema import Type, schemas

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
SUBRESOURCE_VERBS = ("get", "patch", "update")
CREATE_ONLY = ("create",)

_CORE = "io.k8s.api.core.v1"
_APPS = "io.k8s.api.apps.v1"
_CRD = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1"


@dataclass(frozen=True)
class Resource:
    """One kind as one version of its group serves it.

    `definition` is the prefix of its types' names in the schemas; a custom one has `custom_type` instead.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    definition: str = ""
    singular: str = ""
    list_kind: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    custom_type: Type | None = field(default=None, compare=False)
    selectable: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """As manifests have it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> tuple[str, str]:
        """Where its objects are kept: versions of one resource share them."""
        return (self.group, self.plural)

    @property
    def list_name(self) -> str:
        """The kind of its lists."""
        return self.list_kind or f"{self.kind}List"

    @property
    def is_custom(self) -> bool:
        """Whether a CustomResourceDefinition defines it."""
        return self.custom_type is not None

    def type(self, minor: str) -> Type:
        """The type of its objects in a cluster of this minor version."""
        return self.custom_type or schemas(minor).type(f"{self.definition}.{self.kind}")


def _group(
    group: str, version: str, definition: str, *rows: tuple[str, str, bool, str, str, str]
) -> tuple[Resource, ...]:
    return tuple(
        Resource(
            group,
            version,
            kind,
            plural,
            namespaced,
            definition,
            kind.lower(),
            "",
            tuple(short.split()),
            tuple(categories.split()),
            tuple(subresources.split()),
        )
        for kind, plural, namespaced, short, categories, subresources in rows
    )


_STORED = (
    *_group(
        "",
        "v1",
        _CORE,
        ("ConfigMap", "configmaps", True, "cm", "", ""),
        ("Endpoints", "endpoints", True, "ep", "", ""),
        ("Event", "events", True, "ev", "", ""),
        ("LimitRange", "limitranges", True, "limits", "", ""),
        ("Namespace", "namespaces", False, "ns", "", "finalize status"),
        ("Node", "nodes", False, "no", "", "status"),
        ("PersistentVolumeClaim", "persistentvolumeclaims", True, "pvc", "", "status"),
        ("PersistentVolume", "persistentvolumes", False, "pv", "", "status"),
        ("Pod", "pods", True, "po", "all", "binding eviction status"),
        ("PodTemplate", "podtemplates", True, "", "", ""),
        ("ReplicationController", "replicationcontrollers", True, "rc", "all", "scale status"),
        ("ResourceQuota", "resourcequotas", True, "quota", "", "status"),
        ("Secret", "secrets", True, "", "", ""),
        ("ServiceAccount", "serviceaccounts", True, "sa", "", "token"),
        ("Service", "services", True, "svc", "all", "status"),
    ),
    *_group(
        "apps",
        "v1",
        _APPS,
        ("ControllerRevision", "controllerrevisions", True, "", "", ""),
        ("DaemonSet", "daemonsets", True, "ds", "all", "status"),
        ("Deployment", "deployments", True, "deploy", "all", "scale status"),
        ("ReplicaSet", "replicasets", True, "rs", "all", "scale status"),
        ("StatefulSet", "statefulsets", True, "sts", "all", "scale status"),
    ),
    *_group(
        "batch",
        "v1",
        "io.k8s.api.batch.v1",
        ("CronJob", "cronjobs", True, "cj", "all", "status"),
        ("Job", "jobs", True, "", "all", "status"),
    ),
    *_group(
        "autoscaling",
        "v2",
        "io.k8s.api.autoscaling.v2",
        ("HorizontalPodAutoscaler", "horizontalpodautoscalers", True, "hpa", "all", "status"),
    ),
    *_group(
        "rbac.authorization.k8s.io",
        "v1",
        "io.k8s.api.rbac.v1",
        ("ClusterRoleBinding", "clusterrolebindings", False, "", "", ""),
        ("ClusterRole", "clusterroles", False, "", "", ""),
        ("RoleBinding", "rolebindings", True, "", "", ""),
        ("Role", "roles", True, "", "", ""),
    ),
    *_group(
        "networking.k8s.io",
        "v1",
        "io.k8s.api.networking.v1",
        ("IngressClass", "ingressclasses", False, "", "", ""),
        ("Ingress", "ingresses", True, "ing", "", "status"),
        ("NetworkPolicy", "networkpolicies", True, "netpol", "", ""),
    ),
    *_group(
        "policy",
        "v1",
        "io.k8s.api.policy.v1",
        ("PodDisruptionBudget", "poddisruptionbudgets", True, "pdb", "", "status"),
    ),
    *_group(
        "storage.k8s.io",
        "v1",
        "io.k8s.api.storage.v1",
        ("CSIDriver", "csidrivers", False, "", "", ""),
        ("CSINode", "csinodes", False, "", "", ""),
        ("CSIStorageCapacity", "csistoragecapacities", True, "", "", ""),
        ("StorageClass", "storageclasses", False, "sc", "", ""),
        ("VolumeAttachment", "volumeattachments", False, "", "", "status"),
    ),
    *_group(
        "scheduling.k8s.io",
        "v1",
        "io.k8s.api.scheduling.v1",
        ("PriorityClass", "priorityclasses", False, "pc", "", ""),
    ),
    *_group("coordination.k8s.io", "v1", "io.k8s.api.coordination.v1", ("Lease", "leases", True, "", "", "")),
    *_group("node.k8s.io", "v1", "io.k8s.api.node.v1", ("RuntimeClass", "runtimeclasses", False, "", "", "")),
    *_group(
        "discovery.k8s.io",
        "v1",
        "io.k8s.api.discovery.v1",
        ("EndpointSlice", "endpointslices", True, "", "", ""),
    ),
    *_group(
        "certificates.k8s.io",
        "v1",
        "io.k8s.api.certificates.v1",
        ("CertificateSigningRequest", "certificatesigningrequests", False, "csr", "", "approval status"),
    ),
    *_group(
        "admissionregistration.k8s.io",
        "v1",
        "io.k8s.api.admissionregistration.v1",
        ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations", False, "", "api-extensions", ""),
        ("ValidatingAdmissionPolicy", "validatingadmissionpolicies", False, "", "api-extensions", "status"),
        ("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", False, "", "api-extensions", ""),
        ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations", False, "", "api-extensions", ""),
    ),
    *_group(
        "apiextensions.k8s.io",
        "v1",
        _CRD,
        ("CustomResourceDefinition", "customresourcedefinitions", False, "crd crds", "api-extensions", "status"),
    ),
    *_group(
        "apiregistration.k8s.io",
        "v1",
        "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1",
        ("APIService", "apiservices", False, "", "api-extensions", "status"),
    ),
)

_REVIEWS = tuple(
    Resource(group, "v1", kind, f"{kind.lower()}s", namespaced, definition, kind.lower(), verbs=CREATE_ONLY)
    for group, definition, kind, namespaced in (
        ("authentication.k8s.io", "io.k8s.api.authentication.v1", "SelfSubjectReview", False),
        ("authentication.k8s.io", "io.k8s.api.authentication.v1", "TokenReview", False),
        ("authorization.k8s.io", "io.k8s.api.authorization.v1", "LocalSubjectAccessReview", True),
        ("authorization.k8s.io", "io.k8s.api.authorization.v1", "SelfSubjectAccessReview", False),
        ("authorization.k8s.io", "io.k8s.api.authorization.v1", "SelfSubjectRulesReview", False),
        ("authorization.k8s.io", "io.k8s.api.authorization.v1", "SubjectAccessReview", False),
    )
)

SUBRESOURCE_KINDS = {  # those that take or give another kind than their resource's
    "scale": ("autoscaling", "v1", "Scale"),
    "eviction": ("policy", "v1", "Eviction"),
    "binding": ("", "v1", "Binding"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
}
CREATE_SUBRESOURCES = frozenset({"binding", "eviction", "token"})
UPDATE_SUBRESOURCES = frozenset({"finalize"})


def verbs_of(subresource: str) -> tuple[str, ...]:
    """The verbs that discovery gives for a subresource."""
    if subresource in CREATE_SUBRESOURCES:
        return CREATE_ONLY
    return ("update",) if subresource in UPDATE_SUBRESOURCES else SUBRESOURCE_VERBS


@functools.cache
def built_in() -> tuple[Resource, ...]:
    """Every built-in resource, in the order of discovery."""
    return (*_STORED, *_REVIEWS)


@functools.cache
def of_kind(kind: str) -> Resource:
    """The built-in resource of a kind; their names are unique."""
    return next(resource for resource in built_in() if resource.kind == kind)
