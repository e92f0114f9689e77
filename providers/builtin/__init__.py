"""What needs no service: `terraform_data` and `terraform_remote_state`, as Terraform has them built in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from language.functions.contract import Function
from language.overriding import override
from providers.builtin.terraform_data import TerraformData
from providers.builtin.terraform_remote_state import TerraformRemoteState
from providers.contract import DataKind, Environment, Provider, ResourceKind, Values


class BuiltinProvider(Provider[Environment]):
    """The provider of what is built in; it takes no configuration."""

    name = "terraform"
    source = "terraform.io/builtin/terraform"
    _kinds: Mapping[str, ResourceKind[Environment]] = {TerraformData.type: TerraformData()}
    _data_kinds: Mapping[str, DataKind[Environment]] = {TerraformRemoteState.type: TerraformRemoteState()}

    @property
    @override
    def kinds(self) -> Mapping[str, ResourceKind[Environment]]:
        return self._kinds

    @property
    @override
    def data_kinds(self) -> Mapping[str, DataKind[Environment]]:
        return self._data_kinds

    @cached_property
    @override
    def functions(self) -> Mapping[str, Function]:
        from providers.builtin.functions import FUNCTIONS

        return FUNCTIONS

    @override
    def configure(self, config: Values, environment: Environment) -> Environment:
        return environment


provider: Any = BuiltinProvider()
