"""Requests to an API server: errors by what it answers, tokens, pages, what is tried again, and its certificate.

Statuses and reasons are those of the API conventions of Kubernetes ("HTTP Status codes")."""

from __future__ import annotations

import http.server
import json
import threading
from types import SimpleNamespace

import pytest
import urllib3

from planner.evaluation.decode import conform
from providers.contract import ClusterToken, Environment
from providers.contract.errors import (
    AccessDenied,
    AlreadyExists,
    Conflict,
    Invalid,
    NotFound,
    ProviderError,
    Unreachable,
)
from providers.kubernetes import provider
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.discovery import Resource
from tests.providers.kubernetes.support import StillClock, response

MAPS = Resource("/api/v1", "configmaps", True, "ConfigMap")


def status(code, reason, message="m"):
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }
    return code, body


class Answers:
    """A transport that gives these answers in turn, the last one for ever, and keeps what was asked."""

    def __init__(self, *answers):
        self._answers = [*answers]
        self.asked = []

    def request(self, method, url, **options):
        self.asked.append(SimpleNamespace(method=method, url=url, headers=dict(options["headers"])))
        code, body = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return response(code, body)


def client_of(pool, **more):
    return KubernetesClient(pool, "https://cluster/", identity="cluster", **{"clock": StillClock(), **more})


@pytest.mark.parametrize(
    ("code", "reason", "kind", "retryable"),
    [
        (400, "BadRequest", Invalid, False),
        (401, "Unauthorized", AccessDenied, False),
        (403, "Forbidden", AccessDenied, False),
        (404, "NotFound", NotFound, False),
        (409, "AlreadyExists", AlreadyExists, False),
        (409, "Conflict", Conflict, False),
        (410, "Expired", ProviderError, False),
        (422, "Invalid", Invalid, False),
        (429, "TooManyRequests", ProviderError, True),
        (500, "InternalError", ProviderError, True),
        (503, "ServiceUnavailable", ProviderError, True),
        (504, "Timeout", ProviderError, True),
    ],
)
def test_a_refusal_is_the_kind_of_error_that_it_means(code, reason, kind, retryable):
    with pytest.raises(Refused) as caught:
        client_of(Answers(status(code, reason, "what is wrong"))).request("GET", "/api/v1/nodes")

    error = caught.value.error("app.a/Node/b")
    assert type(error) is kind
    assert (error.retryable, error.address) == (retryable, "app.a/Node/b")
    assert error.detail == "GET /api/v1/nodes: what is wrong"
    assert reason in error.summary


def test_who_is_not_allowed_is_told_what_to_do():
    refused = Refused(403, status(403, "Forbidden")[1], "GET /x")
    assert "Give the identity that applies the right" in refused.error().advice


class TestTokens:
    LISTED = (200, {"kind": "ConfigMapList", "items": []})

    def client(self, pool, *tokens, now=0.0):
        given = iter(tokens)
        return client_of(pool, token=lambda: next(given), clock=StillClock(now))

    def test_one_is_kept_until_a_minute_before_it_ends(self):
        pool = Answers(self.LISTED)
        client = self.client(pool, ClusterToken("one", 61.0), ClusterToken("two", 61.0))
        for _ in range(2):
            client.request("GET", "/x")
        assert [asked.headers["Authorization"] for asked in pool.asked] == ["Bearer one"] * 2

    def test_one_that_ends_is_replaced(self):
        pool = Answers(self.LISTED)
        client = self.client(pool, ClusterToken("one", 59.0), ClusterToken("two", 100.0))
        for _ in range(2):
            client.request("GET", "/x")
        assert [asked.headers["Authorization"] for asked in pool.asked] == ["Bearer one", "Bearer two"]

    def test_one_that_is_refused_is_replaced_once(self):
        pool = Answers(status(401, "Unauthorized"))
        client = self.client(pool, ClusterToken("one", 999.0), ClusterToken("two", 999.0), ClusterToken("three", 999.0))
        with pytest.raises(Refused):
            client.request("GET", "/x")
        assert [asked.headers["Authorization"] for asked in pool.asked] == ["Bearer one", "Bearer two"]

    def test_a_fresh_one_is_accepted(self):
        pool = Answers(status(401, "Unauthorized"), self.LISTED)
        client = self.client(pool, ClusterToken("one", 999.0), ClusterToken("two", 999.0))
        assert client.request("GET", "/x")[0] == 200


