"""What is done with a state that its backend did not take: a file beside the stack, for its owner alone."""

from __future__ import annotations

from pathlib import Path

from language.diagnostics import Diagnostic, FreeholdError, error
from state.files import NotAFile, reason_of, replace_file
from state.snapshot import Snapshot, encode

RESCUE_NAME = "errored.freehold.state"


def rescue(snapshot: Snapshot, directory: Path, cause: Exception) -> FreeholdError:
    """Write the snapshot to `errored.freehold.state`; the error that tells of it and of why it was needed."""
    path = directory / RESCUE_NAME
    why = cause.diagnostics if isinstance(cause, FreeholdError) else (_unexpected(cause),)
    try:
        replace_file(path, encode(snapshot))
    except (OSError, NotAFile) as refused:
        return FreeholdError([*why, _not_even_there(path, refused)])
    return FreeholdError([*why, _rescued(path)])


def _rescued(path: Path) -> Diagnostic:
    return error(
        "The state could not be written to its backend",
        f"All that is known of the resources is in {path} instead.",
        advice=f"When the cause is removed: `freehold state push {path.name}`. If another run has written meanwhile, "
        "that is refused; compare with `freehold state pull` first. Do not apply before.",
    )


def _not_even_there(path: Path, refused: OSError | NotAFile) -> Diagnostic:
    return error(
        "The state could not be written anywhere",
        f"Not to its backend, nor to {path}: {reason_of(refused)}.",
        advice="What the journal holds is kept. Run `freehold plan` when the backend answers: what is missing is found "
        "again by its name where that is possible.",
    )


def _unexpected(cause: Exception) -> Diagnostic:
    return error("The backend of the state failed", f"{type(cause).__name__}: {cause}")
