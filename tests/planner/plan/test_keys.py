"""Two addresses with one key are an error that names both places."""

from __future__ import annotations

import pytest

from language.schema import Schema, computed, optional, required
from language.types import STRING
from providers import Registry
from tests.planner.made_provider import Record

SCHEMA = Schema({"id": computed(STRING), "zone": optional(STRING), "name": required(STRING)})


class Named(Record):
    key_names = ("zone", "name")


@pytest.fixture
def named(made):
    return made.add("made_name", SCHEMA, Named)


def write(folder, **files):
    for name, text in files.items():
        folder.joinpath(f"{name}.hcl").write_text(text)


RECORD = 'resource "made_name" "{0}" {{\n  zone = "z"\n  name = "{1}"\n}}\n'


def test_both_places_are_named(folder, freehold, named):
    write(folder, one=RECORD.format("a", "x"), two="\n\n" + RECORD.format("b", "x"))

    told = freehold("plan", code=1)

    assert "Duplicate resource" in told
    assert "made_name.a (one.hcl line 1) and made_name.b (two.hcl line 3) are both the made_name z/x." in told
    assert "on two.hcl line 3" in told
    assert [name for name, *_ in named.calls if name == "create"] == []


def test_what_comes_out_as_the_same_is_found_too(folder, freehold, named):
    write(
        folder,
        main='resource "made_name" "a" {\n  count = 2\n  zone = "z"\n  name = "x${count.index - count.index}"\n}\n',
    )

    assert "made_name.a[0] (main.hcl line 1) and made_name.a[1] (main.hcl line 1)" in freehold("plan", code=1)


@pytest.mark.parametrize(
    "second",
    [
        RECORD.format("b", "y"),
        'resource "made_name" "b" {\n  name = "x"\n}\n',
        'resource "made_name" "b" {\n  zone = "z"\n  name = made_name.a.id\n}\n',
    ],
    ids=["another name", "no zone", "not known yet"],
)
def test_what_is_another_or_not_known_is_none(folder, freehold, named, second):
    write(folder, main=RECORD.format("a", "x") + second)

    assert "Plan: 2 to add" in freehold("plan")


@pytest.mark.parametrize("name", ["var.name", "sensitive(terraform_data.a.id)"])
def test_a_secret_is_no_key(folder, freehold, named, name):
    secret = 'variable "name" {\n  default = "hush-hush"\n  sensitive = true\n}\nresource "terraform_data" "a" {}\n'
    both = "".join(f'resource "made_name" "{n}" {{\n  zone = "z"\n  name = {name}\n}}\n' for n in "ab")
    write(folder, main=secret + both)

    refused = freehold("plan", code=1)

    assert "hush-hush" not in refused
    assert refused.count("Sensitive identity") == 2
    assert "A made_name is found again by name, so" in refused
    assert "nonsensitive(...)" in refused


def test_a_secret_beside_a_key_is_fine(folder, freehold, made):
    made.add("made_name", Schema({**SCHEMA.attributes, "password": optional(STRING)}), Named)
    secret = 'variable "password" {\n  default = "hush-hush"\n  sensitive = true\n}\n'
    write(folder, main=secret + RECORD.format("a", "x").replace("zone", "password = var.password\n  zone"))

    assert "Plan: 1 to add" in freehold("plan")


@pytest.mark.parametrize(
    ("type_", "values", "key"),
    [
        ("aws_iam_role", {"name": "R"}, ("r",)),
        ("aws_iam_role_policy_attachment", {"role": "R", "policy_arn": "P"}, ("r", "p")),
        ("aws_route", {"route_table_id": "t", "destination_cidr_block": "0.0.0.0/0"}, ("t", "0.0.0.0/0")),
        ("aws_vpc", {"cidr_block": "10.0.0.0/16"}, None),
        ("terraform_data", {"input": "x"}, None),
        (
            "kubernetes_manifest",
            {"manifest": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "n", "name": "w"}}},
            ("apps", "Deployment", "n", "w"),
        ),
        (
            "kubernetes_manifest",
            {"manifest": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}},
            ("", "Namespace", "", "n"),
        ),
        ("kubernetes_manifest", {"manifest": {"apiVersion": "v1", "kind": "Namespace"}}, None),
    ],
)
def test_keys_of_kinds(type_, values, key):
    kind = Registry().kind(type_)

    assert kind.key(values) == key
    assert kind.key(dict.fromkeys(values)) is None
