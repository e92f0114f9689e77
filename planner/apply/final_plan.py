"""The final plan of a change whose configuration had unknown values: its kind is asked again, now that they are known.

Its answer may fill in what was unknown, and no more: what people saw of the plan holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from language.diagnostics import Diagnostics, FreeholdError, error
from language.functions.encoding import encode_json
from language.marks import unmark_deep
from language.redaction import REDACTOR
from language.values import contains_sensitive, is_wholly_known
from planner.evaluation.stored import Different, fill
from planner.plan.diff import plan_kind
from providers.contract import Client, Observed, Planned, ResourceKind, ValuePath, Values
from providers.contract.diff import proposed_new

_ADVICE = "Nothing was sent. Plan again, look at the new plan, and apply that."
_LONGEST = 200
"""Characters of a value that are told."""


def plan_again(kind: ResourceKind, client: Client, prior: Observed | None, config: Values) -> Planned:
    """What the kind plans by now. Raises FreeholdError or ProviderError where that is in error."""
    plain = unmark_deep(config)[0]
    proposed = proposed_new(kind.schema, None if prior is None else prior.values, plain)
    planned = plan_kind(kind, client, prior, proposed, plain)
    Diagnostics(planned.diagnostics).raise_errors()
    return planned


def agreed(address: str, kind: ResourceKind, approved: Values, planned: Planned, config: Values, key: str) -> Values:
    """The values of a final plan that agrees with what was shown. Raises FreeholdError where it does not.

    What a kind reads anew each time is a forecast, and may come out otherwise.
    """
    if planned.replace:
        raise replaced(address, planned.replace)
    try:
        values: Values = fill(_kept(kind, approved), _kept(kind, planned.values), key, final=True)
    except Different as difference:
        secret = (*unmark_deep(approved)[1], *unmark_deep(config)[1], *kind.sensitive_paths(planned.values))
        raise differs(address, difference, secret) from None
    return {name: values.get(name, value) for name, value in planned.values.items()}


def _kept(kind: ResourceKind, values: Values) -> Values:
    return {name: value for name, value in values.items() if name not in kind.unstored}


def differs(address: str, difference: Different, secret: Iterable[ValuePath]) -> FreeholdError:
    """A value is another one than the plan showed; masked at, above and below the paths in `secret`."""
    path = difference.path
    where = ".".join(str(part) for part in path) or "its values"
    masked = any(each[: len(path)] == path[: len(each)] for each in secret)
    found, planned = (_text(value, masked) for value in (difference.found, difference.planned))
    detail = f"{where} of {address} would be {found}, and the plan showed {planned}."
    return FreeholdError([error("Value differs from its plan", detail, address=address, advice=_ADVICE)])


def replaced(address: str, paths: Iterable[ValuePath]) -> FreeholdError:
    """It could be changed only by a replacement, which the plan did not show."""
    detail = f"{_names(paths)} of {address} cannot be changed in place, and the plan did not show a replacement."
    return FreeholdError([error("Replacement that was not planned", detail, address=address, advice=_ADVICE)])


def no_replacement(address: str, paths: Iterable[ValuePath]) -> FreeholdError:
    """It has not to be replaced any more, but changed in place, which the plan did not show."""
    detail = f"{_names(paths)} of {address} stays as it is, so that it has not to be replaced; what else changes of it "
    detail += "can be changed in place."
    return FreeholdError([error("Replacement that is not needed", detail, address=address, advice=_ADVICE)])


def same_key(address: str) -> FreeholdError:
    """What was to be created first is the same for the service as what it replaces."""
    detail = f"To its service the new {address} is the old one, so that it cannot be created before that is deleted."
    return FreeholdError([error("Replacement cannot be created first", detail, address=address, advice=_ADVICE)])


def not_known(address: str, paths: Iterable[ValuePath]) -> FreeholdError:
    """What it refers to did not come about: it is not in the plan, or its provider does not tell."""
    detail = f"{_names(paths)} of {address} is still not known: what it refers to is not in this plan, or is not told."
    advice = "Nothing was sent. Apply what it refers to, too."
    return FreeholdError([error("Value not known", detail, address=address, advice=advice)])


def _names(paths: Iterable[ValuePath]) -> str:
    return ", ".join(".".join(str(part) for part in path) for path in paths)


def _text(value: Any, masked: bool) -> str:
    if masked or contains_sensitive(value):
        return "(sensitive value)"
    if not is_wholly_known(value):
        return "(known after apply)"
    text = REDACTOR.redact(encode_json(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
