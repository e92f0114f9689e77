"""What clients find out before they ask: versions, groups, kinds, and their schemas."""

from __future__ import annotations

import pytest

from tools.control_plane.client import Answer, Client

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
VERSIONS = ["v1", "apps/v1", "batch/v1", "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1", "policy/v1"]
VERSIONS += ["autoscaling/v2", "storage.k8s.io/v1", "scheduling.k8s.io/v1", "coordination.k8s.io/v1"]
VERSIONS += ["apiextensions.k8s.io/v1", "apiregistration.k8s.io/v1", "admissionregistration.k8s.io/v1"]
_TOLD = ("name", "singularName", "namespaced", "kind", "shortNames", "categories")


def _resources(client, version):
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    answer = client.get(base)
    found = {each["name"]: {k: each.get(k) for k in _TOLD} for each in answer.body["resources"]}
    return answer, found


@pytest.mark.parametrize("version", VERSIONS)
def test_kinds(pair, version):
    """Of the kinds that the sandbox serves, all that clients need is told alike; these it has to serve at least."""
    answer, real = _resources(pair.real, version)
    same, sandboxed = _resources(pair.sandbox, version)
    assert same.status == answer.status == 200
    assert same.body["groupVersion"] == answer.body["groupVersion"]
    assert sandboxed
    for name, told in sandboxed.items():
        assert told == real[name], name


def test_the_groups_that_the_sandbox_serves_are_told_alike(pair):
    def groups(client):
        return {group["name"]: group for group in client.get("/apis").body["groups"]}

    real, sandboxed = groups(pair.real), groups(pair.sandbox)
    assert {version.partition("/")[0] for version in VERSIONS if "/" in version} <= {*sandboxed}
    for name, group in sandboxed.items():
        served = {version["groupVersion"] for version in group["versions"]}
        assert served <= {version["groupVersion"] for version in real[name]["versions"]}


@pytest.mark.parametrize("path", ["/api", "/apis"])
def test_aggregated(pair, path):
    def kinds(client):
        answer = client.request("GET", path, accept=AGGREGATED)
        assert answer.body["kind"] == "APIGroupDiscoveryList"
        return {
            (group["metadata"].get("name", ""), version["version"], each["resource"]): {
                "kind": each["responseKind"]["kind"],
                "scope": each["scope"],
                "subresources": {sub["subresource"] for sub in each.get("subresources", [])},
            }
            for group in answer.body["items"]
            for version in group["versions"]
            for each in version["resources"]
        }

    real, sandboxed = kinds(pair.real), kinds(pair.sandbox)
    assert sandboxed
    for key, told in sandboxed.items():
        assert told["kind"] == real[key]["kind"], key
        assert told["scope"] == real[key]["scope"], key
        assert told["subresources"] <= real[key]["subresources"], key


def test_the_version_says_which_minor_it_is(pair):
    def told(client):
        body = client.get("/version").body
        return Answer(200, {name: body[name] for name in ("major", "minor")}, {})

    assert pair.each(told).body == {"major": "1", "minor": "35"}


@pytest.mark.parametrize("path", ["/readyz", "/livez", "/healthz"])
def test_health(pair, path):
    assert pair.get(path).body == "ok"


@pytest.mark.parametrize("version", ["apps/v1", "v1", "batch/v1"])
def test_schemas_of_version_three(pair, version):
    """Every field that the sandbox's schemas know is one that Kubernetes' know, with the same list keys."""
    real, sandboxed = (_schemas(client, version) for client in (pair.real, pair.sandbox))
    assert sandboxed
    for name in ("io.k8s.api.apps.v1.DeploymentSpec", "io.k8s.api.core.v1.ServiceSpec", "io.k8s.api.batch.v1.JobSpec"):
        if name in real and name in sandboxed:
            assert {*sandboxed[name]["properties"]} == {*real[name]["properties"]}
    keyed = sandboxed.get("io.k8s.api.core.v1.PodSpec", {}).get("properties", {}).get("containers")
    if keyed is not None:
        assert keyed["x-kubernetes-patch-merge-key"] == "name"
        assert keyed["x-kubernetes-list-map-keys"] == ["name"]


def _schemas(client, version):
    index = client.get("/openapi/v3").body["paths"]
    key = f"apis/{version}" if "/" in version else f"api/{version}"
    return client.get(index[key]["serverRelativeURL"]).body["components"]["schemas"]


def test_who_asks_with_a_wrong_token_is_nobody(pair):
    def stranger(client):
        return Client(client.endpoint, client.authority, "wrong").get("/api/v1/namespaces")

    assert pair.each(stranger).status == 401
