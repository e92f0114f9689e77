"""What others did meanwhile: people's changes are put back, controllers' are left, appliers' are conflicts."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.stacks.manifests import SETTINGS, deployment
from tools.control_plane.client import STRATEGIC

APPS = "apps/v1"


@pytest.fixture
def applied(installation):
    installation.app(f"{SETTINGS}---{deployment()}")
    installation.apply()
    return installation


def _scale(installation, replicas, manager):
    path = f"{installation.path('deployments', 'web', APPS)}/scale"
    scaled = installation.cluster.client.patch(path, {"spec": {"replicas": replicas}}, fieldManager=manager)
    assert scaled.status == 200


def test_a_persons_change_is_shown_and_put_back(applied):
    path = applied.path("configmaps", "settings")
    applied.cluster.client.patch(path, {"data": {"color": "red"}}, fieldManager="kubectl-edit")

    plan = applied.plan()

    assert plan.actions == {f"app.shop/ConfigMap/{applied.namespace}/settings": ["update"]}
    assert "kubectl-edit" in plan.words
    applied.apply("test.plan")
    assert applied.live("configmaps", "settings")["data"]["color"] == "blue"
    applied.unchanged()


def test_a_change_deep_in_a_list_is_put_back(applied):
    path = applied.path("deployments", "web", APPS)
    spec = {"containers": [{"name": "web", "image": "registry.example.com/web:hacked"}]}
    body = {"spec": {"template": {"spec": spec}}}
    applied.cluster.client.patch(path, body, STRATEGIC, fieldManager="kubectl-set")

    assert "registry.example.com/web:hacked" in applied.plan().output
    applied.apply("test.plan")
    template = applied.live("deployments", "web", APPS)["spec"]["template"]
    assert template["spec"]["containers"][0]["image"] == "registry.example.com/web:1"
    applied.unchanged()


def test_replicas_that_a_person_scaled_are_put_back(applied):
    _scale(applied, 5, "kubectl-scale")

    assert "kubectl-scale" in applied.plan().words
    applied.apply("test.plan")
    assert applied.live("deployments", "web", APPS)["spec"]["replicas"] == 2
    applied.unchanged()


def test_replicas_that_an_autoscaler_holds_are_left_to_it(applied):
    _scale(applied, 5, "kube-controller-manager")

    plan = applied.unchanged()

    assert "kube-controller-manager" in plan.words
    applied.app(f"{SETTINGS}---{deployment(image='registry.example.com/web:2')}")
    applied.apply()
    live = applied.live("deployments", "web", APPS)["spec"]
    assert live["replicas"] == 5
    assert live["template"]["spec"]["containers"][0]["image"] == "registry.example.com/web:2"


def test_what_nobody_manages_may_be_added_by_others(applied):
    path = applied.path("configmaps", "settings")
    more = {"metadata": {"labels": {"added": "by-others"}}, "data": {"other": "value"}}
    applied.cluster.client.patch(path, more, fieldManager="kubectl-edit")

    applied.unchanged()

    assert applied.live("configmaps", "settings")["data"]["other"] == "value"


def test_another_appliers_field_is_a_conflict(applied):
    path = applied.path("configmaps", "settings")
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"color": "red"}}
    applied.cluster.client.apply(path, theirs, manager="gitops", force="true")
    applied.app(f"{SETTINGS.replace('blue', 'green')}---{deployment()}")

    refused = applied.run("plan")

    assert refused.code == 1
    assert "gitops" in refused.words
    assert "color" in refused.words
    assert "force_conflicts" in refused.words
    applied.app(f"{SETTINGS.replace('blue', 'green')}---{deployment()}", "  force_conflicts = true")
    applied.apply()
    assert applied.live("configmaps", "settings")["data"]["color"] == "green"
    applied.unchanged()


def test_an_ignored_field_is_left_as_it_is(installation):
    rule = '  object "ConfigMap/settings" {\n    lifecycle { ignore_changes = ["data.color"] }\n  }'
    installation.app(SETTINGS, rule)
    installation.apply()
    path = installation.path("configmaps", "settings")
    installation.cluster.client.patch(path, {"data": {"color": "red"}}, fieldManager="kubectl-edit")

    installation.unchanged()

    installation.app(SETTINGS.replace("large", "small"), rule)
    installation.apply()
    assert installation.live("configmaps", "settings")["data"] == {"color": "red", "size": "small"}


REPLICAS = '  object "apps/Deployment/web" {\n    lifecycle { ignore_changes = ["spec.replicas"] }\n  }\n'


@pytest.mark.parametrize("more", ["", "  force_conflicts = true\n"], ids=["", "forced"])
def test_an_ignored_field_that_moves_after_the_plan_is_left_as_it_is(installation, more):
    installation.app(deployment(), REPLICAS + more)
    installation.apply()
    installation.app(deployment(image="registry.example.com/web:2"), REPLICAS + more)
    installation.plan()
    _scale(installation, 7, "kubectl")

    installation.apply("test.plan")

    live = installation.live("deployments", "web", APPS)["spec"]
    assert live["replicas"] == 7
    assert live["template"]["spec"]["containers"][0]["image"] == "registry.example.com/web:2"
    installation.unchanged()


def test_a_field_that_an_autoscaler_takes_after_the_plan_is_left_to_it_when_others_are_taken_back(applied):
    path = applied.path("deployments", "web", APPS)
    applied.cluster.client.patch(path, {"metadata": {"labels": {"by": "hand"}}}, fieldManager="kubectl-label")
    applied.app(f"{SETTINGS}---{deployment()}".replace("name: web}", "name: web, labels: {by: us}}", 1))
    assert "kubectl-label" in applied.plan().words
    _scale(applied, 7, "kube-controller-manager")

    applied.apply("test.plan")

    live = applied.live("deployments", "web", APPS)
    assert (live["spec"]["replicas"], live["metadata"]["labels"]["by"]) == (7, "us")
    applied.unchanged()


def test_what_somebody_deleted_is_made_again(applied):
    applied.cluster.client.delete(applied.path("configmaps", "settings"))

    assert applied.plan().actions == {f"app.shop/ConfigMap/{applied.namespace}/settings": ["create"]}
    applied.apply("test.plan")
    assert applied.live("configmaps", "settings")["data"]["color"] == "blue"
    applied.unchanged()


def test_out_of_reach_is_not_taken_for_deleted(applied):
    config = applied.cluster.kubeconfig.read_text()
    elsewhere = applied.folder / "kubeconfig"
    elsewhere.write_text(config.replace(applied.cluster.client.endpoint, "https://127.0.0.1:9"))
    elsewhere.chmod(0o600)
    before = applied.addresses()
    stack = (applied.folder / "stack.hcl").read_text()
    applied.write(stack.replace(str(applied.cluster.kubeconfig), str(elsewhere)), "stack.hcl")

    refused = applied.run("plan")

    assert refused.code == 1
    assert "127.0.0.1:9" in refused.words or "reach" in refused.words
    applied.write(stack, "stack.hcl")
    assert applied.addresses() == before
    applied.unchanged()
