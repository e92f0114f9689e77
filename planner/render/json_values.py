"""Values as Terraform's JSON has them, redacted: null stands for what is secret, with a flag beside it that says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.addresses import WILDCARD, module_prefix, split_index, split_modules
from language.values import Sensitive, SetValue, Unknown
from state.secrets import Digest


def plain(value: Any) -> Any:
    """A value as JSON: sets as lists, secrets null; unknown members are left out, unknown elements null."""
    if isinstance(value, Sensitive | Unknown | Digest):
        return None
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if not _is_unknown(member)}
    if isinstance(value, tuple | SetValue):
        return [plain(element) for element in value]
    return value


def flags(value: Any, what: type) -> Any:
    """True where the value is unknown, or sensitive. Objects leave out what is false, lists keep it.

    As Terraform's after_unknown and before_sensitive: {} or [] where nothing in an object or list is, false for a
    scalar. A secret as a whole is sensitive, and unknown where it would be without.
    """
    if isinstance(value, what):
        return True
    if isinstance(value, Sensitive):
        return flags(value.value, what)
    if isinstance(value, dict):
        found = {name: flags(member, what) for name, member in value.items()}
        return {name: flag for name, flag in found.items() if flag is not False}
    if isinstance(value, tuple | SetValue):
        return [flags(element, what) for element in value]
    return False


def place(address: str, type_: str) -> dict[str, Any]:
    """Name and index of an address: "private-a" of "cluster.main/aws_subnet.private-a", "b" and 0 of "a_type.b[0]".

    What a block expands into has the name it has there; what has none but its type has its block's. For a Kubernetes
    object it is the object's path, "apps/Deployment/shop/web".
    """
    bare, key = split_index(split_modules(address)[1])
    block, slash, below = bare.partition("/")
    name = (below if slash else block.removeprefix("data.")).removeprefix(f"{type_}.")
    made: dict[str, Any] = {"name": block.rpartition(".")[2] if name == type_ else name}
    if key is WILDCARD:
        made["index_unknown"] = True
    elif key is not None:
        made["index"] = key
    return made


def module_of(address: str) -> str:
    """The address of the module instance that something is in; empty for the root."""
    return module_prefix(split_modules(address)[0]).removesuffix(".")


def nested(resources: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Resources as a module with its child modules, as Terraform nests them."""
    root: dict[str, Any] = {}
    modules: dict[str, dict[str, Any]] = {"": root}
    for resource in resources:
        _module(module_of(resource["address"]), modules).setdefault("resources", []).append(resource)
    return root


def _module(address: str, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if address not in modules:
        calls, _ = split_modules(f"{address}.")
        parent = module_prefix(calls[:-1]).removesuffix(".")
        modules[address] = {"address": address}
        _module(parent, modules).setdefault("child_modules", []).append(modules[address])
    return modules[address]


def _is_unknown(value: Any) -> bool:
    return isinstance(value.value if isinstance(value, Sensitive) else value, Unknown)
