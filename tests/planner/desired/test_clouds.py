"""What a cloud is called, what its types begin with, its tags and credentials: a provider says it, nobody else."""

from __future__ import annotations

import json

import pytest

import providers
from language.schema import Schema, computed, optional, required
from language.types import NUMBER, STRING
from providers import Registry
from providers.contract import ClientCertificate, ClusterAccess, ClusterHost, Expanded, Expansion, Reference
from tests.planner.made_provider import Made, Record

SCHEMA = Schema(
    {
        "name": required(STRING, immutable=True),
        "size": optional(NUMBER),
        "endpoint": computed(STRING),
        "ca": computed(STRING),
        "label": computed(STRING),
    }
)


class Machine(Record):
    def create(self, client, planned, config, call):
        self.tags = call.tags
        found = {**planned, "endpoint": "https://fog.invalid", "ca": "CA", "label": call.tags["address"]}
        return super().create(client, found, config, call)


class Fog(ClusterHost):
    schema = Schema({"size": optional(NUMBER)})
    outputs = {}  # noqa: RUF012

    def expand(self, spec, existing):
        self.existing = existing
        size = spec.cloud["size"] or existing.get("fog_machine", {}).get("size") or 1
        machine = Expanded("fog_machine", "fog_machine", {"name": spec.name, "size": size})
        endpoint, authority = Reference("fog_machine", ("endpoint",)), Reference("fog_machine", ("ca",))
        return Expansion((machine,), {"name": spec.name, "endpoint": endpoint, "ca_certificate": authority})

    def access(self, client, outputs):
        return ClusterAccess("fog", outputs["endpoint"], outputs["ca_certificate"], ClientCertificate("CERT", "KEY"))


class Weather(Made):
    name = "weather"
    source = "registry.terraform.io/tests/weather"
    cloud = "fog"
    type_prefixes = ("fog_", "rain_")
    exec_variables = ("FOG_PROFILE", "FOG_REGION")
    clusters = Fog()

    def tags(self, call):
        return {"address": call.address.lower().replace("/", "-"), "lineage": call.lineage, "stack": call.stack}


@pytest.fixture
def weather(monkeypatch):
    provider = Weather()
    provider.add("fog_machine", SCHEMA, Machine)

    class Installed:
        name = "weather"

        def load(self):
            return provider

    installed = providers.entry_points
    monkeypatch.setattr(providers, "entry_points", lambda group: [*installed(group=group), Installed()])
    return provider


def write(folder, inside=""):
    folder.joinpath("main.hcl").write_text(f"""
        stack "Shop" {{}}
        cluster "main" {{
          provider = "fog"
          region   = "here"
          {inside}
        }}
        output "cloud" {{ value = cluster.main.provider }}
    """)


@pytest.fixture
def applied(folder, freehold, weather):
    write(folder, "fog { size = 4 }")
    freehold("apply", "-auto-approve")
    return weather


def test_a_cluster_is_made_by_the_provider_of_its_cloud(freehold, applied):
    (row,) = applied.kinds["fog_machine"].rows.values()

    assert row["size"] == 4
    assert json.loads(freehold("output", "-json", "cloud")) == "fog"
    assert "No changes." in freehold("plan", "-detailed-exitcode")


def test_a_block_of_a_cloud_that_nobody_makes_is_none(folder, freehold, weather):
    write(folder, "smoke { size = 4 }")

    assert 'Blocks of type "smoke" are not expected' in freehold("validate", code=1)


def test_tags_are_in_the_characters_of_the_cloud(folder, applied):
    lineage = json.loads(folder.joinpath("freehold.state").read_text())["lineage"]

    assert applied.kinds["fog_machine"].tags == {
        "address": "cluster.main-fog_machine",
        "lineage": lineage,
        "stack": "Shop",
    }


def test_what_the_block_leaves_open_is_kept_from_what_exists(folder, freehold, applied):
    write(folder)

    assert "No changes." in freehold("plan", "-detailed-exitcode")
    assert applied.clusters.existing["fog_machine"]["size"] == 4


def test_what_exists_is_the_same_for_a_saved_plan(folder, freehold, applied):
    (row,) = applied.kinds["fog_machine"].rows.values()
    row["size"] = 6
    write(folder)
    freehold("plan", "-out=plan")
    row["size"] = 7

    freehold("apply", "plan")

    assert applied.clusters.existing["fog_machine"]["size"] == 6


def test_a_client_certificate_is_given_to_kubectl(freehold, applied):
    printed = json.loads(freehold("token", "main"))

    assert printed["status"] == {"clientCertificateData": "CERT", "clientKeyData": "KEY"}


def test_a_kubeconfig_has_the_variables_that_the_provider_names(freehold, applied, monkeypatch):
    monkeypatch.setenv("FOG_REGION", "here")
    monkeypatch.setenv("AWS_REGION", "there")

    (user,) = json.loads(freehold("kubeconfig", "main"))["users"]

    assert user["user"]["exec"]["env"] == [{"name": "FOG_REGION", "value": "here"}]


def test_types_are_found_by_what_they_begin_with(weather):
    registry = Registry()

    assert registry.of_type("fog_machine") is registry.of_type("rain_drop") is weather
    assert registry.of_type("aws_vpc").name == "aws"
    assert registry.of_type("weather_report") is None
    assert registry.of_type("nobody_knows") is None
    assert sorted(registry.clouds()) == ["aws", "fog"]
