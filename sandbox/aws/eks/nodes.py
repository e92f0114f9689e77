"""The machines of a node group: as many instances as it desires, spread over its subnets, and their Node objects."""

from __future__ import annotations

from sandbox.aws.eks.store import Cluster, Node, Nodegroup, Region

LINGERING_SECONDS = 60.0  # the CNI's interfaces go some time after their instances


def scale(region: Region, cluster: Cluster, group: Nodegroup, count: int) -> None:
    """Start or end instances until there are `count`, and tell the cluster."""
    while len(group.nodes) < count:
        group.nodes.append(_start(region, cluster, group))
    while len(group.nodes) > count:
        _end(region, group.nodes.pop())
    tell(cluster, group)


def replace(region: Region, cluster: Cluster, group: Nodegroup) -> None:
    """New instances in the place of all of them, as an update of their version does."""
    count = len(group.nodes)
    scale(region, cluster, group, 0)
    scale(region, cluster, group, count)


def tell(cluster: Cluster, group: Nodegroup) -> None:
    """Let the cluster's Node objects be what the group has."""
    if cluster.control_plane is None:
        return
    body = group.body
    labels = {
        "eks.amazonaws.com/nodegroup": body["nodegroupName"],
        "eks.amazonaws.com/capacityType": body["capacityType"],
        **body["labels"],
    }
    cluster.control_plane.set_nodes(body["nodegroupName"], len(group.nodes), labels, body["instanceTypes"][0])


def _start(region: Region, cluster: Cluster, group: Nodegroup) -> Node:
    body = group.body
    zones = body["subnets"]
    tags = {
        "Name": f"{cluster.name}-{body['nodegroupName']}-Node",
        "eks:cluster-name": cluster.name,
        "eks:nodegroup-name": body["nodegroupName"],
        f"kubernetes.io/cluster/{cluster.name}": "owned",
    }
    subnet = zones[len(group.nodes) % len(zones)]
    return Node(*region.network.run_node(subnet, cluster.security_group, body["instanceTypes"][0], tags))


def _end(region: Region, node: Node) -> None:
    region.network.terminate_node(node.instance, node.interface)
    region.later(LINGERING_SECONDS, lambda: region.network.delete_interfaces([node.interface]))
