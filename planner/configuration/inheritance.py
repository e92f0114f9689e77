"""Which configuration of a provider a block has: its own module's, or what the calls above hand down.

The key of a configuration is "aws" or "aws.west" for the stack's blocks, `module.net.aws` for one that a module brings.
Source: Terraform's "Providers Within Modules".
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.addresses import split_modules
from planner.configuration.blocks import Configuration, ProviderBlock


@dataclass(frozen=True, slots=True)
class Configured:
    """A provider's configuration: its key, the provider's own name, the block and the module it is in."""

    key: str
    provider: str
    module: Configuration
    block: ProviderBlock | None = None


def configured(root: Configuration, module: Configuration, local: str) -> Configured | None:
    """What "aws" or "aws.west" means in a module; None where nobody gives it a configuration of that alias."""
    name = local
    while module.path:
        parent = root.at(module.path[:-1])
        assert parent is not None
        handed = parent.calls[module.path[-1]].providers
        if name in handed:
            name = handed[name]
        elif name in module.providers:
            break
        elif "." in name:
            return None
        module = parent
    block = module.providers.get(name)
    if block is None and "." in name:
        return None
    return Configured(module.prefix + name, provider_name(module, name), module, block)


def by_key(root: Configuration, key: str) -> Configured | None:
    """The configuration that a key of `configured` names; None where its block or its module is gone."""
    calls, name = split_modules(key)
    module = root.at(name for name, _ in calls)
    if module is None:
        return None
    block = module.providers.get(name)
    if block is None and ("." in name or module.path):
        return None
    return Configured(key, provider_name(module, name), module, block)


def provider_name(module: Configuration, local: str) -> str:
    """The provider behind a local name: the last part of its source, where the module requires it from somewhere."""
    name = local.partition(".")[0]
    required = module.required_providers.get(name)
    return required.source.rpartition("/")[2] if required and required.source else name


def local_name(type_: str) -> str:
    """The local name of the provider that a type belongs to by default: "aws" of "aws_vpc"."""
    return type_.partition("_")[0]
