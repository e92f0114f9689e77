"""One instance wanted against what exists of it: which step it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph.addresses import covered
from language.diagnostics import Diagnostics
from language.marks import unmark_deep
from language.values import NOTHING, contains_sensitive, equal, is_wholly_known, value_at
from planner.desired.desired import DesiredInstance
from planner.evaluation.marking import marked, noted, searched, with_copies
from planner.evaluation.stored import Secrets, recognised
from planner.plan.explanation import Question
from planner.plan.ignored import keep_ignored
from planner.plan.keys import keeps_key
from planner.plan.plan import Drift
from planner.plan.steps import Adopt, Create, NoOp, Reason, Replace, Step, Subject, Update
from planner.prior.clients import diagnostic_of, redacted
from planner.prior.reading import Prior
from providers.contract import Client, Note, Observed, Planned, ResourceKind, ValuePath, Values
from providers.contract.diff import changed, proposed_new, without_write_only
from providers.contract.errors import NotKnownYet, ProviderError


@dataclass(frozen=True, slots=True)
class Requests:
    """What the command line asks for besides: addresses to replace, and to explain."""

    replace: tuple[str, ...] = ()
    explain: tuple[str, ...] = ()


class Differ:
    """Plans instances one by one; needs no order but that what an instance refers to was planned before."""

    def __init__(self, prior: Prior, digest_key: str, requests: Requests) -> None:
        self._prior = prior
        self._key = digest_key
        self._requests = requests
        lost = {begin.key for begin in prior.snapshot.in_flight if begin.action == "create"}
        self._in_flight = lost - prior.running.keys()
        self.drift: list[Drift] = []
        self.questions: dict[str, list[Question]] = {}

    def plan(
        self,
        desired: DesiredInstance,
        client: Client | None,
        diagnostics: Diagnostics,
        *,
        forced: Reason = "",
        deferrable: bool = False,
    ) -> Step | None:
        """The step for one instance, or None where planning it failed.

        `forced`: why it is replaced, whatever changes: "cluster", "container" or "triggered". Raises NotKnownYet where
        it is `deferrable` and cannot be planned yet.
        """
        values = marked(desired.kind, desired.values, ())
        desired = desired if values is desired.values else replace(desired, values=values)
        subject = replace(subject_of(desired), previous=self._prior.moved.get(desired.address, ""))
        config, config_paths = unmark_deep(desired.values)
        if desired.kind.schema.has_write_only:
            config_paths = unmark_deep(without_write_only(desired.kind.schema, desired.values))[1]
        unknown = not is_wholly_known(config)
        live = self._prior.live(desired.address)
        try:
            if live is None:
                return self._create(desired, subject, client, config, config_paths, unknown, diagnostics)
            return self._change(desired, subject, client, live, config, config_paths, unknown, diagnostics, forced)
        except ProviderError as failure:
            if deferrable and isinstance(failure, NotKnownYet):
                raise
            diagnostic = diagnostic_of(failure, desired.address)
            diagnostics.append(replace(diagnostic, span=desired.span, address=desired.address))
            return None

    def _create(
        self,
        desired: DesiredInstance,
        subject: Subject,
        client: Client | None,
        config: Values,
        config_paths: tuple[ValuePath, ...],
        unknown: bool,
        diagnostics: Diagnostics,
    ) -> Step:
        planned = self._ask(desired, client, None, config, config_paths)
        diagnostics.extend(planned.diagnostics)
        after = _hidden(desired, planned.values, config_paths)
        pending = unknown or contains_sensitive(after)
        if desired.address in self._in_flight:
            return Adopt(subject, before={}, after=after, private=planned.private, pending=pending, unknown=unknown)
        address = desired.address
        reason: Reason = "gone" if self._prior.is_missing(address) and address not in self._prior.running else ""
        return Create(
            subject,
            after=after,
            reason=reason,
            notes=planned.notes,
            private=planned.private,
            pending=pending,
            unknown=unknown,
        )

    def _change(
        self,
        desired: DesiredInstance,
        subject: Subject,
        client: Client | None,
        live: Observed,
        config: Values,
        config_paths: tuple[ValuePath, ...],
        unknown: bool,
        diagnostics: Diagnostics,
        forced: Reason,
    ) -> Step:
        secrets = Secrets(desired.values, self._key)
        # what an apply sent whose end nobody recorded is in the clear here, as what is sensitive only by now
        live = replace(live, values=_hidden(desired, live.values, config_paths))
        prior = Observed(secrets.reveal(live.values), live.identity, live.private)
        before: Values = secrets.masked(live.values)
        self._note_drift(desired, live, config_paths, secrets)
        reason = self._replacing(desired, forced)
        planned = Planned({})
        if reason in ("", "container"):
            kept = keep_ignored(config, prior.values, desired.ignore)
            planned = self._ask(desired, client, prior, kept, config_paths, before)
            diagnostics.extend(planned.diagnostics)
            if planned.replace:
                reason = "immutable"
            elif not reason:
                return self._in_place(desired, subject, before, prior, planned, config_paths, unknown)
        fresh = self._ask(desired, client, None, config, config_paths, replaced=prior)
        diagnostics.extend(fresh.diagnostics)
        if desired.lifecycle.prevent_destroy:
            refuse_destroy(desired, diagnostics)
        after = _hidden(desired, fresh.values, config_paths)
        return Replace(
            subject,
            before=before,
            after=after,
            paths=planned.replace,
            reason=reason,
            create_first=desired.lifecycle.create_before_destroy and not keeps_key(desired.kind, prior.values, after),
            notes=planned.notes,
            private=fresh.private,
            pending=unknown or contains_sensitive(after),
            unknown=unknown,
        )

    def _in_place(
        self,
        desired: DesiredInstance,
        subject: Subject,
        before: Values,
        prior: Observed,
        planned: Planned,
        config_paths: tuple[ValuePath, ...],
        unknown: bool,
    ) -> Step:
        notes = planned.notes
        if not changed(prior.values, planned.values):
            if not self._newly_secret(desired, config_paths):
                return NoOp(subject, before=before, notes=notes)
            notes = (*notes, Note("info", (), "what is sensitive by now is taken out of the state; no value changes"))
        after = _hidden(desired, planned.values, config_paths)
        pending = unknown or contains_sensitive(after)
        return Update(
            subject,
            before=before,
            after=after,
            notes=notes,
            private=planned.private,
            pending=pending,
            unknown=unknown,
        )

    def _ask(
        self,
        desired: DesiredInstance,
        client: Client | None,
        prior: Observed | None,
        config: Values,
        config_paths: tuple[ValuePath, ...],
        before: Values | None = None,
        *,
        replaced: Observed | None = None,
    ) -> Planned:
        """What the kind plans; where somebody wants to know why, the question and the answer are kept."""
        kind, address = desired.kind, desired.address
        proposed = proposed_new(kind.schema, None if prior is None else prior.values, config)
        planned = noted(kind, plan_kind(kind, client, prior, proposed, config, replaced=replaced), config_paths)
        if covered(self._requests.explain, address):

            def masked(values: Values) -> Values:
                return _hidden(desired, values, config_paths)

            requested = Question(
                before, masked(config), masked(proposed), masked(planned.values), planned.replace, planned.notes
            )
            self.questions.setdefault(address, []).append(requested)
        return planned

    def _newly_secret(self, desired: DesiredInstance, paths: tuple[ValuePath, ...]) -> bool:
        """Whether the state holds in the clear what the configuration calls sensitive by now."""
        stored = self._prior.stored.get(desired.address)
        if stored is None or not paths:
            return False
        values, hidden = unmark_deep(stored.values)
        paths = with_copies(desired.kind, paths)
        masked = [path for path in paths if not any(path[: len(known)] == known for known in hidden)]
        return any(value_at(values, path) not in (None, NOTHING) for path in masked)

    def _replacing(self, desired: DesiredInstance, forced: Reason) -> Reason:
        stored = self._prior.snapshot.resources.get(desired.address)
        if forced == "cluster":
            return forced
        if stored is not None and stored.status == "tainted":
            return "tainted"
        if covered(self._requests.replace, desired.address):
            return "requested"
        return forced

    def _note_drift(
        self, desired: DesiredInstance, live: Observed, config_paths: tuple[ValuePath, ...], secrets: Secrets
    ) -> None:
        address = desired.address
        stored = self._prior.stored.get(address)
        if stored is None or address not in self._prior.observed or address in self._prior.running:
            return
        known = stored.values
        if contains_sensitive(known):
            known = recognised(known, live.values, self._key)
        before, after = secrets.reveal(known), secrets.reveal(live.values)
        names = (name for name in desired.kind.schema.type.attributes if not equal(before.get(name), after.get(name)))
        paths = tuple((name,) for name in names)
        if paths and desired.kind.view is None:
            known = _hidden(desired, known, config_paths)
            self.drift.append(Drift(address, desired.type, known, live.values, paths))


def _hidden(desired: DesiredInstance, values: Values, config_paths: tuple[ValuePath, ...]) -> Values:
    """With marks where the configuration has them by now, where the kind knows of secrets, and where one came back."""
    return searched(desired.kind, marked(desired.kind, values, config_paths), desired.values)


def plan_kind(
    kind: ResourceKind,
    client: Client | None,
    prior: Observed | None,
    proposed: Values,
    config: Values,
    *,
    replaced: Observed | None = None,
) -> Planned:
    """What the kind plans, without what it may not keep, and without sensitive texts in what it says. `replaced`: what
    is deleted for it."""
    if replaced is None:
        planned = kind.plan(client, prior, proposed, config)
    else:
        planned = kind.plan_replacement(client, replaced, proposed, config)
    if planned.diagnostics:
        planned = replace(planned, diagnostics=tuple(map(redacted, planned.diagnostics)))
    values = without_write_only(kind.schema, planned.values)
    return planned if values is planned.values else replace(planned, values=values)


def refuse_destroy(desired: DesiredInstance, diagnostics: Diagnostics) -> None:
    """Report that what is to be destroyed was said never to be."""
    detail = f"{desired.address} has lifecycle.prevent_destroy set, and the plan would destroy it."
    advice = "Take prevent_destroy off if it may be destroyed, or leave it out of the plan with -exclude."
    diagnostics.error("Instance cannot be destroyed", detail, desired.span, address=desired.address, advice=advice)


def subject_of(desired: DesiredInstance) -> Subject:
    """What steps say of an instance."""
    return Subject(
        desired.address,
        desired.type,
        desired.client,
        desired.provider.source,
        desired.block,
        desired.span,
        desired.kind.view,
        desired.kind.holds_data_in(desired.values),
    )
