"""What a plan makes of an object that is on a cluster: changes, who made them, what forces a new one, and whose it is.

Expected is what Kubernetes' documentation of server-side apply says, and what kubectl would do with the same fields.
"""

from __future__ import annotations

import pytest

from language.values import Unknown
from providers.contract.errors import Invalid
from tests.providers.kubernetes.support import KIND


def settings(namespace, name="settings", **data):
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"a": "1"}}


def web(namespace, label="web", **spec):
    template = {
        "metadata": {"labels": {"app": label}},
        "spec": {"containers": ({"name": "main", "image": "registry.example.com/web:1"},)},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": label}}, "template": template, **spec},
    }


def path(namespace, name="settings"):
    return f"/api/v1/namespaces/{namespace}/configmaps/{name}"


def web_path(namespace):
    return f"/apis/apps/v1/namespaces/{namespace}/deployments/web"


class TestOfWhatExists:
    def test_nothing_changed_is_no_change_and_asks_for_no_dry_run(self, managed, pool, namespace):
        found = managed().create(settings(namespace)).refresh()
        pool.requests.clear()

        assert found.planned(settings(namespace)).values == found.observed.values
        assert pool.count("PATCH") == 0

    def test_a_change_shows_the_object_as_it_will_be(self, managed, judge, namespace):
        found = managed().create(settings(namespace, a="1", b="1")).refresh()

        planned = found.planned(settings(namespace, a="2"))

        assert planned.values["object"]["data"] == {"a": "2"}
        assert not planned.replace
        assert judge.get(path(namespace)).body["data"] == {"a": "1", "b": "1"}

    def test_another_spelling_of_the_same_is_no_change(self, managed, namespace):
        def sized(cpu):
            manifest = web(namespace, replicas=0)
            container = {"name": "main", "image": "i:1", "resources": {"requests": {"cpu": cpu}}}
            manifest["spec"]["template"]["spec"]["containers"] = (container,)
            return manifest

        found = managed().create(sized("1")).refresh()
        assert found.planned(sized("1000m")).values == found.observed.values

    def test_what_was_written_as_it_is_served_by_default_is_no_change(self, managed, namespace):
        found = managed().create(web(namespace, replicas=1)).refresh()
        assert found.planned(web(namespace, replicas=1, revisionHistoryLimit=10)).values == found.observed.values

    def test_what_is_not_known_yet_is_unknown_in_the_plan(self, managed, namespace):
        found = managed().create(settings(namespace)).refresh()
        manifest = settings(namespace, a="1", b=Unknown())
        assert found.planned(manifest).values["object"]["data"] == {"a": "1", "b": Unknown()}

    def test_an_ignored_field_stays_as_it_is(self, managed, judge, namespace):
        ignored = {"ignore_changes": ("spec.replicas",)}
        found = managed().create(web(namespace, replicas=1), **ignored)
        judge.patch(f"{web_path(namespace)}/scale", {"spec": {"replicas": 3}}, fieldManager="kubectl")
        found.refresh()

        assert found.planned(web(namespace, replicas=1), **ignored).values["object"]["spec"]["replicas"] == 3
        found.update(web(namespace, replicas=1, minReadySeconds=1), **ignored)
        assert judge.get(web_path(namespace)).body["spec"]["replicas"] == 3

    def test_what_is_gone_meanwhile_is_planned_as_new(self, managed, judge, namespace):
        found = managed().create(settings(namespace)).refresh()
        judge.delete(path(namespace))
        planned = found.planned(settings(namespace, a="2"))
        assert planned.values["object"]["data"] == {"a": "2"}
        assert not planned.diagnostics


