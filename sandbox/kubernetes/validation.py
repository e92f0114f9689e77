"""What an object must be like to be kept: required fields, names, enumerations, selectors that match.

Rules by the type a value has, so that a pod template is checked the same wherever it stands, and rules by kind for
what concerns the whole. From `kubernetes/pkg/apis/*/validation`; those that people run into, in its words.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.kubernetes import names, quantities, selectors
from sandbox.kubernetes.errors import (
    FieldProblem,
    duplicate,
    forbidden_field,
    invalid_value,
    not_found_field,
    required,
    too_long,
    unsupported,
)
from sandbox.kubernetes.immutability import at
from sandbox.kubernetes.schema import LIST, MAP, SCALAR, Type

Object = dict[str, Any]
Problems = Iterator[FieldProblem]

_CORE = "io.k8s.api.core.v1."
_APPS = "io.k8s.api.apps.v1."
_BATCH = "io.k8s.api.batch.v1."
_NETWORKING = "io.k8s.api.networking.v1."

ENUMS: dict[str, dict[str, tuple[str, ...]]] = {  # by type, then field
    _CORE + "Container": {
        "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
        "terminationMessagePolicy": ("FallbackToLogsOnError", "File"),
    },
    _CORE + "ContainerPort": {"protocol": ("SCTP", "TCP", "UDP")},
    _CORE + "PodSpec": {
        "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "restartPolicy": ("Always", "OnFailure", "Never"),
    },
    _CORE + "HTTPGetAction": {"scheme": ("HTTP", "HTTPS")},
    _CORE + "ServiceSpec": {
        "type": ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
        "sessionAffinity": ("ClientIP", "None"),
        "externalTrafficPolicy": ("Cluster", "Local"),
        "internalTrafficPolicy": ("Cluster", "Local"),
        "ipFamilyPolicy": ("PreferDualStack", "RequireDualStack", "SingleStack"),
    },
    _CORE + "ServicePort": {"protocol": ("SCTP", "TCP", "UDP")},
    _CORE + "PersistentVolumeSpec": {"persistentVolumeReclaimPolicy": ("Delete", "Recycle", "Retain")},
    _APPS + "DeploymentStrategy": {"type": ("Recreate", "RollingUpdate")},
    _APPS + "DaemonSetUpdateStrategy": {"type": ("OnDelete", "RollingUpdate")},
    _APPS + "StatefulSetUpdateStrategy": {"type": ("OnDelete", "RollingUpdate")},
    _APPS + "StatefulSetSpec": {"podManagementPolicy": ("OrderedReady", "Parallel")},
    _BATCH + "CronJobSpec": {"concurrencyPolicy": ("Allow", "Forbid", "Replace")},
    _BATCH + "JobSpec": {"completionMode": ("Indexed", "NonIndexed")},
    _NETWORKING + "HTTPIngressPath": {"pathType": ("Exact", "ImplementationSpecific", "Prefix")},
    _NETWORKING + "NetworkPolicyPort": {"protocol": ("SCTP", "TCP", "UDP")},
    "io.k8s.api.storage.v1.StorageClass": {
        "reclaimPolicy": ("Delete", "Retain"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    },
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec": {
        "scope": ("Cluster", "Namespaced")
    },
}

REQUIRED: dict[str, tuple[str, ...]] = {  # by type: fields that may be neither missing nor empty
    _CORE + "Container": ("name", "image"),
    _CORE + "PodSpec": ("containers",),
    _CORE + "Volume": ("name",),
    _CORE + "VolumeMount": ("name", "mountPath"),
    _CORE + "EnvVar": ("name",),
    _CORE + "ContainerPort": ("containerPort",),
    _CORE + "ConfigMapKeySelector": ("key",),
    _CORE + "SecretKeySelector": ("key",),
    _CORE + "PersistentVolumeClaimSpec": ("accessModes",),
    _CORE + "PersistentVolumeSpec": ("capacity", "accessModes"),
    _APPS + "DeploymentSpec": ("selector",),
    _APPS + "ReplicaSetSpec": ("selector",),
    _APPS + "DaemonSetSpec": ("selector",),
    _APPS + "StatefulSetSpec": ("selector",),
    _BATCH + "CronJobSpec": ("schedule",),
    _NETWORKING + "HTTPIngressPath": ("pathType",),
    _NETWORKING + "ServiceBackendPort": (),
    "io.k8s.api.rbac.v1.RoleRef": ("name",),
    "io.k8s.api.rbac.v1.Subject": ("name",),
    "io.k8s.api.rbac.v1.PolicyRule": ("verbs",),
    "io.k8s.api.storage.v1.StorageClass": ("provisioner",),
    "io.k8s.api.autoscaling.v2.CrossVersionObjectReference": ("kind", "name"),
    "io.k8s.api.admissionregistration.v1.ValidatingWebhook": ("name", "sideEffects", "admissionReviewVersions"),
    "io.k8s.api.admissionregistration.v1.MutatingWebhook": ("name", "sideEffects", "admissionReviewVersions"),
}


# By type


def _container(container: Object, path: str) -> Problems:
    if container.get("name"):
        for message in names.label(container["name"]):
            yield invalid_value(f"{path}.name", container["name"], message)
    for index, port in enumerate(container.get("ports") or ()):
        yield from _port_number(port.get("containerPort"), f"{path}.ports[{index}].containerPort")
        if port.get("name"):
            for message in names.port_name(port["name"]):
                yield invalid_value(f"{path}.ports[{index}].name", port["name"], message)
    resources = container.get("resources", {})
    for name, request in (resources.get("requests") or {}).items():
        limit = (resources.get("limits") or {}).get(name)
        if limit is not None and quantities.value_of(request) > quantities.value_of(limit):
            message = f"must be less than or equal to {name} limit of {limit}"
            yield invalid_value(f"{path}.resources.requests", request, message)


def _port_number(port: Any, path: str) -> Problems:
    if port and not 1 <= port <= 65535:
        yield invalid_value(path, port, "must be between 1 and 65535, inclusive")


def _pod_spec(spec: Object, path: str) -> Problems:
    volumes = [volume.get("name") for volume in spec.get("volumes") or ()]
    for index, name in enumerate(volumes):
        if name in volumes[:index]:
            yield duplicate(f"{path}.volumes[{index}].name", name)
    for group in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(group) or ()):
            for at_mount, mount in enumerate(container.get("volumeMounts") or ()):
                if mount.get("name") and mount["name"] not in volumes:
                    yield not_found_field(f"{path}.{group}[{index}].volumeMounts[{at_mount}].name", mount["name"])
    seen: set[str] = set()
    for index, container in enumerate(spec.get("containers") or ()):
        if container.get("name") in seen:
            yield duplicate(f"{path}.containers[{index}].name", container["name"])
        seen.add(container.get("name", ""))


def _service_spec(spec: Object, path: str) -> Problems:
    ports = spec.get("ports") or ()
    if not ports and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield required(f"{path}.ports")
    if spec.get("type") == "ExternalName" and not spec.get("externalName"):
        yield required(f"{path}.externalName")
    seen: set[Any] = set()
    for index, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            yield required(f"{path}.ports[{index}].name")
        if port.get("name"):
            for message in names.label(port["name"]):
                yield invalid_value(f"{path}.ports[{index}].name", port["name"], message)
            if port["name"] in seen:
                yield duplicate(f"{path}.ports[{index}].name", port["name"])
            seen.add(port["name"])
        if not 1 <= port.get("port", 0) <= 65535:
            yield invalid_value(
                f"{path}.ports[{index}].port", port.get("port", 0), "must be between 1 and 65535, inclusive"
            )
        key = (port.get("protocol"), port.get("port"))
        if key in seen:
            yield duplicate(f"{path}.ports[{index}]", {"port": port.get("port"), "protocol": port.get("protocol")})
        seen.add(key)


def _non_negative(*fields: str) -> Callable[[Object, str], Problems]:
    def rule(struct: Object, path: str) -> Problems:
        for field in fields:
            if isinstance(struct.get(field), int) and struct[field] < 0:
                yield invalid_value(f"{path}.{field}", struct[field], "must be greater than or equal to 0")

    return rule


def _claim_spec(spec: Object, path: str) -> Problems:
    storage = at(spec, "resources.requests.storage")
    if storage is None:
        yield required(f"{path}.resources[storage]")
    elif quantities.value_of(storage) <= 0:
        yield invalid_value(f"{path}.resources[storage]", storage, "must be greater than zero")


def _ip_block(block: Object, path: str) -> Problems:
    try:
        ipaddress.ip_network(block.get("cidr", ""), strict=False)
    except ValueError:
        yield invalid_value(
            f"{path}.cidr", block.get("cidr", ""), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
        )


_BY_TYPE: dict[str, Callable[[Object, str], Problems]] = {
    _CORE + "Container": _container,
    _CORE + "PodSpec": _pod_spec,
    _CORE + "ServiceSpec": _service_spec,
    _CORE + "PersistentVolumeClaimSpec": _claim_spec,
    _APPS + "DeploymentSpec": _non_negative(
        "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
    ),
    _APPS + "ReplicaSetSpec": _non_negative("replicas", "minReadySeconds"),
    _APPS + "StatefulSetSpec": _non_negative("replicas", "minReadySeconds"),
    _BATCH + "JobSpec": _non_negative("parallelism", "completions", "backoffLimit"),
    _NETWORKING + "IPBlock": _ip_block,
}


# By kind


def _template_matches(obj: Object) -> Problems:
    selector = at(obj, "spec.selector")
    if selector is None:
        return
    labels = at(obj, "spec.template.metadata.labels") or {}
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        message = f"empty selector is invalid for {obj['kind'].lower()}"
        yield invalid_value("spec.selector", selector, message)
    elif not selectors.matches(selector, labels):
        message = "`selector` does not match template `labels`"
        yield invalid_value("spec.template.metadata.labels", labels, message)
    policy = at(obj, "spec.template.spec.restartPolicy")
    if policy != "Always":
        yield unsupported("spec.template.spec.restartPolicy", policy, ["Always"])


def _strategy(deployment: Object) -> Problems:
    strategy = deployment["spec"]["strategy"]
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate"):
        yield forbidden_field("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")


def _job(job: Object) -> Problems:
    """One that a selector was generated for when it was created."""
    yield from _ends(job["spec"], "spec")
    selector, labels = at(job, "spec.selector"), at(job, "spec.template.metadata.labels")
    if selector is None:
        yield required("spec.selector")
    if not selectors.matches(selector, labels):
        message = "`selector` does not match template `labels`"
        yield invalid_value("spec.template.metadata.labels", labels, message)


def _ends(spec: Object, path: str) -> Problems:
    """The pods of a job end."""
    if at(spec, "template.spec.restartPolicy") == "Always":
        yield required(f"{path}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')


def _cron_job(cron_job: Object) -> Problems:
    yield from _ends(cron_job["spec"]["jobTemplate"]["spec"], "spec.jobTemplate.spec")
    schedule = at(cron_job, "spec.schedule", "")
    if schedule and not schedule.startswith("@") and len(schedule.split()) != 5:
        message = f"expected exactly 5 fields, found {len(schedule.split())}: {schedule.split()}".replace("'", "")
        yield invalid_value("spec.schedule", schedule, message)


def _keys(*fields: str) -> Callable[[Object], Problems]:
    def rule(obj: Object) -> Problems:
        for field in fields:
            for key in obj.get(field) or {}:
                for message in names.config_key(key):
                    yield invalid_value(f"{field}[{key}]", key, message)

    return rule


_SECRET_KEYS = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def _secret(secret: Object) -> Problems:
    for key in _SECRET_KEYS.get(secret.get("type", ""), ()):
        if key not in (secret.get("data") or {}):
            yield required(f"data[{key}]")


def _role_binding(binding: Object) -> Problems:
    kind = binding["roleRef"].get("kind")
    allowed = ["ClusterRole"] if binding["kind"] == "ClusterRoleBinding" else ["Role", "ClusterRole"]
    if kind not in allowed:
        yield unsupported("roleRef.kind", kind or "", allowed)
    for index, subject in enumerate(binding.get("subjects") or ()):
        if subject.get("kind") not in ("ServiceAccount", "User", "Group"):
            yield unsupported(f"subjects[{index}].kind", subject.get("kind", ""), ["ServiceAccount", "User", "Group"])
        anywhere = binding["kind"] == "ClusterRoleBinding"
        if anywhere and subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            yield required(f"subjects[{index}].namespace")


def _ingress(ingress: Object) -> Problems:
    spec = ingress["spec"]
    if not spec.get("rules") and not spec.get("defaultBackend"):
        yield invalid_value("spec", spec, "either `defaultBackend` or `rules` must be specified")
    for index, rule in enumerate(spec.get("rules") or ()):
        for at_path, one in enumerate(at(rule, "http.paths") or ()):
            path = f"spec.rules[{index}].http.paths[{at_path}].path"
            if one.get("pathType") in ("Exact", "Prefix") and not one.get("path", "").startswith("/"):
                yield invalid_value(path, one.get("path", ""), "must be an absolute path")


def _autoscaler(hpa: Object) -> Problems:
    spec = hpa["spec"]
    if spec.get("maxReplicas", 0) < 1:
        yield invalid_value("spec.maxReplicas", spec.get("maxReplicas", 0), "must be greater than 0")
    elif spec.get("maxReplicas", 0) < spec.get("minReplicas", 1):
        yield invalid_value("spec.maxReplicas", spec["maxReplicas"], "must be greater than or equal to `minReplicas`")


def _budget(budget: Object) -> Problems:
    spec = budget["spec"]
    if "minAvailable" in spec and "maxUnavailable" in spec:
        yield invalid_value("spec", spec, "minAvailable and maxUnavailable cannot be both set")


def _definition(crd: Object) -> Problems:
    spec = crd["spec"]
    wanted = f"{at(spec, 'names.plural', '')}.{spec.get('group', '')}"
    if crd["metadata"]["name"] != wanted:
        yield invalid_value("metadata.name", crd["metadata"]["name"], 'must be spec.names.plural+"."+spec.group')
    versions = spec.get("versions") or []
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield invalid_value("spec.versions", versions, "must have exactly one version marked as storage version")
    for index, version in enumerate(versions):
        if "openAPIV3Schema" not in (version.get("schema") or {}):
            yield required(f"spec.versions[{index}].schema.openAPIV3Schema", "schemas are required")
        elif at(version, "schema.openAPIV3Schema.type") != "object":
            path = f"spec.versions[{index}].schema.openAPIV3Schema.type"
            yield required(path, "must not be empty at the root")


_WORKLOAD = (_template_matches,)
_BY_KIND: dict[tuple[str, str], tuple[Callable[[Object], Problems], ...]] = {
    ("apps", "deployments"): (_template_matches, _strategy),
    ("apps", "replicasets"): _WORKLOAD,
    ("apps", "daemonsets"): _WORKLOAD,
    ("apps", "statefulsets"): _WORKLOAD,
    ("batch", "jobs"): (_job,),
    ("batch", "cronjobs"): (_cron_job,),
    ("", "configmaps"): (_keys("data", "binaryData"),),
    ("", "secrets"): (_keys("data"), _secret),
    ("rbac.authorization.k8s.io", "rolebindings"): (_role_binding,),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): (_role_binding,),
    ("networking.k8s.io", "ingresses"): (_ingress,),
    ("autoscaling", "horizontalpodautoscalers"): (_autoscaler,),
    ("policy", "poddisruptionbudgets"): (_budget,),
    ("apiextensions.k8s.io", "customresourcedefinitions"): (_definition,),
}

_NAME_RULES: dict[tuple[str, str], Callable[[str], list[str]]] = {
    ("", "namespaces"): names.label,
    ("", "services"): names.label_1035,
    ("rbac.authorization.k8s.io", "roles"): names.path_segment,
    ("rbac.authorization.k8s.io", "clusterroles"): names.path_segment,
    ("rbac.authorization.k8s.io", "rolebindings"): names.path_segment,
    ("rbac.authorization.k8s.io", "clusterrolebindings"): names.path_segment,
    ("certificates.k8s.io", "certificatesigningrequests"): names.subdomain,
    ("apiregistration.k8s.io", "apiservices"): names.path_segment,
}


def metadata_problems(resource: tuple[str, str], metadata: Object, path: str = "metadata") -> list[FieldProblem]:
    """What is wrong with an object's name, labels, annotations, finalizers and owners."""
    rule = _NAME_RULES.get(resource, names.subdomain)
    found = [invalid_value(f"{path}.name", metadata["name"], message) for message in rule(metadata["name"])]
    found += _label_problems(metadata.get("labels"), f"{path}.labels")
    for key in metadata.get("annotations") or {}:
        found += [invalid_value(f"{path}.annotations", key, message) for message in names.qualified(key.lower())]
    if sum(len(key) + len(value) for key, value in (metadata.get("annotations") or {}).items()) > 262144:
        found.append(too_long(f"{path}.annotations", 262144))
    for finalizer in metadata.get("finalizers") or ():
        found += [invalid_value(f"{path}.finalizers", finalizer, message) for message in names.qualified(finalizer)]
    for index, owner in enumerate(metadata.get("ownerReferences") or ()):
        for field in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(field):
                found.append(
                    invalid_value(f"{path}.ownerReferences[{index}].{field}", "", f"{field} must not be empty")
                )
    return found


