"""A backend from its block, or from the same values given to `terraform_remote_state`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from language.constants import constant
from language.conversion import ConversionError
from language.diagnostics import Diagnostics, FreeholdError, error
from language.scope import Scope
from language.values import is_wholly_known
from planner.configuration.blocks import BackendBlock
from planner.evaluation.decode import conform, decode
from providers.contract import Values
from state import backends
from state.backends.contract import Backend


def decoded(block: BackendBlock, diagnostics: Diagnostics) -> Values:
    """The values of a backend's block, which are constant; what is in error is reported."""
    try:
        schema = backends.schema(block.type)
    except FreeholdError as unknown:
        diagnostics.extend(replace(each, span=block.span) for each in unknown.diagnostics)
        return {}
    values = decode(block.body, schema, Scope.constant(planning=True), f'backend "{block.type}"', diagnostics)
    for name, attribute in block.body.attributes.items():
        if not is_wholly_known(values.get(name)):
            why = Diagnostics()
            constant(attribute.expression, why)
            diagnostics.extend(each for each in why if each not in diagnostics)
    return values


def opened(block: BackendBlock | None, directory: Path, environment: Mapping[str, str]) -> Backend:
    """The backend of a block, or the default one. Raises FreeholdError."""
    if block is None:
        return opened_by("local", {}, directory, environment)
    diagnostics = Diagnostics()
    values = decoded(block, diagnostics)
    diagnostics.raise_errors()
    try:
        return backends.open_backend(block.type, values, directory=directory, environment=environment)
    except FreeholdError as refused:
        raise FreeholdError(replace(each, span=each.span or block.span) for each in refused.diagnostics) from refused


def opened_by(type_: str, values: Values, directory: Path, environment: Mapping[str, str]) -> Backend:
    """The backend that values configure. Raises FreeholdError."""
    try:
        config = conform(values, backends.schema(type_))
    except ConversionError as failure:
        detail = f'What configures the backend "{type_}" is not suitable: {failure}.'
        raise FreeholdError([error("Invalid backend configuration", detail)]) from failure
    return backends.open_backend(type_, config, directory=directory, environment=environment)