class TestWhoChangedIt:
    @pytest.mark.parametrize("manager", ["kubectl-edit", "kubectl-client-side-apply", "helm"])
    def test_what_a_person_changed_is_drift_and_put_back(self, managed, judge, namespace, manager):
        found = managed().create(settings(namespace))
        judge.patch(path(namespace), {"data": {"a": "9"}}, fieldManager=manager)
        found.refresh()

        planned = found.planned(settings(namespace))

        (note,) = planned.notes
        assert (note.kind, note.path, note.by) == ("drift", ("data", "a"), manager)
        assert planned.values["object"]["data"] == {"a": "1"}
        found.update(settings(namespace))
        assert judge.get(path(namespace)).body["data"] == {"a": "1"}

    def test_what_a_controller_holds_is_left_to_it(self, managed, judge, namespace):
        found = managed().create(web(namespace, replicas=1))
        scaler = "kube-controller-manager"
        judge.patch(f"{web_path(namespace)}/scale", {"spec": {"replicas": 3}}, fieldManager=scaler)
        found.refresh()

        planned = found.planned(web(namespace, replicas=1, minReadySeconds=1))

        (note,) = planned.notes
        assert (note.kind, note.path, note.by) == ("held", ("spec", "replicas"), scaler)
        assert planned.values["object"]["spec"]["replicas"] == 3
        found.update(web(namespace, replicas=1, minReadySeconds=1))
        left = judge.get(web_path(namespace)).body["spec"]
        assert (left["replicas"], left["minReadySeconds"]) == (3, 1)

    def test_a_label_that_a_controller_holds_is_left_to_it_too(self, managed, judge, namespace):
        manifest = settings(namespace)
        manifest["metadata"]["labels"] = {"app.kubernetes.io/name": "ours"}
        found = managed().create(manifest)
        judge.patch(
            path(namespace), {"metadata": {"labels": {"app.kubernetes.io/name": "theirs"}}}, fieldManager="cainjector"
        )
        found.refresh()

        (note,) = found.planned(manifest).notes

        assert (note.kind, note.path) == ("held", ("metadata", "labels", "app.kubernetes.io/name"))
        assert "(is theirs, configured ours)" in note.message

    def test_what_another_applier_holds_is_a_conflict_that_stops_the_plan(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        judge.apply(path(namespace), settings(namespace, a="9"), manager="argocd", force="true")
        found.refresh()

        planned = found.planned(settings(namespace))

        (problem,) = planned.diagnostics
        assert problem.summary == "Field held by another applier"
        assert "data.a" in problem.detail
        assert '"argocd"' in problem.detail
        assert "force_conflicts = true" in problem.advice

    def test_force_conflicts_takes_it_over(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        judge.apply(path(namespace), settings(namespace, a="9"), manager="argocd", force="true")
        found.refresh().update(settings(namespace), force_conflicts=True)
        assert judge.get(path(namespace)).body["data"] == {"a": "1"}

    def test_fields_of_others_beside_ours_are_none_of_our_business(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        judge.patch(path(namespace), {"data": {"theirs": "1"}}, fieldManager="kubectl-edit")
        found.refresh()
        planned = found.planned(settings(namespace))
        assert (planned.notes, planned.diagnostics) == ((), ())
        assert planned.values["object"]["data"] == {"a": "1", "theirs": "1"}


class TestReplacement:
    def test_an_immutable_field_forces_a_new_one(self, managed, namespace):
        found = managed().create(web(namespace, replicas=0)).refresh()
        planned = found.planned(web(namespace, label="other", replicas=0))
        assert planned.replace == (("object", "spec", "selector"),)
        assert planned.values["object"]["spec"]["selector"]["matchLabels"] == {"app": "other"}

    @pytest.mark.parametrize(
        "kept",
        [
            {"apiVersion": "v1", "kind": "Secret", "type": "Opaque"},
            {"apiVersion": "v1", "kind": "ConfigMap", "immutable": True},
        ],
        ids=lambda value: value["kind"],
    )
    def test_of_other_kinds(self, managed, namespace, kept):
        metadata = {"name": "kept", "namespace": namespace}
        found = managed().create({**kept, "metadata": metadata, "data": {"a": "MQ=="}}).refresh()
        changed = {"type": "example.com/other"} if "type" in kept else {"data": {"a": "Mg=="}}
        assert found.planned({**kept, "metadata": metadata, "data": {"a": "MQ=="}, **changed}).replace

    def test_a_change_that_is_refused_for_a_new_one_too_is_an_error(self, managed, namespace):
        found = managed().create(web(namespace, replicas=0)).refresh()
        broken = web(namespace, label="other", replicas=-1)
        with pytest.raises(Invalid) as caught:
            found.planned(broken)
        assert "must be greater than or equal to 0" in caught.value.detail

    @pytest.mark.parametrize("where", ["name", "namespace"])
    def test_another_place_is_another_object(self, managed, namespace, where):
        found = managed().create(settings(namespace)).refresh()
        moved = settings(namespace)
        moved["metadata"] = {**moved["metadata"], where: "other"}
        assert found.planned(moved).replace == (("manifest", "metadata", "name"),)


class TestOfWhatIsNew:
    def test_the_server_is_asked_and_nothing_written(self, managed, pool, judge, namespace):
        managed().planned(settings(namespace))
        assert pool.count("PATCH", dryRun="All", fieldManager="freehold", fieldValidation="Strict") == 1
        assert judge.get(path(namespace)).status == 404

    def test_what_the_server_would_refuse_is_refused(self, managed, namespace):
        with pytest.raises(Invalid) as caught:
            managed().planned(web(namespace, replicas=-1))
        assert "spec.replicas" in caught.value.detail

    def test_in_a_namespace_that_is_still_to_come_it_is_planned_offline(self, managed):
        planned = managed().planned(settings("still-to-come"))
        assert planned.values["object"] == settings("still-to-come")

    def test_of_a_kind_that_is_still_to_come_as_well(self, managed, namespace):
        lamp = {"apiVersion": "example.com/v1", "kind": "Lamp", "metadata": {"name": "a", "namespace": namespace}}
        assert managed().planned(lamp).values["object"] == lamp

    def test_without_a_cluster_it_is_what_is_written(self, namespace):
        proposed = {**KIND.schema.empty, "manifest": settings(namespace)}
        assert KIND.plan(None, None, proposed, proposed).values["object"] == settings(namespace)

    def test_somebody_elses_object_is_not_taken(self, managed, judge, namespace):
        judge.apply(path(namespace), settings(namespace, a="9"), manager="somebody")
        found = managed().existing(settings(namespace))
        assert (found.owner, found.adopted) == ("somebody", False)
        assert "adopt = true" in found.advice

    def test_it_is_taken_where_that_is_asked_for(self, managed, judge, namespace):
        judge.apply(path(namespace), settings(namespace, a="9", b="9"), manager="somebody")
        managed().create(settings(namespace), adopt=True)
        assert judge.get(path(namespace)).body["data"] == {"a": "1", "b": "9"}
