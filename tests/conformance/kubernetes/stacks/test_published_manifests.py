"""Manifests that others publish, as apps of one stack: Online Boutique and Argo CD, from nothing to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

MANIFESTS = Path(__file__).parents[3] / "fixtures" / "manifests"
STACK = """
app "boutique" {{
  cluster   = cluster.main
  namespace = "boutique-{name}"
  manifests = "{folder}/online-boutique.yaml"
  timeout   = "60s"
}}

app "argo" {{
  cluster    = cluster.main
  namespace  = "argo-{name}"
  manifests  = "{folder}/argo-cd.yaml"
  timeout    = "240s" # a real API server asks again later and later whether a definition's objects are gone
  depends_on = [app.boutique]
}}
"""


def _documents(file):
    return [value for value in yaml.safe_load_all((MANIFESTS / file).read_text()) if value]


@pytest.mark.timeout(600)
def test_two_apps_from_nothing_to_nothing(installation, name):
    boutique, argo = _documents("online-boutique.yaml"), _documents("argo-cd.yaml")
    installation.write(STACK.format(name=name, folder=MANIFESTS), "app.hcl")
    count = len(boutique) + len(argo) + 2  # and the namespaces

    plan = installation.plan()
    assert len(plan.changes) == count
    assert set(map(tuple, plan.actions.values())) == {("create",)}

    done = installation.apply("-parallelism=16")
    assert f"{count} added, 0 changed, 0 destroyed" in done.output
    client = installation.cluster.client
    for namespace in (f"boutique-{name}", f"argo-{name}"):
        deployments = client.get(f"/apis/apps/v1/namespaces/{namespace}/deployments").body["items"]
        assert deployments
        assert all(each["status"]["readyReplicas"] == each["spec"]["replicas"] for each in deployments)

    assert "No changes." in installation.unchanged().output

    gone = installation.destroy("-allow-data-loss", "-parallelism=16")
    assert f"{count} destroyed" in gone.output
    assert installation.addresses() == []
    for namespace in (f"boutique-{name}", f"argo-{name}"):
        assert client.get(f"/api/v1/namespaces/{namespace}").status == 404
    left = client.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").body["items"]
    assert not [each["metadata"]["name"] for each in left if each["spec"]["group"] == "argoproj.io"]
    roles = client.get(
        "/apis/rbac.authorization.k8s.io/v1/clusterroles", labelSelector="app.kubernetes.io/part-of=argocd"
    )
    assert roles.body["items"] == []
