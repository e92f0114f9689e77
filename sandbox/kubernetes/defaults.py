"""What the server fills in where the user said nothing, a table by type: Kubernetes' own `defaults.go`s.

An entry is a value, or a function of the struct that is being filled. Entries are taken in order, and the fields of a
struct are filled after the struct itself, so that what a parent creates its type completes. `complete` follows an
object's type to every struct that has an entry.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from sandbox.kubernetes.schema import ANY, LIST, MAP, SCALAR, Type

Struct = dict[str, Any]
Filler = Callable[[Struct], Any]  # returns the field's value; None leaves it out

_RBAC = "rbac.authorization.k8s.io"


def _pull_policy(struct: Struct) -> str:
    """Always for the tag `latest`, which an image without tag or digest has."""
    reference = struct.get("image") or struct.get("reference") or ""
    if "@" in reference:
        return "IfNotPresent"
    tag = reference.rpartition("/")[2].partition(":")[2] or "latest"
    return "Always" if tag == "latest" else "IfNotPresent"


def _other(field: str) -> Filler:
    return lambda struct: struct.get(field)


def _unless(condition: Callable[[Struct], Any], value: Any) -> Filler:
    return lambda struct: None if condition(struct) else copy.deepcopy(value)


def _when(field: str, wanted: str, value: Any) -> Filler:
    return lambda struct: copy.deepcopy(value) if struct.get(field) == wanted else None


def _only(*fields: str) -> Callable[[Struct], bool]:
    """Whether a struct has any field beside these."""
    return lambda struct: any(key not in fields for key in struct)


def _affinity_config(spec: Struct) -> Any:
    if spec.get("sessionAffinity") != "ClientIP":
        return None
    return {"clientIP": {"timeoutSeconds": 10800}}


def _is_exposed(spec: Struct) -> bool:
    return spec.get("type") in ("NodePort", "LoadBalancer") or bool(
        spec.get("type", "ClusterIP") == "ClusterIP" and spec.get("externalIPs")
    )


def _policy_types(spec: Struct) -> list[str]:
    return ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]


def _completions(spec: Struct) -> int | None:
    return 1 if "parallelism" not in spec else None


def _backoff_limit(spec: Struct) -> int:
    return 2**31 - 1 if "backoffLimitPerIndex" in spec else 6


def _replacement_policy(spec: Struct) -> str:
    return "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed"


def _subject_group(subject: Struct) -> str | None:
    return _RBAC if subject.get("kind") in ("User", "Group") else None


def _scaling_rules(policies: list[Struct], window: int | None) -> Struct:
    rules: Struct = {"policies": policies, "selectPolicy": "Max"}
    if window is not None:
        rules["stabilizationWindowSeconds"] = window
    return rules


_SCALE_UP = _scaling_rules(
    [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}], 0
)
_SCALE_DOWN = _scaling_rules([{"type": "Percent", "value": 100, "periodSeconds": 15}], None)
_DEFAULT_METRICS = [
    {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
]

_CONTAINER: dict[str, Any] = {
    "imagePullPolicy": _pull_policy,
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_VALIDATING_WEBHOOK: dict[str, Any] = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}
_MATCH_RESOURCES: dict[str, Any] = {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}

_CORE = "io.k8s.api.core.v1."
_APPS = "io.k8s.api.apps.v1."
_BATCH = "io.k8s.api.batch.v1."
_RBAC_TYPES = "io.k8s.api.rbac.v1."
_ADMISSION = "io.k8s.api.admissionregistration.v1."
_CRD = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_HPA = "io.k8s.api.autoscaling.v2."

TABLE: dict[str, dict[str, Any]] = {
    _CORE + "PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
        "schedulerName": "default-scheduler",
        "serviceAccountName": _other("serviceAccount"),
        "serviceAccount": _other("serviceAccountName"),
    },
    _CORE + "Container": _CONTAINER,
    _CORE + "EphemeralContainer": _CONTAINER,
    _CORE + "ContainerPort": {"protocol": "TCP"},
    _CORE + "EndpointPort": {"protocol": "TCP"},
    _CORE + "Probe": {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
    _CORE + "HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    _CORE + "GRPCAction": {"service": ""},
    _CORE + "Volume": {"emptyDir": _unless(_only("name"), {})},
    _CORE + "ImageVolumeSource": {"pullPolicy": _pull_policy},
    _CORE + "SecretVolumeSource": {"defaultMode": 420},
    _CORE + "ConfigMapVolumeSource": {"defaultMode": 420},
    _CORE + "DownwardAPIVolumeSource": {"defaultMode": 420},
    _CORE + "ProjectedVolumeSource": {"defaultMode": 420},
    _CORE + "ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    _CORE + "HostPathVolumeSource": {"type": ""},
    _CORE + "ObjectFieldSelector": {"apiVersion": "v1"},
    _CORE + "ISCSIVolumeSource": {"iscsiInterface": "default"},
    _CORE + "ISCSIPersistentVolumeSource": {"iscsiInterface": "default"},
    _CORE + "AzureDiskVolumeSource": {
        "cachingMode": "ReadWrite",
        "fsType": "ext4",
        "kind": "Shared",
        "readOnly": False,
    },
    _CORE + "RBDVolumeSource": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    _CORE + "RBDPersistentVolumeSource": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    _CORE + "ScaleIOVolumeSource": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
    _CORE + "ScaleIOPersistentVolumeSource": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
    _CORE + "ServiceSpec": {
        "sessionAffinity": "None",
        "sessionAffinityConfig": _affinity_config,
        "type": "ClusterIP",
        "externalTrafficPolicy": _unless(lambda spec: not _is_exposed(spec), "Cluster"),
        "internalTrafficPolicy": _unless(lambda spec: spec["type"] == "ExternalName", "Cluster"),
        "allocateLoadBalancerNodePorts": _when("type", "LoadBalancer", True),
    },
    _CORE + "ServicePort": {"protocol": "TCP"},
    _CORE + "LoadBalancerIngress": {"ipMode": _unless(lambda one: not one.get("ip"), "VIP")},
    _CORE + "Secret": {"type": "Opaque"},
    _CORE + "PersistentVolumeSpec": {"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"},
    _CORE + "PersistentVolumeStatus": {"phase": "Pending"},
    _CORE + "PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    _CORE + "PersistentVolumeClaimStatus": {"phase": "Pending"},
    _CORE + "NamespaceStatus": {"phase": "Active"},
    _CORE + "NodeStatus": {"allocatable": _other("capacity")},
    _CORE + "ReplicationControllerSpec": {
        "replicas": 1,
        "selector": lambda spec: spec.get("template", {}).get("metadata", {}).get("labels"),
    },
    _APPS + "DeploymentSpec": {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
    _APPS + "DeploymentStrategy": {"type": "RollingUpdate", "rollingUpdate": _when("type", "RollingUpdate", {})},
    _APPS + "RollingUpdateDeployment": {"maxUnavailable": "25%", "maxSurge": "25%"},
    _APPS + "ReplicaSetSpec": {"replicas": 1},
    _APPS + "StatefulSetSpec": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "podManagementPolicy": "OrderedReady",
        "persistentVolumeClaimRetentionPolicy": {},
    },
    _APPS + "StatefulSetPersistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    _APPS + "StatefulSetUpdateStrategy": {
        "rollingUpdate": _unless(lambda strategy: "type" in strategy, {}),
        "type": "RollingUpdate",
    },
    _APPS + "RollingUpdateStatefulSetStrategy": {"partition": 0},
    _APPS + "DaemonSetSpec": {"revisionHistoryLimit": 10},
    _APPS + "DaemonSetUpdateStrategy": {"type": "RollingUpdate", "rollingUpdate": _when("type", "RollingUpdate", {})},
    _APPS + "RollingUpdateDaemonSet": {"maxUnavailable": 1, "maxSurge": 0},
    _BATCH + "CronJobSpec": {
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    _BATCH + "PodFailurePolicyOnPodConditionsPattern": {"status": "True"},
    _RBAC_TYPES + "RoleRef": {"apiGroup": _RBAC},
    _RBAC_TYPES + "Subject": {"apiGroup": _subject_group},
    "io.k8s.api.networking.v1.NetworkPolicySpec": {"policyTypes": _policy_types},
    "io.k8s.api.networking.v1.NetworkPolicyPort": {"protocol": "TCP"},
    "io.k8s.api.networking.v1.IngressClassParametersReference": {"scope": "Cluster"},
    "io.k8s.api.discovery.v1.EndpointPort": {"name": "", "protocol": "TCP"},
    _HPA + "HorizontalPodAutoscalerSpec": {"minReplicas": 1, "metrics": lambda spec: copy.deepcopy(_DEFAULT_METRICS)},
    _HPA + "HorizontalPodAutoscalerBehavior": {
        "scaleUp": lambda behavior: copy.deepcopy(_SCALE_UP),
        "scaleDown": lambda behavior: copy.deepcopy(_SCALE_DOWN),
    },
    "io.k8s.api.storage.v1.StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "io.k8s.api.storage.v1.CSIDriverSpec": {
        "attachRequired": True,
        "podInfoOnMount": False,
        "storageCapacity": False,
        "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "volumeLifecycleModes": ["Persistent"],
        "requiresRepublish": False,
        "seLinuxMount": False,
    },
    "io.k8s.api.scheduling.v1.PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
    _ADMISSION + "ValidatingWebhook": _VALIDATING_WEBHOOK,
    _ADMISSION + "MutatingWebhook": {**_VALIDATING_WEBHOOK, "reinvocationPolicy": "Never"},
    _ADMISSION + "RuleWithOperations": {"scope": "*"},
    _ADMISSION + "NamedRuleWithOperations": {"scope": "*"},
    _ADMISSION + "ServiceReference": {"port": 443},
    _ADMISSION + "ValidatingAdmissionPolicySpec": {"failurePolicy": "Fail"},
    _ADMISSION + "MatchResources": _MATCH_RESOURCES,
    _CRD + "CustomResourceDefinitionSpec": {"conversion": {"strategy": "None"}},
    _CRD + "CustomResourceDefinitionNames": {
        "singular": lambda names: names.get("kind", "").lower() or None,
        "listKind": lambda names: f"{names['kind']}List" if names.get("kind") else None,
    },
    _CRD + "ServiceReference": {"port": 443},
    "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference": {"port": 443},
}


# What an object of a kind takes from elsewhere in itself, where a table by type does not reach


def _service(service: Struct) -> None:
    for port in service["spec"].get("ports", ()):
        if not port.get("targetPort"):
            port["targetPort"] = port["port"]


def _requests_from_limits(pod: Struct) -> None:
    spec = pod["spec"]
    spec.setdefault("enableServiceLinks", True)
    for container in [*spec.get("containers", ()), *spec.get("initContainers", ())]:
        resources = container.get("resources", {})
        if "limits" in resources:
            resources["requests"] = {**resources["limits"], **resources.get("requests", {})}
        if spec.get("hostNetwork"):
            for port in container.get("ports", ()):
                port.setdefault("hostPort", port["containerPort"])


def _labels_of_template(obj: Struct) -> None:
    labels = obj["spec"].get("template", {}).get("metadata", {}).get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)


def _job(job: Struct) -> None:
    complete_job_spec(job["spec"])
    _labels_of_template(job)


def complete_job_spec(spec: Struct) -> None:
    """A Job's defaults (SetDefaults_Job of Kubernetes' batch/v1)."""
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    for field, value in (
        ("parallelism", 1),
        ("backoffLimit", _backoff_limit(spec)),
        ("completionMode", "NonIndexed"),
        ("suspend", False),
        ("podReplacementPolicy", _replacement_policy(spec)),
        ("manualSelector", False),
    ):
        spec.setdefault(field, value)


def _namespace(namespace: Struct) -> None:
    if name := namespace["metadata"].get("name"):
        namespace["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = name


def _limit_range(limit_range: Struct) -> None:
    for item in limit_range["spec"].get("limits") or ():
        if item.get("type") == "Container":
            default = {**item.get("max", {}), **item.get("default", {})}
            request = {**item.get("min", {}), **default, **item.get("defaultRequest", {})}
            item.update({key: value for key, value in (("default", default), ("defaultRequest", request)) if value})


def _stored_versions(crd: Struct) -> None:
    if not crd["status"].get("storedVersions"):
        stored = [version["name"] for version in crd["spec"].get("versions") or () if version.get("storage")]
        if stored:
            crd["status"]["storedVersions"] = stored[:1]


def _scaling_behavior(hpa: Struct) -> None:
    behavior = hpa["spec"].get("behavior")
    if behavior:
        behavior["scaleUp"] = {**_SCALE_UP, **behavior["scaleUp"]}
        behavior["scaleDown"] = {**_SCALE_DOWN, **behavior["scaleDown"]}


KINDS: dict[str, Callable[[Struct], None]] = {
    _CORE + "Service": _service,
    _CORE + "Pod": _requests_from_limits,
    _CORE + "Namespace": _namespace,
    _CORE + "LimitRange": _limit_range,
    _CORE + "ReplicationController": _labels_of_template,
    _BATCH + "Job": _job,
    _HPA + "HorizontalPodAutoscaler": _scaling_behavior,
    _CRD + "CustomResourceDefinition": _stored_versions,
}


def complete(obj: Struct, type_: Type) -> None:
    """Fill in the defaults of an object that was decoded by this type, in place."""
    _complete(obj, type_)
    if special := KINDS.get(type_.name):
        special(obj)


def _complete(struct: Struct, type_: Type) -> None:
    for field, value in TABLE.get(type_.name, {}).items():
        if field not in struct:
            filled = value(struct) if callable(value) else copy.copy(value)
            if filled is not None:
                struct[field] = filled
    for field in _branches(type_):
        if field in struct:
            _complete_value(struct[field], type_.fields[field])


def _complete_value(value: Any, type_: Type) -> None:
    if type_.kind == MAP and type_.fields:
        _complete(value, type_)
        return
    items = (value or ()) if type_.kind == LIST else (value or {}).values()
    for item in items:
        if type_.element is not None:
            _complete_value(item, type_.element)


_known_branches: dict[int, tuple[Type, tuple[str, ...]]] = {}


def _branches(type_: Type) -> tuple[str, ...]:
    """The fields of a struct below which there is something to fill in."""
    known = _known_branches.get(id(type_))
    if known is None:
        fields = tuple(field for field, below in type_.fields.items() if _has_defaults(below, set()))
        known = _known_branches[id(type_)] = (type_, fields)
    return known[1]


def _has_defaults(type_: Type, seen: set[int]) -> bool:
    if type_.kind in (SCALAR, ANY) or id(type_) in seen:
        return False
    seen.add(id(type_))
    if type_.name in TABLE:
        return True
    below = [*type_.fields.values(), *([type_.element] if type_.element else [])]
    return any(_has_defaults(one, seen) for one in below)
