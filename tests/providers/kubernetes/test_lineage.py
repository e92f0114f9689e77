"""Whose an object is: labels that a real API server takes, and what they mean for a create of the same name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.evaluation.decode import conform
from providers.contract import Call, ClusterToken
from providers.contract.errors import AlreadyExists, Failed
from providers.kubernetes import provider
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.lineage import label_value, labels_of, owner_of, reserved
from tests.providers.aws.support import TurnedClock
from tests.providers.kubernetes.support import KIND, LINEAGE, Managed, interrupted
from tests.providers.kubernetes.test_plan import path, settings, web, web_path

OTHER = "7c5f9a3e-0000-4000-8000-000000000002"


@pytest.fixture
def managed(access, pool):
    """As a run of its own each time, which asks anew what there is."""
    server, _, token = access

    def made(**more):
        client = KubernetesClient(pool, server, identity="tests", token=lambda: ClusterToken(token, float("inf")))
        return Managed(client, **more)

    return made


def owned_by(found, lineage, stack="other"):
    """The same object, as another stack would have it."""
    call = Call("app.b/object", "token", stack=stack, lineage=lineage)
    found.call = replace(call, tags=provider.tags(call))
    return found


class TestLabels:
    @pytest.mark.parametrize(
        ("address", "app"),
        [
            ("app.shop/apps/Deployment/shop/web", "shop"),
            ('module.net["a/b"].app.shop/v1/x', "shop"),
            ("module.app.app.shop/ConfigMap/app.x/y", "shop"),
            ('app.shop["eu/west"]/ConfigMap/shop/a', "shop"),
            ("cluster.main/Namespace/app.shop", None),
            ("kubernetes_manifest.app", None),
        ],
    )
    def test_the_app_is_that_of_the_address(self, address, app):
        call = Call(address, stack="acme shop", lineage=LINEAGE)
        expected = {"freehold/lineage": LINEAGE, "freehold/stack": "acme-shop"}
        assert labels_of(call) == (expected | {"freehold/app": app} if app else expected)

    @pytest.mark.parametrize(
        ("text", "value"),
        [("shop", "shop"), ("-a b/c_", "a-b-c"), ("x" * 62 + "-y", "x" * 62), ("größe", "gr-e"), ("…", "")],
    )
    def test_values_are_cut_to_what_a_label_takes(self, text, value):
        assert label_value(text) == value

    def test_a_lineage_that_no_label_takes_is_told_from_others(self):
        ones = {labels_of(Call("a.b", lineage=f"{'x' * 70}{n}"))["freehold/lineage"] for n in range(3)}
        assert len(ones) == 3
        assert all(label_value(one) == one for one in ones)

    def test_they_are_on_the_object_alone(self, managed, judge, namespace):
        managed().create(web(namespace, replicas=1))
        live = judge.get(web_path(namespace)).body
        labels = {"freehold/lineage": LINEAGE, "freehold/stack": "shop", "freehold/app": "a"}
        assert {name: live["metadata"]["labels"].get(name) for name in labels} == labels
        assert not set(labels) & set(live["spec"]["template"]["metadata"]["labels"])

    def test_they_are_no_part_of_what_is_planned_or_shown(self, managed, judge, namespace):
        found = managed().create(settings(namespace)).refresh()
        assert "labels" not in found.observed.values["object"]["metadata"]
        judge.patch(path(namespace), {"metadata": {"labels": {"freehold/lineage": None, "a": "b"}}})
        assert found.refresh().observed.values["object"]["metadata"]["labels"] == {"a": "b"}
        planned = found.planned(settings(namespace))
        assert planned.values == found.observed.values

    def test_an_object_that_had_none_gets_them_with_its_next_change(self, managed, judge, namespace):
        found = managed().create(settings(namespace)).refresh()
        judge.patch(path(namespace), {"metadata": {"labels": None}})
        found.refresh().update(settings(namespace, a="2"))
        assert judge.get(path(namespace)).body["metadata"]["labels"]["freehold/lineage"] == LINEAGE

    def test_they_are_put_on_also_where_labels_are_ignored_and_are_taken_from_whoever_holds_them(
        self, managed, judge, namespace
    ):
        found = managed().create(settings(namespace)).refresh()
        judge.apply(
            path(namespace),
            labelled(settings(namespace), "freehold/lineage", "x"),
            manager="argocd-controller",
            force=True,
        )
        found.refresh().update(settings(namespace, a="2"), ignore_changes=("metadata.labels",))
        assert judge.get(path(namespace)).body["metadata"]["labels"]["freehold/lineage"] == LINEAGE

    def test_a_manifest_that_sets_one_is_refused(self, namespace):
        given = labelled(settings(namespace), "freehold/stack", "x")
        ((where, problem),) = reserved(given)
        assert where == ("metadata", "labels", "freehold/stack")
        assert "Take it out" in problem
        assert KIND.validate({"manifest": given}) == [(("manifest", *where), problem)]
        assert not KIND.validate({"manifest": labelled(settings(namespace), "freehold/else", "x")})


class TestOwners:
    def test_another_stacks_object_is_not_taken_also_where_adoption_is_asked_for(self, managed, judge, namespace):
        owned_by(managed(), OTHER).create(settings(namespace, a="9"))
        for adopt in (False, True):
            found = managed().existing(settings(namespace), adopt=adopt)
            assert found.owner == f'the stack "other" (lineage {OTHER})'
            assert not found.adopted
            assert "removed block" in found.advice
            with pytest.raises(AlreadyExists):
                managed().create(settings(namespace), adopt=adopt)
        assert judge.get(path(namespace)).body["data"] == {"a": "9"}

    def test_an_object_without_fields_tells_its_stack_too(self, managed, judge, namespace):
        empty = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-x"}}
        owned_by(managed(), OTHER).create(empty)
        assert not managed().existing(empty).adopted
        judge.delete(f"/api/v1/namespaces/{namespace}-x")

    def test_what_a_killed_create_left_is_recognised_though_it_has_no_fields(self, managed, judge, namespace):
        empty = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-y"}}
        managed().create(empty)
        again = managed()
        assert again.existing(empty).adopted
        assert KIND.find(again.client, conform({"manifest": empty}, KIND.schema), again.call) is not None
        judge.delete(f"/api/v1/namespaces/{namespace}-y")

    def test_this_stacks_own_is_taken_over(self, managed, judge, namespace):
        managed().create(settings(namespace, a="9"))
        assert managed().existing(settings(namespace)).adopted
        managed().create(settings(namespace, a="1"))
        assert judge.get(path(namespace)).body["data"] == {"a": "1"}

    def test_what_is_not_there_is_nobodys(self, managed, namespace):
        assert managed().existing(settings(namespace)) is None
        lamp = {"apiVersion": "example.com/v1", "kind": "Lamp", "metadata": {"name": "a", "namespace": namespace}}
        assert managed().existing(lamp) is None

    def test_everybody_who_wrote_it_is_named(self, managed, judge, namespace):
        judge.apply(path(namespace), settings(namespace), manager="kubectl-create")
        judge.apply(path(namespace), settings(namespace), manager="helm")
        assert owner_of(judge.get(path(namespace)).body).managers == ("helm", "kubectl-create")
        found = managed().existing(settings(namespace), adopt=True)
        assert (found.owner, found.adopted) == ("helm and kubectl-create", True)

    def test_a_lost_create_of_another_stack_is_not_found(self, managed, namespace):
        found = owned_by(managed(), OTHER).create(settings(namespace))
        planned = conform({"manifest": settings(namespace)}, KIND.schema)
        assert KIND.find(found.client, planned, found.call) is not None
        assert KIND.find(found.client, planned, managed().call) is None


@pytest.fixture
def held(managed, judge, namespace):
    """An object that is being deleted and that a finalizer holds."""
    found = managed().create(settings(namespace))
    judge.patch(path(namespace), {"metadata": {"finalizers": ["example.com/hold"]}})
    judge.delete(path(namespace))
    yield found
    judge.patch(path(namespace), {"metadata": {"finalizers": None}})


class TestBeingDeleted:
    def test_it_is_still_there_and_tells_who_holds_it_since_when(self, held, judge, namespace):
        since = judge.get(path(namespace)).body["metadata"]["deletionTimestamp"]
        assert held.read().deletion == f"since {since}, held by its finalizers: example.com/hold"

    def test_its_name_is_taken_until_it_is_gone(self, held, managed, namespace):
        other = managed(clock=TurnedClock(), cancelled=interrupted())
        assert "example.com/hold" in other.existing(settings(namespace)).deletion
        with pytest.raises(Failed) as caught:
            other.create(settings(namespace))
        assert "held by its finalizers: example.com/hold" in caught.value.detail

    def test_once_it_is_gone_a_new_one_is_made(self, held, managed, judge, namespace):
        class Released(TurnedClock):
            def sleep(self, seconds):
                super().sleep(seconds)
                judge.patch(path(namespace), {"metadata": {"finalizers": None}})

        made = managed(clock=Released()).create(settings(namespace, a="2"))
        assert made.observed.identity["uid"] != held.observed.identity["uid"]
        assert judge.get(path(namespace)).body["data"] == {"a": "2"}

    def test_what_is_to_be_made_in_a_namespace_that_goes_is_planned(self, managed, judge, namespace):
        judge.patch(f"/api/v1/namespaces/{namespace}", {"metadata": {"finalizers": ["example.com/hold"]}})
        judge.delete(f"/api/v1/namespaces/{namespace}")
        try:
            planned = managed().planned(settings(namespace))
            assert planned.values["object"] == settings(namespace)
        finally:
            judge.patch(f"/api/v1/namespaces/{namespace}", {"metadata": {"finalizers": None}})


def labelled(manifest, name, value):
    return {**manifest, "metadata": {**manifest["metadata"], "labels": {name: value}}}
