"""The commands: parse arguments, call the planner, hand the results to a renderer.

Options are accepted as Terraform's are: with one dash or two, `-x=v` or `-x v`, before or after arguments. Everything
heavy is imported by the command that needs it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli_common import Commands, common, flag, many, planning, refused_by_system, session_of, settings_of, workspace_of
from cli_state import state
from language import __version__
from language.memory import collect_rarely
from planner.render.outlet import complete_streams, lost_output, say

if TYPE_CHECKING:
    from planner.apply.walk import Applier
    from planner.render.session import Session


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.option("--chdir", metavar="DIR", help="Work in this folder.")
@click.pass_context
def freehold(context: click.Context, /, chdir: str | None) -> None:
    """Plans and applies clusters and the apps on them, as one graph, on any cloud."""
    if chdir:
        try:
            os.chdir(chdir)
        except OSError as failure:
            raise click.UsageError(f"-chdir: {chdir}: {failure.strerror}.") from None
    if context.invoked_subcommand is None:
        say(context.get_help())


# -- looking ---------------------------------------------------------------------------------------------------------


@freehold.command()
@flag("json", help="As JSON.")
def version(json: bool) -> None:
    """Show the version."""
    if json:
        say(f'{{"freehold_version":"{__version__}"}}')
    else:
        say(f"freehold v{__version__}")


@freehold.command()
@click.argument("command", required=False)
@click.pass_context
def help(context: click.Context, /, command: str | None) -> None:
    """Show help, of one command or of all."""
    parent = context.parent
    assert parent is not None
    if command is None:
        say(parent.get_help())
        return
    found = freehold.get_command(parent, command)
    if found is None:
        raise click.UsageError(f'There is no command "{command}".')
    say(found.get_help(click.Context(found, info_name=command, parent=parent)))


@freehold.command()
@flag("upgrade", help="Look anew for what versions and refs come to.")
@flag("no-color", help="No colours.")
@click.pass_context
def init(context: click.Context, /, upgrade: bool, no_color: bool) -> None:
    """Fetch modules, and pin them in freehold.lock.hcl."""
    from planner.commands.initialize import initialize

    with session_of(context, json=False, no_color=no_color) as session:
        diagnostics, sources, written = initialize(Path(), upgrade=upgrade, listener=say)
        session.failed(diagnostics, sources)
        if diagnostics.has_errors:
            context.exit(1)
        if written:
            say("Wrote freehold.lock.hcl. Commit it: it pins what the stack is made of.")
        say("The stack is ready. To see what would be done: freehold plan")


@freehold.command()
@flag("json", help="As JSON.")
@flag("no-color", help="No colours.")
@click.pass_context
def validate(context: click.Context, /, json: bool, no_color: bool) -> None:
    """Check the configuration, without credentials and without calls."""
    from planner.commands.validate import validate_stack

    with session_of(context, json=False, no_color=no_color) as session:
        found = validate_stack(Path())
        session.validated(found.diagnostics, found.configuration.sources, json)
        context.exit(1 if found.diagnostics.has_errors else 0)


@freehold.command()
@click.argument("plan", required=False, type=click.Path())
@flag("json", help="Terraform's plan JSON.")
@common
@click.pass_context
def show(context: click.Context, /, plan: str | None, json: bool, **options: Any) -> None:
    """Show a saved plan, or the state."""
    from planner.commands import run
    from state.exchange import look

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        if plan is None:
            found = look(workspace_of(context, session, options).manager)
            session.failed(found.problems, None)
            session.show_state(found.snapshot, json)
            context.exit(1 if found.data and found.snapshot is None else 0)
        else:
            saved = run.open_plan(Path(plan)).plan
            session.show_plan(saved, json, workspace_of(context, session, options, saved) if json else None)


@freehold.command()
@click.argument("name", required=False)
@flag("json", help="As JSON.")
@flag("raw", help="The text alone.")
@common
@click.pass_context
def output(context: click.Context, /, name: str | None, json: bool, raw: bool, **options: Any) -> None:
    """Show the outputs of the last apply."""
    with session_of(context, json=False, no_color=options["no_color"]) as session:
        workspace = workspace_of(context, session, options)
        session.outputs(workspace.manager.open().snapshot, name, json=json, raw=raw)


@freehold.command()
@click.option("--format", "format_", default="dot", type=click.Choice(["dot", "mermaid"]), help="What to write.")
@common
@click.pass_context
def graph(context: click.Context, /, format_: str, **options: Any) -> None:
    """Draw the blocks and what they refer to."""
    from planner.render.graph import draw

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        workspace = workspace_of(context, session, options)
        session.write(draw(workspace.references.graph, format_))


@freehold.command()
@click.argument("targets", nargs=-1, metavar="[FILE|FOLDER|-]...")
@flag("list", default=True, help="List the files that differ.")
@flag("write", default=True, help="Write them.")
@flag("diff", help="Show how they differ.")
@flag("check", help="Write nothing; exit with 3 when a file differs.")
@flag("recursive", help="Folders inside of folders too.")
@flag("no-color", help="No colours.")
@click.pass_context
def fmt(context: click.Context, /, targets: tuple[str, ...], check: bool, recursive: bool, **options: bool) -> None:
    """Write files in the standard format."""
    from planner.commands.fmt import Formatter, Wish

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        wish = Wish(options["list"], options["write"] and not check, options["diff"])
        formatter = Formatter(wish, session.write)
        if targets == ("-",):
            formatter.stdin(check=check)
        else:
            formatter.paths(targets or (".",), recursive=recursive)
        session.failed(formatter.diagnostics, formatter.sources)
        context.exit(1 if formatter.diagnostics else 3 if check and formatter.changed else 0)


@freehold.command()
@common
@click.pass_context
def console(context: click.Context, /, **options: Any) -> None:
    """Try expressions, at a prompt or from standard input, one a line."""
    from planner.commands.console import Console
    from planner.commands.prompt import converse
    from planner.configuration.load import files_of

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        workspace = workspace_of(context, session, options) if files_of(Path()) else None
        context.exit(converse(Console(workspace), session))


@freehold.command()
def lsp() -> None:
    """Serve an editor over standard input and output, by the Language Server Protocol."""
    try:
        from editor.server import server
    except ModuleNotFoundError as missing:
        raise click.ClickException(f'{missing.name} is not installed: pip install "freehold[lsp]".') from None
    server.start_io()


# -- planning and applying -------------------------------------------------------------------------------------------


@freehold.command()
@planning
@common
@click.option("--out", metavar="FILE", help="Save the plan.")
@flag("detailed-exitcode", help="Exit with 2 when there are changes, or some are deferred.")
@many("explain", help="Show why this has the step that it has.")
@click.pass_context
def plan(context: click.Context, /, out: str | None, detailed_exitcode: bool, **options: Any) -> None:
    """Show what apply would do. Changes nothing."""
    from planner.commands import run

    with session_of(context, json=options["json"], no_color=options["no_color"]) as session:
        settings = settings_of(options)
        workspace = workspace_of(context, session, options, needed=True)
        with run.locked(workspace, "plan", settings):
            built, prior = run.make_plan(workspace, settings)
        if settings.explain:
            session.explained(built, settings.explain)
        else:
            session.planned(built.plan, workspace)
        if out:
            run.save_plan(workspace, built, prior, Path(out))
            session.saved(out)
        context.exit(2 if detailed_exitcode and (built.plan.writes or built.plan.deferred) else 0)


@freehold.command()
@click.argument("plan", required=False, type=click.Path())
@planning
@common
@flag("auto-approve", help="Do not ask.")
@click.pass_context
def apply(context: click.Context, /, plan: str | None, auto_approve: bool, **options: Any) -> None:
    """Plan, ask, and do it; or do what a saved plan says."""
    _apply(context, plan, auto_approve, options)


@freehold.command()
@planning
@common
@flag("auto-approve", help="Do not ask.")
@click.pass_context
def destroy(context: click.Context, /, auto_approve: bool, **options: Any) -> None:
    """Destroy everything that the stack made."""
    _apply(context, None, auto_approve, {**options, "destroy": True})


def _apply(context: click.Context, /, saved: str | None, approved: bool, options: dict[str, Any]) -> None:
    from planner.commands import run

    with session_of(context, json=options["json"], no_color=options["no_color"]) as session:
        settings = settings_of(options)
        opened = run.open_plan(Path(saved)) if saved is not None else None
        if opened is not None:
            settings = replace(settings, mode=opened.plan.mode)
        workspace = workspace_of(context, session, options, opened.plan if opened is not None else None, needed=True)
        with run.locked(workspace, "destroy" if settings.mode == "destroy" else "apply", settings):
            if opened is not None:
                built, prior = run.load_saved(workspace, opened)
            else:
                built, prior = run.make_plan(workspace, settings)
                session.planned(built.plan, workspace)
                run.refuse_data_loss(built.plan)
                if not approved and built.plan.writes and not session.approve(built.plan, options["input"]):
                    context.exit(1)
            session.applying(built.plan)
            with _interruptible(session) as started:
                result = run.apply_plan(workspace, built, prior, settings, started)
            session.applied(built.plan, result, workspace)
        context.exit(1 if result.diagnostics.has_errors or result.interrupted else 0)


@contextmanager
def _interruptible(session: Session) -> Iterator[Callable[[Applier], None]]:
    """Ctrl-C lets what is in flight finish; once more stops waiting for it."""
    appliers: list[Applier] = []

    def stop(number: int, frame: Any) -> None:
        session.interrupted()
        for applier in appliers:
            applier.stop()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # not under nohup
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield appliers.append
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# -- clusters --------------------------------------------------------------------------------------------------------


@freehold.command()
@click.argument("cluster", required=False)
@common
@click.pass_context
def kubeconfig(context: click.Context, /, cluster: str | None, **options: Any) -> None:
    """Print a kubeconfig for kubectl; its credentials come from `freehold token`."""
    from planner.commands.access import kubeconfig_of

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        session.write(kubeconfig_of(workspace_of(context, session, options), cluster))


@freehold.command()
@click.argument("cluster")
@common
@click.pass_context
def token(context: click.Context, /, cluster: str, **options: Any) -> None:
    """Print a fresh token of a cluster, as kubectl's exec plugins do."""
    from planner.commands.access import credential_of

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        session.write(credential_of(workspace_of(context, session, options), cluster) + "\n")


