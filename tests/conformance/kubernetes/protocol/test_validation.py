"""Objects that are refused: the status, the words and the causes."""

from __future__ import annotations

import pytest
import yaml

from tests.conformance.kubernetes.protocol.objects import collection, path_of

_POD = "spec: {containers: [{name: c, image: i}]}"
_WORKLOAD = (
    "selector: {matchLabels: {a: b}}, "
    "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}"
)

CASES = f"""
a name with capitals: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: Capital}}}}
a name with an underscore: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a_b}}}}
a name too long for a label: {{apiVersion: v1, kind: Service, metadata: {{name: {"a" * 64}}}, spec: {{ports: [{{port: 80}}]}}}}
a service's name that begins with a digit: {{apiVersion: v1, kind: Service, metadata: {{name: 1a}}, spec: {{ports: [{{port: 80}}]}}}}
a label with a bad key: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, labels: {{"-a": b}}}}}}
a label with a bad value: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, labels: {{a: "b c"}}}}}}
an annotation with a bad key: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, annotations: {{"a b": c}}}}}}
a finalizer without a domain: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, finalizers: [plain]}}}}
a key that is no file name: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{"a/b": c}}}}
a key in data and in binaryData: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{a: b}}, binaryData: {{a: AAAA}}}}
a secret without what its type needs: {{apiVersion: v1, kind: Secret, metadata: {{name: a}}, type: kubernetes.io/tls}}
no containers: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: []}}}}
no image: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c}}]}}}}
two containers of one name: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c, image: i}}, {{name: c, image: i}}]}}}}
a container's name with capitals: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: C, image: i}}]}}}}
a port out of range: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c, image: i, ports: [{{containerPort: 70000}}]}}]}}}}
a mount without its volume: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c, image: i, volumeMounts: [{{name: v, mountPath: /v}}]}}]}}}}
a request above its limit: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c, image: i, resources: {{requests: {{cpu: 2}}, limits: {{cpu: 1}}}}}}]}}}}
an unknown restart policy: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{restartPolicy: Sometimes, containers: [{{name: c, image: i}}]}}}}
an unknown pull policy: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c, image: i, imagePullPolicy: Maybe}}]}}}}
a deployment without selector: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{template: {{metadata: {{labels: {{a: b}}}}, {_POD}}}}}}}
a deployment whose labels do not match: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{selector: {{matchLabels: {{a: c}}}}, template: {{metadata: {{labels: {{a: b}}}}, {_POD}}}}}}}
a deployment with negative replicas: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{replicas: -1, {_WORKLOAD}}}}}
a deployment with no surge and no outage: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{strategy: {{rollingUpdate: {{maxSurge: 0, maxUnavailable: 0}}}}, {_WORKLOAD}}}}}
a deployment that recreates by rolling: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{strategy: {{type: Recreate, rollingUpdate: {{maxSurge: 1}}}}, {_WORKLOAD}}}}}
a deployment that is empty: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}}}
a job that restarts always: {{apiVersion: batch/v1, kind: Job, metadata: {{name: a}}, spec: {{template: {{spec: {{restartPolicy: Always, containers: [{{name: c, image: i}}]}}}}}}}}
a job without restart policy: {{apiVersion: batch/v1, kind: Job, metadata: {{name: a}}, spec: {{template: {{{_POD}}}}}}}
a cron job with a bad schedule: {{apiVersion: batch/v1, kind: CronJob, metadata: {{name: a}}, spec: {{schedule: often, jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: c, image: i}}]}}}}}}}}}}}}
a service without ports: {{apiVersion: v1, kind: Service, metadata: {{name: a}}, spec: {{selector: {{a: b}}}}}}
a service with unnamed ports: {{apiVersion: v1, kind: Service, metadata: {{name: a}}, spec: {{ports: [{{port: 1}}, {{port: 2}}]}}}}
a service of an unknown type: {{apiVersion: v1, kind: Service, metadata: {{name: a}}, spec: {{type: Magic, ports: [{{port: 1}}]}}}}
an external name that is none: {{apiVersion: v1, kind: Service, metadata: {{name: a}}, spec: {{type: ExternalName}}}}
a claim without modes: {{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: a}}, spec: {{resources: {{requests: {{storage: 1Gi}}}}}}}}
a claim without size: {{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: a}}, spec: {{accessModes: [ReadWriteOnce]}}}}
an ingress path without type: {{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: a}}, spec: {{rules: [{{http: {{paths: [{{path: /, backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]}}}}
an ingress without anything: {{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: a}}, spec: {{}}}}
an autoscaler whose least is above its most: {{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {{name: a}}, spec: {{minReplicas: 5, maxReplicas: 2, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: w}}}}}}
a budget that says both: {{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {{name: a}}, spec: {{minAvailable: 1, maxUnavailable: 1, selector: {{}}}}}}
a role without verbs: {{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {{name: a}}, rules: [{{apiGroups: [""], resources: [pods]}}]}}
a subject of an unknown kind: {{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {{name: a}}, roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}}, subjects: [{{kind: Robot, name: x}}]}}
a text for a number: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{replicas: "3", {_WORKLOAD}}}}}
a number for a text: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{a: 1}}}}
a text for a truth: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{paused: "yes", {_WORKLOAD}}}}}
a quantity that is none: {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c, image: i, resources: {{requests: {{cpu: lots}}}}}}]}}}}
no name at all: {{apiVersion: v1, kind: ConfigMap, metadata: {{}}}}
a key that is no base64: {{apiVersion: v1, kind: Secret, metadata: {{name: a}}, data: {{a: "%%"}}}}
"""
OBJECTS = yaml.safe_load(CASES)


