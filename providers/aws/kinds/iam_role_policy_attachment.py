"""`aws_iam_role_policy_attachment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import AwsKind, gone_is_none, without_case
from providers.contract import Call, Observed, Values
from providers.contract.errors import NotFound


class IamRolePolicyAttachment(AwsKind):
    """A policy that a role has."""

    type = "aws_iam_role_policy_attachment"
    import_names = ("role", "policy_arn")
    key_names = ("role", "policy_arn")
    contained_in = (("aws_iam_role", "role"),)
    import_separator = "/"
    service = "iam"
    schema = Schema(
        {
            "id": computed(STRING),
            "role": required(STRING, immutable=True),
            "policy_arn": required(STRING, immutable=True),
        }
    )

    @override
    def key(self, values: Values) -> tuple[str, ...] | None:
        return without_case(super().key(values))

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        role, policy = identity["role"], identity["policy_arn"]
        found = gone_is_none(
            lambda: list(client.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role))
        )
        if not any(item["PolicyArn"] == policy for item in found or ()):
            return None
        return self._observed(role, policy)

    def _observed(self, role: str, policy: str) -> Observed:
        id_ = f"{role}/{policy}"
        return Observed(
            {"id": id_, "role": role, "policy_arn": policy}, {"id": id_, "role": role, "policy_arn": policy}
        )

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        client.call("iam", "attach_role_policy", RoleName=planned["role"], PolicyArn=planned["policy_arn"])
        return self._observed(planned["role"], planned["policy_arn"])

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        return prior

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        identity = prior.identity
        try:
            client.call("iam", "detach_role_policy", RoleName=identity["role"], PolicyArn=identity["policy_arn"])
        except NotFound:
            return

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        return self.look(client, planned, planned)


KIND = IamRolePolicyAttachment()
