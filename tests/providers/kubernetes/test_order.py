"""Which objects come before which: what Kubernetes needs (a kind before its objects, a namespace before its contents, a
webhook's server before the webhook), and what refers to what by the API reference."""

from __future__ import annotations

import pytest

from providers.kubernetes.order import order


def made(kind, name="a", namespace="shop", api_version="v1", **fields):
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def pairs(**manifests):
    """The pairs that the order asks for, by the names given here."""
    found = [*order({name: {"manifest": manifest} for name, manifest in manifests.items()})]
    assert len({*found}) == len({pair for pair in found if pair[0] != pair[1]})
    return {*found}


def pod(**spec):
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": (), **spec}}


def test_a_namespace_comes_before_its_contents_alone():
    found = pairs(
        space=made("Namespace", "shop", None), one=made("ConfigMap"), other=made("ConfigMap", namespace="elsewhere")
    )
    assert found == {("space", "one")}


def test_a_definition_comes_before_objects_of_its_group_and_kind():
    definition = made(
        "CustomResourceDefinition",
        "lamps.example.com",
        None,
        "apiextensions.k8s.io/v1",
        spec={"group": "example.com", "names": {"kind": "Lamp"}},
    )
    found = pairs(
        definition=definition,
        lamp=made("Lamp", api_version="example.com/v1beta1"),
        other=made("Lamp", api_version="example.org/v1"),
    )
    assert found == {("definition", "lamp")}


def test_a_webhook_comes_after_its_service_and_the_workloads_behind_it():
    hook = {"clientConfig": {"service": {"name": "hooks", "namespace": "shop"}}}
    found = pairs(
        hook=made("ValidatingWebhookConfiguration", "h", None, "admissionregistration.k8s.io/v1", webhooks=(hook,)),
        service=made("Service", "hooks", spec={"selector": {"app": "web"}}),
        server=made("Deployment", api_version="apps/v1", spec={"template": pod()}),
        other=made("Deployment", "b", api_version="apps/v1", spec={"template": {"metadata": {"labels": {"app": "b"}}}}),
    )
    assert found == {("service", "hook"), ("server", "hook")}


CONTAINERS = {
    "envFrom": ({"configMapRef": {"name": "a"}},),
    "env": ({"name": "X", "valueFrom": {"secretKeyRef": {"name": "a", "key": "x"}}},),
}
REFERENCES = {
    "an account": (made("ServiceAccount"), pod(serviceAccountName="a")),
    "a priority": (made("PriorityClass", "a", None, "scheduling.k8s.io/v1"), pod(priorityClassName="a")),
    "a secret for images": (made("Secret"), pod(imagePullSecrets=({"name": "a"},))),
    "a map as a volume": (made("ConfigMap"), pod(volumes=({"name": "v", "configMap": {"name": "a"}},))),
    "a secret as a volume": (made("Secret"), pod(volumes=({"name": "v", "secret": {"secretName": "a"}},))),
    "a claim": (
        made("PersistentVolumeClaim"),
        pod(volumes=({"name": "v", "persistentVolumeClaim": {"claimName": "a"}},)),
    ),
    "a map in a projected volume": (
        made("ConfigMap"),
        pod(volumes=({"name": "v", "projected": {"sources": ({"configMap": {"name": "a"}},)}},)),
    ),
    "a secret in a projected volume": (
        made("Secret"),
        pod(volumes=({"name": "v", "projected": {"sources": ({"secret": {"name": "a"}},)}},)),
    ),
    "a map as variables": (made("ConfigMap"), pod(containers=(CONTAINERS,))),
    "a secret as a variable": (made("Secret"), pod(initContainers=(CONTAINERS,))),
}


@pytest.mark.parametrize("case", REFERENCES)
@pytest.mark.parametrize("kind", ["Deployment", "CronJob", "Pod"])
def test_what_a_pod_refers_to_comes_before_it(case, kind):
    referred, template = REFERENCES[case]
    spec = {"template": template}
    manifest = {
        "Deployment": made("Deployment", api_version="apps/v1", spec=spec),
        "CronJob": made("CronJob", api_version="batch/v1", spec={"jobTemplate": {"spec": spec}}),
        "Pod": made("Pod", spec=template["spec"]),
    }[kind]
    assert pairs(referred=referred, workload=manifest) == {("referred", "workload")}


