"""The portable cluster on AWS: a network of two or three zones, the roles, EKS with its add-ons, a node group a pool.

Pure and offline: what is known only after a resource exists is a `Reference` to it.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from language.diagnostics import Diagnostics
from language.overriding import override
from language.schema import Schema, optional
from language.types import BOOL, STRING, List, Set
from language.values import ListValue, SetValue
from providers.aws.client import AwsClient
from providers.aws.kinds.eks_node_group import EFFECTS
from providers.aws.machines import fitting, size_of
from providers.aws.tokens import cluster_token
from providers.contract import ClusterAccess, ClusterHost, ClusterSpec, Expanded, Expansion, NodePool, Reference, Values

_ZONES = "abc"
_OTHER_ZONES = {"ap-northeast-1": "acd", "ca-central-1": "abd", "us-west-1": "ac"}
"""Regions whose first zones have other letters."""
_POLICY = "arn:aws:iam::aws:policy/"
_CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")
_CSI_POLICY = "service-role/AmazonEBSCSIDriverPolicy"
_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
_BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
_AFTER_NODES = ("coredns", "aws-ebs-csi-driver")
_LONGEST_NAME = 100
_LONGEST_ROLE = 64


class AwsClusters(ClusterHost[AwsClient]):
    """AWS's part of `cluster`."""

    schema = Schema(
        {
            "availability_zones": optional(List(STRING), description="Two or three zones; the region's first three."),
            "nat": optional(STRING, default="single", description='NAT gateways: "single", "per-zone" or "none".'),
            "endpoint_public_access": optional(BOOL, default=True, description="Whether the API is on the internet."),
            "endpoint_private_access": optional(BOOL, default=True, description="Whether it is in the network."),
            "public_access_cidrs": optional(Set(STRING), description="Who may reach it from the internet."),
            "log_types": optional(Set(STRING), description="Logs of the control plane that are kept."),
            "admins": optional(List(STRING), description="ARNs of those who administer it besides its creator."),
            "kms_key_arn": optional(STRING, description="A key that encrypts its secrets."),
            "support_type": optional(STRING, description='"STANDARD", or "EXTENDED" at six times the price.'),
        }
    )

    outputs: Mapping[str, str] = {
        "name": "Its name.",
        "region": "Where it is.",
        "arn": "Its Amazon Resource Name.",
        "version": "The version of Kubernetes of its control plane.",
        "endpoint": "The URL of its API.",
        "ca_certificate": "The certificate of the authority that signs its API's (PEM).",
        "oidc_issuer": "The URL of the issuer of its service accounts' tokens.",
        "vpc_id": "The network that it is in.",
        "private_subnet_ids": "The subnets of its nodes.",
        "public_subnet_ids": "The subnets of its public load balancers.",
        "node_role_arn": "The role of its nodes.",
    }

    @override
    def expand(self, spec: ClusterSpec, existing: Mapping[str, Values]) -> Expansion:
        """As the contract has it. Kept of what exists: the zones; of a pool the number of nodes, within its bounds, and
        the machine, while it is as large as the one that would be chosen."""
        diagnostics = Diagnostics()
        parts = _Parts(spec, existing, diagnostics)
        if diagnostics.has_errors:
            return Expansion((), {}, tuple(diagnostics))
        resources = tuple(replace(each, span=spec.span) for each in parts.all())
        return Expansion(resources, parts.outputs(), tuple(diagnostics))

    @override
    def access(self, client: AwsClient, outputs: Values) -> ClusterAccess:
        name = outputs["name"]
        return ClusterAccess(
            outputs["arn"], outputs["endpoint"], outputs["ca_certificate"], lambda: cluster_token(client, name)
        )


