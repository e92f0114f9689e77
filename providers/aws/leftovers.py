"""What AWS and Kubernetes leave in a network for a while: interfaces, told by name, removed when they are nobody's."""

from __future__ import annotations

from typing import Any

from providers.aws.client import AwsClient
from providers.contract import Call
from providers.contract.errors import NotFound, ProviderError

_OURS_TO_REMOVE = ("aws-K8S-",)
"""Descriptions of the interfaces that the VPC CNI makes, and leaves behind when its node goes away."""


def remove_left_interfaces(client: AwsClient, filters: list[dict[str, Any]], call: Call) -> None:
    """Delete interfaces that the CNI left behind, and say which others are still there."""
    held = []
    for interface in client.pages("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=filters):
        description = interface.get("Description") or ""
        if interface.get("Status") == "available" and description.startswith(_OURS_TO_REMOVE):
            try:
                client.call("ec2", "delete_network_interface", NetworkInterfaceId=interface["NetworkInterfaceId"])
            except (NotFound, ProviderError):
                held.append(description)
        else:
            held.append(description or interface["NetworkInterfaceId"])
    if held:
        call.progress(f"held by {len(held)} network interfaces: {', '.join(sorted(set(held))[:3])}")
