"""What EC2's kinds share: one describe for all of them, tags at creation, found again by tag, leftovers waited for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from language.overriding import override
from providers.aws.client import AwsClient
from providers.aws.kind import (
    AwsKind,
    in_use,
    lineage_of,
    listed_tags,
    patiently,
    tag_attributes,
    tag_changes,
    tags_of,
)
from providers.aws.names import ADDRESS, LINEAGE
from providers.contract import Call, Observed, Values
from providers.contract.errors import NotFound

_AT_A_TIME = 200


class Ec2Kind(AwsKind):
    """`describe` lists them under `listed`, each with its id under `id_name`; `filter` selects by id."""

    service = "ec2"
    describe: ClassVar[str]
    listed: ClassVar[str]
    id_name: ClassVar[str]
    filter: ClassVar[str]
    resource_type: ClassVar[str]

    @abstractmethod
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        """The attributes of what a describe gave, but for id and tags."""

    @abstractmethod
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        """Create it and give its id. `tags` is a TagSpecifications."""

    def settle(self, client: AwsClient, id_: str, planned: Values, call: Call) -> None:
        """What is to be done after it was created, to be done again after a lost create."""

    def change(self, client: AwsClient, prior: Observed, planned: Values, call: Call) -> None:
        """Change in place what differs, but for tags. Nothing does, where a kind does not say so."""

    @abstractmethod
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        """Delete it. NotFound is success."""

    def is_deleted(self, item: Values) -> bool:
        """Whether what is listed is only a trace of something deleted."""
        return item.get("State") == "deleted"

    def deletion(self, item: Values) -> str:
        """Since when it is being deleted; empty where it is not."""
        return f"since {item.get('DeleteTime', 'a while')}" if item.get("State") == "deleting" else ""

    # -- the contract -----------------------------------------------------------------------------------------------

    @override
    def read(self, client: AwsClient, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        ids = [str(prior.identity["id"]) for prior in priors]
        found: dict[str, Values] = {}
        for start in range(0, len(ids), _AT_A_TIME):
            filters = [{"Name": self.filter, "Values": ids[start : start + _AT_A_TIME]}]
            for item in client.pages("ec2", self.describe, self.listed, Filters=filters):
                if not self.is_deleted(item):
                    found[item[self.id_name]] = item
        return [
            self.observed(client, found[id_], prior.values) if id_ in found else None
            for id_, prior in zip(ids, priors, strict=True)
        ]

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        return self.read(client, [Observed(prior, identity)])[0]

    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        """What a describe gave, as observed."""
        values = {"id": item[self.id_name], **self.values(client, item, prior)}
        if "tags" in self.schema.attributes:
            values |= tag_attributes(item.get("Tags"), client, prior)
        identity = {"id": item[self.id_name]}
        return Observed(self.shape(values, prior), identity, lineage_of(item.get("Tags")), self.deletion(item))

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        tags = tags_of(planned, call, client)
        specification = [{"ResourceType": self.resource_type, "Tags": listed_tags(tags)}]
        id_ = self.make(client, planned, call, specification)
        self.settle(client, id_, planned, call)
        return self._there(client, id_, planned)

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        id_ = str(prior.identity["id"])
        self.change(client, prior, planned, call)
        if "tags" in self.schema.attributes:
            put, drop = tag_changes(prior.values, planned, client)
            if put:
                client.call("ec2", "create_tags", Resources=[id_], Tags=listed_tags(put))
            if drop:
                client.call("ec2", "delete_tags", Resources=[id_], Tags=[{"Key": name} for name in drop])
        return self._there(client, id_, planned)

    def _there(self, client: AwsClient, id_: str, planned: Values) -> Observed:
        found = self.look(client, {"id": id_}, planned)
        if found is None:
            raise NotFound("It is not there", f"{self.type} {id_} was made, and is not listed.")
        return found

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        id_ = str(prior.identity["id"])

        def attempt() -> None:
            try:
                self.remove(client, id_, prior.values, call)
            except NotFound:
                return

        patiently(call, attempt, retried=in_use, said="still in use")

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        filters = [{"Name": f"tag:{name}", "Values": [call.tags[name]]} for name in (ADDRESS, LINEAGE)]
        for item in client.pages("ec2", self.describe, self.listed, Filters=filters):
            if not self.is_deleted(item) and not self.deletion(item):
                self.settle(client, item[self.id_name], planned, call)
                return self._there(client, item[self.id_name], planned)
        return None