# -- state -----------------------------------------------------------------------------------------------------------


freehold.add_command(state)


@freehold.command("force-unlock")
@click.argument("lock_id")
@common
@click.pass_context
def force_unlock(context: click.Context, /, lock_id: str, **options: Any) -> None:
    """Release a lock that somebody left behind."""
    with session_of(context, json=False, no_color=options["no_color"]) as session:
        workspace_of(context, session, options).manager.force_unlock(lock_id)
        say("The state is unlocked.")


# -- sandbox ---------------------------------------------------------------------------------------------------------


@freehold.group(cls=Commands)
def sandbox() -> None:
    """An embedded cloud on this machine, to try and test with."""


@sandbox.command("start")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Where it listens.")
@click.option("--speed", type=float, default=None, help="How much faster than a real cloud; 0 is at once.")
@click.option("--faults", type=click.Path(), default=None, help="A file of faults to inject.")
@flag("foreground", help="Stay, and print what happens.")
@click.pass_context
def sandbox_start(context: click.Context, /, foreground: bool, **options: Any) -> None:
    """Start it, and return when it is ready."""
    from sandbox import command

    with session_of(context, json=False, no_color=False):
        given = {name: value for name, value in options.items() if value is not None}
        info = command.start(foreground=foreground, **given)
        if not foreground:
            already = "is already running" if info.already_running else "is ready"
            pace = f"{info.speed:g} times as fast as a real cloud" if info.speed else "without a real cloud's waiting"
            say(f"The sandbox {already} at {info.endpoint}, {pace}.")
            say('To use it in this shell: eval "$(freehold sandbox env)"')


