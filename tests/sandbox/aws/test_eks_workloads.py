"""What EKS and its cluster do to each other: nodes, add-ons' objects, load balancers in the account."""

from __future__ import annotations

import pytest

from tests.sandbox.aws.cluster_client import ask, bearer
from tests.sandbox.support import eventually


@pytest.fixture(scope="module")
def populated(eks, make_cluster, roles, client):
    """A cluster with a node group of two, and `get(path)` to look into it."""
    cluster = make_cluster("populated", version="1.34")
    eks.create_nodegroup(
        clusterName="populated",
        nodegroupName="general",
        nodeRole=roles["ec2"],
        subnets=cluster["resourcesVpcConfig"]["subnetIds"],
        instanceTypes=["m7i.xlarge"],
        labels={"tier": "web"},
    )

    def request(path, method="GET", body=None):
        return ask(cluster, bearer(client, "populated"), path, method, body)

    eventually(lambda: len(request("/api/v1/nodes")[1]["items"]) == 2)
    return cluster, request


def test_a_node_group_becomes_nodes(populated):
    _, request = populated
    nodes = request("/api/v1/nodes")[1]["items"]
    labels = nodes[0]["metadata"]["labels"]
    assert labels["eks.amazonaws.com/nodegroup"] == "general"
    assert labels["tier"] == "web"
    assert labels["node.kubernetes.io/instance-type"] == "m7i.xlarge"
    eventually(
        lambda: all(
            condition["status"] == "True"
            for node in request("/api/v1/nodes")[1]["items"]
            for condition in node["status"]["conditions"]
            if condition["type"] == "Ready"
        )
    )


def test_a_cluster_comes_with_its_networking_and_a_storage_class(populated):
    _, request = populated
    eventually(lambda: request("/apis/apps/v1/namespaces/kube-system/deployments/coredns")[0] == 200)
    for name in ("aws-node", "kube-proxy"):
        assert request(f"/apis/apps/v1/namespaces/kube-system/daemonsets/{name}")[0] == 200
    classes = request("/apis/storage.k8s.io/v1/storageclasses")[1]["items"]
    assert [c["metadata"]["name"] for c in classes] == ["gp2"]


def test_an_addon_brings_its_objects_and_takes_them_away(eks, populated):
    _, request = populated
    where = "/apis/apps/v1/namespaces/kube-system/deployments/metrics-server"
    assert request(where)[0] == 404
    eks.create_addon(clusterName="populated", addonName="metrics-server")
    eventually(lambda: request(where)[0] == 200)
    managers = [m["manager"] for m in request(where)[1]["metadata"]["managedFields"]]
    assert "eks" in managers

    eventually(
        lambda: eks.describe_addon(clusterName="populated", addonName="metrics-server")["addon"]["status"] == "ACTIVE"
    )
    eks.delete_addon(clusterName="populated", addonName="metrics-server")
    eventually(lambda: request(where)[0] == 404)


def test_a_load_balancer_stands_in_the_account_while_its_service_does(ec2, populated):
    cluster, request = populated
    vpc = cluster["resourcesVpcConfig"]["vpcId"]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    assert request("/api/v1/namespaces/default/services", "POST", service)[0] == 201
    where = "/api/v1/namespaces/default/services/web"
    ingress = eventually(lambda: request(where)[1]["status"]["loadBalancer"].get("ingress"))
    assert ingress[0]["hostname"].endswith(".eu-west-1.elb.amazonaws.com")

    def groups():
        found = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
        return [group["GroupName"] for group in found if group["GroupName"].startswith("k8s-elb-")]

    def interfaces():
        found = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkInterfaces"]
        return [interface for interface in found if interface["Description"].startswith("ELB ")]

    assert len(groups()) == 1
    assert len(interfaces()) == 2
    request(where, "DELETE")
    eventually(lambda: not groups() and not interfaces())


def test_an_upgrade_reaches_the_api_server(eks, populated):
    _, request = populated
    assert request("/version")[1]["minor"].startswith("34")
    eks.update_cluster_version(name="populated", version="1.35")
    eventually(lambda: request("/version")[1]["minor"].startswith("35"))
