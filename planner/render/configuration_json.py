"""What a stack's blocks say, as the `configuration` of Terraform's plan JSON: constants, and references."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from language.diagnostics import Diagnostics
from language.scope import Scope
from language.syntax.nodes import CALL
from planner.configuration.blocks import (
    MISSING,
    Configuration,
    Data,
    ModuleCall,
    Output,
    ProviderBlock,
    TypedBlock,
    Variable,
)
from planner.render.json_values import plain

if TYPE_CHECKING:
    from language.body import Body
    from language.expressions import Expression
    from language.traversal import Traversal

_STEPS = {"self": 0, "data": 2}
"""How many steps name a block, where it is not one: `aws_vpc.main`, but `data.aws_vpc.main`."""


def render(configuration: Configuration | None) -> dict[str, Any]:
    """The configuration; an empty root module without one."""
    if configuration is None:
        return {"root_module": {}}
    made: dict[str, Any] = {"root_module": _module(configuration)}
    providers = {
        module.prefix + key: _provider(module, block)
        for module in configuration.tree()
        for key, block in module.providers.items()
    }
    return {**made, "provider_config": providers} if providers else made


def _module(module: Configuration) -> dict[str, Any]:
    parts = {
        "outputs": {name: _output(output) for name, output in module.outputs.items()},
        "resources": [_typed(each) for table in (module.resources, module.data) for _, each in sorted(table.items())],
        "module_calls": {name: _call(call, module.modules[name]) for name, call in module.calls.items()},
        "variables": {name: _variable(variable) for name, variable in module.variables.items()},
    }
    return {name: part for name, part in parts.items() if part}


def _call(call: ModuleCall, module: Configuration) -> dict[str, Any]:
    made: dict[str, Any] = {"source": call.source, "expressions": _body(call.body), "module": _module(module)}
    if call.count is not None:
        made["count_expression"] = expression(call.count)
    if call.for_each is not None:
        made["for_each_expression"] = expression(call.for_each)
    if call.version:
        made["version_constraint"] = call.version
    if call.depends_on:
        made["depends_on"] = [str(each) for each in call.depends_on]
    return made


def _provider(module: Configuration, block: ProviderBlock) -> dict[str, Any]:
    made: dict[str, Any] = {"name": block.name, "expressions": _body(block.body)}
    if block.alias:
        made["alias"] = block.alias
    if module.path:
        made["module_address"] = module.prefix.removesuffix(".")
    return made


def _variable(variable: Variable) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if variable.default is not MISSING:
        made["default"] = None if variable.sensitive else plain(variable.default)
    if variable.description:
        made["description"] = variable.description
    if variable.sensitive:
        made["sensitive"] = True
    if variable.ephemeral:
        made["ephemeral"] = True
    return made


def _output(output: Output) -> dict[str, Any]:
    made: dict[str, Any] = {"sensitive": True} if output.sensitive else {}
    if output.ephemeral:
        made["ephemeral"] = True
    made["expression"] = expression(output.value)
    if output.description:
        made["description"] = output.description
    if output.depends_on:
        made["depends_on"] = [str(each) for each in output.depends_on]
    return made


def _typed(block: TypedBlock) -> dict[str, Any]:
    made: dict[str, Any] = {
        "address": block.address,
        "mode": "data" if isinstance(block, Data) else "managed",
        "type": block.type,
        "name": block.name,
        "provider_config_key": block.type.partition("_")[0],
        "expressions": _body(block.body),
        "schema_version": 0,
    }
    if block.count is not None:
        made["count_expression"] = expression(block.count)
    if block.for_each is not None:
        made["for_each_expression"] = expression(block.for_each)
    if block.depends_on:
        made["depends_on"] = [str(each) for each in block.depends_on]
    return made


def _body(body: Body) -> dict[str, Any]:
    """Attributes as expressions; nested blocks as lists of bodies, by their type."""
    made: dict[str, Any] = {name: expression(node.expression) for name, node in body.attributes.items()}
    for block in body.blocks:
        made.setdefault(block.type, []).append(_body(block.body))
    return made


def expression(given: Expression) -> dict[str, Any]:
    """What it refers to; else its value, where it is constant. Neither for functions' results, as Terraform does."""
    if given.references:
        return {"references": _references(given.references)}
    if _calls(given.node):
        return {}
    diagnostics = Diagnostics()
    value = given.evaluate(Scope.constant(), diagnostics)
    return {} if diagnostics.has_errors else {"constant_value": plain(value)}


def _calls(node: Any) -> bool:
    return isinstance(node, tuple) and bool(node) and (node[0] == CALL or any(_calls(part) for part in node))


def _references(traversals: tuple[Traversal, ...]) -> list[str]:
    """Each reference, and behind it all that it goes through, down to the block, as Terraform lists them."""
    found: dict[str, None] = {}
    for traversal in traversals:
        least = _STEPS.get(traversal.root, 1)
        for count in range(len(traversal.steps), min(least, len(traversal.steps)) - 1, -1):
            found[str(replace(traversal, steps=traversal.steps[:count]))] = None
    return list(found)