@pytest.mark.parametrize("case", OBJECTS)
def test_not_created(pair, namespace, case):
    assert pair.post(collection(OBJECTS[case], namespace), OBJECTS[case]).status >= 400


@pytest.mark.parametrize("case", [case for case in OBJECTS if "name" in OBJECTS[case]["metadata"]])
def test_not_applied(pair, namespace, case):
    assert pair.apply(path_of(OBJECTS[case], namespace), OBJECTS[case], dryRun="All").status >= 400


@pytest.mark.parametrize("validation", ["Strict", "Warn", "Ignore"])
def test_unknown_fields(pair, namespace, validation):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "nome": "b"}, "dota": {"a": "b"}}
    answer = pair.post(collection(manifest, namespace), manifest, fieldValidation=validation)
    assert (answer.status == 400) == (validation == "Strict")
    warned = pair.sandbox.post(collection(manifest, namespace), manifest, fieldValidation=validation, dryRun="All")
    real = pair.real.post(collection(manifest, namespace), manifest, fieldValidation=validation, dryRun="All")
    assert warned.headers.get("Warning") == real.headers.get("Warning")


def test_what_exists_is_not_created_again(pair, namespace):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    pair.post(collection(manifest, namespace), manifest)
    assert pair.post(collection(manifest, namespace), manifest).status == 409


def test_a_generated_name(pair, namespace):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}
    assert pair.post(collection(manifest, namespace), manifest).body["metadata"]["name"].startswith("a-")


def test_a_stale_version_is_not_replaced(pair, namespace):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}}
    pair.post(collection(manifest, namespace), manifest)
    stale = {**manifest, "metadata": {"name": "a", "resourceVersion": "1"}}
    assert pair.put(path_of(manifest, namespace), stale).status == 409
    assert pair.put(path_of(manifest, namespace), manifest).status == 200


@pytest.mark.parametrize(
    "path",
    ["/apis/none.example.com/v1/things", "/api/v1/namespaces/default/things", "/apis/apps/v9/deployments", "/other"],
)
def test_paths_that_nothing_serves(pair, path):
    assert pair.get(path).status == 404


def test_methods_that_are_not_served(pair, namespace):
    pair.put(f"/api/v1/namespaces/{namespace}/configmaps", {"kind": "ConfigMap", "apiVersion": "v1"})
    pair.post(f"/api/v1/namespaces/{namespace}/configmaps/a", {"kind": "ConfigMap", "apiVersion": "v1"})


def test_bodies_that_are_not_understood(pair, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    pair.post(path, "{")
    pair.post(path, {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}})
    pair.request("POST", path, "a: b", content="text/plain")
