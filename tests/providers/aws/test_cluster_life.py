"""A whole portable cluster, each of its resources through its kind in the order of its edges, against the sandbox."""

from __future__ import annotations

import base64
import ssl
import urllib.request
from urllib.error import HTTPError

import pytest

from graph.digraph import Digraph
from planner.desired.clusters import references_in
from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract import ClusterSpec, NodePool, Reference


class Driven:
    """An expansion, made one resource after the other."""

    def __init__(self, managed, spec):
        self.expansion = provider.clusters.expand(spec, {})
        graph = Digraph([resource.name for resource in self.expansion.resources])
        for resource in self.expansion.resources:
            for name in {*resource.depends_on, *(r.name for r in references_in(resource.values))}:
                graph.connect(name, resource.name)
        by_name = {resource.name: resource for resource in self.expansion.resources}
        self.resources = [by_name[name] for name in graph.order()]
        self.made = {r.name: managed(r.type, f"cluster.{spec.name}/{r.name}") for r in self.resources}

    def resolved(self, value):
        if isinstance(value, Reference):
            found = self.made[value.name].observed.values
            for step in value.path:
                found = found[step]
            return value.then(found) if value.then else found
        if isinstance(value, dict):
            return {name: self.resolved(member) for name, member in value.items()}
        if type(value) is tuple:
            return tuple(self.resolved(element) for element in value)
        return value

    def create(self):
        for resource in self.resources:
            self.made[resource.name].create(**self.resolved(resource.values))

    def changes(self):
        found = {r.name: self.made[r.name].changes(**self.resolved(r.values)) for r in self.resources}
        return {name: changes for name, changes in found.items() if changes}

    def delete(self):
        for resource in reversed(self.resources):
            self.made[resource.name].delete()


@pytest.fixture
def driven(managed, name):
    spec = ClusterSpec(
        name=name,
        full_name=f"shop-{name}",
        region="eu-west-1",
        version="1.34",
        cidr="10.40.0.0/16",
        node_pools=(
            NodePool("general", 1, 3, cpu=2, memory_gb=8, disk_gb=50, labels={"work": "web"}),
            NodePool("spot", 0, 2, machine_type="c7i.large", spot=True),
        ),
        tags={"team": "shop"},
        cloud=conform({"admins": ("arn:aws:iam::123456789012:user/admin2",)}, provider.clusters.schema),
    )
    return Driven(managed, spec)


def test_from_nothing_to_a_cluster_and_back(driven, client, ec2, eks, iam):
    iam.create_user(UserName="admin2")
    driven.create()

    outputs = {name: driven.resolved(value) for name, value in driven.expansion.outputs.items()}
    described = eks.describe_cluster(name=outputs["name"])["cluster"]
    assert described["status"] == "ACTIVE"
    assert outputs["endpoint"] == described["endpoint"]
    assert outputs["ca_certificate"].encode() == base64.b64decode(described["certificateAuthority"]["data"])
    assert sorted(eks.list_nodegroups(clusterName=outputs["name"])["nodegroups"]) == ["general", "spot"]
    assert answered(provider.clusters.access(client, outputs)) == 200
    assert driven.changes() == {}

    driven.delete()

    assert outputs["name"] not in eks.list_clusters()["clusters"]
    assert all(resource.read() is None for resource in driven.made.values())
    assert not any(vpc["VpcId"] == outputs["vpc_id"] for vpc in ec2.describe_vpcs()["Vpcs"])
    assert not [role for role in iam.list_roles()["Roles"] if role["RoleName"].startswith(outputs["name"])]


def answered(access):
    """What the cluster's API says to the token: the status of its answer to a question that needs rights."""
    context = ssl.create_default_context(cadata=access.ca_certificate)
    headers = {"Authorization": f"Bearer {access.credentials().token}"}
    request = urllib.request.Request(f"{access.endpoint}/api/v1/namespaces", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.status
    except HTTPError as refused:
        return refused.code
