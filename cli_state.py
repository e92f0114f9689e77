"""`freehold state`: look into the state, and change what it says without touching what exists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli_common import Commands, common, flag, lock_timeout_of, session_of, workspace_of
from planner.render.outlet import say

if TYPE_CHECKING:
    from state.manager import StateManager


@click.group(cls=Commands)
def state() -> None:
    """Look into the state, and change it by hand."""


@state.command("list")
@click.argument("addresses", nargs=-1)
@common
@click.pass_context
def state_list(context: click.Context, /, addresses: tuple[str, ...], **options: Any) -> None:
    """List what the state holds."""
    with session_of(context, json=False, no_color=options["no_color"]) as session:
        session.state_list(workspace_of(context, session, options).manager.open().snapshot, addresses)


@state.command("show")
@click.argument("address")
@common
@click.pass_context
def state_show(context: click.Context, /, address: str, **options: Any) -> None:
    """Show one resource of the state."""
    with session_of(context, json=False, no_color=options["no_color"]) as session:
        session.state_show(workspace_of(context, session, options).manager.open().snapshot, address)


@state.command("pull")
@common
@click.pass_context
def state_pull(context: click.Context, /, **options: Any) -> None:
    """Print the state as it is kept, also one that is damaged."""
    from state.exchange import look

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        found = look(workspace_of(context, session, options).manager)
        session.failed(found.problems, None)
        session.write(found.data.decode(errors="backslashreplace"))


@state.command("push")
@click.argument("file", metavar="FILE|-")
@flag("force", help="Also over another state or a newer one, and one that was edited.")
@common
@click.pass_context
def state_push(context: click.Context, /, file: str, force: bool, **options: Any) -> None:
    """Write a state from a file in place of the present one."""
    from state.exchange import push, read

    with _changing(context, "state push", options) as manager:
        changed = push(manager, read(file), file, force=force)
        say("The state was written." if changed else "The state is this one already.")


@state.command("mv")
@click.argument("source")
@click.argument("destination")
@common
@click.pass_context
def state_mv(context: click.Context, /, source: str, destination: str, **options: Any) -> None:
    """Give a resource, or what is in a module, another address."""
    from state.operations import move

    with _changing(context, "state mv", options) as manager:
        manager.replace(move(manager.open().snapshot, source, destination))
        say(f"Moved {source} to {destination}.")


@state.command("rm")
@click.argument("addresses", nargs=-1, required=True)
@common
@click.pass_context
def state_rm(context: click.Context, /, addresses: tuple[str, ...], **options: Any) -> None:
    """Forget resources, which go on existing."""
    from state.operations import remove

    with _changing(context, "state rm", options) as manager:
        snapshot, removed = remove(manager.open().snapshot, addresses)
        manager.replace(snapshot)
        for key in removed:
            say(f"Removed {key}.")


@contextmanager
def _changing(context: click.Context, /, operation: str, options: dict[str, Any]) -> Iterator[StateManager]:
    """The state of this folder's stack, locked unless the command line said not to."""
    from planner.commands.run import locked
    from planner.prior.workspace import Settings

    with session_of(context, json=False, no_color=options["no_color"]) as session:
        workspace = workspace_of(context, session, options)
        with locked(workspace, operation, Settings(lock=options["lock"], lock_timeout=lock_timeout_of(options))):
            yield workspace.manager