def _label_problems(labels: Object | None, path: str) -> list[FieldProblem]:
    found = []
    for key, value in (labels or {}).items():
        found += [invalid_value(path, key, message) for message in names.qualified(key)]
        found += [invalid_value(path, value, message) for message in names.label_value(value)]
    return found


def problems(resource: tuple[str, str], obj: Object, type_: Type) -> list[FieldProblem]:
    """What is wrong with an object of a built-in kind, metadata included."""
    found = metadata_problems(resource, obj["metadata"])
    for field in _checked_fields(type_):
        if field in obj:
            _walk(obj[field], type_.fields[field], field, found)
    _check_struct(obj, type_.name, "", found)
    for rule in _BY_KIND.get(resource, ()):
        found += rule(obj)
    if resource == ("apps", "statefulsets"):  # its claim templates are volumes too, and no mount is checked
        found = [one for one in found if ".volumeMounts[" not in one.cause.field]
    return found


def _check_struct(struct: Object, name: str, path: str, found: list[FieldProblem]) -> None:
    prefix = f"{path}." if path else ""
    for field in REQUIRED.get(name, ()):
        if struct.get(field) in (None, "", [], {}, 0):
            found.append(required(f"{prefix}{field}"))
    for field, allowed in ENUMS.get(name, {}).items():
        if field in struct and struct[field] not in allowed:
            found.append(unsupported(f"{prefix}{field}", struct[field], list(allowed)))
    if rule := _BY_TYPE.get(name):
        found += rule(struct, path)


