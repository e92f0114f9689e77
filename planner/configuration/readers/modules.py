"""The blocks about modules: `module`, and `terraform`, which says what a module needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from language.types import STRING
from planner.configuration import shapes
from planner.configuration.blocks import ModuleCall, RequiredProvider
from planner.configuration.readers.reader import Reader
from planner.configuration.versions import check_language

if TYPE_CHECKING:
    from language.body import AttributeNode, Block
    from language.expressions import Expression


def module(reader: Reader, block: Block) -> None:
    """Read a `module` block, a call."""
    name = block.labels[0]
    body = reader.body(block.body, shapes.CALL, f'module "{name}"')
    count, for_each = reader.repetition(block)
    source = reader.constant(body, "source", STRING, "")
    version = reader.constant(body, "version", STRING, "")
    made = ModuleCall(
        name,
        block.span,
        source if isinstance(source, str) else "",
        body.attributes["source"].span if "source" in body.attributes else block.span,
        version if isinstance(version, str) else "",
        body.without(shapes.CALL_META, ()),
        count,
        for_each,
        reader.references(body, "depends_on"),
        _providers(reader, body.attributes.get("providers")),
    )
    reader.put(reader.configuration.calls, name, made, "module call")


def _providers(reader: Reader, attribute: AttributeNode | None) -> dict[str, str]:
    """`{ aws = aws.west }`: its own names to the caller's."""
    if attribute is None:
        return {}
    expression = attribute.expression
    pairs = expression.pairs()
    if pairs is None:
        reader.diagnostics.error("Not an object", "providers takes { NAME = CONFIGURATION, ... }.", expression.span)
        return {}
    found = {}
    for inner, outer in pairs:
        names = _configuration(reader, inner), _configuration(reader, outer)
        if all(names):
            found[names[0]] = names[1]
    return found


def _configuration(reader: Reader, expression: Expression) -> str:
    """ "aws" or "aws.west", as a reference or a text."""
    traversal = expression.traversal()
    if traversal is None:
        text = expression.static_string()
        if text is None:
            detail = "A provider configuration is named as it is: aws, or aws.ALIAS."
            reader.diagnostics.error("Not a provider configuration", detail, expression.span)
        return text or ""
    return str(traversal)


def terraform(reader: Reader, block: Block) -> None:
    """Read a `terraform` block."""
    body = reader.body(block.body, shapes.TERRAFORM, 'a "terraform" block')
    version = reader.constant(body, "required_version", STRING, "")
    if isinstance(version, str) and version:
        check_language(version, body.attributes["required_version"].expression.span, reader.diagnostics)
    for inner in body.blocks:
        if inner.type == "required_providers":
            _required(reader, inner)
        elif inner.type in ("backend", "cloud"):
            _misplaced(reader, inner)


def _misplaced(reader: Reader, block: Block) -> None:
    if reader.configuration.path:
        detail = f'A "{block.type}" block of a module that is called means nothing: the stack says where its state is.'
        reader.diagnostics.warning("Backend configuration ignored", detail, block.span)
        return
    detail = f'Where the state is kept stands in the stack block here, and a "{block.type}" block has no effect.'
    advice = 'Write it as: stack "NAME" { backend "s3" { ... } }'
    reader.diagnostics.error("Backend in the wrong place", detail, block.span, advice=advice)


def _required(reader: Reader, block: Block) -> None:
    body = reader.body(block.body, shapes.Shape(open_attributes=True), '"required_providers"')
    for name, attribute in body.attributes.items():
        made = _requirement(reader, name, attribute)
        reader.put(reader.configuration.required_providers, name, made, "required provider")


def _requirement(reader: Reader, name: str, attribute: AttributeNode) -> RequiredProvider:
    expression = attribute.expression
    pairs = expression.pairs()
    if pairs is None:
        return RequiredProvider(name, attribute.span, version=expression.static_string() or "")
    texts, aliases = {}, []
    for key, value in pairs:
        what = key.static_string() or str(key.traversal() or "")
        if what == "configuration_aliases":
            aliases = [str(each.traversal()) for each in value.elements() or () if each.traversal() is not None]
        elif what in shapes.REQUIRED_PROVIDER:
            texts[what] = value.static_string() or ""
        else:
            shapes.unknown_name(what, shapes.REQUIRED_PROVIDER, '"required_providers"', key.span, reader.diagnostics)
    return RequiredProvider(name, attribute.span, texts.get("source", ""), texts.get("version", ""), tuple(aliases))