@sandbox.command("stop")
@click.pass_context
def sandbox_stop(context: click.Context) -> None:
    """Stop it."""
    from sandbox import command

    with session_of(context, json=False, no_color=False):
        say("The sandbox is stopped." if command.stop() else "No sandbox is running.")


@sandbox.command("status")
@click.pass_context
def sandbox_status(context: click.Context) -> None:
    """Tell whether it runs, and what is in it."""
    from sandbox import command

    with session_of(context, json=False, no_color=False):
        found = command.status()
        if found is None:
            say("No sandbox is running. Start one: freehold sandbox start")
            context.exit(1)
        for name, value in found.items():
            say(f"{name}: {value}")


@sandbox.command("env")
@click.pass_context
def sandbox_env(context: click.Context) -> None:
    """Print exports for `eval "$(freehold sandbox env)"`."""
    import shlex

    from sandbox import command

    with session_of(context, json=False, no_color=False):
        for name, value in command.env().items():
            say(f"export {name}={shlex.quote(value)}")


@sandbox.command("reset")
@click.pass_context
def sandbox_reset(context: click.Context) -> None:
    """Empty it."""
    from sandbox import command

    with session_of(context, json=False, no_color=False):
        command.reset()
        say("The sandbox is empty.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 error, 2 for changes with -detailed-exitcode."""
    collect_rarely()
    complete_streams()
    code = _code_of(list(sys.argv[1:] if arguments is None else arguments))
    lost = lost_output()
    if lost is not None:
        say(f"Error: The output could not be written: {lost.strerror}.", error=True)
    return code or (1 if lost else 0)


def _code_of(given: list[str]) -> int:
    if given and given[0].startswith("-") and not given[0].startswith("--") and len(given[0]) > 2:
        given[0] = "-" + given[0]
    if given == ["--version"]:
        given = ["version"]
    try:
        if os.environ.get("FREEHOLD_LOG"):
            _log()
        return _invoke(given)
    except click.UsageError as failure:
        where = f"\n\nSee freehold help {failure.ctx.info_name}." if failure.ctx and failure.ctx.parent else ""
        say(f"Error: {failure.format_message()}{where}", error=True)
    except click.ClickException as failure:
        say(f"Error: {failure.format_message()}", error=True)
    except OSError as failure:
        say(f"Error: {refused_by_system(failure)}", error=True)
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted.", error=True)
        return 130
    return 1


def _log() -> None:
    """Begin the trace that the environment asks for."""
    from language.diagnostics import FreeholdError
    from planner.render import trace

    try:
        trace.start(os.environ)
    except FreeholdError as failure:
        first = failure.diagnostics[0]
        raise click.ClickException(f"{first.summary}: {first.detail} {first.advice}") from None


def _invoke(arguments: list[str]) -> int:
    try:
        with freehold.make_context("freehold", list(arguments)) as context:
            context.meta["arguments"] = arguments
            result = freehold.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
