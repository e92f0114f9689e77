"""`terraform_remote_state`: the outputs of another stack. How they are come by is the environment's affair."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed, optional, required
from language.types import ANY, STRING
from providers.contract import DataKind, Environment, Values
from providers.contract.errors import Invalid, NotFound


class TerraformRemoteState(DataKind[Environment]):
    """The outputs that the last apply of a stack left in its state."""

    type = "terraform_remote_state"
    schema = Schema(
        {
            "backend": required(STRING, description="Where the state is kept: the type of a backend."),
            "config": optional(ANY, description="The backend's arguments, as an object."),
            "defaults": optional(ANY, description="Outputs for when the state does not have them, as an object."),
            "workspace": optional(STRING, description='The workspace; there is only "default".'),
            "outputs": computed(ANY, description="The outputs, as an object."),
        }
    )

    @override
    def read(self, client: Environment, config: Values) -> Values:
        if config["workspace"] not in (None, "default"):
            raise Invalid("No such workspace", f'There are no workspaces, and so none "{config["workspace"]}".')
        for name in ("config", "defaults"):
            if not isinstance(config[name], dict | None):
                raise Invalid("Not an object", f"{name} takes an object: {name} = {{ ... }}", path=(name,))
        found = client.outputs_of(config["backend"], config["config"] or {})
        if found is None:
            advice = "Apply the other stack first, and compare where it says that its state is."
            raise NotFound("No state", f"There is no state where {self.type} was to look.", advice=advice)
        return {**config, "outputs": {**(config["defaults"] or {}), **found}}
