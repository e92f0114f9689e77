"""What all AWS kinds share: tags, values by their schema, waiting, and how a lost create is recognised."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from language.conversion import convert
from language.overriding import override
from language.schema import Attribute, Schema, computed, optional
from language.types import ANY, STRING, Map
from language.values import SetValue, Unknown
from providers.aws.client import AwsClient, code_of
from providers.aws.names import ADDRESS, LINEAGE, OURS, STACK
from providers.contract import Call, Existing, Observed, Planned, ResourceKind, Values
from providers.contract.diff import plan_by_schema
from providers.contract.errors import Conflict, Failed, Invalid, NotFound, ProviderError

TAGS: dict[str, Attribute] = {
    "tags": optional(Map(STRING), description="Tags of it."),
    "tags_all": computed(Map(STRING), description="Tags of it, the provider's default tags included."),
}
_PATIENCE = 20 * 60.0
"""Seconds that leftovers of others (interfaces, load balancers) are given to go."""


class AwsKind(ResourceKind[AwsClient]):
    """A kind that is read one by one. `shape` makes values of what the service answers."""

    service: ClassVar[str]
    copies = MappingProxyType({"tags": "tags_all"})

    @override
    def plan(self, client: AwsClient | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        for path, problem in self.validate(config):
            raise Invalid("Invalid value", f"{'.'.join(map(str, path))}: {problem}", path=path)
        if "tags_all" in self.schema.attributes and not isinstance(proposed["tags"], Unknown):
            defaults = client.default_tags if client is not None else {}
            merged = {**defaults, **(proposed["tags"] or {})}
            proposed = {**proposed, "tags_all": convert(merged, Map(STRING))}
        return plan_by_schema(self.schema, prior, proposed)

    @override
    def read(self, client: AwsClient, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        return [self.look(client, prior.identity, prior.values) for prior in priors]

    @abstractmethod
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        """What exists under an identity. `prior` holds what the service does not tell."""

    def names(self, client: AwsClient, planned: Values) -> Mapping[str, Any]:
        """The identity to look under for what has the key of these values."""
        return planned

    @override
    def existing(self, client: AwsClient, planned: Values, call: Call) -> Existing | None:
        found = None if self.key(planned) is None else self.look(client, self.names(client, planned), planned)
        if found is None:
            return None
        given = {**found.values, **found.identity}
        id_ = self.import_separator.join(str(given[name]) for name in self.import_names)
        advice = (
            f'To take it over, write import {{ to = {call.address}, id = "{id_}" }}; if another stack has it, take '
            "it out of that one first, with a removed block (destroy = false)."
        )
        lineage, address = found.private.get("lineage"), found.private.get("address")
        if lineage and lineage == call.lineage:
            mine = address == call.tags[ADDRESS]
            owner = "this stack" if mine else f"this stack as {address}, and the state does not have it"
            return Existing(owner, mine, advice, found.deletion)
        stack = f'the stack "{found.private.get("stack")}" (lineage {lineage})'
        owner = stack if lineage else "somebody else: nothing tells that a stack did"
        return Existing(owner, advice=advice, deletion=found.deletion)

    def shape(self, values: Values, prior: Values | None = None) -> Values:
        """All attributes and blocks of the schema, in their types; what `values` lacks is the prior's, or null."""
        return shaped(self.schema, values, prior or {})


def shaped(schema: Schema, values: Values, prior: Values) -> Values:
    """The values completed and converted by a schema."""
    made: Values = {}
    for name, attribute in schema.attributes.items():
        value = values[name] if name in values else _known(prior.get(name))
        made[name] = value if attribute.type is ANY else convert(value, attribute.type)
    for name, block in schema.blocks.items():
        given = values[name] if name in values else prior.get(name)
        made[name] = block.empty if given is None else block.map(_shaped, given)
    return made


def _shaped(schema: Schema, values: Values) -> Values:
    return shaped(schema, values, {})


def _known(value: Any) -> Any:
    return None if isinstance(value, Unknown) else value


# -- tags ------------------------------------------------------------------------------------------------------------


def tags_of(planned: Values, call: Call, client: AwsClient) -> dict[str, str]:
    """Everything that is put on a new resource: default tags, its own, and ours."""
    return {**client.default_tags, **(planned.get("tags") or {}), **call.tags}


