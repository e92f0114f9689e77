"""What is in the sandbox's account, as its owner would count it: by the tags that say which address made a thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import boto3

from sandbox.testing import RunningSandbox

_READING = ("Describe", "Get", "List")
_TAG = "freehold:address"
_GONE = ("deleted", "deleting")


class Account:
    """The live things of the account, and the requests that it was asked."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._sandbox = sandbox

    def asked(self, *operations: str) -> int:
        """How many requests of these operations were served, or of all that change something."""
        served = [each for counts in self._sandbox.counters().values() for each in counts.items()]
        if operations:
            return sum(number for name, number in served if name in operations)
        return sum(number for name, number in served if not name.startswith(_READING))

    def by_address(self) -> Counter[str]:
        """How many live things carry each address."""
        return Counter([*self._of_ec2(), *self._of_iam(), *self._of_eks()])

    @cached_property
    def _session(self) -> Any:
        return boto3.Session(
            aws_access_key_id=self._sandbox.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self._sandbox.env["AWS_SECRET_ACCESS_KEY"],
            region_name="eu-west-1",
        )

    def _client(self, name: str) -> Any:
        return self._session.client(name, endpoint_url=self._sandbox.endpoint)

    def _of_ec2(self) -> Iterator[str]:
        ec2 = self._client("ec2")
        found = [
            *ec2.describe_vpcs()["Vpcs"],
            *ec2.describe_subnets()["Subnets"],
            *ec2.describe_internet_gateways()["InternetGateways"],
            *ec2.describe_route_tables()["RouteTables"],
            *ec2.describe_addresses()["Addresses"],
            *(each for each in ec2.describe_nat_gateways()["NatGateways"] if each["State"] not in _GONE),
        ]
        return (tag["Value"] for each in found for tag in each.get("Tags", ()) if tag["Key"] == _TAG)

    def _of_iam(self) -> Iterator[str]:
        iam = self._client("iam")
        for role in iam.list_roles()["Roles"]:
            tags = iam.list_role_tags(RoleName=role["RoleName"])["Tags"]
            yield from (tag["Value"] for tag in tags if tag["Key"] == _TAG)
        for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
            tags = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=provider["Arn"])["Tags"]
            yield from (tag["Value"] for tag in tags if tag["Key"] == _TAG)

    def _of_eks(self) -> Iterator[str]:
        eks = self._client("eks")
        for name in eks.list_clusters()["clusters"]:
            described = [eks.describe_cluster(name=name)["cluster"]]
            for group in eks.list_nodegroups(clusterName=name)["nodegroups"]:
                described.append(eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"])
            for addon in eks.list_addons(clusterName=name)["addons"]:
                described.append(eks.describe_addon(clusterName=name, addonName=addon)["addon"])
            yield from (each["tags"][_TAG] for each in described if _TAG in each["tags"])

    def untagged(self) -> dict[str, int]:
        """The networks that nobody's tags claim, beside the default one: what a lost create would leave behind."""
        ec2 = self._client("ec2")
        vpcs = [each for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"] and not _tagged(each)]
        addresses = [each for each in ec2.describe_addresses()["Addresses"] if not _tagged(each)]
        gateways = [each for each in ec2.describe_nat_gateways()["NatGateways"] if each["State"] not in _GONE]
        return {
            "networks": len(vpcs),
            "addresses": len(addresses),
            "gateways": len([each for each in gateways if not _tagged(each)]),
        }


def _tagged(thing: dict[str, Any]) -> bool:
    return any(tag["Key"] == _TAG for tag in thing.get("Tags", ()))