def test_a_list_is_read_page_by_page():
    def page(name, following):
        metadata = {"continue": following} if following else {}
        item = {"metadata": {"name": name, "uid": name}}
        return 200, {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": metadata, "items": [item]}

    pool = Answers(page("a", "token/1"), page("b", None))
    assert [item["metadata"]["name"] for item in client_of(pool).list(MAPS, "shop")] == ["a", "b"]
    assert [asked.url for asked in pool.asked] == [
        "https://cluster/api/v1/namespaces/shop/configmaps?limit=500",
        "https://cluster/api/v1/namespaces/shop/configmaps?limit=500&continue=token%2F1",
    ]


def test_an_apply_says_who_applies_and_is_strict():
    pool = Answers((200, {"kind": "ConfigMap", "metadata": {"name": "a", "uid": "b"}}))
    client_of(pool).apply(MAPS, "shop", "a", {"apiVersion": "v1"}, force=False, dry_run=True)
    (asked,) = pool.asked
    assert (asked.method, asked.headers["Content-Type"]) == ("PATCH", "application/apply-patch+yaml")
    assert asked.url.endswith("/configmaps/a?fieldManager=freehold&force=false&fieldValidation=Strict&dryRun=All")


class _Server:
    """A server on loopback with these answers in turn: a status, a body, headers. `methods` are what it was asked."""

    def __init__(self, *answers):
        given = [*answers]
        methods = self.methods = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def _answer(self):
                methods.append(self.command)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                code, body, headers = given.pop(0) if len(given) > 1 else given[0]
                data = json.dumps(body).encode()
                self.send_response(code)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PATCH = _answer  # noqa: N815 (named by the library)

            def log_message(self, *_):
                """Nothing is logged."""

        self.methods = methods
        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again_and_applies_too(code):
    made = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "uid": "b"}}
    with _Server((code, status(code, "")[1], {"Retry-After": "0"}), (200, made, {})) as server:
        client = KubernetesClient(urllib3.PoolManager(), server.url, identity="a")
        assert client.apply(MAPS, "shop", "a", made, force=False) == (False, made)
        assert server.methods == ["PATCH", "PATCH"]


def test_what_does_not_pass_is_not_tried_again():
    with _Server((422, status(422, "Invalid")[1], {})) as server:
        client = KubernetesClient(urllib3.PoolManager(), server.url, identity="a")
        with pytest.raises(Refused):
            client.request("PATCH", "/x", {})
        assert server.methods == ["PATCH"]


class TestConnection:
    def configured(self, **block):
        return provider.configure(conform(block, provider.schema), Environment(variables={}, clock=StillClock()))

    def test_a_server_is_reached_by_its_own_certificate_and_a_token(self, access, namespace):
        server, authority, token = access
        client = self.configured(host=server, cluster_ca_certificate=authority, token=token)
        assert client.get(Resource("/api/v1", "namespaces", False, "Namespace"), None, namespace) is not None
        system = client.get(Resource("/api/v1", "namespaces", False, "Namespace"), None, "kube-system")
        assert provider.identity(client) == system["metadata"]["uid"]

    def test_a_wrong_token_is_refused(self, access):
        server, authority, _ = access
        with pytest.raises(Refused) as caught:
            self.configured(host=server, cluster_ca_certificate=authority, token="wrong").request("GET", "/apis")
        assert caught.value.status == 401

    def test_another_certificate_is_not_trusted(self, access):
        client = self.configured(host=access[0], token=access[2])
        with pytest.raises(Unreachable) as caught:
            client.request("GET", "/apis")
        assert "certificate" in caught.value.detail
        assert access[2] not in str(vars(caught.value))
