"""Add-ons of EKS: what is offered, how they come and go, and that some need a node."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.support import eventually, refused


@pytest.fixture
def own(make_cluster, name):
    """A cluster of this test's own."""
    return make_cluster(name, version="1.34")


def status(eks, cluster, addon):
    return eks.describe_addon(clusterName=cluster, addonName=addon)["addon"]["status"]


def settled(eks, cluster, addon):
    eventually(lambda: status(eks, cluster, addon) not in ("CREATING", "UPDATING"))
    return eks.describe_addon(clusterName=cluster, addonName=addon)["addon"]


def test_versions_fit_a_kubernetes_version(eks):
    for version in ("1.31", "1.35"):
        offered = eks.describe_addon_versions(kubernetesVersion=version, addonName="kube-proxy")["addons"]
        assert len(offered) == 1
        assert all(v["addonVersion"].startswith(f"v{version}.") for v in offered[0]["addonVersions"])
    names = {a["addonName"] for a in eks.describe_addon_versions()["addons"]}
    assert {"vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "eks-pod-identity-agent"} <= names


def test_each_version_has_one_default(eks):
    for addon in eks.describe_addon_versions(kubernetesVersion="1.34")["addons"]:
        compatible = [c for v in addon["addonVersions"] for c in v["compatibilities"]]
        assert sum(c["defaultVersion"] for c in compatible) == 1


def test_a_configuration_has_a_schema(eks):
    release = eks.describe_addon_versions(addonName="coredns")["addons"][0]["addonVersions"][0]["addonVersion"]
    answer = eks.describe_addon_configuration(addonName="coredns", addonVersion=release)
    assert json.loads(answer["configurationSchema"])["type"] == "object"


def test_an_addon_without_needs_becomes_active(eks, own):
    created = eks.create_addon(clusterName=own["name"], addonName="vpc-cni")["addon"]
    assert created["status"] == "CREATING"
    assert settled(eks, own["name"], "vpc-cni")["status"] == "ACTIVE"
    assert eks.list_addons(clusterName=own["name"])["addons"] == ["vpc-cni"]


def test_what_needs_a_node_is_degraded_until_there_is_one(eks, own, roles):
    eks.create_addon(clusterName=own["name"], addonName="coredns")
    degraded = settled(eks, own["name"], "coredns")
    assert degraded["status"] == "DEGRADED"
    assert degraded["health"]["issues"][0]["code"] == "InsufficientNumberOfReplicas"

    subnets = own["resourcesVpcConfig"]["subnetIds"]
    eks.create_nodegroup(clusterName=own["name"], nodegroupName="pool", nodeRole=roles["ec2"], subnets=subnets)
    eventually(lambda: status(eks, own["name"], "coredns") == "ACTIVE")


def test_an_update_changes_the_version(eks, own):
    where = {"clusterName": own["name"], "addonName": "eks-pod-identity-agent"}
    eks.create_addon(**where)
    before = settled(eks, own["name"], where["addonName"])["addonVersion"]
    newest = eks.describe_addon_versions(addonName=where["addonName"])["addons"][0]["addonVersions"][0]["addonVersion"]
    assert newest != before

    update = eks.update_addon(**where, addonVersion=newest)["update"]
    assert (update["type"], update["status"]) == ("AddonUpdate", "InProgress")
    assert settled(eks, own["name"], where["addonName"])["addonVersion"] == newest
    assert eks.list_updates(name=own["name"], addonName=where["addonName"])["updateIds"] == [update["id"]]


def test_what_is_not_offered_is_refused(eks, own):
    answer = refused(eks.create_addon, "InvalidParameterException", clusterName=own["name"], addonName="nothing")
    assert answer["Error"]["Message"] == "Addon specified is not supported"
    answer = refused(
        eks.create_addon,
        "InvalidParameterException",
        clusterName=own["name"],
        addonName="coredns",
        addonVersion="v0.0.1-eksbuild.1",
    )
    assert answer["Error"]["Message"] == "Addon version specified is not supported"


def test_pod_identities_of_an_addon_go_with_it(eks, own, roles):
    where = {"clusterName": own["name"], "addonName": "aws-ebs-csi-driver"}
    asked = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": roles["pods"]}]
    addon = eks.create_addon(**where, podIdentityAssociations=asked)["addon"]
    found = eks.list_pod_identity_associations(clusterName=own["name"])["associations"]
    assert addon["podIdentityAssociations"] == [found[0]["associationArn"]]
    assert found[0]["ownerArn"] == addon["addonArn"]

    settled(eks, own["name"], where["addonName"])
    assert eks.delete_addon(**where)["addon"]["status"] == "DELETING"
    eventually(lambda: not eks.list_addons(clusterName=own["name"])["addons"])
    assert not eks.list_pod_identity_associations(clusterName=own["name"])["associations"]
    answer = refused(eks.describe_addon, "ResourceNotFoundException", **where)
    assert answer["Error"]["Message"] == f"No addon: aws-ebs-csi-driver found in cluster: {own['name']}"


def test_pod_identity_associations_live_by_themselves(eks, own, roles):
    wanted = {"clusterName": own["name"], "namespace": "shop", "serviceAccount": "web", "roleArn": roles["pods"]}
    made = eks.create_pod_identity_association(**wanted)["association"]
    assert made["associationId"].startswith("a-")
    refused(eks.create_pod_identity_association, "ResourceInUseException", **wanted)
    refused(
        eks.create_pod_identity_association,
        "InvalidParameterException",
        **{**wanted, "serviceAccount": "other", "roleArn": roles["ec2"]},
    )

    where = {"clusterName": own["name"], "associationId": made["associationId"]}
    eks.update_pod_identity_association(**where, disableSessionTags=True)
    assert eks.describe_pod_identity_association(**where)["association"]["disableSessionTags"] is True
    eks.delete_pod_identity_association(**where)
    refused(eks.describe_pod_identity_association, "ResourceNotFoundException", **where)