def _walk(value: Any, type_: Type, path: str, found: list[FieldProblem]) -> None:
    if type_.kind == LIST and type_.element is not None:
        for index, item in enumerate(value or ()):
            _walk(item, type_.element, f"{path}[{index}]", found)
    elif type_.kind == MAP and type_.fields and isinstance(value, dict):
        if type_.name in _RULED:
            _check_struct(value, type_.name, path, found)
        for field in _checked_fields(type_):
            if field in value:
                _walk(value[field], type_.fields[field], f"{path}.{field}", found)


_RULED = frozenset({*ENUMS, *REQUIRED, *_BY_TYPE})
_known: dict[int, tuple[Type, tuple[str, ...]]] = {}


def _checked_fields(type_: Type) -> tuple[str, ...]:
    """The fields of a struct below which there is something to check; never what a status says."""
    known = _known.get(id(type_))
    if known is None:
        fields = (name for name, below in type_.fields.items() if name not in ("status", "metadata"))
        known = (type_, tuple(name for name in fields if _is_ruled(type_.fields[name], set())))
        _known[id(type_)] = known
    return known[1]


def _is_ruled(type_: Type, seen: set[int]) -> bool:
    if type_.kind == SCALAR or id(type_) in seen:
        return False
    seen.add(id(type_))
    if type_.name in _RULED:
        return True
    below = [*type_.fields.values(), *([type_.element] if type_.element else [])]
    return any(_is_ruled(one, seen) for one in below)
