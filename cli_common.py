"""What all commands share: how options are written, how a stack is opened, and where errors end."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from language.overriding import override
from planner.render.outlet import say

if TYPE_CHECKING:
    from planner.plan.plan import Plan
    from planner.prior.workspace import Settings, Workspace
    from planner.render.session import Session


class Command(click.Command):
    """A command whose options may have one dash, and whose flags may be given a value."""

    @override
    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(context, list(self._normal(args)))

    def _normal(self, args: Sequence[str]) -> Iterator[str]:
        flags = {name for p in self.params if isinstance(p, Flag) for name in p.opts}
        for index, argument in enumerate(args):
            if argument == "--":
                yield from args[index:]
                return
            if len(argument) > 2 and argument[0] == "-" and argument[1] != "-":
                argument = "-" + argument
            if argument in flags:
                argument += "=true"
            yield argument


class Flag(click.Option):
    """`-name`, `-name=true` or `-name=false`."""

    def __init__(self, declarations: Sequence[str], **attributes: Any) -> None:
        super().__init__(declarations, type=click.BOOL, **attributes)


class Commands(click.Group):
    """A group whose unknown commands are answered with the nearest known one."""

    command_class = Command

    @override
    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(context, args)
        except click.UsageError:
            from graph.addresses import suggest

            meant = suggest(args[0], self.list_commands(context))
            hint = f' Did you mean "{meant}"?' if meant else " Run freehold help for the list."
            raise click.UsageError(f'There is no command "{args[0]}".{hint}') from None


def flag(name: str, *, default: bool = False, help: str) -> Callable[[Any], Any]:
    """A boolean option."""
    return click.option(f"--{name}", cls=Flag, default=default, help=help, metavar="")


def many(name: str, *, help: str, metavar: str = "ADDRESS") -> Callable[[Any], Any]:
    """An option that may be given several times."""
    return click.option(f"--{name}", multiple=True, metavar=metavar, help=help, callback=_filled)


def _filled(context: click.Context, /, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    if "" in values:
        raise click.UsageError(f"-{parameter.name} takes an address, and it is empty.")
    return values


def common(command: Any) -> Any:
    """The options of every command that opens a stack."""
    for decorate in (
        click.option(
            "--var", "variables", multiple=True, metavar="NAME=VALUE", callback=_assign, help="Set a variable."
        ),
        click.option(
            "--var-file", "files", multiple=True, metavar="FILE", callback=_assign, help="Set variables from a file."
        ),
        flag("lock", default=True, help="Hold the state's lock."),
        click.option("--lock-timeout", default="0s", metavar="DURATION", help="How long to wait for the lock."),
        click.option("--parallelism", default=10, type=click.IntRange(1, 256), help="Operations at a time."),
        flag("no-color", help="No colours."),
        flag("input", default=True, help="Ask for what is missing."),
    ):
        command = decorate(command)
    return command


def planning(command: Any) -> Any:
    """The options that say what to plan."""
    for decorate in (
        flag("destroy", help="Plan the destruction of everything."),
        flag("refresh-only", help="Only take over into the state what changed outside."),
        flag("refresh", default=True, help="Read what exists before planning."),
        many("target", help="Only this, and what it needs."),
        many("exclude", help="All but this, and what needs it."),
        many("replace", help="Make this anew."),
        flag("allow-data-loss", help="Allow steps that destroy what holds data."),
        flag("json", help="Machine-readable lines."),
    ):
        command = decorate(command)
    return command


def _assign(context: click.Context, /, parameter: click.Parameter, values: tuple[str, ...]) -> None:
    """Keep -var and -var-file in the order in which they were given: the later one wins."""
    from planner.evaluation.variables import Assignment

    if parameter.name == "files":
        given = [Assignment(file=value) for value in values]
    else:
        bad = next((value for value in values if "=" not in value), None)
        if bad is not None:
            raise click.UsageError(f'-var takes NAME=VALUE, and "{bad}" has no "=".')
        given = [Assignment(name.strip(), text) for name, _, text in (value.partition("=") for value in values)]
    context.meta.setdefault("assignments", {})[parameter.name] = given


def _assignments(context: click.Context) -> tuple[Any, ...]:
    by_name = context.meta.get("assignments", {})
    variables, files = iter(by_name.get("variables", [])), iter(by_name.get("files", []))
    ordered = []
    for argument in context.meta.get("arguments", []):
        name = argument.lstrip("-").partition("=")[0]
        if argument.startswith("-") and name in ("var", "var-file"):
            ordered.append(next(variables if name == "var" else files))
    return tuple(ordered)


def refused_by_system(failure: OSError) -> str:
    """What is wrong and what to do, for people."""
    where = f"{failure.filename}: " if failure.filename else ""
    if failure.errno in (errno.EMFILE, errno.ENFILE):
        return f"{where}Too many files are open. Allow more (ulimit -n 1024), or do less at a time (-parallelism=1)."
    return f"{where}{failure.strerror or failure}."


@contextmanager
def session_of(context: click.Context, /, *, json: bool, no_color: bool) -> Iterator[Session]:
    """What is shown to people or programs; errors that a user can cause end here, as diagnostics."""
    from language.diagnostics import FreeholdError
    from planner.render.session import Session

    session = Session(json=json, no_color=no_color)
    try:
        yield session
    except FreeholdError as failure:
        session.failed(failure.diagnostics, getattr(failure, "sources", None) or context.meta.get("sources"))
        context.exit(1)
    except RecursionError:
        from language.diagnostics import error

        detail = "A value is made of values that are made of values, and so on, deeper than can be followed."
        session.failed([error("Too deep", detail)], context.meta.get("sources"))
        context.exit(1)
    except OSError as failure:
        from language.diagnostics import error

        session.failed([error("The operating system refuses", refused_by_system(failure))], None)
        context.exit(1)
    except KeyboardInterrupt:
        session.close()
        say("Interrupted.", error=True)
        context.exit(130)
    finally:
        session.close()


def workspace_of(
    context: click.Context,
    /,
    session: Session,
    options: dict[str, Any],
    plan: Plan | None = None,
    *,
    needed: bool = False,
) -> Workspace:
    """The stack of this folder, with the variables of a saved plan where there is one; all are `needed` to plan."""
    from planner.evaluation.variables import Planned
    from planner.prior.workspace import open_workspace

    workspace = open_workspace(
        Path(),
        assignments=_assignments(context),
        ask=session.ask if options["input"] and session.interactive else None,
        listener=session.listener,
        planned=Planned(plan.variables) if plan is not None else None,
        needed=needed,
    )
    context.meta["sources"] = workspace.configuration.sources
    context.call_on_close(workspace.clients.close)
    return workspace


def settings_of(options: dict[str, Any]) -> Settings:
    """What the options of `planning` and `common` say."""
    from planner.prior.workspace import Settings

    return Settings(
        mode="destroy" if options["destroy"] else "refresh-only" if options["refresh_only"] else "normal",
        refresh=options["refresh"],
        targets=options["target"],
        excludes=options["exclude"],
        replace=options["replace"],
        explain=options.get("explain", ()),
        allow_data_loss=options["allow_data_loss"],
        parallelism=options["parallelism"],
        lock=options["lock"],
        lock_timeout=lock_timeout_of(options),
    )


def lock_timeout_of(options: dict[str, Any]) -> float:
    """How many seconds to wait for the lock."""
    from planner.evaluation.durations import seconds

    try:
        return seconds(options["lock_timeout"])
    except ValueError as failure:
        raise click.UsageError(f"-lock-timeout: {failure}.") from None
