"""How fetching a module fails: one error for people, without a secret."""

from __future__ import annotations

from language.diagnostics import FreeholdError, error


def failure(summary: str, detail: str, advice: str = "") -> FreeholdError:
    """An error of fetching; the caller knows the place."""
    return FreeholdError([error(summary, detail, advice=advice)])
