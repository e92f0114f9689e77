"""Node groups of EKS: their life, their machines in EC2, and what may be changed about them."""

from __future__ import annotations

import pytest

from tests.sandbox.support import eventually, refused


@pytest.fixture
def make_group(eks, cluster, roles, name):
    """Creates a node group in the shared cluster; it is deleted after the test."""
    made = set()

    def make(suffix="", **options):
        wanted = {
            "clusterName": cluster["name"],
            "nodegroupName": name + suffix,
            "nodeRole": roles["ec2"],
            "subnets": cluster["resourcesVpcConfig"]["subnetIds"],
            **options,
        }
        created = eks.create_nodegroup(**wanted)["nodegroup"]
        made.add(created["nodegroupName"])
        return created

    yield make
    for group in made:
        settled(eks, group)
        eks.delete_nodegroup(clusterName=cluster["name"], nodegroupName=group)
        eventually(lambda group=group: group not in eks.list_nodegroups(clusterName=cluster["name"])["nodegroups"])


def settled(eks, group):
    """The description of a node group that is neither coming nor changing."""

    def look():
        body = eks.describe_nodegroup(clusterName="shared", nodegroupName=group)["nodegroup"]
        return body if body["status"] not in ("CREATING", "UPDATING") else None

    return eventually(look)


def instances(ec2, group):
    filters = [
        {"Name": "tag:eks:nodegroup-name", "Values": [group]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    reservations = ec2.describe_instances(Filters=filters)["Reservations"]
    return [instance for reservation in reservations for instance in reservation["Instances"]]


def test_a_group_comes_with_its_machines(eks, ec2, cluster, make_group, name):
    created = make_group(
        scalingConfig={"minSize": 1, "desiredSize": 3, "maxSize": 4}, instanceTypes=["m7i.xlarge"], diskSize=100
    )
    assert created["status"] == "CREATING"
    assert created["amiType"] == "AL2023_x86_64_STANDARD"
    assert created["capacityType"] == "ON_DEMAND"
    assert created["version"] == cluster["version"]
    assert created["resources"]["autoScalingGroups"][0]["name"].startswith(f"eks-{name}-")

    assert settled(eks, name)["status"] == "ACTIVE"
    machines = instances(ec2, name)
    assert len(machines) == 3
    assert {machine["InstanceType"] for machine in machines} == {"m7i.xlarge"}
    assert {machine["SubnetId"] for machine in machines} == set(cluster["resourcesVpcConfig"]["subnetIds"])


def test_what_aws_chooses_when_nothing_is_asked(make_group):
    created = make_group()
    assert created["scalingConfig"] == {"minSize": 1, "maxSize": 2, "desiredSize": 2}
    assert (created["instanceTypes"], created["diskSize"]) == (["t3.medium"], 20)
    assert created["updateConfig"] == {"maxUnavailable": 1}


def test_its_size_follows_an_update(eks, ec2, cluster, make_group, name):
    make_group(scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 4})
    settled(eks, name)
    where = {"clusterName": cluster["name"], "nodegroupName": name}

    update = eks.update_nodegroup_config(**where, scalingConfig={"desiredSize": 3})["update"]
    assert update["type"] == "ConfigUpdate"
    assert update["params"] == [{"type": "DesiredSize", "value": "3"}]
    assert settled(eks, name)["scalingConfig"] == {"minSize": 1, "desiredSize": 3, "maxSize": 4}
    assert len(instances(ec2, name)) == 3

    found = eks.describe_update(name=cluster["name"], updateId=update["id"], nodegroupName=name)["update"]
    assert found["status"] == "Successful"
    refused(eks.describe_update, "ResourceNotFoundException", name=cluster["name"], updateId=update["id"])


def test_labels_and_taints_are_merged(eks, cluster, make_group, name):
    taint = {"key": "gpu", "value": "yes", "effect": "NO_SCHEDULE"}
    make_group(labels={"a": "1", "b": "2"}, taints=[taint])
    settled(eks, name)
    where = {"clusterName": cluster["name"], "nodegroupName": name}

    labels = {"addOrUpdateLabels": {"a": "3", "c": "4"}, "removeLabels": ["b"]}
    eks.update_nodegroup_config(**where, labels=labels, taints={"removeTaints": [taint]})
    changed = settled(eks, name)
    assert changed["labels"] == {"a": "3", "c": "4"}
    assert "taints" not in changed


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((3, 2, 4), "Minimum capacity 3 can't be greater than desired size 2"),
        ((1, 5, 4), "desired capacity 5 can't be greater than max size 4"),
        ((5, 5, 4), "Minimum capacity 5 can't be greater than maximum size 4"),
    ],
)
def test_sizes_have_an_order(make_group, sizes, message):
    config = dict(zip(("minSize", "desiredSize", "maxSize"), sizes, strict=True))
    answer = refused(make_group, "InvalidParameterException", scalingConfig=config)
    assert answer["Error"]["Message"] == message


