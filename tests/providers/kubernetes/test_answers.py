"""What an API server does not say is not taken for an answer: nothing is gone but what it says is gone itself."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from urllib3 import HTTPResponse

from providers.contract import Call, Observed
from providers.contract.errors import Conflict, NotFound, ProviderError, Unreachable
from providers.kubernetes.answers import OnlyListed
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.manifest import KubernetesManifest
from tests.providers.kubernetes.support import StillClock, response

# the shapes of a real API server's answers, as of Kubernetes 1.35
GROUPS = {
    "kind": "APIGroupList",
    "apiVersion": "v1",
    "groups": [
        {
            "name": "example.com",
            "versions": [{"groupVersion": "example.com/v1", "version": "v1"}],
            "preferredVersion": {"groupVersion": "example.com/v1", "version": "v1"},
        }
    ],
}
CORE = {
    "kind": "APIResourceList",
    "groupVersion": "v1",
    "resources": [
        {"name": "configmaps", "singularName": "configmap", "namespaced": True, "kind": "ConfigMap", "verbs": ["get"]},
        {"name": "namespaces", "singularName": "namespace", "namespaced": False, "kind": "Namespace", "verbs": ["get"]},
    ],
}
LAMPS = {
    "kind": "APIResourceList",
    "groupVersion": "example.com/v1",
    "resources": [{"name": "lamps", "singularName": "lamp", "namespaced": True, "kind": "Lamp", "verbs": ["get"]}],
}
UID = "0c9c2e4d-4c3f-4b8a-9d52-2f9a1b6a1a11"
SETTINGS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "web", "uid": UID},
    "data": {"a": "b"},
}


def listed(kind: str, *items: dict) -> dict:
    bare = [{name: member for name, member in item.items() if name not in ("kind", "apiVersion")} for item in items]
    return {"kind": kind, "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": bare}


def not_found(kind: str, name: str) -> tuple[int, dict]:
    return 404, {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f'{kind} "{name}" not found',
        "reason": "NotFound",
        "details": {"name": name, "kind": kind},
        "code": 404,
    }


SERVER = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": GROUPS,
    "/api/v1": CORE,
    "/apis/example.com/v1": LAMPS,
    "/api/v1/namespaces/web/configmaps": listed("ConfigMapList", SETTINGS),
    "/api/v1/namespaces/web/configmaps/settings": SETTINGS,
}


def client(**answers: object) -> KubernetesClient:
    """A client of a server with these answers by path: bytes, a body, or a status, a body and perhaps headers."""
    table = {**SERVER, **answers}

    def request(method: str, url: str, **_: object) -> HTTPResponse:
        answer = table.get(urlsplit(url).path, (404, b"404 page not found\n"))
        return response(*answer) if isinstance(answer, tuple) else response(200, answer)

    pool = SimpleNamespace(request=request)
    return KubernetesClient(pool, "https://cluster", identity="cluster", clock=StillClock())


def prior(api_version: str = "v1", kind: str = "ConfigMap", name: str = "settings") -> Observed:
    identity = {"apiVersion": api_version, "kind": kind, "namespace": "web", "name": name, "uid": UID}
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "web"}}
    return Observed({"manifest": manifest, "object": manifest}, identity)


KIND = KubernetesManifest()
WRONG = [
    (200, b"<html><body>Please log in</body></html>"),
    (200, b""),
    (200, {}),
    (200, []),
    (200, b"null"),
    (200, b'"x"'),
    (200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}),
    (200, {"kind": "ConfigMapList", "items": 5}),
    (200, {"kind": "ConfigMapList", "items": [None]}),
    (200, {"kind": "ConfigMapList", "items": [{"metadata": {}}]}),
    (200, {"kind": "PodList", "items": []}),
    (200, {"kind": "APIResourceList", "resources": [5]}),
    (200, {"kind": "APIResourceList", "resources": [{"name": 1, "kind": 2}]}),
    (200, {"kind": "APIGroupList", "groups": "x"}),
    (404, b"<html>no such page</html>"),
    (404, {}),
    (404, {"kind": "Status", "apiVersion": "v1", "reason": "Unknown"}),
    (404, {"message": "route not found"}),
    (403, []),
    (502, b"Bad Gateway"),
    (200, b"[" * 5000),
    (200, b"{}", {"Content-Encoding": "gzip"}),
    (302, listed("ConfigMapList"), {"Location": "https://elsewhere"}),
]


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/namespaces/web/configmaps"])
@pytest.mark.parametrize("answer", WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_is_never_gone(answer, path):
    with pytest.raises(ProviderError) as failure:
        KIND.read(client(**{path: answer}), [prior()])

    assert not isinstance(failure.value, NotFound)


@pytest.mark.parametrize("answer", WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_does_not_end_a_deletion(answer):
    with pytest.raises(ProviderError) as failure:
        KIND.delete(client(**{"/api/v1/namespaces/web/configmaps/settings": answer}), prior(), Call("app.web/x"))

    assert not isinstance(failure.value, NotFound)


@pytest.mark.parametrize("answer", WRONG, ids=range(len(WRONG)))
def test_whether_a_kind_is_there_is_not_read_from_a_wrong_answer(answer):
    wrong = client(**{"/apis/example.com/v1beta1": (404, b"404 page not found\n"), "/apis": answer})

    with pytest.raises(ProviderError):
        KIND.read(wrong, [prior("example.com/v1beta1", "Lamp", "bright")])


@pytest.mark.parametrize("about", [{}, {"name": "other", "kind": "pods"}, {"name": 5}, 5])
def test_a_not_found_of_something_else_does_not_end_a_deletion(about):
    answer = 404, {**not_found("pods", "other")[1], "details": about}

    with pytest.raises(ProviderError):
        KIND.delete(client(**{"/api/v1/namespaces/web/configmaps/settings": answer}), prior(), Call("app.web/x"))


def conflicting(live: dict | tuple[int, dict]) -> KubernetesClient:
    """The client of a server that refuses deletions with a conflict, and has this object."""
    refusal = {"kind": "Status", "apiVersion": "v1", "reason": "Conflict", "message": "druid: the UID differs"}
    path = "/api/v1/namespaces/web/configmaps/settings"
    made = client(**{path: live})
    deleting = client(**{path: (409, refusal)})
    send = made.transport.send
    made.transport.send = lambda method, *more: (
        deleting.transport.send(method, *more) if method == "DELETE" else send(method, *more)
    )
    return made


def test_a_conflict_does_not_end_a_deletion_while_the_object_is_there():
    with pytest.raises(Conflict):
        KIND.delete(conflicting(SETTINGS), prior(), Call("app.web/x"))


@pytest.mark.parametrize(
    "live",
    [not_found("configmaps", "settings"), {**SETTINGS, "metadata": {**SETTINGS["metadata"], "uid": "another"}}],
)
def test_after_a_conflict_an_object_that_is_another_by_now_is_deleted(live):
    KIND.delete(conflicting(live), prior(), Call("app.web/x"))


def test_a_list_that_is_refused_while_it_is_waited_for_readiness_is_an_error_of_ours():
    refused = client(**{"/api/v1/namespaces/web/configmaps": (403, DENIED)})
    core = refused.discovery.resource("v1", "ConfigMap")

    with pytest.raises(ProviderError):
        refused.glances.glance(core, "web", "settings", 0.0)


def test_what_the_list_does_not_have_is_gone():
    assert KIND.read(client(**{"/api/v1/namespaces/web/configmaps": listed("ConfigMapList")}), [prior()]) == [None]


def test_a_list_that_goes_on_with_the_same_page_is_no_list():
    again = {**listed("ConfigMapList", SETTINGS), "metadata": {"continue": "again"}}

    with pytest.raises(Unreachable):
        KIND.read(client(**{"/api/v1/namespaces/web/configmaps": again}), [prior()])


def test_a_list_that_go_wrote_as_null_is_empty():
    empty = {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": None}

    assert KIND.read(client(**{"/api/v1/namespaces/web/configmaps": empty}), [prior()]) == [None]


def test_what_the_server_says_is_not_found_is_gone():
    gone = client(**{"/api/v1/namespaces/web/configmaps/settings": not_found("configmaps", "settings")})

    KIND.delete(gone, prior(), Call("app.web/x"))


@pytest.mark.parametrize("answer", [(404, b"404 page not found\n"), not_found("the server", "x")])
def test_a_group_that_the_server_does_not_list_has_no_objects(answer):
    without = client(**{"/apis/other.com/v1": answer})

    assert KIND.read(without, [prior("other.com/v1", "Thing", "a")]) == [None]


def test_a_version_that_is_listed_and_not_found_is_a_contradiction():
    with pytest.raises(Unreachable):
        KIND.read(client(**{"/apis/example.com/v1": (404, b"404 page not found\n")}), [prior("example.com/v1", "Lamp")])


class SleptClock(StillClock):
    """A clock that moves by what is slept."""

    def monotonic(self) -> float:
        return sum(self.slept)


def test_a_version_that_was_just_defined_is_not_found_for_a_moment(monkeypatch: pytest.MonkeyPatch):
    reached, waited = client(), SleptClock()
    found, answers = reached.discovery.resource("v1", "ConfigMap"), [OnlyListed("x", "y"), OnlyListed("x", "y")]

    def resource(*named: object, **options: object) -> object:
        if answers:
            raise answers.pop()
        return found

    monkeypatch.setattr(reached.discovery, "resource", resource)
    call = Call("app.web/x", clock=waited)
    assert KIND._resource(reached, SETTINGS, call) is found

    answers += [OnlyListed("x", "y")] * 1000
    with pytest.raises(OnlyListed):
        KIND._resource(reached, SETTINGS, call)


def lamp(uid: str = UID) -> dict:
    return {"apiVersion": "example.com/v1", "kind": "Lamp", "metadata": {"name": "a", "namespace": "web", "uid": uid}}


def test_an_object_whose_version_is_no_longer_served_is_read_under_another():
    later = client(**{"/apis/example.com/v1/namespaces/web/lamps": listed("LampList", lamp())})

    (found,) = KIND.read(later, [prior("example.com/v1beta1", "Lamp", "a")])

    assert found is not None
    assert found.values["object"]["apiVersion"] == "example.com/v1"
    assert found.identity["uid"] == UID


def test_a_manifest_for_a_version_that_is_no_longer_served_names_the_one_that_is():
    later = client(**{"/apis/example.com/v1/namespaces/web/lamps": listed("LampList", lamp())})
    (found,) = KIND.read(later, [prior("example.com/v1beta1", "Lamp", "a")])
    changed = {**found.values["manifest"], "spec": {"on": True}}

    proposed = {**KIND.schema.empty, "manifest": changed}
    with pytest.raises(NotFound) as failure:
        KIND.plan(later, found, proposed, proposed)

    assert "example.com/v1 Lamp" in failure.value.advice


def test_deleting_asks_for_the_version_that_is_served():
    asked = []
    table = {"/apis/example.com/v1/namespaces/web/lamps/a": not_found("lamps.example.com", "a")}
    later = client(**table)
    send = later.transport.send
    later.transport.send = lambda method, url, *more: asked.append((method, url)) or send(method, url, *more)

    KIND.delete(later, prior("example.com/v1beta1", "Lamp", "a"), Call("app.web/x"))

    assert ("DELETE", "https://cluster/apis/example.com/v1/namespaces/web/lamps/a") in asked


def test_a_kind_that_no_version_has_any_more_is_gone():
    assert KIND.read(client(), [prior("example.com/v1", "Torch", "a")]) == [None]


SYSTEM = "/api/v1/namespaces/kube-system"
DENIED = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403}


def test_a_cluster_is_known_by_the_uid_of_its_own_namespace() -> None:
    system = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "kube-system", "uid": UID}}

    assert client(**{SYSTEM: system}).uid() == UID


def test_a_cluster_whose_own_namespace_may_not_be_read_is_known_by_its_server() -> None:
    assert client(**{SYSTEM: (403, DENIED)}).uid() == "cluster"


@pytest.mark.parametrize("answer", WRONG)
def test_a_wrong_answer_is_no_identity(answer: object) -> None:
    with pytest.raises(ProviderError):
        client(**{SYSTEM: answer}).uid()
