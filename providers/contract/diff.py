"""Planning that follows from a schema alone: what a proposal is, what differs, what forces replacement.

The rules are those of Terraform's plugin protocol (ProposedNewState): the configuration where it is set, the prior
value where the service computes it, unknown where it is computed and nothing is there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from language.schema import Attribute, NestedBlock, Schema
from language.values import SetValue, Unknown, equal, is_known
from providers.contract.values import Observed, Planned, ValuePath, Values


def proposed_new(schema: Schema, prior: Values | None, config: Values) -> Values:
    """The proposal for `config` on top of `prior` (None for a create)."""
    proposal = {
        name: _proposed_attribute(
            attribute, None if prior is None else prior.get(name), config.get(name), prior is None
        )
        for name, attribute in schema.attributes.items()
    }
    for name, block in schema.blocks.items():
        proposal[name] = _proposed_block(block, None if prior is None else prior.get(name), config.get(name))
    return proposal


def _proposed_attribute(attribute: Attribute, prior: Any, config: Any, creating: bool) -> Any:
    if attribute.write_only:
        return None
    if config is not None or not attribute.computed:
        return config
    return Unknown(attribute.type) if creating else prior


def _proposed_block(block: NestedBlock, prior: Any, config: Any) -> Any:
    if config is None or not is_known(config):
        return prior if config is None and block.computed else config
    if block.nesting == "single":
        return proposed_new(block.schema, prior if isinstance(prior, dict) else None, config)
    if block.computed and not tuple(config):
        return prior if prior is not None else Unknown(Schema(blocks={"b": block}).type.attributes["b"])
    if block.nesting == "set":
        return SetValue(block.schema.type, [proposed_new(block.schema, None, item) for item in config])
    before = tuple(prior) if isinstance(prior, tuple) else ()
    return tuple(
        proposed_new(block.schema, before[index] if index < len(before) else None, item) if is_known(item) else item
        for index, item in enumerate(config)
    )


def plan_by_schema(schema: Schema, prior: Observed | None, proposed: Values) -> Planned:
    """The proposal as it is, and what of its changes forces replacement."""
    if prior is None:
        return Planned(proposed)
    return Planned(proposed, replace=tuple(_replacing(schema, prior.values, proposed, ())))


def _replacing(schema: Schema, prior: Values, proposed: Values, at: ValuePath) -> Iterator[ValuePath]:
    for name, attribute in schema.attributes.items():
        if attribute.immutable and not equal(prior.get(name), proposed.get(name)):
            yield (*at, name)
    for name, block in schema.blocks.items():
        before, after = prior.get(name), proposed.get(name)
        if equal(before, after):
            continue
        if block.immutable:
            yield (*at, name)
        elif block.nesting == "single" and isinstance(before, dict) and isinstance(after, dict):
            yield from _replacing(block.schema, before, after, (*at, name))
        elif block.nesting == "list" and isinstance(before, tuple) and isinstance(after, tuple):
            for index, (old, new) in enumerate(zip(before, after, strict=False)):
                if isinstance(old, dict) and isinstance(new, dict):
                    yield from _replacing(block.schema, old, new, (*at, name, index))


def without_write_only(schema: Schema, values: Values) -> Values:
    """The values with null in place of what is write-only."""
    if not schema.has_write_only:
        return values
    made = dict(values)
    for name, attribute in schema.attributes.items():
        if attribute.write_only:
            made[name] = None
    for name, block in schema.blocks.items():
        inner = values.get(name)
        if isinstance(inner, dict):
            made[name] = without_write_only(block.schema, inner)
        elif isinstance(inner, tuple):
            items = (without_write_only(block.schema, each) if isinstance(each, dict) else each for each in inner)
            made[name] = tuple(items)
    return made


def changed(prior: Values, planned: Values) -> tuple[str, ...]:
    """The top-level names whose values differ, in the order of `planned`."""
    return tuple(name for name, value in planned.items() if not equal(prior.get(name), value))


def sensitive_paths(schema: Schema, values: Any, at: ValuePath = ()) -> Iterable[ValuePath]:
    """Paths of the attributes that the schema calls sensitive, where they are set."""
    if not isinstance(values, dict):
        return
    for name, attribute in schema.attributes.items():
        if attribute.sensitive and values.get(name) is not None:
            yield (*at, name)
    for name, block in schema.blocks.items():
        inner = values.get(name)
        if isinstance(inner, dict):
            yield from sensitive_paths(block.schema, inner, (*at, name))
        elif isinstance(inner, tuple):
            for index, item in enumerate(inner):
                yield from sensitive_paths(block.schema, item, (*at, name, index))
