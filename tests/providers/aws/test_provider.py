"""The provider as a whole: its table of kinds, what importing it costs, what all of its schemas keep to."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

from providers import Registry
from providers.aws import kinds, provider


def test_it_is_found_by_its_entry_point():
    assert Registry().get("aws") is provider


def test_every_module_is_the_kind_that_its_name_says():
    modules = {f"aws_{module.name}" for module in pkgutil.iter_modules(kinds.__path__)}

    assert modules == set(provider.kinds)
    assert all(kind.type == name for name, kind in provider.kinds.items())


def test_neither_the_provider_nor_its_kinds_load_the_sdk():
    program = (
        "import sys; from providers.aws import provider; provider.kinds; provider.clusters; "
        "sys.exit(any(name.split('.')[0] in ('boto3', 'botocore') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("kind", provider.kinds.values(), ids=lambda kind: kind.type)
def test_a_schema_is_whole(kind):
    for name, attribute in kind.schema.attributes.items():
        assert attribute.required or attribute.optional or attribute.computed, name
        assert not (attribute.required and (attribute.optional or attribute.computed)), name
        assert attribute.default is None or (attribute.optional and not attribute.computed), name
    assert ("tags" in kind.schema.attributes) == ("tags_all" in kind.schema.attributes)


@pytest.mark.parametrize("name", ["secret_key", "token"])
def test_secrets_of_the_block_are_marked(name):
    assert provider.schema.attributes[name].sensitive
    assert list(provider.kinds["aws_vpc"].sensitive_paths({})) == []


def test_clusters_alone_hold_data():
    assert {name for name, kind in provider.kinds.items() if kind.holds_data} == {"aws_eks_cluster"}


def test_its_identity_is_the_partition_the_region_and_the_account(client, configured, monkeypatch):
    assert provider.identity(client) == "arn:aws::eu-west-1:123456789012:"

    elsewhere = configured(region="cn-north-1")
    answer = {"Account": "222222222222", "Arn": "arn:aws-cn:sts::222222222222:assumed-role/a/b"}
    monkeypatch.setattr(elsewhere, "call", lambda service, operation: answer)
    assert provider.identity(elsewhere) == "arn:aws-cn::cn-north-1:222222222222:"
