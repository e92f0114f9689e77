"""`aws_iam_role`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from language.overriding import override
from language.schema import Schema, computed, optional, required
from language.types import NUMBER, STRING
from providers.aws.client import AwsClient
from providers.aws.kind import (
    TAGS,
    AwsKind,
    gone_is_none,
    in_use,
    is_ours,
    known,
    lineage_of,
    listed_tags,
    patiently,
    same_json,
    tag_attributes,
    tag_changes,
    tags_of,
    without_case,
)
from providers.contract import Call, Observed, Planned, Values
from providers.contract.errors import AlreadyExists, NotFound


class IamRole(AwsKind):
    """What a service may act as."""

    type = "aws_iam_role"
    import_names = ("name",)
    key_names = ("name",)
    service = "iam"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "unique_id": computed(STRING),
            "create_date": computed(STRING),
            "name": required(STRING, immutable=True),
            "path": optional(STRING, immutable=True, default="/"),
            "description": optional(STRING),
            "max_session_duration": optional(NUMBER, default=3600),
            "assume_role_policy": required(STRING),
            **TAGS,
        }
    )

    @override
    def key(self, values: Values) -> tuple[str, ...] | None:
        return without_case(super().key(values))

    @override
    def plan(self, client: AwsClient | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        if prior is not None and same_json(prior.values["assume_role_policy"], proposed["assume_role_policy"]):
            proposed = {**proposed, "assume_role_policy": prior.values["assume_role_policy"]}
        return super().plan(client, prior, proposed, config)

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        role = gone_is_none(lambda: client.call("iam", "get_role", RoleName=identity["name"])["Role"])
        return None if role is None else self._observed(client, role, prior)

    def _observed(self, client: AwsClient, role: Values, prior: Values) -> Observed:
        document = role.get("AssumeRolePolicyDocument")
        text = unquote(document) if isinstance(document, str) else json.dumps(document)
        request = prior.get("assume_role_policy")
        values = {
            "id": role["RoleName"],
            "arn": role["Arn"],
            "unique_id": role.get("RoleId"),
            "create_date": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "name": role["RoleName"],
            "path": role.get("Path", "/"),
            "description": role.get("Description") or None,
            "max_session_duration": role.get("MaxSessionDuration", 3600),
            "assume_role_policy": request if same_json(request, text) else text,
            **tag_attributes(role.get("Tags"), client, prior),
        }
        identity = {"name": role["RoleName"], "arn": role["Arn"]}
        return Observed(self.shape(values), identity, lineage_of(role.get("Tags")))

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        request = known(
            {
                "RoleName": planned["name"],
                "Path": planned["path"],
                "AssumeRolePolicyDocument": planned["assume_role_policy"],
                "Description": planned["description"],
                "MaxSessionDuration": planned["max_session_duration"],
            }
        )
        client.call("iam", "create_role", Tags=listed_tags(tags_of(planned, call, client)), **request)
        return self._there(client, planned)

    def _there(self, client: AwsClient, planned: Values) -> Observed:
        found = self.look(client, planned, planned)
        if found is None:
            raise NotFound("The role is not there", f"{planned['name']} was made, and is not found.")
        return found

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        name = prior.identity["name"]
        if prior.values["assume_role_policy"] != planned["assume_role_policy"]:
            client.call("iam", "update_assume_role_policy", RoleName=name, PolicyDocument=planned["assume_role_policy"])
        if any(prior.values[each] != planned[each] for each in ("description", "max_session_duration")):
            settings = {
                "Description": planned["description"] or "",
                "MaxSessionDuration": planned["max_session_duration"],
            }
            client.call("iam", "update_role", RoleName=name, **settings)
        put, drop = tag_changes(prior.values, planned, client)
        if put:
            client.call("iam", "tag_role", RoleName=name, Tags=listed_tags(put))
        if drop:
            client.call("iam", "untag_role", RoleName=name, TagKeys=drop)
        return self._there(client, planned)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        name = prior.identity["name"]

        def attempt() -> None:
            try:
                client.call("iam", "delete_role", RoleName=name)
            except NotFound:
                return

        patiently(call, attempt, retried=in_use, said="still in use", at_most=120.0)

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        role = gone_is_none(lambda: client.call("iam", "get_role", RoleName=planned["name"])["Role"])
        if role is None:
            return None
        if not is_ours(role.get("Tags"), call):
            raise AlreadyExists("The role exists already", f"{planned['name']} is somebody else's.")
        return self._observed(client, role, planned)


KIND = IamRole()
