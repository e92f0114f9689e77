"""What others put into a namespace that freehold made: it does not go with it unasked."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.stacks.manifests import SETTINGS, deployment

CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "theirs"},
    "spec": {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "none",
        "resources": {"requests": {"storage": "1Gi"}},
    },
}


@pytest.fixture
def applied(installation):
    installation.app(f"{SETTINGS}---{deployment()}")
    installation.apply()
    return installation


def _put(installation, manager="kubectl-create"):
    path = f"/api/v1/namespaces/{installation.namespace}/persistentvolumeclaims"
    assert installation.cluster.client.post(path, CLAIM, fieldManager=manager).status == 201


def test_what_is_ours_and_what_kubernetes_puts_there_goes_unasked(applied):
    applied.destroy()

    assert applied.cluster.client.get(f"/api/v1/namespaces/{applied.namespace}").status == 404


def test_a_claim_of_somebody_else_is_named_and_refused(applied):
    _put(applied)

    plan = applied.run("plan", "-destroy")
    refused = applied.run("destroy", "-auto-approve")

    named = f"holds PersistentVolumeClaim {applied.namespace}/theirs (by kubectl-create)"
    assert named in plan.words
    assert refused.code == 1
    assert named in refused.words
    assert "-allow-data-loss" in refused.words
    assert applied.live("persistentvolumeclaims", "theirs")
    assert applied.live("configmaps", "settings")
    applied.destroy("-allow-data-loss")
    assert applied.cluster.client.get(f"/api/v1/namespaces/{applied.namespace}").status == 404


def test_what_comes_after_the_plan_is_refused_just_before_the_call(applied):
    assert applied.run("plan", "-destroy", "-out=test.plan").code == 0
    _put(applied)

    refused = applied.run("apply", "test.plan")

    assert refused.code == 1
    assert "It was not deleted, since it holds by now" in refused.words
    assert f"PersistentVolumeClaim {applied.namespace}/theirs (by kubectl-create)" in refused.words
    assert applied.live("persistentvolumeclaims", "theirs")


def test_a_namespace_that_is_replaced_is_asked_too(applied):
    _put(applied)
    space = next(each for each in applied.addresses() if "/Namespace/" in each)

    refused = applied.run("apply", "-auto-approve", f"-replace={space}")

    assert refused.code == 1
    assert "PersistentVolumeClaim" in refused.words
    assert applied.live("persistentvolumeclaims", "theirs")
