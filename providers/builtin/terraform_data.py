"""`terraform_data`: keeps a value, follows others' lives. Behaves as Terraform's, for tests and for people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from types import MappingProxyType

from language.overriding import override
from language.schema import Schema, computed, optional
from language.types import ANY, STRING
from language.values import Unknown, equal, type_of
from providers.contract import Call, Environment, Observed, Planned, ResourceKind, Values


class TerraformData(ResourceKind[Environment]):
    """`output` is `input` once applied; a change of `triggers_replace` makes a new one."""

    type = "terraform_data"
    copies = MappingProxyType({"input": "output"})
    schema = Schema(
        {
            "id": computed(STRING, description="A unique id, new with each replacement."),
            "input": optional(ANY, description="A value to keep, of any type."),
            "output": computed(ANY, description="The value of input, once applied."),
            "triggers_replace": optional(ANY, immutable=True, description="A value whose change replaces this."),
        }
    )
    settling = 0.0

    @override
    def plan(self, client: Environment | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        given = proposed["input"]
        if prior is None:
            output = None if given is None else Unknown(type_of(given))
            return Planned({**proposed, "id": Unknown(STRING, not_null=True), "output": output})
        planned = dict(proposed)
        if not equal(prior.values["input"], given):
            planned["output"] = Unknown(type_of(given))
        replace = (
            () if equal(prior.values["triggers_replace"], proposed["triggers_replace"]) else (("triggers_replace",),)
        )
        return Planned(planned, replace=replace)

    @override
    def read(self, client: Environment, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        return priors

    @override
    def found_by_id(self, client: Environment, id: str, config: Values) -> Observed | None:
        return Observed({**self.schema.empty, "id": id}, {"id": id})

    @override
    def create(self, client: Environment, planned: Values, config: Values, call: Call) -> Observed:
        identity = str(uuid.UUID(call.token) if call.token else uuid.uuid4())
        return Observed({**planned, "id": identity, "output": planned["input"]}, {"id": identity})

    @override
    def update(self, client: Environment, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        return Observed({**planned, "id": prior.values["id"], "output": planned["input"]}, prior.identity)

    @override
    def delete(self, client: Environment, prior: Observed, call: Call) -> None:
        return None

    @override
    def find(self, client: Environment, planned: Values, call: Call) -> Observed | None:
        return None
