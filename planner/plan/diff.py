"""One instance wanted against what exists of it: which step it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph.addresses import covered
from language.diagnostics import Diagnostics
from language.marks import unmark_deep
from language.values import NOTHING, contains_sensitive, equal, is_wholly_known, value_at
from planner.desired.wanted import Wanted
from planner.evaluation.marking import marked
from planner.evaluation.stored import Secrets
from planner.plan.explanation import Question
from planner.plan.ignored import keep_ignored
from planner.plan.plan import Drift
from planner.plan.steps import Adopt, Create, NoOp, Reason, Replace, Step, Subject, Update
from planner.prior.clients import diagnostic_of
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
        self._in_flight = {begin.key for begin in prior.snapshot.in_flight} - prior.running.keys()
        self.drift: list[Drift] = []
        self.questions: dict[str, list[Question]] = {}

    def plan(
        self,
        wanted: Wanted,
        client: Client | None,
        diagnostics: Diagnostics,
        *,
        rebuilt: bool = False,
        triggered: bool = False,
        deferrable: bool = False,
    ) -> Step | None:
        """The step for one instance, or None where planning it failed.

        `rebuilt`: what it lives in is created anew. `triggered`: something in its replace_triggered_by changes. Raises
        NotKnownYet where it is `deferrable` and cannot be planned yet.
        """
        values = marked(wanted.kind, wanted.values, ())
        wanted = wanted if values is wanted.values else replace(wanted, values=values)
        subject = replace(subject_of(wanted), previous=self._prior.moved.get(wanted.address, ""))
        config, config_paths = unmark_deep(wanted.values)
        if wanted.kind.schema.has_write_only:
            config_paths = unmark_deep(without_write_only(wanted.kind.schema, wanted.values))[1]
        unknown = not is_wholly_known(config)
        live = self._prior.live(wanted.address)
        try:
            if live is None:
                return self._create(wanted, subject, client, config, config_paths, unknown, diagnostics)
            return self._change(
                wanted, subject, client, live, config, config_paths, unknown, diagnostics, rebuilt, triggered
            )
        except ProviderError as failure:
            if deferrable and isinstance(failure, NotKnownYet):
                raise
            diagnostic = diagnostic_of(failure, wanted.address)
            diagnostics.append(replace(diagnostic, span=wanted.span, address=wanted.address))
            return None

    def _create(
        self,
        wanted: Wanted,
        subject: Subject,
        client: Client | None,
        config: Values,
        config_paths: tuple[ValuePath, ...],
        unknown: bool,
        diagnostics: Diagnostics,
    ) -> Step:
        planned = self._ask(wanted, client, None, config, config_paths)
        diagnostics.extend(planned.diagnostics)
        after = marked(wanted.kind, planned.values, config_paths)
        pending = unknown or contains_sensitive(after)
        if wanted.address in self._in_flight:
            return Adopt(subject, before={}, after=after, private=planned.private, pending=pending, unknown=unknown)
        address = wanted.address
        reason: Reason = "gone" if self._prior.gone(address) and address not in self._prior.running else ""
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
        wanted: Wanted,
        subject: Subject,
        client: Client | None,
        live: Observed,
        config: Values,
        config_paths: tuple[ValuePath, ...],
        unknown: bool,
        diagnostics: Diagnostics,
        rebuilt: bool,
        triggered: bool,
    ) -> Step:
        secrets = Secrets(wanted.values, self._key)
        # what an apply sent whose end nobody recorded is in the clear here, as what is sensitive only by now
        live = replace(live, values=_hidden(wanted, live.values, config_paths, secrets))
        prior = Observed(secrets.reveal(live.values), live.identity, live.private)
        before: Values = secrets.shown(live.values)
        self._note_drift(wanted, live, config_paths, secrets)
        reason = self._replacing(wanted, rebuilt, triggered)
        planned = Planned({})
        if not reason:
            kept = keep_ignored(config, prior.values, wanted.ignore)
            planned = self._ask(wanted, client, prior, kept, config_paths, before)
            diagnostics.extend(planned.diagnostics)
            if not planned.replace:
                return self._in_place(wanted, subject, before, prior, planned, config_paths, unknown)
        fresh = self._ask(wanted, None if rebuilt else client, None, config, config_paths)
        diagnostics.extend(fresh.diagnostics)
        if wanted.lifecycle.prevent_destroy:
            refuse_destroy(wanted, diagnostics)
        after = marked(wanted.kind, fresh.values, config_paths)
        return Replace(
            subject,
            before=before,
            after=after,
            paths=planned.replace,
            reason=reason or "immutable",
            create_first=wanted.lifecycle.create_before_destroy,
            notes=planned.notes,
            private=fresh.private,
            pending=unknown or contains_sensitive(after),
            unknown=unknown,
        )

    def _in_place(
        self,
        wanted: Wanted,
        subject: Subject,
        before: Values,
        prior: Observed,
        planned: Planned,
        config_paths: tuple[ValuePath, ...],
        unknown: bool,
    ) -> Step:
        notes = planned.notes
        if not changed(prior.values, planned.values):
            if not self._newly_secret(wanted, config_paths):
                return NoOp(subject, before=before, notes=notes)
            notes = (*notes, Note("info", (), "what is sensitive by now is taken out of the state; no value changes"))
        after = marked(wanted.kind, planned.values, config_paths)
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
        wanted: Wanted,
        client: Client | None,
        prior: Observed | None,
        config: Values,
        config_paths: tuple[ValuePath, ...],
        before: Values | None = None,
    ) -> Planned:
        """What the kind plans; where somebody wants to know why, the question and the answer are kept."""
        kind, address = wanted.kind, wanted.address
        proposed = proposed_new(kind.schema, None if prior is None else prior.values, config)
        planned = plan_kind(kind, client, prior, proposed, config)
        if covered(self._requests.explain, address):
            secrets = Secrets(wanted.values, self._key)

            def shown(values: Values) -> Values:
                return _hidden(wanted, values, config_paths, secrets)

            asked = Question(
                before, shown(config), shown(proposed), shown(planned.values), planned.replace, planned.notes
            )
            self.questions.setdefault(address, []).append(asked)
        return planned

    def _newly_secret(self, wanted: Wanted, paths: tuple[ValuePath, ...]) -> bool:
        """Whether the state holds in the clear what the configuration calls sensitive by now."""
        stored = self._prior.stored.get(wanted.address)
        if stored is None or not paths:
            return False
        values, hidden = unmark_deep(stored.values)
        shown = [path for path in paths if not any(path[: len(known)] == known for known in hidden)]
        return any(value_at(values, path) not in (None, NOTHING) for path in shown)

    def _replacing(self, wanted: Wanted, rebuilt: bool, triggered: bool) -> Reason:
        stored = self._prior.snapshot.resources.get(wanted.address)
        if rebuilt:
            return "cluster"
        if stored is not None and stored.status == "tainted":
            return "tainted"
        if covered(self._requests.replace, wanted.address):
            return "requested"
        return "triggered" if triggered else ""

    def _note_drift(
        self, wanted: Wanted, live: Observed, config_paths: tuple[ValuePath, ...], secrets: Secrets
    ) -> None:
        address = wanted.address
        stored = self._prior.stored.get(address)
        if stored is None or address not in self._prior.observed or address in self._prior.running:
            return
        before, after = secrets.reveal(stored.values), secrets.reveal(live.values)
        names = (name for name in wanted.kind.schema.type.attributes if not equal(before.get(name), after.get(name)))
        paths = tuple((name,) for name in names)
        if paths and wanted.kind.view is None:
            known = _hidden(wanted, stored.values, config_paths, secrets)
            self.drift.append(Drift(address, wanted.type, known, live.values, paths))


def _hidden(wanted: Wanted, values: Values, config_paths: tuple[ValuePath, ...], secrets: Secrets) -> Values:
    """With marks where the configuration has them by now, where the kind knows of secrets, and where one came back."""
    return marked(wanted.kind, values, (*config_paths, *secrets.echoes(values)))


def plan_kind(
    kind: ResourceKind, client: Client | None, prior: Observed | None, proposed: Values, config: Values
) -> Planned:
    """What the kind plans, without what it may not keep."""
    planned = kind.plan(client, prior, proposed, config)
    values = without_write_only(kind.schema, planned.values)
    return planned if values is planned.values else replace(planned, values=values)


def refuse_destroy(wanted: Wanted, diagnostics: Diagnostics) -> None:
    """Report that what is to be destroyed was said never to be."""
    detail = f"{wanted.address} has lifecycle.prevent_destroy set, and the plan would destroy it."
    advice = "Take prevent_destroy off if it may be destroyed, or leave it out of the plan with -exclude."
    diagnostics.error("Instance cannot be destroyed", detail, wanted.span, address=wanted.address, advice=advice)


def subject_of(wanted: Wanted) -> Subject:
    """What steps say of an instance."""
    return Subject(
        wanted.address,
        wanted.type,
        wanted.client,
        wanted.provider.source,
        wanted.block,
        wanted.span,
        wanted.kind.view,
        wanted.kind.holds_data_in(wanted.values),
    )
