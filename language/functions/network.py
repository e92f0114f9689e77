"""Address arithmetic: cidrcontains, cidrhost, cidrnetmask, cidrsubnet, cidrsubnets."""

from __future__ import annotations

import ipaddress
from typing import Any, TypeAlias

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.types import BOOL, NUMBER, STRING, List
from language.values import ListValue

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"
_PREFIX = Parameter("prefix", STRING)


def _network(text: str) -> Network:
    try:
        if "/" not in text:
            raise ValueError
        address, _, length = text.partition("/")
        parts = [part.lstrip("0") or "0" for part in address.split(".")] if ":" not in address else [address]
        return ipaddress.ip_network(f"{'.'.join(parts)}/{length}", strict=False)
    except ValueError:
        raise FunctionError(f"invalid CIDR address: {text}", 0) from None


def _whole(value: Any, position: int) -> int:
    if not isinstance(value, int):
        raise FunctionError("a whole number is required", position)
    return value


@function("cidrcontains", Parameter("containing_prefix", STRING), Parameter("contained", STRING), result=BOOL)
def cidrcontains(prefix: str, contained: str) -> bool:
    """cidrcontains(prefix, contained): whether an address, or the whole of another network, is in a network."""
    network = _network(prefix)
    try:
        inner = _network(contained if "/" in contained else f"{contained}/{128 if ':' in contained else 32}")
    except FunctionError as failure:
        raise FunctionError(str(failure), 1) from None
    if inner.version != network.version:
        raise FunctionError(f"address family mismatch: {prefix} vs. {contained}", 1)
    return inner.subnet_of(network)  # type: ignore[arg-type]


@function("cidrhost", _PREFIX, Parameter("hostnum", NUMBER), result=STRING)
def cidrhost(prefix: str, host: Any) -> str:
    """cidrhost(prefix, hostnum): the address of that number in the network; from its end when negative."""
    network = _network(prefix)
    offset = _whole(host, 1)
    size = network.num_addresses
    if not -size <= offset < size:
        raise FunctionError(f"prefix of {network.prefixlen} does not accommodate a host numbered {offset}", 1)
    return str(network[offset])


@function("cidrnetmask", _PREFIX, result=STRING)
def cidrnetmask(prefix: str) -> str:
    """cidrnetmask(prefix): the mask of an IPv4 network in dotted form."""
    network = _network(prefix)
    if network.version == 6:
        raise FunctionError("IPv6 addresses cannot have a netmask", 0)
    return str(network.netmask)


@function("cidrsubnet", _PREFIX, Parameter("newbits", NUMBER), Parameter("netnum", NUMBER), result=STRING)
def cidrsubnet(prefix: str, bits: Any, number: Any) -> str:
    """cidrsubnet(prefix, newbits, netnum): the subnet of that number, newbits longer than the prefix."""
    network = _network(prefix)
    length = network.prefixlen + _whole(bits, 1)
    if not network.prefixlen <= length <= network.max_prefixlen:
        raise FunctionError(f"insufficient address space to extend prefix of {network.prefixlen} by {bits}", 1)
    if not 0 <= _whole(number, 2) < 2**bits:
        raise FunctionError(f"prefix extension of {bits} does not accommodate a subnet numbered {number}", 2)
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{network.network_address.__class__(start)}/{length}"


@function("cidrsubnets", _PREFIX, variadic=Parameter("newbits", NUMBER), result=List(STRING))
def cidrsubnets(prefix: str, *bits: Any) -> ListValue:
    """cidrsubnets(prefix, newbits...): consecutive subnets, each newbits longer than the prefix."""
    network = _network(prefix)
    end = int(network.broadcast_address) + 1
    at = int(network.network_address)
    subnets = []
    for position, more in enumerate(bits, 1):
        length = network.prefixlen + _whole(more, position)
        if more < 1 or length > network.max_prefixlen:
            raise FunctionError("must extend prefix by at least one bit, within the address", position)
        size = 1 << (network.max_prefixlen - length)
        at = (at + size - 1) // size * size
        if at + size > end:
            raise FunctionError(
                f"not enough remaining address space for a subnet with a prefix of {length} bits", position
            )
        subnets.append(f"{network.network_address.__class__(at)}/{length}")
        at += size
    return ListValue(STRING, subnets)
