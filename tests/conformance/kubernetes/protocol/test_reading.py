"""Lists in pages, selectors, watches, and tables for people."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.conformance.kubernetes.protocol.objects import collection, config_map, deployment, path_of, secret, service
from tools.control_plane.client import Answer

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


@pytest.fixture
def maps(pair, namespace):
    """The path of five labelled ConfigMaps, beside the one that every namespace gets."""
    for index, name in enumerate("abcde"):
        value = config_map(name, number=str(index))
        value["metadata"]["labels"] = {"parity": "odd" if index % 2 else "even", f"only-{name}": ""}
        pair.apply(path_of(value, namespace), value)
    return collection(config_map(), namespace)


def _names(answer):
    return [item["metadata"]["name"] for item in answer.body["items"]]


def test_pages(pair, maps):
    def second(client):
        first = client.get(maps, labelSelector="parity", limit=2)
        return client.get(maps, labelSelector="parity", limit=2, **{"continue": first.body["metadata"]["continue"]})

    assert _names(pair.get(maps, labelSelector="parity", limit=2)) == ["a", "b"]
    assert _names(pair.each(second)) == ["c", "d"]


def test_a_token_that_is_none(pair, maps):
    assert pair.get(maps, **{"continue": "nonsense", "limit": 2}).status == 400


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("parity=even", "ace"),
        ("parity==odd", "bd"),
        ("parity!=odd,parity", "ace"),
        ("parity in (odd, even),only-a", "a"),
        ("parity notin (odd),parity", "ace"),
        ("!only-a,parity", "bcde"),
        ("parity=even,only-c", "c"),
    ],
)
def test_label_selectors(pair, maps, selector, expected):
    assert "".join(_names(pair.get(maps, labelSelector=selector))) == expected


def test_selectors_that_are_none(pair, maps):
    assert pair.get(maps, labelSelector="a b").status == 400
    assert pair.get(maps, fieldSelector="data.number=1").status == 400


def test_field_selectors(pair, maps, namespace):
    assert _names(pair.get(maps, fieldSelector="metadata.name=c")) == ["c"]
    pair.apply(path_of(secret(), namespace), secret())
    assert _names(pair.get(collection(secret(), namespace), fieldSelector="type=Opaque")) == ["s"]
    assert _names(pair.get("/api/v1/configmaps", fieldSelector=f"metadata.namespace={namespace},metadata.name=a")) == [
        "a"
    ]


def test_a_watch_tells_what_happens(pair, namespace):
    where = collection(config_map(), namespace)

    def seen(client):
        version = client.get(where).body["metadata"]["resourceVersion"]
        path = path_of(config_map(), namespace)
        client.apply(path, config_map(a="1"))
        client.apply(path, config_map(a="2"))
        client.delete(path)
        events = client.watch(where, resourceVersion=version, timeoutSeconds=5, fieldSelector="metadata.name=c")
        return Answer(200, list(itertools.islice(events, 3)), {})

    found = pair.each(seen).body
    assert [event["type"] for event in found] == ["ADDED", "MODIFIED", "DELETED"]


def test_a_watch_by_label_tells_who_comes_and_goes(pair, namespace):
    where = collection(config_map(), namespace)
    path = path_of(config_map(), namespace)

    def seen(client):
        version = client.get(where).body["metadata"]["resourceVersion"]
        for label in ("other", "mine", "other"):
            client.apply(path, {**config_map(), "metadata": {"name": "c", "labels": {"a": label}}})
        events = client.watch(where, resourceVersion=version, timeoutSeconds=5, labelSelector="a=mine")
        return Answer(200, list(itertools.islice(events, 2)), {})

    assert [event["type"] for event in pair.each(seen).body] == ["ADDED", "DELETED"]


def test_a_watch_from_now_sends_what_there_is_and_a_bookmark(pair, maps):
    def seen(client):
        events = client.watch(
            maps,
            labelSelector="only-a",
            sendInitialEvents="true",
            allowWatchBookmarks="true",
            resourceVersionMatch="NotOlderThan",
            timeoutSeconds=5,
        )
        return Answer(200, list(itertools.islice(events, 2)), {})

    kinds = [event["type"] for event in pair.each(seen).body]
    assert kinds == ["ADDED", "BOOKMARK"]


def test_a_watch_from_too_long_ago_is_refused(pair, maps):
    for client in (pair.real, pair.sandbox):
        first = next(client.watch(maps, resourceVersion="1", timeoutSeconds=2), None)
        assert first is None or first["type"] in ("ADDED", "ERROR")


@pytest.mark.parametrize(
    "value", [config_map(a="1"), deployment(), service(), secret()], ids=lambda value: value["kind"]
)
def test_tables(pair, namespace, value):
    pair.apply(path_of(value, namespace), value)
    name = value["metadata"]["name"]

    def columns(client):
        answer = client.request(
            "GET", collection(value, namespace), query={"fieldSelector": f"metadata.name={name}"}, accept=TABLE
        )
        shown = [{k: c[k] for k in ("name", "type", "priority")} for c in answer.body["columnDefinitions"]]
        return Answer(answer.status, [answer.body["kind"], shown, answer.body["rows"][0]["cells"][0]], {})

    assert pair.each(columns).body[0] == "Table"


def test_metadata_alone(pair, maps):
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    answer = pair.request("GET", maps, query={"labelSelector": "only-a"}, accept=accept)
    assert answer.body["kind"] == "PartialObjectMetadataList"
    assert "data" not in json.dumps(answer.body["items"][0].get("data", {}))
