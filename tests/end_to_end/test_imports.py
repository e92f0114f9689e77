"""What one stack made, imported by another that writes it out: every resource of the cloud, and an object."""

from __future__ import annotations

import json
import shutil

import pytest

from providers import Registry
from tests.conformance.stack import Stack
from tests.end_to_end.test_cluster_and_apps import SHOP

REGISTRY = Registry()


@pytest.fixture(scope="module")
def made(tmp_path_factory, sandbox):
    """The resources of an applied stack, as `show -json` tells them."""
    folder = tmp_path_factory.mktemp("made") / "stack"
    shutil.copytree(SHOP, folder)
    stack = Stack(folder, sandbox.env)
    stack.apply()
    shown = json.loads(stack.run("show", "-json").output)
    return stack, shown["values"]["root_module"]["resources"]


def _written(schema, values):
    """What a person would write: the arguments that are set, blocks as lists."""
    written = {name: values[name] for name, each in schema.attributes.items() if each.configurable}
    for name, block in schema.blocks.items():
        written[name] = [_written(block.schema, each) for each in _listed(values[name])]
    return {name: value for name, value in written.items() if value not in (None, [])}


def _listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def _id(type_, values):
    kind = REGISTRY.kind(type_)
    return kind.import_separator.join(values[name] for name in kind.import_names)


@pytest.fixture
def other(sandbox, tmp_path):
    return Stack(tmp_path / "other", sandbox.env)


def test_every_resource_of_the_cloud_is_imported_as_it_is(made, other):
    _, resources = made
    blocks, imports = {}, []
    for number, each in enumerate(each for each in resources if each["type"].startswith("aws_")):
        name = f"r{number}"
        schema = REGISTRY.kind(each["type"]).schema
        blocks.setdefault(each["type"], {})[name] = _written(schema, each["values"])
        imports.append({"to": f"{each['type']}.{name}", "id": _id(each["type"], each["values"])})
    other.write(json.dumps({"resource": blocks, "import": imports}, indent=2), "main.hcl.json")

    planned = other.plan()
    assert planned.changes == {}
    found = [each["change"]["importing"]["id"] for each in planned.document["resource_changes"]]
    assert sorted(found) == sorted(each["id"] for each in imports)
    assert len(set(blocks)) >= 14

    assert f"Resources: {len(imports)} imported, 0 added, 0 changed, 0 destroyed." in other.apply("test.plan").output
    assert "No changes." in other.plan().output


def test_an_object_of_a_cluster_is_imported_and_changed(made, other):
    stack, _ = made
    other.write(stack.run("kubeconfig").output, "kubeconfig")
    id = "apiVersion=v1,kind=ConfigMap,namespace=web,name=endpoint"
    other.write(f"""
provider "kubernetes" {{ config_path = "kubeconfig" }}
resource "kubernetes_manifest" "endpoint" {{
  manifest = {{
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = {{ name = "endpoint", namespace = "web" }}
    data       = {{ url = "https://elsewhere.example" }}
  }}
  adopt = true
}}
import {{
  to = kubernetes_manifest.endpoint
  id = "{id}"
}}
""")

    planned = other.plan()
    assert planned.actions == {"kubernetes_manifest.endpoint": ["update"]}
    assert "Resources: 1 imported, 0 added, 1 changed, 0 destroyed." in other.apply("test.plan").output
    assert "No changes." in other.plan().output


@pytest.mark.parametrize(
    ("type_", "id", "told"),
    [
        ("aws_vpc", "vpc-00000000000000000", 'No aws_vpc exists with the id "vpc-00000000000000000".'),
        ("aws_iam_role", "nobody", 'No aws_iam_role exists with the id "nobody".'),
        ("aws_eks_addon", "shop-main", 'is written as CLUSTER_NAME:ADDON_NAME, and this is "shop-main".'),
    ],
)
def test_what_cannot_be_imported_is_told(type_, id, told, made, other):
    values = {
        "aws_vpc": 'cidr_block = "10.0.0.0/16"',
        "aws_iam_role": 'name = "nobody"\nassume_role_policy = "{}"',
        "aws_eks_addon": 'cluster_name = "shop-main"\naddon_name = "coredns"',
    }
    other.write(
        f'provider "aws" {{ region = "eu-west-1" }}\nresource "{type_}" "a" {{\n{values[type_]}\n}}\n'
        f'import {{\n  to = {type_}.a\n  id = "{id}"\n}}\n'
    )

    refused = other.run("plan")

    assert refused.code == 1
    assert told in refused.words
    assert "on main.hcl line" in refused.words
