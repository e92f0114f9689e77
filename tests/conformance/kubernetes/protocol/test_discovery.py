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
    """All kinds at once, where a client asks for it so; what the sandbox has of them is told alike."""

    def form(client):
        answer = client.request("GET", path, accept=AGGREGATED)
        return Answer(answer.status, {"kind": answer.body["kind"]}, {})

    def kinds(client):
        answer = client.request("GET", path, accept=AGGREGATED)
        return {
            (group["metadata"].get("name", ""), version["version"], each["resource"]): {
                "kind": each["responseKind"]["kind"],
                "scope": each["scope"],
                "subresources": {sub["subresource"] for sub in each.get("subresources", [])},
            }
            for group in answer.body.get("items") or ()
            for version in group["versions"]
            for each in version["resources"]
        }

    assert pair.each(form).body["kind"] == "APIGroupDiscoveryList"
    real, sandboxed = kinds(pair.real), kinds(pair.sandbox)
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


SPECIFICATIONS = {
    "v1": "io.k8s.api.core.v1.PodSpec",
    "apps/v1": "io.k8s.api.apps.v1.DeploymentSpec",
    "batch/v1": "io.k8s.api.batch.v1.JobSpec",
}


@pytest.mark.parametrize("version", SPECIFICATIONS)
def test_schemas_of_version_three(pair, version):
    """The fields of a specification, and by which keys its lists are maps."""

    def told(client):
        index = client.get("/openapi/v3").body["paths"]
        key = f"apis/{version}" if "/" in version else f"api/{version}"
        schemas = client.get(index[key]["serverRelativeURL"]).body["components"]["schemas"]
        fields = schemas.get(SPECIFICATIONS[version], {}).get("properties")
        keys = fields and {name: field.get("x-kubernetes-list-map-keys") for name, field in fields.items()}
        return Answer(200, {"properties": keys}, {})

    assert pair.each(told).body["properties"]


def test_who_asks_with_a_wrong_token_is_nobody(pair):
    def stranger(client):
        return Client(client.endpoint, client.authority, "wrong").get("/api/v1/namespaces")

    assert pair.each(stranger).status == 401
