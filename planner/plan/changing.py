"""Which blocks have changes to come, asked while a plan is being made: by data that is read only when they are over."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from itertools import islice

from graph.addresses import split_modules, unkeyed
from planner.plan.steps import NoOp, Read, Step
from planner.prior.reading import Prior


class Changing:
    """Answers for blocks that are planned already. `steps` and `desired` grow meanwhile."""

    def __init__(self, steps: Mapping[str, Step], desired: Container[str], prior: Prior) -> None:
        self._steps = steps
        self._desired = desired
        self._prior = prior
        self._taken = 0
        self._modules: dict[str, set[str]] = {}

    @cached_property
    def _existing(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for resource in self._prior.resources().values():
            found.setdefault(unkeyed(resource.address), []).append(resource.address)
        return found

    def any(self, blocks: Iterable[str], prefix: str) -> bool:
        """Whether one of `blocks` (as the configuration has them) changes, for who is in the module at `prefix`.

        Of its own module other instances are nobody's business, as in Terraform.
        """
        for address, step in islice(self._steps.items(), self._taken, None):
            if not isinstance(step, NoOp | Read):
                self._modules.setdefault(unkeyed(address), set()).add(module_of(address))
        self._taken = len(self._steps)
        return any(sees(prefix, module) for block in blocks for module in self._changed(block))

    def _changed(self, block: str) -> Iterable[str]:
        yield from self._modules.get(block, ())
        yield from (module_of(each) for each in self._existing.get(block, ()) if each not in self._desired)


def module_of(address: str) -> str:
    """What stands before an address in the instance of a module: `module.net["a"].`."""
    return address[: len(address) - len(split_modules(address)[1])]


def sees(prefix: str, module: str) -> bool:
    """Whether what is in the module at `prefix` may depend on what is in another one: not in another instance of it."""
    names = [[name for name, _ in split_modules(each)[0]] for each in (prefix, module)]
    return prefix == module or names[0] != names[1]
