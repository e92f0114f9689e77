"""How EKS reaches into EC2 and IAM: the subnets it is given, and what it creates in them.

Security groups, network interfaces and instances are moto's own, so that they are described, tagged and in the way of
a deletion like any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.aws.credentials import ACCOUNT

_NODE_IMAGE_OWNER = "amazon"


@dataclass(frozen=True)
class Subnet:
    """A subnet, as far as EKS asks for it."""

    id: str
    vpc_id: str
    zone: str


@dataclass(frozen=True)
class Role:
    """A role, as far as EKS asks for it."""

    arn: str
    name: str
    services: frozenset[str]  # that may assume it


class Network:
    """EC2 of one region, as its other services use it."""

    def __init__(self, region: str) -> None:
        self._region = region

    @property
    def _ec2(self) -> Any:
        from moto.ec2.models import ec2_backends

        return ec2_backends[ACCOUNT][self._region]

    def subnet(self, subnet_id: str) -> Subnet | None:
        """The subnet, or None when there is none with this id."""
        for zone in self._ec2.subnets.values():
            if subnet_id in zone:
                found = zone[subnet_id]
                return Subnet(subnet_id, found.vpc_id, found.availability_zone)
        return None

    def vpc_cidr(self, vpc_id: str) -> str:
        """The first CIDR block of a VPC."""
        return str(self._ec2.vpcs[vpc_id].cidr_block)

    def has_instance_type(self, instance_type: str) -> bool:
        """Whether EC2 has such a type."""
        from moto.ec2.models.instance_types import INSTANCE_TYPES

        return instance_type in INSTANCE_TYPES

    def has_security_group(self, group_id: str) -> bool:
        """Whether the account has such a group."""
        return self._ec2.get_security_group_from_id(group_id) is not None

    def create_security_group(self, vpc_id: str, name: str, description: str, tags: Mapping[str, str]) -> str:
        """A group that lets in what carries it; returns its id."""
        group = self._ec2.create_security_group(name, description, vpc_id, tags=dict(tags))
        source = {"GroupId": group.id, "UserId": ACCOUNT}
        self._ec2.authorize_security_group_ingress(group.id, "-1", "-1", "-1", [], source_groups=[source])
        return str(group.id)

    def delete_security_group(self, group_id: str) -> None:
        """Gone, if it was there; rules of other groups that name it go with it."""
        group = self._ec2.get_security_group_from_id(group_id)
        if group is not None:
            self._ec2.groups[group.vpc_id].pop(group_id, None)

    def create_interface(
        self, subnet_id: str, groups: Sequence[str], description: str, tags: Mapping[str, str] | None = None
    ) -> str:
        """An interface in use by a service of AWS's; returns its id."""
        subnet = self._ec2.get_subnet(subnet_id)
        interface = self._ec2.create_network_interface(
            subnet, None, group_ids=list(groups), description=description, tags=dict(tags or {})
        )
        interface.status = "in-use"
        interface.requester_managed = True
        return str(interface.id)

    def delete_interfaces(self, interface_ids: Iterable[str]) -> None:
        """Gone, those that are still there."""
        for interface_id in interface_ids:
            self._ec2.enis.pop(interface_id, None)

    def run_node(self, subnet_id: str, group: str, instance_type: str, tags: Mapping[str, str]) -> tuple[str, str]:
        """An instance with the second interface that the VPC CNI gives a node; the ids of both."""
        reservation = self._ec2.run_instances(
            self._node_image(),
            1,
            None,
            [],
            subnet_id=subnet_id,
            security_group_ids=[group],
            instance_type=instance_type,
            is_instance_type_default=False,
            region_name=self._region,
            tags={"instance": dict(tags)},
        )
        instance = reservation.instances[0]
        interface = self._ec2.create_network_interface(
            self._ec2.get_subnet(subnet_id),
            None,
            group_ids=[group],
            description=f"aws-K8S-{instance.id}",
            tags={"node.k8s.amazonaws.com/instance_id": instance.id},
        )
        self._ec2.attach_network_interface(interface.id, instance.id, 1)
        return instance.id, interface.id

    def terminate_node(self, instance_id: str, interface_id: str) -> None:
        """The instance ends; the interface that the CNI made stays behind, detached, until somebody deletes it."""
        self._ec2.terminate_instances([instance_id])
        interface = self._ec2.enis.get(interface_id)
        if interface is not None:
            interface.instance = interface.attachment_id = None
            interface.status = "available"

    def _node_image(self) -> str:
        images = self._ec2.describe_images(owners=[_NODE_IMAGE_OWNER])
        return str(images[0].id)


def find_role(arn: str) -> Role | None:
    """The role with this ARN, or None."""
    from moto.iam.models import iam_backends

    for role in list(iam_backends[ACCOUNT]["aws"].roles.values()):
        if role.arn == arn:
            document = json.loads(unquote(role.assume_role_policy_document or "{}"))
            return Role(role.arn, role.name, frozenset(_trusted_services(document)))
    return None


def _trusted_services(document: Mapping[str, Any]) -> Iterable[str]:
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow":
            yield from [services] if isinstance(services, str) else services
