"""What AWS's data sources share: attributes that resources have too, filters as EC2 takes them, the only match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from language.schema import Attribute, NestedBlock, Schema, computed, optional_computed, required
from language.types import STRING, Map, Set
from language.values import SetValue
from providers.aws.kind import mapped_tags
from providers.contract import Values
from providers.contract.errors import Invalid, NotFound

FILTER = NestedBlock(
    Schema(
        {
            "name": required(STRING, description="A filter of the service's describe call."),
            "values": required(Set(STRING), description="Values of which any will do."),
        }
    ),
    "set",
    description="What has to hold of it.",
)
TAGS: dict[str, Attribute] = {"tags": optional_computed(Map(STRING), description="Tags that it has.")}


def as_read(schema: Schema, *names: str) -> dict[str, Attribute]:
    """Some attributes and blocks of a resource, as a data source has them: all of them are told by the service."""
    return {name: computed(schema.type.attributes[name]) for name in names}


def filters(config: Values, attributes: Mapping[str, str]) -> list[dict[str, Any]]:
    """The filters of a configuration: its blocks, its tags, and arguments by the name of their filter."""
    made = [{"Name": each["name"], "Values": list(each["values"])} for each in config["filter"] or ()]
    made += [{"Name": f"tag:{name}", "Values": [value]} for name, value in (config.get("tags") or {}).items()]
    for name, of in attributes.items():
        if config[name] is not None:
            made.append({"Name": of, "Values": [_text(config[name])]})
    return made


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def customer_tags(tags: Any) -> dict[str, str]:
    """The tags of something, but for those that are AWS's own."""
    return {name: value for name, value in mapped_tags(tags).items() if not name.startswith("aws:")}


def only(found: Iterable[Values], what: str) -> Values:
    """The one that was found. Raises NotFound when there is none, Invalid when there are several."""
    each = list(found)
    if not each:
        raise NotFound(f"No such {what}", f"There is no {what} that matches.", advice="Look at its filters and tags.")
    if len(each) > 1:
        detail = f"{len(each)} of them match, and only one can be meant."
        raise Invalid(f"More than one {what}", detail, advice="Say more with filter, tags or id.")
    return each[0]


def texts(values: SetValue | tuple[str, ...] | None) -> list[str]:
    """What a set or a list of texts holds, where it is set."""
    return [str(value) for value in values or ()]