def test_a_group_is_not_newer_than_its_cluster(eks, make_cluster, roles, name):
    cluster = make_cluster(name, version="1.33")
    wanted = {"nodeRole": roles["ec2"], "subnets": cluster["resourcesVpcConfig"]["subnetIds"]}
    where = {"clusterName": name, "nodegroupName": "pool"}
    refused(eks.create_nodegroup, "InvalidParameterException", **where, **wanted, version="1.34")

    eks.create_nodegroup(**where, **wanted, version="1.32")
    eventually(lambda: eks.describe_nodegroup(**where)["nodegroup"]["status"] == "ACTIVE")
    update = eks.update_nodegroup_version(**where)["update"]
    assert {p["type"]: p["value"] for p in update["params"]}["Version"] == "1.33"
    eventually(lambda: eks.describe_nodegroup(**where)["nodegroup"]["status"] == "ACTIVE")
    group = eks.describe_nodegroup(**where)["nodegroup"]
    assert group["version"] == "1.33"
    assert group["releaseVersion"].startswith("1.33.")


def test_a_cluster_stays_while_it_has_groups(eks, cluster, make_group, name):
    make_group()
    answer = refused(eks.delete_cluster, "ResourceInUseException", name=cluster["name"])
    assert answer["Error"]["Message"] == "Cluster has nodegroups attached"
    assert answer["nodegroupName"] == name


def test_a_taken_name_and_a_missing_group(eks, cluster, make_group, name):
    make_group()
    answer = refused(make_group, "ResourceInUseException")
    assert answer["Error"]["Message"] == f"NodeGroup already exists with name {name} and cluster name shared"
    answer = refused(
        eks.describe_nodegroup, "ResourceNotFoundException", clusterName=cluster["name"], nodegroupName="none"
    )
    assert answer["Error"]["Message"] == "No node group found for name: none."


def test_a_role_trusts_ec2(make_group, roles):
    answer = refused(make_group, "InvalidParameterException", nodeRole=roles["eks"])
    assert "[ec2.amazonaws.com] were not found in the trust relationships" in answer["Error"]["Message"]


def test_an_instance_type_exists(make_group):
    refused(make_group, "InvalidParameterException", instanceTypes=["m99.mega"])


def test_the_role_of_its_nodes_is_let_in(eks, cluster, make_group, roles, name):
    make_group()
    settled(eks, name)
    entry = eks.describe_access_entry(clusterName=cluster["name"], principalArn=roles["ec2"])["accessEntry"]
    assert (entry["type"], entry["kubernetesGroups"]) == ("EC2_LINUX", ["system:nodes"])
    assert entry["username"] == "system:node:{{EC2PrivateDNSName}}"


def test_interfaces_outlive_a_group_for_a_while(eks, ec2, cluster, make_group, name, roles):
    make_group("gone")
    settled(eks, name + "gone")
    machine = instances(ec2, name + "gone")[0]["InstanceId"]
    mine = [{"Name": "description", "Values": [f"aws-K8S-{machine}"]}]
    assert ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"][0]["Status"] == "in-use"

    eks.delete_nodegroup(clusterName=cluster["name"], nodegroupName=name + "gone")

    def detached():
        found = ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]
        return [interface for interface in found if not interface.get("Attachment")]

    assert eventually(detached)[0]["Status"] == "available"
    eventually(lambda: not ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"])
    make_group("gone")  # the name is free again


def test_a_group_fails_when_it_is_told_to(eks, make_group, faults, name):
    issue = {"code": "NodeCreationFailure", "message": "Instances failed to join the kubernetes cluster"}
    faults({"service": "eks", "operation": "CreateNodegroup", "status": "CREATE_FAILED", "issue": issue})
    make_group()
    failed = settled(eks, name)
    assert failed["status"] == "CREATE_FAILED"
    assert failed["health"]["issues"] == [issue]
