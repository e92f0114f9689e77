"""One command's face: where its results go, for people or for programs, and how it asks."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from typing import Any

from graph.addresses import covered, suggest
from language.diagnostics import Diagnostic, Diagnostics, FreeholdError, Sources, error
from planner.apply.outcome import Result
from planner.configuration.blocks import Variable
from planner.events import Event, Interrupted
from planner.plan.build import Built
from planner.plan.plan import Plan
from planner.prior.workspace import Workspace
from planner.render import diagnostics as diagnostics_text
from planner.render import explanation_text, outputs, plan_json, plan_text, state_json, state_text, trace
from planner.render.lines import Lines
from planner.render.live import LiveView, Reading
from planner.render.outlet import console, outlet
from planner.render.paint import texts, write
from planner.render.stream import StreamListener
from state import codec
from state.snapshot import Snapshot

_QUESTIONS = {"normal": "Do this", "destroy": "Destroy all this", "refresh-only": "Take this over into the state"}


def _again(plan: Plan) -> str:
    """What goes on where an apply of the plan ended. Without that it is a destruction, an apply would make anew what
    is destroyed."""
    if plan.mode != "destroy":
        return "apply again"
    return shlex.join(("freehold", "destroy", *(f"-target={target}" for target in plan.targets)))


class Session:
    """Prints what a command has to say. With `json` everything is a line of JSON on standard output.

    `sources` are the texts of the stack, once it is open.
    """

    def __init__(self, *, json: bool, no_color: bool) -> None:
        self._out = outlet(sys.stdout)
        self.console = console(sys.stdout, no_color=no_color)
        self.errors = console(sys.stderr, no_color=no_color)
        self._stream = StreamListener(self._out) if json else None
        self._listener: Any = self._stream or Reading(self.console)
        self._interrupts = 0
        self.sources: Sources | None = None

    @property
    def interactive(self) -> bool:
        """Whether there is somebody to ask."""
        return sys.stdin.isatty() and self._stream is None

    def listener(self, event: Event) -> None:
        """What happens meanwhile; the face of it changes while a command goes on."""
        trace.happened(event)
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

    def explained(self, built: Built, addresses: Iterable[str]) -> None:
        """Show why the steps of these addresses are what they are. Raises FreeholdError for one without a step."""
        found = [each.step.subject.address for each in built.explained]
        for address in addresses:
            if not any(covered((address,), each) for each in found):
                meant = suggest(address, (step.subject.address for step in built.plan.steps))
                advice = f"Did you mean {meant}?" if meant else "freehold plan shows the addresses that there are."
                raise FreeholdError([error("No such address", f"The plan has no {address}.", advice=advice)])
        self.close()
        for index, each in enumerate(built.explained):
            if index:
                self.console.print()
            write(self.console, explanation_text.text(each))

    def saved(self, path: str) -> None:
        """Tell where a plan was saved."""
        if self._stream is None:
            self.console.print(f'\nSaved to {path}. To do exactly this: freehold apply "{path}"', soft_wrap=True)

    def show_plan(self, plan: Plan, json: bool, workspace: Workspace | None) -> None:
        """Show a saved plan, whole."""
        if json:
            self._json(plan_json.render(plan, workspace.configuration if workspace else None))
        else:
            plan_text.render(plan, self.console, whole=True)

    def approve(self, plan: Plan, may_ask: bool) -> bool:
        """Ask whether to go on."""
        if not may_ask or not self.interactive:
            advice = "Approve it with -auto-approve, or save the plan with -out and apply that."
            raise FreeholdError([error("Not approved", "There is nobody to ask.", advice=advice)])
        what = _QUESTIONS[plan.mode]
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
            self._stream.applying(plan)
        elif self.console.is_terminal and not self.console.is_dumb_terminal:
            self._listener = LiveView(self.console, plan)
        else:
            self._listener = Lines(self.console)

    def interrupted(self) -> None:
        """Ctrl-C was pressed."""
        self._interrupts += 1
        self._listener(Interrupted(self._interrupts))

    def applied(self, plan: Plan, result: Result, workspace: Workspace) -> None:
        """Tell how it went; the last line is the summary."""
        self.close()
        sources = workspace.configuration.sources
        made = workspace.manager.snapshot().outputs
        if self._stream is not None:
            self._stream.applied(plan, result, made, sources)
            return
        self.console.print()
        if result.diagnostics:
            diagnostics_text.render(result.diagnostics, sources, self.errors)
        if result.diagnostics.has_errors or result.interrupted:
            self.console.print(f"What was done is in the state; {_again(plan)} to go on.", style="bold red")
            self.console.print(plan_text.done(plan, result), style="bold red")
            return
        if made and plan.mode != "destroy":
            self.console.print("Outputs:\n", style="bold")
            texts(self.console, outputs.text(made))
            self.console.print()
        if plan.deferred:
            write(self.console, [plan_text.left(plan), []])
        self.console.print(plan_text.done(plan, result), style="bold green")

    # -- looking ------------------------------------------------------------------------------------------------------

    def outputs(self, snapshot: Snapshot, name: str | None, *, json: bool, raw: bool) -> None:
        """The outputs of the last apply, or one of them."""
        if name is None:
            if raw:
                advice = "For example: freehold output -raw endpoint"
                raise FreeholdError([error("Name of an output missing", "-raw writes one output.", advice=advice)])
            if json:
                self._json(outputs.to_json(snapshot.outputs))
            else:
                texts(self.console, outputs.text(snapshot.outputs))
            return
        found = outputs.named(snapshot.outputs, name)
        if json:
            self._json(outputs.value_json(found))
        elif raw:
            self._out.write(outputs.raw(name, found))
        else:
            texts(self.console, outputs.one(found))

    def show_state(self, snapshot: Snapshot | None, json: bool) -> None:
        """All that the state holds; nothing where none can be read."""
        if snapshot is None:
            return
        if not json:
            texts(self.console, state_text.whole(snapshot))
            return

        from providers import Registry

        registry = Registry()

        def source_of(type_: str) -> str:
            provider = registry.of_type(type_)
            return provider.source if provider else ""

        self._json(state_json.render(snapshot, source_of))

    def state_list(self, snapshot: Snapshot, addresses: Iterable[str]) -> None:
        """The addresses in the state."""
        texts(self.console, state_text.listed(snapshot, addresses))

    def state_show(self, snapshot: Snapshot, address: str) -> None:
        """One resource of the state."""
        texts(self.console, state_text.resource(state_text.found(snapshot, address)))

    def write(self, text: str) -> None:
        """A text for programs."""
        self._out.write(text)

    def _json(self, value: Any) -> None:
        self._out.write(codec.dumps(value).decode() + "\n")

    # -- diagnostics --------------------------------------------------------------------------------------------------

    def warn(self, diagnostics: Iterable[Diagnostic], sources: Sources) -> None:
        """Show warnings."""
        diagnostics_text.render(diagnostics, sources, self.errors)

    def failed(self, diagnostics: Iterable[Diagnostic], sources: Sources | None) -> None:
        """Show what went wrong. Without `sources`, spans point into those of the stack that was opened."""
        self.close()
        sources = sources or self.sources
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
                "diagnostics": diagnostics_text.to_json(diagnostics, sources),
            }
            self._json(made)
            return
        diagnostics_text.render(diagnostics, sources, self.errors)
        if not errors:
            self.console.print("Success! The configuration is valid.", style="bold green")
