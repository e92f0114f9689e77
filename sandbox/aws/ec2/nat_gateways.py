"""NAT gateways take their time: pending, then available; deleting, then deleted, and gone an hour later.

In moto they are available at once, a deleted one keeps its network interface and address for ever, and an unknown id
is an internal error. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.ec2.overriding import override
from sandbox.clock import Clock

CREATION_SECONDS = 90.0
DELETION_SECONDS = 45.0
_REMEMBERED_SECONDS = 3600.0


def correct(clock: Clock) -> None:
    """Put the life of NAT gateways into moto's EC2, timed by `clock`."""
    from moto.ec2.models.nat_gateways import NatGatewayBackend

    @override(NatGatewayBackend)
    def create_nat_gateway(original: Any, backend: Any, *arguments: Any, **named: Any) -> Any:
        gateway = original(backend, *arguments, **named)
        gateway.state = "pending"
        interface = gateway._eni
        interface.description = f"Interface for NAT Gateway {gateway.id}"
        interface.interface_type = "nat_gateway"
        interface.requester_managed = True
        interface.status = "in-use"
        clock.after(CREATION_SECONDS, lambda: _become_available(gateway))
        return gateway

    @override(NatGatewayBackend)
    def describe_nat_gateways(original: Any, backend: Any, filters: Any, nat_gateway_ids: list[str] | None) -> Any:
        for nat_gateway_id in nat_gateway_ids or ():
            _find(backend, nat_gateway_id)
        return original(backend, filters, nat_gateway_ids)

    @override(NatGatewayBackend)
    def delete_nat_gateway(original: Any, backend: Any, nat_gateway_id: str) -> Any:
        gateway = _find(backend, nat_gateway_id)
        if gateway.state not in ("deleting", "deleted"):
            gateway.state = "deleting"
            clock.after(DELETION_SECONDS, lambda: _finish(backend, gateway))
            clock.after(_REMEMBERED_SECONDS, lambda: backend.nat_gateways.pop(gateway.id, None))
        return gateway


def _find(backend: Any, nat_gateway_id: str) -> Any:
    from moto.ec2.exceptions import EC2ClientError

    try:
        return backend.nat_gateways[nat_gateway_id]
    except KeyError:
        message = f"The Nat Gateway {nat_gateway_id} was not found"
        raise EC2ClientError("NatGatewayNotFound", message) from None


def _become_available(gateway: Any) -> None:
    if gateway.state == "pending":
        gateway.state = "available"


def _finish(backend: Any, gateway: Any) -> None:
    """The gateway is gone: its interface with it, its elastic address free again."""
    for address in backend.addresses:
        if address.eni is gateway._eni:
            address.eni = None
            address.association_id = None
    backend.enis.pop(gateway._eni.id, None)
    gateway.state = "deleted"
