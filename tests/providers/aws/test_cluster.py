"""The portable cluster on AWS, expanded offline: what there is, in which order, held against AWS's own rules."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.digraph import Digraph
from language.values import SetValue
from planner.desired.clusters import references_in
from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract import ClusterSpec, NodePool, Reference

ALLOWED = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
POOL = NodePool("general", 3, 9, cpu=4, memory_gb=16, disk_gb=100)


def spec(cloud=None, pools=(POOL,), **more):
    given = {
        "name": "main",
        "full_name": "shop-main",
        "region": "eu-west-1",
        "version": "1.35",
        "cidr": "10.40.0.0/16",
        "tags": {"team": "shop"},
        **more,
    }
    return ClusterSpec(node_pools=tuple(pools), cloud=conform(cloud or {}, provider.clusters.schema), **given)


def expand(cloud=None, existing=None, **more):
    """What a cluster expands into, by name, without any problem."""
    expansion = provider.clusters.expand(spec(cloud, **more), existing or {})
    assert not expansion.diagnostics
    return {resource.name: resource for resource in expansion.resources}


def problems(cloud=None, **more):
    return [d.summary for d in provider.clusters.expand(spec(cloud, **more), {}).diagnostics]


def order(resources):
    """Whether the first is there before the second, through everything in between."""
    graph = Digraph(resources)
    for resource in resources.values():
        for name in {*resource.depends_on, *(reference.name for reference in references_in(resource.values))}:
            graph.connect(name, resource.name)

    def before(first, second):
        return first in graph.reachable([second], forward=False)

    return before


def document(role):
    return json.loads(role.values["assume_role_policy"])["Statement"][0]


def test_a_cluster_is_made_of_these():
    assert sorted(expand()) == [
        "aws_eip.nat",
        "aws_eks_addon.aws-ebs-csi-driver",
        "aws_eks_addon.coredns",
        "aws_eks_addon.eks-pod-identity-agent",
        "aws_eks_addon.kube-proxy",
        "aws_eks_addon.vpc-cni",
        "aws_eks_cluster",
        "aws_eks_node_group.general",
        "aws_eks_pod_identity_association.ebs-csi",
        "aws_iam_openid_connect_provider",
        "aws_iam_role.cluster",
        "aws_iam_role.ebs-csi",
        "aws_iam_role.node",
        "aws_iam_role_policy_attachment.cluster-AmazonEKSClusterPolicy",
        "aws_iam_role_policy_attachment.ebs-csi-AmazonEBSCSIDriverPolicy",
        "aws_iam_role_policy_attachment.node-AmazonEC2ContainerRegistryReadOnly",
        "aws_iam_role_policy_attachment.node-AmazonEKSWorkerNodePolicy",
        "aws_iam_role_policy_attachment.node-AmazonEKS_CNI_Policy",
        "aws_internet_gateway",
        "aws_nat_gateway",
        "aws_route.private-a",
        "aws_route.private-b",
        "aws_route.private-c",
        "aws_route.public",
        "aws_route_table.private-a",
        "aws_route_table.private-b",
        "aws_route_table.private-c",
        "aws_route_table.public",
        "aws_route_table_association.private-a",
        "aws_route_table_association.private-b",
        "aws_route_table_association.private-c",
        "aws_route_table_association.public-a",
        "aws_route_table_association.public-b",
        "aws_route_table_association.public-c",
        "aws_subnet.private-a",
        "aws_subnet.private-b",
        "aws_subnet.private-c",
        "aws_subnet.public-a",
        "aws_subnet.public-b",
        "aws_subnet.public-c",
        "aws_vpc",
    ]


def test_every_value_suits_its_kind_and_every_reference_leads_somewhere():
    resources = expand({"admins": ("arn:aws:iam::123456789012:role/ops",), "kms_key_arn": "arn:aws:kms:::key/a"})

    for resource in resources.values():
        schema = provider.kinds[resource.type].schema
        assert resource.values.keys() <= {*schema.attributes, *schema.blocks}
        for reference in references_in(resource.values):
            target = provider.kinds[resources[reference.name].type].schema
            assert reference.path[0] in target.attributes
        assert set(resource.depends_on) <= resources.keys()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("aws_iam_role_policy_attachment.cluster-AmazonEKSClusterPolicy", "aws_eks_cluster"),
        ("aws_iam_role_policy_attachment.node-AmazonEKSWorkerNodePolicy", "aws_eks_node_group.general"),
        ("aws_iam_role_policy_attachment.node-AmazonEKS_CNI_Policy", "aws_eks_node_group.general"),
        ("aws_eks_addon.vpc-cni", "aws_eks_node_group.general"),
        ("aws_eks_addon.kube-proxy", "aws_eks_node_group.general"),
        ("aws_route.private-a", "aws_eks_node_group.general"),
        ("aws_route_table_association.private-c", "aws_eks_node_group.general"),
        ("aws_nat_gateway", "aws_eks_node_group.general"),
        ("aws_eks_node_group.general", "aws_eks_addon.coredns"),
        ("aws_eks_node_group.general", "aws_eks_addon.aws-ebs-csi-driver"),
        ("aws_eks_pod_identity_association.ebs-csi", "aws_eks_addon.aws-ebs-csi-driver"),
        ("aws_internet_gateway", "aws_eip.nat"),
        ("aws_internet_gateway", "aws_nat_gateway"),
        ("aws_eks_cluster", "aws_iam_openid_connect_provider"),
    ],
)
def test_what_needs_another_comes_after_it(first, second):
    before = order(expand())

    assert before(first, second)
    assert not before(second, first)


@pytest.mark.parametrize(
    ("nat", "gateways", "routes"),
    [
        ("single", ["aws_nat_gateway"], {"aws_nat_gateway"}),
        (
            "per-zone",
            ["aws_nat_gateway.a", "aws_nat_gateway.b", "aws_nat_gateway.c"],
            {"aws_nat_gateway.a", "aws_nat_gateway.b", "aws_nat_gateway.c"},
        ),
        ("none", [], set()),
    ],
)
def test_nat_gateways(nat, gateways, routes):
    resources = expand({"nat": nat})

    assert [name for name in resources if resources[name].type == "aws_nat_gateway"] == gateways
    assert sum(resource.type == "aws_eip" for resource in resources.values()) == len(gateways)
    private = [r for r in resources.values() if r.name.startswith("aws_route.private-")]
    assert {route.values["nat_gateway_id"].name for route in private} == routes


def test_a_gateway_a_zone_keeps_traffic_in_its_zone():
    resources = expand({"nat": "per-zone"})

    for zone in "abc":
        assert resources[f"aws_route.private-{zone}"].values["nat_gateway_id"].name == f"aws_nat_gateway.{zone}"
        assert resources[f"aws_nat_gateway.{zone}"].values["subnet_id"].name == f"aws_subnet.public-{zone}"


def test_zones_that_are_named():
    resources = expand({"availability_zones": ("eu-west-1b", "eu-west-1c")})

    zones = {r.values["availability_zone"] for r in resources.values() if r.type == "aws_subnet"}
    assert zones == {"eu-west-1b", "eu-west-1c"}
    assert "aws_subnet.private-a" not in resources


@pytest.mark.parametrize("zones", [("eu-west-1a",), ("eu-west-1a", "eu-west-1a"), tuple("abcd")])
def test_too_few_or_too_many_zones_are_refused(zones):
    assert problems({"availability_zones": zones}) == ["Invalid availability_zones"]


def test_an_unknown_kind_of_nat_is_refused():
    assert problems({"nat": "twice"}) == ["Invalid nat"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.0.0.0/24", "10.0.0.1/16", "fd00::/16", "nonsense"])
def test_a_network_that_cannot_be_split_is_refused(cidr):
    assert problems(cidr=cidr) == ["Invalid network cidr"]


@given(st.integers(16, 20), st.integers(0, 2**32 - 1), st.integers(2, 3))
def test_subnets_lie_in_the_network_apart_from_each_other(length, address, zones):
    network = ipaddress.ip_network((address, length), strict=False)

    resources = expand({"availability_zones": tuple(f"eu-west-1{zone}" for zone in "abc"[:zones])}, cidr=str(network))

    cidrs = [ipaddress.ip_network(r.values["cidr_block"]) for r in resources.values() if r.type == "aws_subnet"]
    assert len(cidrs) == 2 * zones
    assert all(cidr.subnet_of(network) for cidr in cidrs)
    # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html: between /28 and /16
    assert all(16 <= cidr.prefixlen <= 28 for cidr in cidrs)
    assert not any(one.overlaps(other) for one in cidrs for other in cidrs if one is not other)


def test_subnets_are_tagged_for_load_balancers():
    resources = expand()

    assert resources["aws_subnet.public-a"].values["tags"]["kubernetes.io/role/elb"] == "1"
    assert resources["aws_subnet.private-a"].values["tags"]["kubernetes.io/role/internal-elb"] == "1"
    assert resources["aws_subnet.public-a"].values["map_public_ip_on_launch"]
    assert not resources["aws_subnet.private-a"].values["map_public_ip_on_launch"]


def test_the_clusters_tags_are_on_all_that_takes_tags():
    for resource in expand().values():
        if "tags" in provider.kinds[resource.type].schema.attributes:
            assert resource.values["tags"]["team"] == "shop", resource.name


def test_each_role_is_trusted_by_its_service():
    resources = expand()

    assert document(resources["aws_iam_role.cluster"])["Principal"] == {"Service": "eks.amazonaws.com"}
    assert document(resources["aws_iam_role.node"])["Principal"] == {"Service": "ec2.amazonaws.com"}
    pods = document(resources["aws_iam_role.ebs-csi"])
    assert pods["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    assert set(pods["Action"]) == {"sts:AssumeRole", "sts:TagSession"}


def test_names_are_no_longer_than_aws_takes_them():
    resources = expand(full_name="a" * 120)

    assert ALLOWED.fullmatch(resources["aws_eks_cluster"].values["name"])
    for resource in resources.values():
        if resource.type == "aws_iam_role":
            assert len(resource.values["name"]) <= 64


def test_a_pool_is_a_node_group():
    pool = NodePool(
        "batch",
        0,
        5,
        desired=2,
        machine_type="m6i.large",
        spot=True,
        labels={"work": "batch"},
        taints=({"key": "batch", "value": "true", "effect": "NO_SCHEDULE"},),
    )

    group = expand(pools=(pool,))["aws_eks_node_group.batch"]

    assert group.values["instance_types"] == ("m6i.large",)
    assert group.values["capacity_type"] == "SPOT"
    assert group.values["labels"] == {"work": "batch"}
    assert group.values["scaling_config"] == ({"min_size": 0, "max_size": 5, "desired_size": 2},)
    assert group.values["taint"] == ({"key": "batch", "value": "true", "effect": "NO_SCHEDULE"},)


def group_of(pool, size=5, machine="m7i.xlarge"):
    """The node group of a pool of which one exists, with so many nodes of a machine."""
    there = {"scaling_config": ({"min_size": 0, "max_size": 9, "desired_size": size},), "instance_types": (machine,)}
    return expand(pools=(pool,), existing={"aws_eks_node_group.general": there})["aws_eks_node_group.general"].values


def test_a_new_pool_begins_with_its_least():
    assert expand()["aws_eks_node_group.general"].values["scaling_config"][0]["desired_size"] == 3


@pytest.mark.parametrize(("least", "most", "size"), [(3, 9, 5), (6, 9, 6), (1, 4, 4)])
def test_the_size_of_a_pool_is_its_autoscalers_within_its_bounds(least, most, size):
    scaling = group_of(replace(POOL, min=least, max=most))["scaling_config"]

    assert scaling == ({"min_size": least, "max_size": most, "desired_size": size},)


def test_a_size_that_is_said_is_taken():
    assert group_of(replace(POOL, desired=4))["scaling_config"][0]["desired_size"] == 4


@pytest.mark.parametrize(
    ("machine", "cpu", "chosen"),
    [
        ("m6i.xlarge", 4, "m6i.xlarge"),
        ("m9x.xlarge", 4, "m9x.xlarge"),
        ("m6i.2xlarge", 4, "m7i.xlarge"),
        ("m6i.xlarge", 8, "c7i.2xlarge"),
        ("c6i.xlarge", 4, "m7i.xlarge"),
        ("g5.xlarge", 4, "m7i.xlarge"),
    ],
)
def test_a_machine_is_kept_while_it_is_as_large_as_the_one_that_would_be_chosen(machine, cpu, chosen):
    assert group_of(replace(POOL, cpu=cpu), machine=machine)["instance_types"] == (chosen,)


def test_a_machine_that_is_said_is_taken():
    assert group_of(replace(POOL, machine_type="m7i.large"))["instance_types"] == ("m7i.large",)


def test_zones_are_kept():
    there = {
        f"aws_subnet.private-{zone}": {"availability_zone": f"eu-west-1{zone}", "cidr_block": f"10.40.{start}.0/18"}
        for zone, start in (("f", 0), ("b", 64))
    }

    resources = expand(existing=there)

    assert resources["aws_subnet.private-f"].values["cidr_block"] == "10.40.0.0/18"
    assert resources["aws_subnet.private-b"].values["cidr_block"] == "10.40.64.0/18"
    assert "aws_subnet.private-a" not in resources


def test_a_network_that_was_begun_gets_all_its_zones():
    there = {"aws_subnet.private-b": {"availability_zone": "eu-west-1b", "cidr_block": "10.40.64.0/18"}}

    assert {f"aws_subnet.private-{zone}" for zone in "abc"} <= expand(existing=there).keys()


def test_a_pool_that_no_machine_is_large_enough_for_is_refused():
    assert problems(pools=(NodePool("huge", 1, 1, cpu=1000, memory_gb=1),)) == ["No such machine"]


def test_nodes_are_in_private_subnets_and_the_cluster_in_all():
    resources = expand()

    nodes = {
        reference.name for reference in references_in(resources["aws_eks_node_group.general"].values["subnet_ids"])
    }
    assert nodes == {"aws_subnet.private-a", "aws_subnet.private-b", "aws_subnet.private-c"}
    (network,) = resources["aws_eks_cluster"].values["vpc_config"]
    assert len(network["subnet_ids"]) == 6


def test_the_one_who_creates_a_cluster_administers_it_and_so_do_the_named():
    resources = expand({"admins": ("arn:aws:iam::123456789012:role/ops",)})

    (access,) = resources["aws_eks_cluster"].values["access_config"]
    assert access == {"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": True}
    entry = resources["aws_eks_access_entry.ops"]
    assert entry.values["principal_arn"] == "arn:aws:iam::123456789012:role/ops"
    association = resources["aws_eks_access_policy_association.ops"]
    assert association.values["policy_arn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert "aws_eks_access_entry.ops" in association.depends_on


def test_what_only_aws_has_reaches_the_cluster():
    cidrs = SetValue(provider.clusters.schema.attributes["public_access_cidrs"].type.element, ["203.0.113.0/24"])
    cloud = {
        "public_access_cidrs": cidrs,
        "endpoint_private_access": False,
        "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/k",
        "support_type": "STANDARD",
    }

    values = expand(cloud)["aws_eks_cluster"].values

    (network,) = values["vpc_config"]
    assert network["public_access_cidrs"] == cidrs
    assert network["endpoint_private_access"] is False
    assert values["encryption_config"][0]["provider"] == ({"key_arn": "arn:aws:kms:eu-west-1:123456789012:key/k"},)
    assert values["upgrade_policy"] == ({"support_type": "STANDARD"},)


def test_each_output_is_described():
    found = provider.clusters.expand(spec(), {})

    assert found.outputs.keys() == provider.clusters.outputs.keys()


def test_outputs_lead_to_the_resources():
    expansion = provider.clusters.expand(spec(), {})

    assert expansion.outputs["name"] == "shop-main"
    assert expansion.outputs["endpoint"] == Reference("aws_eks_cluster", ("endpoint",))
    assert expansion.outputs["ca_certificate"].then("LS0tLS1CRUdJTi0tLS0t") == "-----BEGIN-----"
    assert [reference.name for reference in expansion.outputs["private_subnet_ids"]] == [
        "aws_subnet.private-a",
        "aws_subnet.private-b",
        "aws_subnet.private-c",
    ]
