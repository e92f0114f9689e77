"""Lists, selectors, pages and watches: "Labels and Selectors", "Field Selectors" and "Kubernetes API Concepts"."""

from __future__ import annotations

import itertools

import pytest

from tests.conformance.kubernetes.protocol.objects import collection, config_map, path_of, secret


@pytest.fixture
def maps(client, namespace):
    """The path of five ConfigMaps, odd and even ones by label."""
    for index, name in enumerate("abcde"):
        value = config_map(name)
        value["metadata"]["labels"] = {"parity": "odd" if index % 2 else "even", f"only-{name}": ""}
        client.apply(path_of(value, namespace), value)
    return collection(config_map(), namespace)


def names(answer):
    return "".join(item["metadata"]["name"] for item in answer.body["items"])


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
        ("parity=none", ""),
    ],
)
def test_label_selectors(client, maps, selector, expected):
    assert names(client.get(maps, labelSelector=selector)) == expected


def test_a_label_that_is_not_there_is_unequal(client, namespace, maps):
    client.apply(path_of(config_map("f"), namespace), config_map("f"))
    assert "f" in names(client.get(maps, labelSelector="parity!=odd"))
    assert "f" in names(client.get(maps, labelSelector="parity notin (odd)"))


def test_field_selectors(client, maps, namespace):
    assert names(client.get(maps, fieldSelector="metadata.name=c")) == "c"
    assert names(client.get(maps, fieldSelector="metadata.name!=c", labelSelector="parity")) == "abde"
    client.apply(path_of(secret(), namespace), secret())
    assert names(client.get(collection(secret(), namespace), fieldSelector="type=Opaque")) == "s"
    assert (
        names(client.get("/api/v1/configmaps", fieldSelector=f"metadata.namespace={namespace},metadata.name=a")) == "a"
    )


@pytest.mark.parametrize("query", [{"labelSelector": "a b"}, {"fieldSelector": "data.number=1"}])
def test_selectors_that_are_none(client, maps, query):
    assert client.get(maps, **query).status == 400


def test_pages(client, maps):
    found, query = [], {"labelSelector": "parity", "limit": 2}
    for _ in range(3):
        page = client.get(maps, **query)
        found.append(names(page))
        query["continue"] = page.body["metadata"].get("continue")
    assert (found, query["continue"]) == (["ab", "cd", "e"], None)


def test_a_list_says_what_it_is_and_its_objects_do_not(client, maps):
    listed = client.get(maps).body
    assert (listed["kind"], listed["apiVersion"]) == ("ConfigMapList", "v1")
    assert not any("kind" in item or "apiVersion" in item for item in listed["items"])


def test_a_watch_goes_on_from_a_version(client, namespace):
    where, path = collection(config_map(), namespace), path_of(config_map(), namespace)
    version = client.get(where).body["metadata"]["resourceVersion"]
    client.apply(path, config_map(a="1"))
    client.apply(path, config_map(a="2"))
    client.delete(path)
    events = client.watch(where, resourceVersion=version, timeoutSeconds=5, fieldSelector="metadata.name=c")
    found = [*itertools.islice(events, 3)]
    assert [event["type"] for event in found] == ["ADDED", "MODIFIED", "DELETED"]
    assert [event["object"]["data"]["a"] for event in found] == ["1", "2", "2"]


def test_what_leaves_a_selection_is_deleted_for_its_watch(client, namespace):
    where, path = collection(config_map(), namespace), path_of(config_map(), namespace)
    version = client.get(where).body["metadata"]["resourceVersion"]
    for label in ("other", "mine", "other"):
        client.apply(path, {**config_map(), "metadata": {"name": "c", "labels": {"a": label}}})
    events = client.watch(where, resourceVersion=version, timeoutSeconds=5, labelSelector="a=mine")
    assert [event["type"] for event in itertools.islice(events, 2)] == ["ADDED", "DELETED"]
