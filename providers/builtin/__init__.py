"""What needs no service: `terraform_data`, as Terraform has it built in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.builtin.terraform_data import TerraformData
from providers.contract import Client, Environment, Provider, ResourceKind, Values


class BuiltinProvider(Provider):
    """The provider of what is built in; it takes no configuration."""

    name = "terraform"
    source = "terraform.io/builtin/terraform"
    _kinds: Mapping[str, ResourceKind] = {TerraformData.type: TerraformData()}

    @property
    def kinds(self) -> Mapping[str, ResourceKind]:
        return self._kinds

    def configure(self, config: Values, environment: Environment) -> Client:
        return environment


provider: Any = BuiltinProvider()
