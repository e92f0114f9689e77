"""`aws_caller_identity`."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.contract import DataKind, Values


class CallerIdentity(DataKind[AwsClient]):
    """Who the provider's credentials are."""

    type = "aws_caller_identity"
    schema = Schema(
        {
            "id": computed(STRING),
            "account_id": computed(STRING, description="The number of the account."),
            "arn": computed(STRING, description="The ARN of the user or role."),
            "user_id": computed(STRING, description="Its unique id."),
        }
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        found = client.call("sts", "get_caller_identity")
        account = found["Account"]
        made = {"id": account, "account_id": account, "arn": found["Arn"], "user_id": found["UserId"]}
        return shaped(self.schema, made, config)


KIND = CallerIdentity()
