"""What somebody else holds and what moved between plan and apply: it is not written as it was when the plan was made.

Expected is what Kubernetes' documentation of server-side apply says of managers, conflicts and resourceVersion.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.contract.errors import Conflict
from providers.kubernetes.fields import without_others
from tests.providers.kubernetes.support import KIND
from tests.providers.kubernetes.test_plan import path, settings, web, web_path

IGNORED = {"ignore_changes": ("spec.replicas",)}
SCALER = "kube-controller-manager"


def scale(judge, namespace, replicas, manager="kubectl"):
    assert (
        judge.patch(f"{web_path(namespace)}/scale", {"spec": {"replicas": replicas}}, fieldManager=manager).status
        == 200
    )


def image(namespace, tag, **spec):
    manifest = web(namespace, replicas=1, **spec)
    manifest["spec"]["template"]["spec"] = {
        "containers": ({"name": "main", "image": f"registry.example.com/web:{tag}"},)
    }
    return manifest


def apply(found, planned):
    """What a saved plan does later."""
    call = replace(found.call, private=planned.private)
    return KIND.update(found.client, found.observed, planned.values, planned.values, call)


def live(judge, namespace):
    spec = judge.get(web_path(namespace)).body["spec"]
    return spec["replicas"], spec["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]


def holders(judge, where, name):
    """The managers that hold a field of the spec."""
    entries = judge.get(where).body["metadata"]["managedFields"]
    return {each["manager"] for each in entries if f"f:{name}" in each["fieldsV1"].get("f:spec", {})}


class Meddling:
    """A pool of connections, before whose n-th PATCH that changes something somebody else does something."""

    def __init__(self, pool, *actions):
        self._pool, self._actions = pool, list(actions)

    def request(self, method, url, **options):
        if method == "PATCH" and "dryRun" not in url and self._actions:
            self._actions.pop(0)()
        return self._pool.request(method, url, **options)


class TestIgnored:
    def test_what_moved_since_the_plan_stays(self, managed, judge, namespace):
        found = managed().create(image(namespace, 1), **IGNORED).refresh()
        planned = found.planned(image(namespace, 2), **IGNORED)
        scale(judge, namespace, 7)

        apply(found, planned)

        assert live(judge, namespace) == (7, "2")
        assert holders(judge, web_path(namespace), "replicas") == {"kubectl"}

    def test_also_where_something_else_is_taken_back_by_force(self, managed, judge, namespace):
        found = managed().create(image(namespace, 1, minReadySeconds=1), **IGNORED)
        scale(judge, namespace, 4)
        judge.patch(web_path(namespace), {"spec": {"minReadySeconds": 5}}, fieldManager="kubectl-edit")
        found.refresh()
        planned = found.planned(image(namespace, 2, minReadySeconds=1), **IGNORED)
        scale(judge, namespace, 7)

        apply(found, planned)

        assert live(judge, namespace) == (7, "2")
        assert judge.get(web_path(namespace)).body["spec"]["minReadySeconds"] == 1
        assert holders(judge, web_path(namespace), "replicas") == {"kubectl"}

    def test_also_where_conflicts_are_to_be_forced(self, managed, judge, namespace):
        found = managed().create(image(namespace, 1), force_conflicts=True, **IGNORED)
        scale(judge, namespace, 4)
        found.refresh()
        planned = found.planned(image(namespace, 2), force_conflicts=True, **IGNORED)
        scale(judge, namespace, 7)

        apply(found, planned)

        assert live(judge, namespace) == (7, "2")

    def test_nobody_elses_is_sent_as_it_is_and_stays_ours(self, managed, judge, namespace):
        found = managed().create(image(namespace, 1), **IGNORED).refresh()
        manifest = image(namespace, 2)
        manifest["spec"]["replicas"] = 9

        apply(found, found.planned(manifest, **IGNORED))

        assert live(judge, namespace) == (1, "2")
        assert holders(judge, web_path(namespace), "replicas") == {"freehold"}

    def test_what_moves_just_before_it_is_written_is_read_again(self, managed, judge, pool, namespace):
        found = managed().create(image(namespace, 1), **IGNORED).refresh()
        planned = found.planned(image(namespace, 2), **IGNORED)
        found.client.transport.pool = Meddling(
            pool, lambda: scale(judge, namespace, 7), lambda: scale(judge, namespace, 8)
        )

        apply(found, planned)

        assert live(judge, namespace) == (8, "2")

    def test_what_is_not_in_the_manifest_is_not_made_ours(self, managed, judge, namespace):
        found = managed().create(settings(namespace), ignore_changes=("data.theirs",))
        judge.patch(path(namespace), {"data": {"theirs": "1"}}, fieldManager="kubectl-edit")
        found.refresh().update(settings(namespace, a="2"), ignore_changes=("data.theirs",))

        metadata = judge.get(path(namespace)).body["metadata"]
        ours = next(each for each in metadata["managedFields"] if each["manager"] == "freehold")
        assert ours["fieldsV1"]["f:data"] == {"f:a": {}}

    def test_it_stays_when_the_object_is_taken_over(self, managed, judge, namespace):
        judge.apply(path(namespace), settings(namespace, a="9", b="9"), manager="somebody")
        managed().create(settings(namespace, a="1", b="1"), adopt=True, ignore_changes=("data.b",))
        assert judge.get(path(namespace)).body["data"] == {"a": "1", "b": "9"}


class TestHeld:
    def test_what_a_controller_takes_since_the_plan_is_left_to_it(self, managed, judge, namespace):
        found = managed().create(image(namespace, 1, minReadySeconds=1))
        judge.patch(web_path(namespace), {"spec": {"minReadySeconds": 5}}, fieldManager="kubectl-edit")
        found.refresh()
        planned = found.planned(image(namespace, 2, minReadySeconds=1))
        scale(judge, namespace, 7, SCALER)

        apply(found, planned)

        assert live(judge, namespace) == (7, "2")
        assert judge.get(web_path(namespace)).body["spec"]["minReadySeconds"] == 1

    def test_what_a_person_takes_since_the_plan_is_a_conflict_and_nothing_is_written(self, managed, judge, namespace):
        found = managed().create(image(namespace, 1, minReadySeconds=1))
        judge.patch(web_path(namespace), {"spec": {"minReadySeconds": 5}}, fieldManager="kubectl-edit")
        found.refresh()
        planned = found.planned(image(namespace, 2, minReadySeconds=1))
        scale(judge, namespace, 7)

        with pytest.raises(Conflict) as caught:
            apply(found, planned)

        assert 'spec.replicas (by "kubectl")' in caught.value.detail
        assert "Plan again" in caught.value.advice
        assert live(judge, namespace) == (7, "1")

    def test_what_a_controller_takes_just_before_force_is_left_to_it(self, managed, judge, pool, namespace):
        found = managed().create(image(namespace, 1, minReadySeconds=1))
        judge.patch(web_path(namespace), {"spec": {"minReadySeconds": 5}}, fieldManager="kubectl-edit")
        found.refresh()
        planned = found.planned(image(namespace, 2, minReadySeconds=1))
        scaled = lambda: scale(judge, namespace, 7, SCALER)  # noqa: E731
        found.client.transport.pool = Meddling(pool, lambda: None, lambda: None, scaled)

        apply(found, planned)

        assert live(judge, namespace) == (7, "2")
        assert judge.get(web_path(namespace)).body["spec"]["minReadySeconds"] == 1


def object_with(fields, manager="other", operation="Update", **more):
    entry = {"manager": manager, "operation": operation, "fieldsV1": fields}
    return {"metadata": {"managedFields": (entry,)}, **more}


CONTAINERS = ({"name": "a", "image": "a:1", "tty": True}, {"name": "b", "image": "b:1"})


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({}, {"containers": CONTAINERS, "names": ("x", "y")}),
        ({"f:spec": {}}, None),
        ({"f:spec": {".": {}, "f:containers": {}}}, {"names": ("x", "y")}),
        ({"f:spec": {"f:names": {'v:"x"': {}}}}, {"containers": CONTAINERS, "names": ("y",)}),
        (
            {"f:spec": {"f:containers": {'k:{"name":"a"}': {".": {}, "f:name": {}, "f:image": {}}}}},
            {"containers": ({"name": "a", "tty": True}, CONTAINERS[1]), "names": ("x", "y")},
        ),
        (
            {"f:spec": {"f:containers": {'k:{"name":"b"}': {".": {}, "f:name": {}, "f:image": {}}}}},
            {"containers": CONTAINERS[:1], "names": ("x", "y")},
        ),
        (
            {"f:spec": {"f:containers": {'k:{"name":"none"}': {"f:image": {}}}}},
            {"containers": CONTAINERS, "names": ("x", "y")},
        ),
    ],
)
def test_of_a_subtree_only_what_others_hold_is_left_out(fields, left):
    live = object_with(fields, spec={"containers": CONTAINERS, "names": ("x", "y")})
    sent = {"kind": "Thing", "spec": {"containers": ()}}
    assert without_others(sent, live, ("spec",)) == {"kind": "Thing"} | ({"spec": left} if left else {})
