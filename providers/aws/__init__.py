"""AWS: `client` (sessions, calls, errors as ours), `names` (the tags of what is ours), `kind` (what all AWS kinds
share), `kinds/` (one module a kind, in the order description, read, create, update, delete, find), `reading` and
`data/` (the same of data sources), `cluster` (the portable cluster here), `machines` (instance types by size),
`tokens` (cluster credentials made in process)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from language.overriding import override
from language.schema import NestedBlock, Schema, optional
from language.types import BOOL, NUMBER, STRING, Map
from providers.aws.names import own_tags
from providers.contract import Call, ClusterHost, DataKind, Environment, Provider, ResourceKind, Values

if TYPE_CHECKING:
    from providers.aws.client import AwsClient

_SERVICES = ("ec2", "eks", "iam", "sts", "s3", "kms")


class AwsProvider(Provider["AwsClient"]):
    """The provider of AWS, with Terraform's types and attributes."""

    name = "aws"
    source = "registry.terraform.io/hashicorp/aws"
    cloud = "aws"
    exec_variables = ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")
    schema = Schema(
        {
            "region": optional(STRING, description="The region, if not AWS_REGION's or the profile's."),
            "profile": optional(STRING, description="A profile of the shared configuration."),
            "access_key": optional(STRING, description="An access key id."),
            "secret_key": optional(STRING, sensitive=True, description="Its secret."),
            "token": optional(STRING, sensitive=True, description="A session token."),
            "max_retries": optional(NUMBER, default=10, description="How often a throttled call is tried again."),
            "s3_use_path_style": optional(BOOL, default=False, description="Bucket names in paths instead of hosts."),
        },
        {
            "assume_role": NestedBlock(
                Schema(
                    {
                        "role_arn": optional(STRING),
                        "session_name": optional(STRING),
                        "external_id": optional(STRING),
                    }
                ),
                "single",
            ),
            "default_tags": NestedBlock(Schema({"tags": optional(Map(STRING))}), "single"),
            "endpoints": NestedBlock(Schema({name: optional(STRING) for name in _SERVICES}), "single"),
        },
    )

    @cached_property
    @override
    def kinds(self) -> Mapping[str, ResourceKind[AwsClient]]:
        from providers.aws import kinds

        return _found(kinds)

    @cached_property
    @override
    def data_kinds(self) -> Mapping[str, DataKind[AwsClient]]:
        from providers.aws import data

        return _found(data)

    @override
    def configure(self, config: Values, environment: Environment) -> AwsClient:
        from providers.aws.client import configured

        return configured(config, environment)

    @override
    def tags(self, call: Call) -> Mapping[str, str]:
        return own_tags(call)

    @override
    def close(self, client: AwsClient) -> None:
        client.close()

    @override
    def identity(self, client: AwsClient) -> str:
        return str(client.identity)

    @cached_property
    @override
    def clusters(self) -> ClusterHost[AwsClient] | None:
        from providers.aws.cluster import AwsClusters

        return AwsClusters()


def _found(package: ModuleType) -> dict[str, Any]:
    """The `KIND` of every module of a package, by its type."""
    names = (f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__))
    kinds = (importlib.import_module(name).KIND for name in names)
    return {kind.type: kind for kind in kinds}


provider: Any = AwsProvider()
