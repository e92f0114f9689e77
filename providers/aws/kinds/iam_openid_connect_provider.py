"""`aws_iam_openid_connect_provider`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional_computed, required
from language.types import STRING, List, Set
from providers.aws.client import AwsClient
from providers.aws.kind import (
    TAGS,
    AwsKind,
    gone_is_none,
    is_ours,
    known,
    lineage_of,
    listed_tags,
    tag_attributes,
    tag_changes,
    tags_of,
    whole,
)
from providers.contract import Call, Observed, Values
from providers.contract.errors import AlreadyExists, NotFound


class IamOpenidConnectProvider(AwsKind):
    """An issuer whose tokens the account takes."""

    type = "aws_iam_openid_connect_provider"
    import_names = ("arn",)
    key_names = ("url",)
    service = "iam"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "url": required(STRING, immutable=True),
            "client_id_list": required(Set(STRING)),
            "thumbprint_list": optional_computed(List(STRING)),
            **TAGS,
        }
    )

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        arn = identity["arn"]
        found = gone_is_none(lambda: client.call("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn))
        return None if found is None else self._observed(client, arn, found, prior)

    def _observed(self, client: AwsClient, arn: str, found: Values, prior: Values) -> Observed:
        values = {
            "id": arn,
            "arn": arn,
            "url": f"https://{str(found['Url']).removeprefix('https://')}",
            "client_id_list": tuple(found.get("ClientIDList", ())),
            "thumbprint_list": tuple(found.get("ThumbprintList", ())),
            **tag_attributes(found.get("Tags"), client, prior),
        }
        return Observed(self.shape(values), {"arn": arn}, lineage_of(found.get("Tags")))

    def _arn(self, client: AwsClient, planned: Values) -> str:
        return f"arn:aws:iam::{client.account}:oidc-provider/{planned['url'].removeprefix('https://')}"

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        request = known(
            {
                "Url": planned["url"],
                "ClientIDList": whole(planned["client_id_list"]),
                "ThumbprintList": whole(planned["thumbprint_list"]),
            }
        )
        tags = listed_tags(tags_of(planned, call, client))
        made = client.call("iam", "create_open_id_connect_provider", Tags=tags, **request)
        return self._there(client, made["OpenIDConnectProviderArn"], planned)

    def _there(self, client: AwsClient, arn: str, planned: Values) -> Observed:
        found = self.look(client, {"arn": arn}, planned)
        if found is None:
            raise NotFound("The provider is not there", f"{arn} was made, and is not found.")
        return found

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        arn = str(prior.identity["arn"])
        before, after = set(prior.values["client_id_list"]), set(planned["client_id_list"])
        for name in sorted(after - before):
            client.call("iam", "add_client_id_to_open_id_connect_provider", OpenIDConnectProviderArn=arn, ClientID=name)
        for name in sorted(before - after):
            client.call(
                "iam", "remove_client_id_from_open_id_connect_provider", OpenIDConnectProviderArn=arn, ClientID=name
            )
        put, drop = tag_changes(prior.values, planned, client)
        if put:
            client.call("iam", "tag_open_id_connect_provider", OpenIDConnectProviderArn=arn, Tags=listed_tags(put))
        if drop:
            client.call("iam", "untag_open_id_connect_provider", OpenIDConnectProviderArn=arn, TagKeys=drop)
        return self._there(client, arn, planned)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        try:
            client.call("iam", "delete_open_id_connect_provider", OpenIDConnectProviderArn=prior.identity["arn"])
        except NotFound:
            return

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        arn = self._arn(client, planned)
        found = gone_is_none(lambda: client.call("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn))
        if found is None:
            return None
        if not is_ours(found.get("Tags"), call):
            raise AlreadyExists("The OIDC provider exists already", f"{arn} is somebody else's.")
        return self._observed(client, arn, found, planned)


KIND = IamOpenidConnectProvider()
