"""Where states are kept: one module a backend, found through one table. Read `contract` first, then `local`.

To add one: write its module with a `SCHEMA` and an `open_backend`, name it in the table, and run the conformance suite
on it. SDKs are imported when a backend is opened, so that nobody pays for one that he does not use.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from language.diagnostics import FreeholdError, error
from language.schema import Schema
from state.backends.contract import Backend

_MODULES = {"local": "state.backends.local", "s3": "state.backends.s3"}


def known() -> tuple[str, ...]:
    """The types of backend that there are."""
    return tuple(_MODULES)


def schema(type: str) -> Schema:
    """What the block of a backend may hold. Raises FreeholdError for an unknown type."""
    found: Schema = _module(type).SCHEMA
    return found


def open_backend(type: str, config: Mapping[str, Any], *, directory: Path, environment: Mapping[str, str]) -> Backend:
    """A backend of this type; `config` holds known values by its schema, `directory` is the stack's.

    Nothing is asked of it yet. Raises FreeholdError for an unknown type, and for values that cannot be meant.
    """
    backend: Backend = _module(type).open_backend(config, directory, environment)
    return backend


def _module(type: str) -> Any:
    if type not in _MODULES:
        near = difflib.get_close_matches(type, _MODULES, 1)
        advice = f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(_MODULES)}."
        raise FreeholdError([error("Unknown backend", f'There is no backend "{type}".', advice=advice)])
    return importlib.import_module(_MODULES[type])
