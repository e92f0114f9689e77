"""What must be there before EKS creates anything: roles it may assume, subnets it may use."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.aws.eks.operations import invalid_parameter
from sandbox.aws.eks.store import Region
from sandbox.aws.network import Subnet, find_role


def check_cluster_role(arn: str, cluster: str) -> None:
    """Refuse a role that EKS may not assume. Raises AwsError."""
    role = find_role(arn)
    if role is None or "eks.amazonaws.com" not in role.services:
        message = (
            f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"
        )
        raise invalid_parameter(message, clusterName=cluster)


def check_node_role(arn: str, cluster: str, nodegroup: str) -> None:
    """Refuse a role that nodes may not assume. Raises AwsError."""
    role = find_role(arn)
    if role is None:
        message = f"The role with name {arn.rpartition('/')[2]} cannot be found."
        raise invalid_parameter(message, clusterName=cluster, nodegroupName=nodegroup)
    if "ec2.amazonaws.com" not in role.services:
        message = (
            "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships "
            f"of nodeRole {arn}"
        )
        raise invalid_parameter(message, clusterName=cluster, nodegroupName=nodegroup)


def check_cluster_subnets(region: Region, subnet_ids: Sequence[str], cluster: str) -> str:
    """The VPC of the subnets, which must be two or more zones of one VPC."""
    subnets = find_subnets(region, subnet_ids, cluster)
    if len({subnet.zone for subnet in subnets}) < 2:
        raise invalid_parameter("Subnets specified must be in at least two different AZs", clusterName=cluster)
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid_parameter("Subnets specified must belong to the same VPC", clusterName=cluster)
    return subnets[0].vpc_id


def find_subnets(region: Region, subnet_ids: Sequence[str], cluster: str, nodegroup: str | None = None) -> list[Subnet]:
    """The subnets. Raises InvalidParameterException for one that is not there."""
    subnets = []
    for subnet_id in subnet_ids:
        subnet = region.network.subnet(subnet_id)
        if subnet is None:
            message = f"The subnet ID '{subnet_id}' does not exist"
            raise invalid_parameter(message, clusterName=cluster, nodegroupName=nodegroup)
        subnets.append(subnet)
    return subnets


def check_security_groups(region: Region, group_ids: Sequence[str], cluster: str) -> None:
    """Refuse security groups that the account does not have. Raises AwsError."""
    for group_id in group_ids:
        if not region.network.has_security_group(group_id):
            raise invalid_parameter(f"The security group '{group_id}' does not exist", clusterName=cluster)