RBAC = "rbac.authorization.k8s.io/v1"
OTHERS = {
    "a role before its binding": (
        made("Role", api_version=RBAC),
        made("RoleBinding", api_version=RBAC, roleRef={"kind": "Role", "name": "a"}),
    ),
    "a cluster's role before a binding in a namespace": (
        made("ClusterRole", "a", None, RBAC),
        made("RoleBinding", api_version=RBAC, roleRef={"kind": "ClusterRole", "name": "a"}),
    ),
    "an account before a binding in another namespace": (
        made("ServiceAccount"),
        made(
            "RoleBinding",
            namespace="other",
            api_version=RBAC,
            roleRef={"kind": "Role", "name": "none"},
            subjects=({"kind": "ServiceAccount", "name": "a", "namespace": "shop"},),
        ),
    ),
    "a class before an ingress": (
        made("IngressClass", "a", None, "networking.k8s.io/v1"),
        made("Ingress", api_version="networking.k8s.io/v1", spec={"ingressClassName": "a"}),
    ),
    "a service before an ingress": (
        made("Service"),
        made(
            "Ingress",
            api_version="networking.k8s.io/v1",
            spec={"rules": ({"http": {"paths": ({"backend": {"service": {"name": "a"}}},)}},)},
        ),
    ),
    "what is scaled before its autoscaler": (
        made("Deployment", api_version="apps/v1"),
        made(
            "HorizontalPodAutoscaler",
            api_version="autoscaling/v2",
            spec={"scaleTargetRef": {"kind": "Deployment", "name": "a"}},
        ),
    ),
    "a class before a claim": (
        made("StorageClass", "a", None, "storage.k8s.io/v1"),
        made("PersistentVolumeClaim", spec={"storageClassName": "a"}),
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_references(case):
    before, after = OTHERS[case]
    assert pairs(after=after, before=before) == {("before", "after")}


def test_of_a_reference_to_another_namespace_nothing_follows():
    assert not pairs(
        secret=made("Secret", namespace="elsewhere"),
        pod=made("Pod", spec=pod(imagePullSecrets=({"name": "a"},))["spec"]),
    )


def test_a_wish_that_closes_a_cycle_is_dropped_and_a_need_is_not():
    """The server of a webhook mounts a secret that a Lamp's controller writes; needs go before wishes."""
    hook = {"clientConfig": {"service": {"name": "hooks", "namespace": "shop"}}}
    found = pairs(
        a=made("Pod", "a", spec={**pod(serviceAccountName="a")["spec"]}),
        account=made("ServiceAccount", "a"),
        space=made("Namespace", "shop", None),
        service=made("Service", "hooks", spec={"selector": {}}),
        hook=made("MutatingWebhookConfiguration", "h", None, "admissionregistration.k8s.io/v1", webhooks=(hook,)),
    )
    assert {("space", "a"), ("space", "account"), ("space", "service"), ("service", "hook")} <= found
    assert ("account", "a") in found


def test_two_that_refer_to_each_other_are_in_one_order():
    spec = {"scaleTargetRef": {"kind": "HorizontalPodAutoscaler", "name": "b"}}
    other = {"scaleTargetRef": {"kind": "HorizontalPodAutoscaler", "name": "a"}}
    found = pairs(
        a=made("HorizontalPodAutoscaler", "a", api_version="autoscaling/v2", spec=spec),
        b=made("HorizontalPodAutoscaler", "b", api_version="autoscaling/v2", spec=other),
    )
    assert len(found) == 1


def test_one_that_refers_to_itself_comes_before_nothing():
    spec = {"scaleTargetRef": {"kind": "HorizontalPodAutoscaler", "name": "a"}}
    assert not pairs(a=made("HorizontalPodAutoscaler", api_version="autoscaling/v2", spec=spec))