def listed_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as EC2 and IAM take them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def mapped_tags(tags: Any) -> dict[str, str]:
    """Tags as a map, from either of the forms in which services give them."""
    if isinstance(tags, Mapping):
        return dict(tags)
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def tag_attributes(tags: Any, client: AwsClient, prior: Values) -> Values:
    """`tags` and `tags_all` of what a service gives: ours are not shown, default ones only in tags_all."""
    found = {name: value for name, value in mapped_tags(tags).items() if not name.startswith((OURS, "aws:"))}
    own = {name: value for name, value in found.items() if client.default_tags.get(name) != value}
    request = prior.get("tags")
    if isinstance(request, Mapping):
        own |= {name: found[name] for name in request if name in found}
    return {"tags": own or (None if not request else {}), "tags_all": found}


def lineage_of(tags: Any) -> dict[str, str]:
    """The private data of what has these tags: what made it, by lineage, stack and address, if they tell."""
    found = mapped_tags(tags)
    return {name.removeprefix(OURS): found[name] for name in (LINEAGE, STACK, ADDRESS) if name in found}


def is_ours(tags: Any, call: Call) -> bool:
    """Whether tags say that this very create made it."""
    found = mapped_tags(tags)
    return found.get(ADDRESS) == call.tags.get(ADDRESS) and found.get(LINEAGE) == call.tags.get(LINEAGE)


def tag_changes(prior: Values, planned: Values, client: AwsClient) -> tuple[dict[str, str], list[str]]:
    """Which tags to set and which to remove."""
    before = {**client.default_tags, **(prior.get("tags") or {})}
    after = {**client.default_tags, **(planned.get("tags") or {})}
    return {k: v for k, v in after.items() if before.get(k) != v}, [k for k in before if k not in after]


# -- calls -----------------------------------------------------------------------------------------------------------


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters without those that nobody set."""
    return {name: value for name, value in values.items() if value is not None and not isinstance(value, Unknown)}


def whole(value: Any) -> Any:
    """A value as boto3 takes it: lists and plain numbers."""
    if isinstance(value, tuple | list | SetValue):
        return [whole(element) for element in value]
    if isinstance(value, dict):
        return {name: whole(member) for name, member in value.items()}
    return value


def gone_is_none(look: Callable[[], Any]) -> Any:
    """What `look` gives, or None when the service confirms that it does not exist."""
    try:
        return look()
    except NotFound:
        return None


def wait(
    call: Call, look: Callable[[], tuple[bool, str]], *, at_most: float, first: float = 0.05, most: float = 10.0
) -> None:
    """Look until done, ever less often, telling the progress. Raises Failed when it takes too long or is given up."""
    begun = call.clock.monotonic()
    pause = first
    while True:
        done, word = look()
        if done:
            return
        call.progress(word)
        if call.cancelled.is_set():
            raise Failed("Waiting was given up", word, address=call.address)
        if call.clock.monotonic() - begun > at_most:
            raise Failed(
                "It takes too long", f"After {at_most / 60:.0f} minutes it is still {word}.", address=call.address
            )
        call.clock.sleep(pause)
        pause = min(pause * 1.5, most)


def patiently(
    call: Call,
    attempt: Callable[[], Any],
    *,
    retried: Callable[[ProviderError], bool],
    said: str,
    at_most: float = _PATIENCE,
) -> Any:
    """Try until it is not refused for a reason that passes."""
    begun = call.clock.monotonic()
    pause = 0.1
    while True:
        try:
            return attempt()
        except ProviderError as failure:
            if not retried(failure) or call.cancelled.is_set() or call.clock.monotonic() - begun > at_most:
                raise
            call.progress(f"{said}: {failure.detail}")
        call.clock.sleep(pause)
        pause = min(pause * 1.5, 10.0)


def in_use(failure: ProviderError) -> bool:
    """Whether something else still depends on what is to be deleted."""
    return isinstance(failure, Conflict) or code_of(failure) in (
        "DependencyViolation",
        "DeleteConflict",
        "InvalidIPAddress.InUse",
    )


def without_case(key: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """A key of what IAM names: it does not tell names apart by case."""
    return tuple(part.lower() for part in key) if key is not None else None


def same_json(one: Any, other: Any) -> bool:
    """Whether two texts are the same JSON."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except (TypeError, ValueError):
        return bool(one == other)
