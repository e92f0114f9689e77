"""Which fields may not change once an object is there, a table by kind, in the words of the real server.

From the `ValidateXUpdate` functions of `kubernetes/pkg/apis/*/validation`. A changed field is answered with 422, which
clients take as "replace it".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.kubernetes.errors import FieldProblem, forbidden_field, invalid_value, quoted

Object = dict[str, Any]
Rule = Callable[[Object, Object], Iterator[FieldProblem]]

IMMUTABLE = "field is immutable"
_ABSENT = object()


def at(obj: Object, path: str, default: Any = None) -> Any:
    """The value at a dotted path."""
    value: Any = obj
    for step in path.split("."):
        value = value.get(step, _ABSENT) if isinstance(value, dict) else _ABSENT
        if value is _ABSENT:
            return default
    return value


def _fixed(*paths: str, message: str = IMMUTABLE) -> Rule:
    """These may not change at all."""

    def rule(old: Object, new: Object) -> Iterator[FieldProblem]:
        for path in paths:
            if at(old, path) != at(new, path):
                yield invalid_value(path, at(new, path), message)

    return rule


def _forbidden(*paths: str, message: str) -> Rule:
    def rule(old: Object, new: Object) -> Iterator[FieldProblem]:
        for path in paths:
            if at(old, path) != at(new, path):
                yield forbidden_field(path, message)

    return rule


def _spec_except(*allowed: str, message: str) -> Rule:
    def rule(old: Object, new: Object) -> Iterator[FieldProblem]:
        ours, theirs = ({key: value for key, value in one["spec"].items() if key not in allowed} for one in (new, old))
        if ours != theirs:
            yield forbidden_field("spec", message)

    return rule


_STATEFUL_SET = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_POD = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_CLAIM = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"


def _marked_immutable(old: Object, new: Object) -> Iterator[FieldProblem]:
    message = "field is immutable when `immutable` is set"
    if old.get("immutable"):
        if not new.get("immutable"):
            yield forbidden_field("immutable", message)
        for field in ("data", "binaryData"):
            if old.get(field) != new.get(field):
                yield forbidden_field(field, message)


def _role_ref(old: Object, new: Object) -> Iterator[FieldProblem]:
    if old["roleRef"] != new["roleRef"]:
        yield invalid_value("roleRef", new["roleRef"], "cannot change roleRef")


def _cluster_ip(old: Object, new: Object) -> Iterator[FieldProblem]:
    before, after = old["spec"], new["spec"]
    if "ExternalName" in (before.get("type"), after.get("type")):
        return
    if before.get("clusterIP") and before.get("clusterIP") != after.get("clusterIP", ""):
        yield invalid_value("spec.clusterIPs[0]", after.get("clusterIPs"), "may not change once set")
    if before.get("ipFamilies") and before["ipFamilies"][:1] != after.get("ipFamilies", [])[:1]:
        yield invalid_value("spec.ipFamilies[0]", after.get("ipFamilies", [""])[0], "may not change once set")
    if before.get("type") == after.get("type") == "LoadBalancer":
        yield from _load_balancer_class(before, after)


def _load_balancer_class(before: Object, after: Object) -> Iterator[FieldProblem]:
    if before.get("loadBalancerClass") != after.get("loadBalancerClass"):
        message = "may not change once set"
        yield invalid_value("spec.loadBalancerClass", after.get("loadBalancerClass"), message)


def _claim(old: Object, new: Object) -> Iterator[FieldProblem]:
    def fixed(claim: Object) -> Object:
        spec = dict(claim["spec"])
        if not old["spec"].get("volumeName"):
            spec.pop("volumeName", None)
        if new.get("status", {}).get("phase") == "Bound":
            resources = dict(spec.get("resources", {}))
            resources["requests"] = {
                key: value for key, value in resources.get("requests", {}).items() if key != "storage"
            }
            spec["resources"] = resources
            spec.pop("volumeAttributesClassName", None)
        return spec

    if fixed(old) != fixed(new):
        yield forbidden_field("spec", _CLAIM)
    elif at(old, "spec.volumeMode") != at(new, "spec.volumeMode"):
        yield invalid_value("volumeMode", at(new, "spec.volumeMode"), IMMUTABLE)


def _volume(old: Object, new: Object) -> Iterator[FieldProblem]:
    free = {
        "capacity",
        "accessModes",
        "claimRef",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "mountOptions",
        "volumeMode",
        "nodeAffinity",
        "volumeAttributesClassName",
    }
    before, after = ({key: value for key, value in one["spec"].items() if key not in free} for one in (old, new))
    if before != after:
        yield forbidden_field("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation")
    if at(old, "spec.volumeMode") != at(new, "spec.volumeMode"):
        yield invalid_value("volumeMode", at(new, "spec.volumeMode"), IMMUTABLE)


def _pod(old: Object, new: Object) -> Iterator[FieldProblem]:
    def fixed(pod: Object) -> Object:
        free = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "ephemeralContainers")
        spec = {key: value for key, value in pod["spec"].items() if key not in free}
        for containers in ("containers", "initContainers"):
            spec[containers] = [{**one, "image": ""} for one in spec.get(containers) or ()]
        return spec

    if fixed(old) != fixed(new):
        yield forbidden_field("spec", _POD)


def _job(old: Object, new: Object) -> Iterator[FieldProblem]:
    spec, before = new["spec"], old["spec"]
    if before.get("suspend"):
        before = {**before, "template": _scheduled_as(before["template"], spec["template"])}
    for field in ("completions", "selector", "template", "completionMode", "podFailurePolicy", "successPolicy"):
        if field == "completions" and before.get("completionMode") == "Indexed":
            continue
        if before.get(field) != spec.get(field):
            yield invalid_value(f"spec.{field}", spec.get(field), IMMUTABLE)
    if before.get("backoffLimitPerIndex") != spec.get("backoffLimitPerIndex"):
        yield invalid_value("spec.backoffLimitPerIndex", spec.get("backoffLimitPerIndex"), IMMUTABLE)


def _scheduled_as(template: Object, other: Object) -> Object:
    """The template with what says in the other one where pods go: it may change while a job is suspended."""
    metadata, spec = dict(template.get("metadata") or {}), dict(template["spec"])
    for made, source, fields in (
        (metadata, other.get("metadata") or {}, ("annotations", "labels")),
        (spec, other["spec"], ("nodeSelector", "tolerations", "schedulingGates")),
    ):
        for field in fields:
            made.pop(field, None)
            made |= {field: source[field]} if field in source else {}
    return {**template, "metadata": metadata, "spec": spec}


def _metadata(old: Object, new: Object) -> Iterator[FieldProblem]:
    if old["uid"] != new["uid"]:
        yield invalid_value("metadata.uid", new["uid"], IMMUTABLE)
    added = sorted({*(new.get("finalizers") or ())} - {*(old.get("finalizers") or ())})
    if old.get("deletionTimestamp") and added:
        message = "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
        yield forbidden_field("metadata.finalizers", message + ", ".join(map(quoted, added)) + "}")


def _definition(old: Object, new: Object) -> Iterator[FieldProblem]:
    yield from _fixed("spec.group", "spec.scope")(old, new)
    if any(one["type"] == "Established" and one["status"] == "True" for one in at(old, "status.conditions") or ()):
        yield from _fixed("spec.names.kind", "spec.names.plural")(old, new)


_RULES: dict[tuple[str, str], tuple[Rule, ...]] = {
    ("apps", "deployments"): (_fixed("spec.selector"),),
    ("apps", "replicasets"): (_fixed("spec.selector"),),
    ("apps", "daemonsets"): (_fixed("spec.selector"),),
    ("apps", "statefulsets"): (
        _spec_except(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
            message=_STATEFUL_SET,
        ),
    ),
    ("apps", "controllerrevisions"): (_fixed("data"),),
    ("batch", "jobs"): (_job,),
    ("", "pods"): (_pod,),
    ("", "services"): (_cluster_ip,),
    ("", "secrets"): (_fixed("type"), _marked_immutable),
    ("", "configmaps"): (_marked_immutable,),
    ("", "persistentvolumeclaims"): (_claim,),
    ("", "persistentvolumes"): (_volume,),
    ("rbac.authorization.k8s.io", "rolebindings"): (_role_ref,),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): (_role_ref,),
    ("storage.k8s.io", "storageclasses"): (
        _forbidden("parameters", message="updates to parameters are forbidden."),
        _forbidden("provisioner", message="updates to provisioner are forbidden."),
        _forbidden("reclaimPolicy", message="updates to reclaimPolicy are forbidden."),
        _fixed("volumeBindingMode"),
    ),
    ("storage.k8s.io", "csidrivers"): (_fixed("spec.attachRequired", "spec.volumeLifecycleModes"),),
    ("scheduling.k8s.io", "priorityclasses"): (
        _forbidden("value", message="may not be changed in an update."),
        _fixed("preemptionPolicy"),
    ),
    ("node.k8s.io", "runtimeclasses"): (_fixed("handler"),),
    ("networking.k8s.io", "ingressclasses"): (_fixed("spec.controller"),),
    ("discovery.k8s.io", "endpointslices"): (_fixed("addressType"),),
    ("apiextensions.k8s.io", "customresourcedefinitions"): (_definition,),
}


def problems(resource: tuple[str, str], old: Object, new: Object) -> list[FieldProblem]:
    """What an update of an object of this resource changes and may not."""
    of_kind = (problem for rule in _RULES.get(resource, ()) for problem in rule(old, new))
    return [*_metadata(old["metadata"], new["metadata"]), *of_kind]
