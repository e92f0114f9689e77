"""The tables of what a plan file holds: the fields of a plan and of all that is in it, and how each is written."""

from __future__ import annotations

from typing import Any, get_type_hints

from language.diagnostics import Diagnostic, Severity, Span
from planner.evaluation.conditions import CheckResult
from planner.events import Verb
from planner.plan.plan import Deferred, Drift, Origin, OutputChange, Plan, ReadData, operations
from planner.plan.steps import (
    Adopt,
    Create,
    Delete,
    Forget,
    Import,
    NoOp,
    Read,
    Reason,
    Replace,
    Resume,
    Subject,
    Update,
)
from planner.plan.values import VALUE, VALUES
from providers.contract import Note
from state.codec import Malformed
from state.fields import FLAG, TEXT, WHOLE, Codec, Record, choice, either, many, mapping, optional, record, row, union


def _choice(cls: type, name: str) -> Codec[Any]:
    """One of the texts that the field of a class may have."""
    return choice(get_type_hints(cls)[name])


_PATH = many(either(TEXT, WHOLE))
_KEY = optional(either(TEXT, WHOLE))
_OPERATION = row(TEXT, choice(Verb))
_SPAN = record(
    Span, file=TEXT, start_line=WHOLE, start_column=WHOLE, end_line=WHOLE, end_column=WHOLE, start=WHOLE, end=WHOLE
)
_DIAGNOSTIC = record(
    Diagnostic,
    severity=choice(Severity),
    summary=TEXT,
    detail=TEXT,
    span=optional(_SPAN),
    address=TEXT,
    advice=TEXT,
    values=many(row(TEXT, TEXT)),
)
_NOTE = record(Note, kind=_choice(Note, "kind"), path=_PATH, message=TEXT, by=TEXT)
_CHECK = record(
    CheckResult,
    address=TEXT,
    kind=_choice(CheckResult, "kind"),
    status=_choice(CheckResult, "status"),
    problems=many(TEXT),
)
_SUBJECT = record(
    Subject,
    address=TEXT,
    type=TEXT,
    provider=TEXT,
    source=TEXT,
    block=TEXT,
    span=optional(_SPAN),
    view=optional(TEXT),
    holds_data=FLAG,
    previous=TEXT,
)
_ALL: dict[str, Codec[Any]] = {
    "subject": _SUBJECT,
    "before": VALUES,
    "reason": choice(Reason),
    "notes": many(_NOTE),
}
"""What all steps have."""
_EVERY: dict[str, Codec[Any]] = {**_ALL, "after": VALUES}
_CHANGE: dict[str, Codec[Any]] = {**_EVERY, "private": VALUES, "pending": FLAG, "unknown": FLAG}
_STEPS: dict[str, Record[Any]] = {
    "create": record(Create, **_CHANGE),
    "update": record(Update, **_CHANGE),
    "replace": record(Replace, **_CHANGE, paths=many(_PATH), create_first=FLAG),
    "delete": record(Delete, **_EVERY, deposed=optional(TEXT)),
    "forget": record(Forget, **_EVERY),
    "import": record(Import, **_CHANGE, id=TEXT, changes=FLAG, identity=VALUES, known=VALUES),
    "adopt": record(Adopt, **_CHANGE),
    "resume": record(
        Resume,
        **_EVERY,
        begin=TEXT,
        action=_choice(Resume, "action"),
        since=TEXT,
        deposed=optional(TEXT),
        followed=FLAG,
    ),
    "read": record(Read, **_EVERY),
    "no-op": record(NoOp, **_ALL),
}
_DRIFT = record(Drift, address=TEXT, type=TEXT, before=VALUES, after=optional(VALUES), paths=many(_PATH), by=many(TEXT))
_OUTPUT = record(
    OutputChange, name=TEXT, before=VALUE, after=VALUE, action=_choice(OutputChange, "action"), sensitive=FLAG
)
_DEFERRED = record(
    Deferred,
    subject=_SUBJECT,
    reason=_choice(Deferred, "reason"),
    expression=TEXT,
    span=optional(_SPAN),
    before=VALUES,
    after=VALUES,
)
_ORIGIN = record(
    Origin,
    configuration=TEXT,
    files=TEXT,
    lineage=TEXT,
    position=TEXT,
    backend=TEXT,
    salt=TEXT,
    identities=mapping(TEXT),
    places=many(row(TEXT, TEXT)),
)
_PLAN = record(
    Plan,
    stack=TEXT,
    mode=_choice(Plan, "mode"),
    steps=many(union(**_STEPS)),
    edges=many(row(_OPERATION, _OPERATION)),
    origin=_ORIGIN,
    outputs=many(_OUTPUT),
    drift=many(_DRIFT),
    diagnostics=many(_DIAGNOSTIC),
    variables=mapping(VALUE),
    timestamp=TEXT,
    allow_data_loss=FLAG,
    targets=many(TEXT),
    depends=mapping(many(TEXT)),
    instances=mapping(many(_KEY)),
    checks=many(_CHECK),
    deferred=many(_DEFERRED),
    data=many(record(ReadData, subject=_SUBJECT, values=VALUES)),
)


def _consistent(raw: Any) -> Plan:
    """A plan that does nothing twice. Raises Malformed."""
    plan = _PLAN.decode(raw)
    seen = set()
    for index, step in enumerate(plan.steps):
        for operation in operations(step) or ((step.subject.address, ""),):
            if operation in seen:
                raise Malformed("is there twice", ("steps", index))
            seen.add(operation)
    return plan


PLAN: Codec[Plan] = Codec(_consistent, _PLAN.encode)