class _Parts:
    """Everything of one cluster, piece by piece."""

    def __init__(self, spec: ClusterSpec, existing: Mapping[str, Values], diagnostics: Diagnostics) -> None:
        self._spec = spec
        self._existing = existing
        self._diagnostics = diagnostics
        self._cloud = spec.cloud
        self.name = spec.full_name[:_LONGEST_NAME]
        self._zones = self._chosen_zones()
        self._subnets = self._split()
        self._nat: str = self._cloud.get("nat") or "single"
        if self._nat not in ("single", "per-zone", "none"):
            detail = f'nat is "single", "per-zone" or "none", and not "{self._nat}".'
            diagnostics.error("Invalid nat", detail, spec.span)

    def all(self) -> Iterator[Expanded]:
        """Every resource, in the order in which one would tell of them."""
        yield from self._network()
        yield from self._roles()
        yield self._cluster()
        yield from self._access()
        yield from self._addons(_BEFORE_NODES, ())
        pools = [self._pool(pool) for pool in self._spec.node_pools]
        yield from pools
        yield from self._identity()
        yield from self._addons(_AFTER_NODES, tuple(pool.name for pool in pools))

    def outputs(self) -> Values:
        """What others may refer to."""
        cluster = "aws_eks_cluster"
        authority = ("certificate_authority", 0, "data")
        return {
            "name": self.name,
            "region": self._spec.region,
            "arn": Reference(cluster, ("arn",)),
            "version": Reference(cluster, ("version",)),
            "endpoint": Reference(cluster, ("endpoint",)),
            "ca_certificate": Reference(cluster, authority, lambda data: base64.b64decode(data).decode()),
            "oidc_issuer": Reference(cluster, ("identity", 0, "oidc", 0, "issuer")),
            "vpc_id": Reference("aws_vpc", ("id",)),
            "private_subnet_ids": tuple(Reference(name, ("id",)) for name in self._names("private")),
            "public_subnet_ids": tuple(Reference(name, ("id",)) for name in self._names("public")),
            "node_role_arn": Reference("aws_iam_role.node", ("arn",)),
        }

    # -- network ----------------------------------------------------------------------------------------------------

    def _chosen_zones(self) -> dict[str, str]:
        """Short names of zones ("a") to the zones themselves ("eu-west-1a")."""
        given = self._cloud.get("availability_zones")
        zones = list(given) if given else self._usual_zones()
        if not 2 <= len(zones) <= 3 or len(set(zones)) != len(zones):
            detail = "A cluster takes two or three different zones."
            self._diagnostics.error("Invalid availability_zones", detail, self._spec.span)
        return {zone.removeprefix(self._spec.region) or zone: zone for zone in zones}

    def _usual_zones(self) -> list[str]:
        """Those that the cluster has, or the region's first three."""
        usual = [self._spec.region + letter for letter in _OTHER_ZONES.get(self._spec.region, _ZONES)]
        subnets = [each for name, each in self._existing.items() if name.startswith("aws_subnet.private-")]
        subnets.sort(key=lambda subnet: ipaddress.ip_network(subnet["cidr_block"]))
        there = [str(subnet["availability_zone"]) for subnet in subnets]
        return usual if set(there) <= set(usual) else there

    def _split(self) -> dict[str, str]:
        """A cidr for each subnet: a quarter of the network a private one, small public ones in the last quarter."""
        try:
            network = ipaddress.ip_network(self._spec.cidr)
        except ValueError as failure:
            self._diagnostics.error("Invalid network cidr", f"{failure}.", self._spec.span)
            return {}
        if network.version != 4 or not 16 <= network.prefixlen <= 20:
            detail = f"The network has to be between /16 and /20, and {self._spec.cidr} is not."
            self._diagnostics.error("Invalid network cidr", detail, self._spec.span)
            return {}
        quarters = list(network.subnets(prefixlen_diff=2))
        small = list(quarters[3].subnets(prefixlen_diff=4))
        made = {f"aws_subnet.private-{zone}": str(cidr) for zone, cidr in zip(self._zones, quarters, strict=False)}
        return made | {f"aws_subnet.public-{zone}": str(cidr) for zone, cidr in zip(self._zones, small, strict=False)}

    def _names(self, side: str) -> list[str]:
        return [f"aws_subnet.{side}-{zone}" for zone in self._zones]

    def _tags(self, name: str, **more: str) -> Values:
        return {"Name": name, **self._spec.tags, **more}

    def _network(self) -> Iterator[Expanded]:
        vpc = {"cidr_block": self._spec.cidr, "enable_dns_support": True, "enable_dns_hostnames": True}
        yield Expanded("aws_vpc", "aws_vpc", {**vpc, "tags": self._tags(self.name)})
        yield Expanded(
            "aws_internet_gateway",
            "aws_internet_gateway",
            {"vpc_id": _id("aws_vpc"), "tags": self._tags(self.name)},
        )
        for side, role in (("public", "elb"), ("private", "internal-elb")):
            for zone in self._zones:
                yield self._subnet(side, zone, role)
        yield from self._public_routes()
        yield from self._private_routes()

    def _subnet(self, side: str, zone: str, role: str) -> Expanded:
        name = f"aws_subnet.{side}-{zone}"
        labels = {f"kubernetes.io/role/{role}": "1", f"kubernetes.io/cluster/{self.name}": "shared"}
        return Expanded(
            name,
            "aws_subnet",
            {
                "vpc_id": _id("aws_vpc"),
                "cidr_block": self._subnets[name],
                "availability_zone": self._zones[zone],
                "map_public_ip_on_launch": side == "public",
                "tags": self._tags(f"{self.name}-{side}-{zone}", **labels),
            },
        )

    def _public_routes(self) -> Iterator[Expanded]:
        table = "aws_route_table.public"
        yield Expanded(table, "aws_route_table", {"vpc_id": _id("aws_vpc"), "tags": self._tags(f"{self.name}-public")})
        yield self._default_route("aws_route.public", table, {"gateway_id": _id("aws_internet_gateway")})
        for zone in self._zones:
            yield self._association(f"public-{zone}", table)

    def _private_routes(self) -> Iterator[Expanded]:
        gateways = {"single": list(self._zones)[:1], "per-zone": list(self._zones), "none": []}[self._nat]
        for zone in gateways:
            suffix = f"-{zone}" if self._nat == "per-zone" else ""
            name = f"{self.name}-nat{suffix}"
            yield Expanded(
                f"aws_eip.nat{suffix}",
                "aws_eip",
                {"domain": "vpc", "tags": self._tags(name)},
                depends_on=("aws_internet_gateway",),
            )
            yield Expanded(
                f"aws_nat_gateway{'.' + zone if suffix else ''}",
                "aws_nat_gateway",
                {
                    "allocation_id": _id(f"aws_eip.nat{suffix}"),
                    "subnet_id": _id(f"aws_subnet.public-{zone}"),
                    "tags": self._tags(name),
                },
                depends_on=("aws_internet_gateway", "aws_route.public"),
            )
        for zone in self._zones:
            table = f"aws_route_table.private-{zone}"
            tags = self._tags(f"{self.name}-private-{zone}")
            yield Expanded(table, "aws_route_table", {"vpc_id": _id("aws_vpc"), "tags": tags})
            if gateways:
                gateway = f"aws_nat_gateway.{zone}" if self._nat == "per-zone" else "aws_nat_gateway"
                yield self._default_route(f"aws_route.private-{zone}", table, {"nat_gateway_id": _id(gateway)})
            yield self._association(f"private-{zone}", table)

    def _default_route(self, name: str, table: str, target: Values) -> Expanded:
        return Expanded(
            name, "aws_route", {"route_table_id": _id(table), "destination_cidr_block": "0.0.0.0/0", **target}
        )

    def _association(self, subnet: str, table: str) -> Expanded:
        return Expanded(
            f"aws_route_table_association.{subnet}",
            "aws_route_table_association",
            {"subnet_id": _id(f"aws_subnet.{subnet}"), "route_table_id": _id(table)},
        )

    # -- identities -------------------------------------------------------------------------------------------------

    def _roles(self) -> Iterator[Expanded]:
        yield from self._role("cluster", "eks.amazonaws.com", _CLUSTER_POLICIES)
        yield from self._role("node", "ec2.amazonaws.com", _NODE_POLICIES)
        yield from self._role("ebs-csi", "pods.eks.amazonaws.com", (_CSI_POLICY,))

    def _role(self, word: str, service: str, policies: tuple[str, ...]) -> Iterator[Expanded]:
        actions = ["sts:AssumeRole", "sts:TagSession"] if service.startswith("pods.") else ["sts:AssumeRole"]
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        name = f"{self.name[: _LONGEST_ROLE - len(word) - 1]}-{word}"
        yield Expanded(
            f"aws_iam_role.{word}",
            "aws_iam_role",
            {"name": name, "assume_role_policy": document, "tags": self._tags(name)},
        )
        for policy in policies:
            yield Expanded(
                f"aws_iam_role_policy_attachment.{word}-{policy.rpartition('/')[2]}",
                "aws_iam_role_policy_attachment",
                {"role": Reference(f"aws_iam_role.{word}", ("name",)), "policy_arn": _POLICY + policy},
            )

    def _attachments(self, word: str, policies: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"aws_iam_role_policy_attachment.{word}-{p.rpartition('/')[2]}" for p in policies)

    # -- cluster ----------------------------------------------------------------------------------------------------

    def _cluster(self) -> Expanded:
        cloud = self._cloud
        subnets = tuple(Reference(name, ("id",)) for name in (*self._names("private"), *self._names("public")))
        network: Values = {
            "subnet_ids": subnets,
            "endpoint_private_access": cloud.get("endpoint_private_access"),
            "endpoint_public_access": cloud.get("endpoint_public_access"),
        }
        if cloud.get("public_access_cidrs") is not None:
            network["public_access_cidrs"] = cloud["public_access_cidrs"]
        values: Values = {
            "name": self.name,
            "version": self._spec.version,
            "role_arn": Reference("aws_iam_role.cluster", ("arn",)),
            "bootstrap_self_managed_addons": False,
            "enabled_cluster_log_types": cloud.get("log_types"),
            "vpc_config": (network,),
            "access_config": ({"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": True},),
            "tags": self._tags(self.name),
        }
        if cloud.get("kms_key_arn"):
            key = {"key_arn": cloud["kms_key_arn"]}
            values["encryption_config"] = ({"resources": SetValue(STRING, ["secrets"]), "provider": (key,)},)
        if cloud.get("support_type"):
            values["upgrade_policy"] = ({"support_type": cloud["support_type"]},)
        waits = (*self._attachments("cluster", _CLUSTER_POLICIES), "aws_route.public")
        return Expanded("aws_eks_cluster", "aws_eks_cluster", values, depends_on=waits)

    def _access(self) -> Iterator[Expanded]:
        for principal in self._cloud.get("admins") or ():
            word = principal.rpartition("/")[2] or principal
            place = {"cluster_name": _cluster_name(), "principal_arn": principal}
            yield Expanded(
                f"aws_eks_access_entry.{word}", "aws_eks_access_entry", {**place, "tags": self._tags(self.name)}
            )
            yield Expanded(
                f"aws_eks_access_policy_association.{word}",
                "aws_eks_access_policy_association",
                {**place, "policy_arn": _ADMIN, "access_scope": ({"type": "cluster"},)},
                depends_on=(f"aws_eks_access_entry.{word}",),
            )

    def _addons(self, names: tuple[str, ...], waits: tuple[str, ...]) -> Iterator[Expanded]:
        for addon in names:
            more = ("aws_eks_pod_identity_association.ebs-csi",) if addon == "aws-ebs-csi-driver" else ()
            yield Expanded(
                f"aws_eks_addon.{addon}",
                "aws_eks_addon",
                {
                    "cluster_name": _cluster_name(),
                    "addon_name": addon,
                    "resolve_conflicts_on_create": "OVERWRITE",
                    "resolve_conflicts_on_update": "PRESERVE",
                    "tags": self._tags(self.name),
                },
                depends_on=(*waits, *more),
            )

    def _identity(self) -> Iterator[Expanded]:
        yield Expanded(
            "aws_iam_openid_connect_provider",
            "aws_iam_openid_connect_provider",
            {
                "url": Reference("aws_eks_cluster", ("identity", 0, "oidc", 0, "issuer")),
                "client_id_list": SetValue(STRING, ["sts.amazonaws.com"]),
                "tags": self._tags(self.name),
            },
        )
        yield Expanded(
            "aws_eks_pod_identity_association.ebs-csi",
            "aws_eks_pod_identity_association",
            {
                "cluster_name": _cluster_name(),
                "namespace": "kube-system",
                "service_account": "ebs-csi-controller-sa",
                "role_arn": Reference("aws_iam_role.ebs-csi", ("arn",)),
                "tags": self._tags(self.name),
            },
            depends_on=(*self._attachments("ebs-csi", (_CSI_POLICY,)), "aws_eks_addon.eks-pod-identity-agent"),
        )

    def _pool(self, pool: NodePool) -> Expanded:
        values: Values = {
            "cluster_name": _cluster_name(),
            "node_group_name": pool.name,
            "node_role_arn": Reference("aws_iam_role.node", ("arn",)),
            "subnet_ids": tuple(Reference(name, ("id",)) for name in self._names("private")),
            "instance_types": ListValue(STRING, [self._machine(pool)]),
            "capacity_type": "SPOT" if pool.spot else "ON_DEMAND",
            "disk_size": pool.disk_gb,
            "version": Reference("aws_eks_cluster", ("version",)),
            "labels": dict(pool.labels) or None,
            "scaling_config": ({"min_size": pool.min, "max_size": pool.max, "desired_size": self._size(pool)},),
            "taint": tuple({**taint, "effect": EFFECTS.get(taint["effect"], taint["effect"])} for taint in pool.taints),
            "tags": self._tags(f"{self.name}-{pool.name}"),
        }
        waits = (
            *self._attachments("node", _NODE_POLICIES),
            *(f"aws_eks_addon.{addon}" for addon in _BEFORE_NODES),
            *(f"aws_route_table_association.private-{zone}" for zone in self._zones),
            *(f"aws_route.private-{zone}" for zone in self._zones if self._nat != "none"),
        )
        return Expanded(_group(pool), "aws_eks_node_group", values, depends_on=waits)

    def _size(self, pool: NodePool) -> int:
        """How many nodes: the autoscaler decides once the pool is there, and EKS refuses what is out of bounds."""
        if pool.desired is not None:
            return pool.desired
        scaling: tuple[Values, ...] = self._existing.get(_group(pool), {}).get("scaling_config") or ({},)
        return min(max(scaling[0].get("desired_size") or 0, pool.min), pool.max)

    def _machine(self, pool: NodePool) -> str:
        if pool.machine_type:
            return pool.machine_type
        found = fitting(pool.cpu or 0, pool.memory_gb or 0)
        there = next(iter(self._existing.get(_group(pool), {}).get("instance_types") or ()), "")
        if found is not None and size_of(there) == (found.cpu, found.memory_gb):
            return there
        if found is None:
            detail = f"No current machine has {pool.cpu} CPUs and {pool.memory_gb} GiB; name one with machine_type."
            self._diagnostics.error("No such machine", detail, pool.span)
            return ""
        return found.name


def _id(name: str) -> Reference:
    return Reference(name, ("id",))


def _group(pool: NodePool) -> str:
    return f"aws_eks_node_group.{pool.name}"


def _cluster_name() -> Reference:
    return Reference("aws_eks_cluster", ("name",))
