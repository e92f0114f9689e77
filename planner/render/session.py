"""One command's face: where its results go, for people or for programs, and how it asks."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from language.diagnostics import Diagnostic, Diagnostics, FreeholdError, Sources, error
from planner.apply import Result
from planner.configuration import Variable
from planner.events import Event, Interrupted
from planner.plan import Plan
from planner.render import diagnostics as diagnostics_text
from planner.render import plan_json, plan_text, progress, state_text
from planner.render.stream import Stream
from planner.workspace import Workspace
from state import codec
from state.snapshot import Snapshot


class Session:
    """Prints what a command has to say. With `json` everything is a line of JSON on standard output."""

    def __init__(self, *, json: bool, no_color: bool) -> None:
        from rich.console import Console

        plain = no_color or None
        self.console = Console(no_color=plain, highlight=False, emoji=False, markup=False)
        self.errors = Console(stderr=True, no_color=plain, highlight=False, emoji=False, markup=False)
        self._stream = Stream(sys.stdout) if json else None
        self._listener: Any = self._stream or progress.Quiet(self.console)
        self._interrupts = 0

    @property
    def interactive(self) -> bool:
        """Whether there is somebody to ask."""
        return sys.stdin.isatty() and self._stream is None

    def listener(self, event: Event) -> None:
        """What happens meanwhile; the face of it changes while a command goes on."""
        self._listener(event)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._stream is None:
            self._listener.close()

    # -- plans ------------------------------------------------------------------------------------------------------

    def planned(self, plan: Plan, workspace: Workspace) -> None:
        """Show a plan that was just made."""
        self.close()
        sources = workspace.configuration.sources
        if self._stream is not None:
            self._stream.planned(plan, sources)
            return
        self.warn(plan.diagnostics, sources)
        plan_text.render(plan, self.console)

    def saved(self, path: str) -> None:
        """Tell where a plan was saved."""
        if self._stream is None:
            self.console.print(f'\nSaved to {path}. To do exactly this: freehold apply "{path}"')

    def show_plan(self, plan: Plan, json: bool, workspace: Workspace | None) -> None:
        """Show a saved plan."""
        if json:
            made = plan_json.render(plan, workspace.configuration if workspace else None)
            sys.stdout.write(codec.dumps(made).decode() + "\n")
        else:
            plan_text.render(plan, self.console)

    def approve(self, plan: Plan, may_ask: bool) -> bool:
        """Ask whether to go on."""
        if not may_ask or not self.interactive:
            advice = "Approve it with -auto-approve, or save the plan with -out and apply that."
            raise FreeholdError([error("Not approved", "There is nobody to ask.", advice=advice)])
        what = "Destroy all this" if plan.mode == "destroy" else "Do this"
        self.console.print(f"\n{what}? Only 'yes' is taken for yes: ", end="")
        answer = sys.stdin.readline().strip()
        if answer != "yes":
            self.console.print("Nothing was done.")
        return answer == "yes"

    def ask(self, variable: Variable) -> str:
        """Ask for the value of a variable."""
        from getpass import getpass

        self.close()
        if variable.description:
            self.console.print(f"{variable.name}: {variable.description}")
        prompt = f"var.{variable.name}: "
        return getpass(prompt) if variable.sensitive else input(prompt)

    # -- applying -----------------------------------------------------------------------------------------------------

    def applying(self, plan: Plan) -> None:
        """From here on events are of an apply."""
        self.close()
        if self._stream is not None:
            return
        if self.console.is_terminal:
            self._listener = progress.Live(self.console, plan)
        else:
            self._listener = progress.Lines(self.console)

    def interrupted(self) -> None:
        """Ctrl-C was pressed."""
        self._interrupts += 1
        self._listener(Interrupted(self._interrupts))

    def applied(self, plan: Plan, result: Result, workspace: Workspace) -> None:
        """Tell how it went; the last line is the summary."""
        self.close()
        sources = workspace.configuration.sources
        if self._stream is not None:
            self._stream.applied(plan, result, sources)
            return
        self.console.print()
        if result.diagnostics:
            diagnostics_text.render(result.diagnostics, sources, self.errors)
        whole = not result.diagnostics.has_errors and not result.interrupted
        counts = f"{result.added} added, {result.changed} changed, {result.destroyed} destroyed."
        destroying = plan.mode == "destroy"
        if whole and not destroying:
            self._outputs_after(workspace.manager.snapshot())
        name = "Destroy" if destroying else "Apply"
        if whole:
            self.console.print(f"{name} complete! Resources: {counts}", style="bold green")
        else:
            why = "was interrupted" if result.interrupted else "failed in part"
            self.console.print(f"{name} {why}. What was done is in the state; apply again to go on.", style="bold red")
            self.console.print(f"Resources: {counts}")

    def _outputs_after(self, snapshot: Snapshot) -> None:
        if not snapshot.outputs:
            return
        self.console.print("Outputs:\n", style="bold")
        width = max(len(name) for name in snapshot.outputs)
        for name, output in sorted(snapshot.outputs.items()):
            self.console.print(state_text.output_line(name, output, width), soft_wrap=True)
        self.console.print()

    # -- looking ------------------------------------------------------------------------------------------------------

    def outputs(self, snapshot: Snapshot, name: str | None, *, json: bool, raw: bool) -> None:
        """The outputs of the last apply, or one of them."""
        if name is not None and name not in snapshot.outputs:
            known = ", ".join(sorted(snapshot.outputs)) or "none"
            detail = f'The state has no output "{name}"; it has: {known}.'
            raise FreeholdError([error("No such output", detail)])
        chosen = {name: snapshot.outputs[name]} if name is not None else dict(sorted(snapshot.outputs.items()))
        if json:
            shown = {
                key: {"sensitive": each.sensitive, "type": each.type, "value": None if each.sensitive else each.value}
                for key, each in chosen.items()
            }
            whole: Any = shown[name]["value"] if name is not None else shown
            sys.stdout.write(codec.dumps(whole).decode() + "\n")
        elif raw and name is not None:
            self._raw(name, chosen[name].value, chosen[name].sensitive)
        else:
            width = max((len(key) for key in chosen), default=0)
            for key, each in chosen.items():
                self.console.print(state_text.output_line(key, each, width), soft_wrap=True)

    def _raw(self, name: str, value: Any, sensitive: bool) -> None:
        if sensitive:
            detail = f'The output "{name}" is sensitive: the state keeps a digest of it, and not the value.'
            raise FreeholdError([error("Value not kept", detail)])
        if not isinstance(value, str | int):
            raise FreeholdError([error("Not a text", f'The output "{name}" has parts; show it with -json.')])
        sys.stdout.write(str(value))

    def show_state(self, snapshot: Snapshot, json: bool) -> None:
        """All that the state holds."""
        if json:
            sys.stdout.write(codec.dumps(plan_json.state(snapshot)).decode() + "\n")
            return
        for key in state_text.listed(snapshot, ()):
            for line in state_text.resource(snapshot.resources[key]):
                self.console.print(line, soft_wrap=True)
            self.console.print()
        for name, output in sorted(snapshot.outputs.items()):
            self.console.print(state_text.output_line(name, output), soft_wrap=True)

    def state_list(self, snapshot: Snapshot, addresses: Iterable[str]) -> None:
        """The addresses in the state."""
        for key in state_text.listed(snapshot, addresses):
            sys.stdout.write(key + "\n")

    def state_show(self, snapshot: Snapshot, address: str) -> None:
        """One resource of the state."""
        found = snapshot.resources.get(address)
        if found is None:
            from graph.addresses import suggest

            meant = suggest(address, snapshot.resources)
            advice = f"Did you mean {meant}?" if meant else "freehold state list shows what there is."
            raise FreeholdError([error("No such address", f"The state holds no {address}.", advice=advice)])
        for line in state_text.resource(found):
            self.console.print(line, soft_wrap=True)

    # -- diagnostics --------------------------------------------------------------------------------------------------

    def warn(self, diagnostics: Iterable[Diagnostic], sources: Sources) -> None:
        """Show warnings."""
        diagnostics_text.render(diagnostics, sources, self.errors)

    def failed(self, diagnostics: Iterable[Diagnostic], sources: Sources | None) -> None:
        """Show what went wrong."""
        self.close()
        if self._stream is not None:
            self._stream.diagnostics(diagnostics, sources)
        else:
            diagnostics_text.render(diagnostics, sources, self.errors)

    def validated(self, diagnostics: Diagnostics, sources: Sources, json: bool) -> None:
        """The result of `validate`."""
        errors = sum(d.severity == "error" for d in diagnostics)
        if json:
            made = {
                "format_version": "1.0",
                "valid": not errors,
                "error_count": errors,
                "warning_count": len(diagnostics) - errors,
                "diagnostics": [diagnostics_text.to_json(d, sources) for d in diagnostics_text.ordered(diagnostics)],
            }
            sys.stdout.write(codec.dumps(made).decode() + "\n")
            return
        diagnostics_text.render(diagnostics, sources, self.errors)
        if not errors:
            self.console.print("Success! The configuration is valid.", style="bold green")
