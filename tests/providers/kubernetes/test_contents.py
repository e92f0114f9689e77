"""What a namespace holds that is nobody's we know, as Kubernetes' garbage collector sees owners."""

from __future__ import annotations

import pytest

from providers.contract import Contents
from providers.kubernetes import provider
from providers.kubernetes.answers import Refused
from providers.kubernetes.contents import Survey
from providers.kubernetes.discovery import Resource
from tests.providers.kubernetes.support import KIND
from tests.providers.kubernetes.test_plan import path, settings, web

RESOURCES = {
    kind: Resource(f"/apis/{group}/v1" if group else "/api/v1", f"{kind.lower()}s", True, kind)
    for group, kind in (("", "Pod"), ("", "ConfigMap"), ("apps", "ReplicaSet"), ("events.k8s.io", "Event"))
}


def owner(uid, kind="ReplicaSet", api_version="apps/v1"):
    return {"apiVersion": api_version, "kind": kind, "name": "any", "uid": uid}


def surveyed(*objects, listed=(("apps", "ReplicaSet"), ("", "Pod"))):
    made = Survey(listed=set(listed))
    for kind, uid, owners in objects:
        metadata = {"name": uid, "namespace": "shop", "uid": uid, "ownerReferences": owners}
        made.found[uid] = (RESOURCES[kind], {"metadata": metadata})
    return made


@pytest.mark.parametrize(
    ("objects", "found"),
    [
        ([("Pod", "p", ())], ["Pod shop/p"]),
        ([("Pod", "ours", ())], []),
        ([("Pod", "p", (owner("r"),)), ("ReplicaSet", "r", (owner("ours", "Deployment"),))], []),
        ([("Pod", "p", (owner("r"),)), ("ReplicaSet", "r", ())], ["Pod shop/p", "ReplicaSet shop/r"]),
        ([("Pod", "p", (owner("gone"),))], []),
        ([("Pod", "p", (owner("theirs", "Site", "example.com/v1"),))], ["Pod shop/p"]),
        ([("Pod", "p", (owner("ours"), owner("r"))), ("ReplicaSet", "r", ())], ["Pod shop/p", "ReplicaSet shop/r"]),
        ([("Pod", "p", (owner("q"),)), ("Pod", "q", (owner("p"),))], ["Pod shop/p", "Pod shop/q"]),
        ([("Event", "e", ()), ("ConfigMap", "kube-root-ca.crt", ())], []),
    ],
    ids=["theirs", "ours", "to-the-top", "not-to-the-top", "collected", "elsewhere", "of-two", "ring", "given"],
)
def test_whose_it_is(objects, found):
    assert surveyed(*objects).contents({"ours"}, "shop".__eq__) == Contents(tuple(found))


def test_another_namespace_is_not_asked_for():
    assert surveyed(("Pod", "p", ())).contents((), "other".__eq__) == Contents()


def namespaced(name):
    return {"apiVersion": "v1", "kind": "Namespace", "name": name, "uid": "n"}


def contents(client, *namespaces, known=()):
    return KIND.contents(client, [namespaced(each) for each in namespaces], [{"uid": uid} for uid in known])


class TestOnACluster:
    def test_ours_and_what_it_made_is_nothing(self, managed, judge, namespace):
        made = managed().create(web(namespace, replicas=1))
        assert contents(made.client, namespace, known=(made.observed.identity["uid"],)) == [Contents()]

    def test_theirs_is_named_with_who_applied_it(self, client, judge, namespace):
        judge.apply(path(namespace), settings(namespace), manager="argocd-controller")
        assert contents(client, namespace) == [Contents((f"ConfigMap {namespace}/settings (by argocd-controller)",))]

    def test_many_namespaces_take_a_list_a_kind(self, client, pool, judge, namespace):
        judge.apply(path(namespace), settings(namespace), manager="somebody")
        pool.requests.clear()
        found = contents(client, namespace, "default", "a", "b", "c", "d")
        assert found == [Contents((f"ConfigMap {namespace}/settings (by somebody)",)), *[Contents()] * 5]
        assert sum(where == "/api/v1/configmaps" for _, where, _ in pool.requests) == 1
        assert not any("/namespaces/" in where for _, where, _ in pool.requests)

    @pytest.mark.parametrize(("name", "asked"), [("shop", True), ("kube-system", False), ("default", False)])
    def test_what_always_stays_is_not_asked(self, name, asked):
        assert KIND.is_container(namespaced(name)) == asked

    def test_of_a_cluster_all_but_its_own_parts(self, client, judge, namespace):
        judge.apply(path(namespace), settings(namespace), manager="somebody")
        judge.apply(path("kube-system", "mine"), settings("kube-system", "mine"), manager="somebody")
        found = provider.apps.contents(client, ()).found
        assert f"ConfigMap {namespace}/settings (by somebody)" in found
        assert not any(" kube-system/" in each or each.startswith("Service default/kubernetes") for each in found)

    def test_a_list_that_is_denied_is_not_known(self, client, namespace, monkeypatch):
        request = client.request

        def denied(method, where, *arguments, **options):
            if where.endswith("/persistentvolumeclaims"):
                status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden"}
                status |= {"message": "claims are secret", "code": 403}
                raise Refused(403, status, where)
            return request(method, where, *arguments, **options)

        monkeypatch.setattr(client, "request", denied)
        assert contents(client, namespace) == [
            Contents(unknown=("persistentvolumeclaims cannot be listed: claims are secret",))
        ]
