"""What EC2 refuses because something still stands on it; moto lets go of most of it.

A subnet with network interfaces, a VPC with a gateway or groups of its own, a security group in use, a gateway with
mapped addresses, an address in use, an interface in use.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.ec2.overriding import override


def _refuse(code: str, message: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    raise EC2ClientError(code, message)


def correct() -> None:
    """Put these refusals into moto's EC2."""
    _correct_networks()
    _correct_security_groups()
    _correct_interfaces()
    _correct_addresses()


def _correct_networks() -> None:
    from moto.ec2.models.internet_gateways import InternetGatewayBackend
    from moto.ec2.models.subnets import SubnetBackend
    from moto.ec2.models.vpcs import VPCBackend

    @override(SubnetBackend)
    def delete_subnet(original: Any, backend: Any, subnet_id: str) -> Any:
        if any(interface.subnet.id == subnet_id for interface in list(backend.enis.values())):
            message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            _refuse("DependencyViolation", message)
        return original(backend, subnet_id)

    @override(VPCBackend)
    def delete_vpc(original: Any, backend: Any, vpc_id: str) -> Any:
        gateways = [g for g in backend.internet_gateways.values() if g.vpc is not None and g.vpc.id == vpc_id]
        groups = [group for group in backend.groups.get(vpc_id, {}).values() if group.name != "default"]
        if gateways or groups:
            _refuse("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
        return original(backend, vpc_id)

    @override(InternetGatewayBackend)
    def detach_internet_gateway(original: Any, backend: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        if any(eni.vpc_id == vpc_id and eni.public_ip for eni in list(backend.enis.values())):
            message = (
                f"Network {vpc_id} has some mapped public address(es). "
                "Please unmap those public address(es) before detaching the gateway."
            )
            _refuse("DependencyViolation", message)
        return original(backend, internet_gateway_id, vpc_id)


def _correct_security_groups() -> None:
    from moto.ec2.models.security_groups import SecurityGroupBackend

    @override(SecurityGroupBackend)
    def delete_security_group(original: Any, backend: Any, name: str | None = None, group_id: str | None = None) -> Any:
        group = backend.get_security_group_from_id(group_id) if group_id else None
        if group is not None:
            users = any(group in interface.group_set for interface in list(backend.enis.values()))
            if users or _is_referenced(backend, group):
                _refuse("DependencyViolation", f"resource {group_id} has a dependent object")
        return original(backend, name=name, group_id=group_id)


def _is_referenced(backend: Any, group: Any) -> bool:
    """Whether a rule of another group of the same VPC names this one."""
    others = [other for other in list(backend.groups.get(group.vpc_id, {}).values()) if other.id != group.id]
    rules = (rule for other in others for rule in (*other.ingress_rules, *other.egress_rules))
    return any((rule.source_group or {}).get("GroupId") == group.id for rule in rules)


def _correct_interfaces() -> None:
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
    from moto.ec2.models.instances import Instance

    @override(NetworkInterfaceBackend)
    def delete_network_interface(original: Any, backend: Any, eni_id: str) -> Any:
        interface = backend.enis.get(eni_id)
        attached = interface is not None and interface.instance is not None
        running = attached and interface.instance._state.name not in ("shutting-down", "terminated")
        if interface is not None and (interface.requester_managed or running) and interface.status == "in-use":
            _refuse("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
        return original(backend, eni_id)

    @override(NetworkInterface)
    def delete(original: Any, interface: Any) -> None:
        interface.ec2_backend.enis.pop(interface.id, None)  # with its instance, which is not asked

    @override(Instance)
    def prep_nics(original: Any, instance: Any, nic_spec: list[dict[str, Any]], **named: Any) -> None:
        original(instance, nic_spec, **named)
        if not nic_spec:
            instance.nics[0].delete_on_termination = True  # as for every interface that came with its instance

    @override(NetworkInterface)
    def get_filter_value(original: Any, interface: Any, filter_name: str, method_name: str | None = None) -> Any:
        attribute = _INTERFACE_FILTERS.get(filter_name)
        if attribute is None:
            return original(interface, filter_name, method_name)
        value = getattr(interface, attribute)
        return str(value).lower() if isinstance(value, bool) else value


_INTERFACE_FILTERS = {
    "interface-type": "interface_type",
    "owner-id": "owner_id",
    "requester-id": "requester_id",
    "requester-managed": "requester_managed",
    "status": "status",
}


def _correct_addresses() -> None:
    from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend

    @override(ElasticAddressBackend)
    def release_address(
        original: Any, backend: Any, address: str | None = None, allocation_id: str | None = None
    ) -> Any:
        found = [a for a in backend.addresses if allocation_id and a.allocation_id == allocation_id]
        if found and found[0].association_id:
            _refuse("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
        return original(backend, address=address, allocation_id=allocation_id)
