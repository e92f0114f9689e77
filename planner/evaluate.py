"""What references mean: variables, locals and the blocks' values, asked for when needed and remembered.

The same evaluator serves planning (values are planned, some unknown) and applying (values are what came out): only
the `Results` behind it differ. Cycles were refused before (`planner.references`), so nothing here can meet itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from language.diagnostics import Diagnostics
from language.expressions import Scope, Traversal
from language.values import Unknown
from planner.configuration import Configuration
from providers.contract import Reference

Key = str | int | None
"""Of one instance of a block: None without count and for_each."""


@dataclass
class Results:
    """Values by instance address, which instances each block has, and what clusters and apps give to others."""

    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, tuple[Key, ...]] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def block(self, address: str) -> Any:
        """The value of a block: of its one instance, a tuple with count, an object with for_each."""
        keys = self.keys.get(address)
        if keys is None:
            return Unknown()
        if keys == (None,):
            return self.values.get(address, Unknown())
        if keys and isinstance(keys[0], str):
            return {str(key): self.values.get(instance(address, key), Unknown()) for key in keys}
        return tuple(self.values.get(instance(address, key), Unknown()) for key in keys)

    def expanded(self, address: str) -> Any:
        """What a cluster or an app gives to others, with the values of its resources as they are by now."""
        outputs = self.outputs.get(address)
        if outputs is None:
            return Unknown()
        return {name: self.resolve(value, address) for name, value in outputs.items()}

    def resolve(self, value: Any, block: str) -> Any:
        """A value of an expansion with its `Reference`s replaced by what they refer to."""
        if isinstance(value, Reference):
            return self._referred(value, block)
        if isinstance(value, dict):
            return {name: self.resolve(member, block) for name, member in value.items()}
        if isinstance(value, tuple | list):
            return tuple(self.resolve(element, block) for element in value)
        return value

    def _referred(self, reference: Reference, block: str) -> Any:
        value = self.values.get(f"{block}/{reference.name}", Unknown())
        for step in reference.path:
            if isinstance(value, Unknown) or value is None:
                return Unknown()
            try:
                value = tuple(value)[step] if isinstance(step, int) else value[step]
            except (IndexError, KeyError):
                return Unknown()
        if isinstance(value, Unknown) or reference.then is None:
            return value
        return reference.then(value)


def instance(address: str, key: Key) -> str:
    """The address of one instance of a block."""
    if key is None:
        return address
    return f'{address}["{key}"]' if isinstance(key, str) else f"{address}[{key}]"


class Evaluator:
    """Values for expressions of one configuration."""

    def __init__(self, configuration: Configuration, variables: Mapping[str, Any], results: Results) -> None:
        self.configuration = configuration
        self.variables = variables
        self.results = results
        self._locals: dict[str, Any] = {}
        folder = str(configuration.directory)
        paths = {"module": folder, "root": folder, "cwd": str(configuration.directory.resolve())}
        self._constants: dict[str, Any] = {"path": paths, "terraform": {"workspace": "default"}}
        self.scope = Scope(self._resolve, folder=folder)

    def with_results(self, results: Results) -> Evaluator:
        """The same configuration and variables with other results."""
        return Evaluator(self.configuration, self.variables, results)

    def _resolve(self, traversal: Traversal, diagnostics: Diagnostics) -> tuple[Any, int]:
        root = traversal.root
        if root in self._constants:
            return self._constants[root], 0
        name = traversal.steps[0] if traversal.steps else ""
        if not isinstance(name, str):
            return Unknown(), len(traversal.steps)
        if root == "var":
            return self.variables.get(name, Unknown()), 1
        if root == "local":
            return self._local(name, diagnostics), 1
        if root in ("cluster", "app"):
            return self.results.expanded(f"{root}.{name}"), 1
        return self.results.block(f"{root}.{name}"), 1

    def _local(self, name: str, diagnostics: Diagnostics) -> Any:
        if name not in self._locals:
            local = self.configuration.locals.get(name)
            if local is None:
                return Unknown()
            self._locals[name] = local.value.evaluate(self.scope, diagnostics)
        return self._locals[name]
