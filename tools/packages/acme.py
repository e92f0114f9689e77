"""A provider of others, which the other distribution carries: it imports the contract by its short name, as ours do."""

from __future__ import annotations

from collections.abc import Mapping

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING
from providers.contract import Client, DataKind, Environment, Provider, ResourceKind, Values


class Greeting(DataKind):
    """A greeting for somebody."""

    type = "acme_greeting"
    schema = Schema({"name": required(STRING), "text": computed(STRING)})

    @override
    def read(self, client: Client, config: Values) -> Values:
        return {**config, "text": f"hello {config['name']}"}


class AcmeProvider(Provider):
    """A provider that needs no service."""

    name = "acme"
    source = "registry.example.com/acme/acme"

    @property
    @override
    def kinds(self) -> Mapping[str, ResourceKind]:
        return {}

    @property
    @override
    def data_kinds(self) -> Mapping[str, DataKind]:
        return {Greeting.type: Greeting()}

    @override
    def configure(self, config: Values, environment: Environment) -> Client:
        return environment


provider = AcmeProvider()
