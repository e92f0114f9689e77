"""Planning that follows from a schema alone: what a proposal is, what differs, what forces replacement.

The rules are those of Terraform's plugin protocol (ProposedNewState): the configuration where it is set, the prior
value where the service computes it, unknown where it is computed and nothing is there yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from language.schema import Attribute, Nested, NestedBlock, Schema
from language.values import Path, Unknown, equal, is_known
from providers.contract.values import Observed, Planned, ValuePath, Values


def proposed_new(schema: Schema, prior: Values | None, config: Values) -> Values:
    """The proposal for `config` on top of `prior` (None for a create)."""
    before: Values = {} if prior is None else prior
    proposal = {
        name: _proposed_attribute(attribute, before.get(name), config.get(name), prior is None)
        for name, attribute in schema.attributes.items()
    }
    for name, block in schema.blocks.items():
        proposal[name] = _proposed_block(block, before.get(name), config.get(name))
    return proposal


def _proposed_attribute(attribute: Attribute, prior: Any, config: Any, creating: bool) -> Any:
    if attribute.write_only:
        return None
    if config is None and attribute.computed:
        if creating:
            return Unknown(attribute.type)
        return None if _was_set(attribute, prior) else prior
    return _proposed_nested(attribute.nested, prior, config) if attribute.nested else config


def _was_set(attribute: Attribute, prior: Any) -> bool:
    """Whether a nested attribute holds what no service computes: a configuration that is silent now had set it."""
    if not attribute.optional or attribute.nested is None:
        return False
    schema = attribute.nested.schema
    return any(
        member.get(name) is not None and (not inner.computed or _was_set(inner, member[name]))
        for _, member in attribute.nested.members(prior)
        for name, inner in schema.attributes.items()
    )


def _proposed_block(block: NestedBlock, prior: Any, config: Any) -> Any:
    if block.computed and (config is None or (is_known(config) and not tuple(config))):
        return Unknown(block.type) if prior is None and config is not None else prior
    return _proposed_nested(block, prior, config)


def _proposed_nested(nested: Nested, prior: Any, config: Any) -> Any:
    """Objects are taken for the same by their place; in sets, by all that the configuration sets."""
    before = dict(nested.members(prior))

    def proposed(path: Path, item: Values) -> Values:
        if nested.nesting == "set":
            path = next((each for each, old in before.items() if _may_come_from(nested.schema, old, item)), (-1,))
        return proposed_new(nested.schema, before.pop(path, None), item)

    return nested.changed(config, proposed)


def _may_come_from(schema: Schema, prior: Values, config: Values) -> bool:
    """Whether `prior` is what a service made of `config`: it differs only where the service computes."""
    for name in schema.type.attributes:
        old, new = prior.get(name), config.get(name)
        if equal(old, new):
            continue
        attribute, nested = schema.attributes.get(name), schema.nested.get(name)
        if new is None and attribute is not None and attribute.computed:
            continue
        if nested is None or nested.nesting == "set" or not _all_may_come_from(nested, old, new):
            return False
    return True


def _all_may_come_from(nested: Nested, prior: Any, config: Any) -> bool:
    before, after = dict(nested.members(prior)), dict(nested.members(config))
    if not after or before.keys() != after.keys():
        return False
    return all(_may_come_from(nested.schema, before[path], item) for path, item in after.items())


def plan_by_schema(schema: Schema, prior: Observed | None, proposed: Values) -> Planned:
    """The proposal as it is, and what of its changes forces replacement."""
    if prior is None:
        return Planned(proposed)
    return Planned(proposed, replace=tuple(_replacing(schema, prior.values, proposed, ())))


def _replacing(schema: Schema, prior: Values, proposed: Values, at: ValuePath) -> Iterator[ValuePath]:
    members: dict[str, Attribute | NestedBlock] = {**schema.attributes, **schema.blocks}
    for name, each in members.items():
        before, after = prior.get(name), proposed.get(name)
        if equal(before, after):
            continue
        nested = schema.nested.get(name)
        if each.immutable:
            yield (*at, name)
        elif nested is not None and nested.nesting != "set":
            old = dict(nested.members(before))
            for path, new in nested.members(after):
                if path in old:
                    yield from _replacing(nested.schema, old[path], new, (*at, name, *path))


def without_write_only(schema: Schema, values: Values) -> Values:
    """The values with null in place of what is write-only."""
    if not schema.has_write_only:
        return values
    made = {**values, **{name: None for name, each in schema.attributes.items() if each.write_only}}
    for name, nested in schema.nested.items():
        made[name] = nested.map(without_write_only, made[name])
    return made


def changed(prior: Values, planned: Values) -> tuple[str, ...]:
    """The top-level names whose values differ, in the order of `planned`."""
    return tuple(name for name, value in planned.items() if not equal(prior.get(name), value))


def sensitive_paths(schema: Schema, values: Values, at: ValuePath = ()) -> Iterator[ValuePath]:
    """Paths of the attributes that the schema calls sensitive, where they are set. A path into a set ends there."""
    if not schema.has_sensitive:
        return
    for name, attribute in schema.attributes.items():
        if attribute.sensitive and values.get(name) is not None:
            yield (*at, name)
    for name, nested in schema.nested.items():
        for path, member in nested.members(values.get(name)):
            inner = sensitive_paths(nested.schema, member, (*at, name, *path))
            yield from inner if nested.nesting != "set" else ((*at, name) for _ in inner)
