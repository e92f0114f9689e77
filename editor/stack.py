"""What the folder of a file declares, read with the texts that the editor has of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from editor.members import Member, Members
from editor.place import Header
from language.diagnostics import Diagnostic, FreeholdError, Span
from planner.commands.validate import validate_stack
from planner.configuration.blocks import Configuration, Node, Variable
from planner.configuration.modules.install import Installer
from planner.desired import apps, clusters
from planner.render.values import format_type

ANYWHERE = ("path.module", "path.root", "path.cwd", "terraform.workspace")


@dataclass
class Stack:
    """A folder: its blocks as far as it could be read, and what is wrong with it.

    Nothing is fetched for it.
    """

    directory: Path
    members: Members
    configuration: Configuration | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @classmethod
    def read(cls, directory: Path, members: Members, unsaved: Mapping[Path, str]) -> Stack:
        """The stack in a folder. Never raises: what cannot be read is among the diagnostics."""
        try:
            installer = Installer(directory, offline=True)
            found = validate_stack(directory, members.registry, installer, unsaved)
        except FreeholdError as failure:
            return cls(directory, members, None, list(failure.diagnostics))
        return cls(directory, members, found.configuration, list(found.diagnostics))

    def path(self, span: Span) -> Path | None:
        """The file that a span is in, where it is one of the folder's or of a local module's."""
        return None if "//" in span.file else (self.directory / span.file).resolve()

    # -- names --------------------------------------------------------------------------------------------------------

    def names(self, prefix: str) -> dict[str, Member]:
        """What a reference that begins with `prefix` may go on to be."""
        configuration = self.configuration
        found = {name: Member(name) for name in ANYWHERE}
        if configuration is None:
            return found
        for node in configuration.nodes():
            if isinstance(node, Variable):
                found[node.address] = _of_variable(node, node.address)
            elif not node.address.startswith(("output.", "provider.", "check.")):
                found[node.address] = Member(node.address)
        for name, module in configuration.modules.items():
            found |= {
                f"module.{name}.{output.name}": Member(f"module.{name}.{output.name}", output.description)
                for output in module.outputs.values()
            }
        return found | self._attributes(configuration, prefix)

    def _attributes(self, configuration: Configuration, prefix: str) -> dict[str, Member]:
        """Of the block that is written out in `prefix`."""
        found: dict[str, Member] = {}
        steps = prefix.split(".")
        address = _address(steps)
        stem = prefix.rpartition(".")[0]
        block = configuration.data.get(address) or configuration.resources.get(address)
        if len(steps) != address.count(".") + 2:
            return found
        if block is not None:
            members = self.members.attributes(block)
            found = {f"{stem}.{name}": member for name, member in members.items()}
        else:
            found = {f"{stem}.{name}": Member(name, about) for name, about in self._outputs(configuration, address)}
        return found

    def _outputs(self, configuration: Configuration, address: str) -> Iterable[tuple[str, str]]:
        """Of a cluster or an app: the name of each, and what it is."""
        cluster = next((each for each in configuration.clusters.values() if each.address == address), None)
        if cluster is not None:
            return clusters.outputs_of(cluster, self.members.registry).items()
        is_app = any(each.address == address for each in configuration.apps.values())
        return apps.OUTPUTS.items() if is_app else ()

    def inside(self, path: tuple[Header, ...]) -> dict[str, Member]:
        """What the block that `path` leads to may hold; a call's arguments are the variables of its module."""
        found = self.members.of(path)
        if self.configuration is not None and path and path[-1][0] == "module":
            module = self.configuration.modules.get(path[-1][-1])
            found |= {name: _of_variable(each, name) for name, each in module.variables.items()} if module else {}
        return found

    def declaration(self, reference: str) -> Node | None:
        """The block that a reference names."""
        configuration = self.configuration
        if configuration is None:
            return None
        names = [step.partition("[")[0] for step in reference.split(".")]
        if names[0] == "module" and len(names) > 2 and names[1] in configuration.modules:
            output = configuration.modules[names[1]].outputs.get(names[2])
            if output is not None:
                return output
        address = _address(names)
        return next((node for node in configuration.nodes() if node.address == address), None)


def _address(steps: list[str]) -> str:
    """The block that a reference goes through, without an index: `data` has one name more than others."""
    return ".".join(steps[: 3 if steps[0] == "data" else 2]).partition("[")[0]


def _of_variable(variable: Variable, name: str) -> Member:
    return Member(name, variable.description, format_type(variable.type))
