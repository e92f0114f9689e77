"""Manifests as files have them, to objects with their lines. Expected is how kubectl reads such files."""

from __future__ import annotations

import pytest

from language.diagnostics import Diagnostics
from language.types import STRING
from language.values import Sensitive, Unknown
from providers.contract import AppObject
from providers.kubernetes.rendered import manifests
from providers.kubernetes.yaml_files import objects

TWO = """\
# a comment and an empty document come first
---
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
data: {port: "80", on: "yes"}
---
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: two
spec: {replicas: 3, ratio: 0.5, paused: true, note: null}
"""


def read(text=None, value=None):
    """The objects, and what was told of the rest."""
    diagnostics = Diagnostics()
    given = [AppObject(value)] if text is None else [*objects(text, "web.yaml", diagnostics)]
    return manifests(given, diagnostics).found, [*diagnostics]


def test_every_document_is_an_object_with_its_line():
    found, told = read(TWO)
    assert not told
    assert [(m.value["metadata"]["name"], m.span.file, m.span.start_line) for m in found] == [
        ("one", "web.yaml", 3),
        ("two", "web.yaml", 9),
    ]


def test_values_have_the_types_of_yaml():
    (one, two), _ = read(TWO)
    assert one.value["data"] == {"port": "80", "on": "yes"}
    spec = two.value["spec"]
    assert (spec["replicas"], spec["paused"], spec["note"]) == (3, True, None)
    assert str(spec["ratio"]) == "0.5"


def test_json_is_yaml():
    (found,), _ = read('{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}')
    assert found.value["kind"] == "Secret"


def test_a_list_is_its_items():
    items = (
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
        {
            "apiVersion": "v1",
            "kind": "List",
            "items": ({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}},),
        },
    )
    found, told = read(value={"apiVersion": "v1", "kind": "ConfigMapList", "items": items})
    assert [m.value["metadata"]["name"] for m in found] == ["a", "b"]
    assert not told


def test_a_custom_resource_may_be_called_a_list():
    (found,), told = read("apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\n")
    assert (found.value["kind"], told) == ("AllowList", [])


BROKEN = {
    "a text": ("hello", "A manifest is a map"),
    "a list": ("- a\n", "A manifest is a map"),
    "no version": ("kind: A\nmetadata: {name: a}\n", "The object has no apiVersion."),
    "no kind": ("apiVersion: v1\nmetadata: {name: a}\n", "The object has no kind."),
    "no metadata": ("apiVersion: v1\nkind: A\n", "The object has no metadata."),
    "no name": ("apiVersion: v1\nkind: A\nmetadata: {}\n", "The object has no metadata.name."),
    "an empty name": ('apiVersion: v1\nkind: A\nmetadata: {name: ""}\n', "The object has no metadata.name."),
    "a number for a name": ("apiVersion: v1\nkind: A\nmetadata: {name: 7}\n", "metadata.name has to be a text"),
    "a number for a version": ("apiVersion: 1\nkind: A\nmetadata: {name: a}\n", "apiVersion has to be a text"),
    "a truth for a namespace": (
        "apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: true}\n",
        "metadata.namespace has to be a text",
    ),
    "a name that the server makes": (
        "apiVersion: v1\nkind: A\nmetadata: {generateName: a-}\n",
        "An object with generateName gets another name each time",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_object_is_told_and_the_rest_is_read(case):
    text, said = BROKEN[case]
    found, (problem, *more) = read(f"{text}\n---\n{TWO}" if case != "a text" else f"---\n{text}\n---\n{TWO}")
    assert len(found) == 2
    assert (problem.summary, more) == ("Not a Kubernetes object", [])
    assert said in problem.detail
    assert problem.span.file == "web.yaml"


def test_broken_yaml_is_told_with_its_line_and_what_stands_before_it_is_read():
    found, (problem,) = read(TWO + "---\na: b: c\n")
    assert len(found) == 2
    assert (problem.summary, problem.span.start_line) == ("Invalid YAML", 15)


def test_what_identifies_an_object_is_no_secret():
    found, (problem,) = read(value={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": Sensitive("a")}})
    assert not found
    assert "metadata.name of an object is shown in plans, and cannot be sensitive" in problem.detail


def test_an_object_whose_name_is_not_known_is_deferred():
    value = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": Unknown(STRING), "namespace": "shop"}}
    made = manifests([AppObject(value, path=("manifest", "web"))], Diagnostics())
    assert not made.found
    ((path, name),) = [(each.path, each.name) for each in made.deferred]
    assert (path, name) == (("manifest", "web", "metadata", "name"), "apps/Deployment/shop/*")
