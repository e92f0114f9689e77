"""What exists and the configuration does not ask for: deleted, or left alone where a `removed` block says so."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace

from graph.addresses import block_of, covers, split_index, split_modules, unkeyed
from language.diagnostics import Diagnostics
from planner.configuration.blocks import Removal
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import searched, without_secrets
from planner.plan.existing import deletion_notes
from planner.plan.steps import Delete, Forget, Reason, Step, Subject, deposed_name
from planner.prior.clients import diagnostic_of, redacted
from planner.prior.reading import Prior
from providers import Registry
from providers.contract import Client, Observed, Values
from providers.contract.errors import ProviderError
from state.records import Begin
from state.resources import ResourceState, key_of


class Orphans:
    """Steps for what is in the state, by its keys. `client` gives that of a key of the state, where it can be had."""

    def __init__(
        self, registry: Registry, evaluator: Evaluator, prior: Prior, client: Callable[[str], Client | None]
    ) -> None:
        self._registry = registry
        self._client = client
        self._evaluator = evaluator
        self._configuration = evaluator.configuration
        self._prior = prior
        self._in_flight = {begin.key for begin in prior.snapshot.in_flight if begin.action == "create"}
        self._removals = [
            (module.prefix + str(removal.source), removal)
            for module in self._configuration.tree()
            for removal in module.removals
        ]
        self._protected = {
            module.prefix + block.address: block
            for module in self._configuration.tree()
            for block in module.resources.values()
            if block.lifecycle.prevent_destroy
        }

    def not_configured(
        self,
        desired: Container[str],
        steps: Mapping[str, Step],
        kept: Callable[[str], object],
        diagnostics: Diagnostics,
    ) -> Iterator[tuple[str, Step]]:
        """For what is not `desired` any more, and what an interrupted apply may have left; but what is `kept`."""
        for key, resource in self._prior.resources().items():
            if kept(resource.address) or self._is_going(key) or self._is_lost(key):
                continue
            if resource.deposed is not None:
                yield key, self._orphan(key, "deposed", diagnostics)
            elif resource.address not in desired:
                step = self._orphan(key, self._why(resource.address), diagnostics)
                if isinstance(step, Delete):
                    self._protect(resource.address, diagnostics)
                yield key, step
        strays = self._strays(steps, "not-configured")
        yield from ((key, step) for key, step in strays if not kept(step.subject.address))

    def everything(self, diagnostics: Diagnostics) -> Iterator[tuple[str, Step]]:
        """For all that there is, when all is to be destroyed."""
        for key, resource in self._prior.resources().items():
            if self._is_going(key) or self._is_lost(key):
                continue
            self._protect(resource.address, diagnostics)
            yield key, self._orphan(key, "deposed" if resource.deposed is not None else "destroy", diagnostics)
        yield from self._strays({}, "destroy")

    def _is_going(self, key: str) -> bool:
        """Whether its delete goes on already."""
        begin = self._prior.running.get(key)
        return begin is not None and begin.action == "delete"

    def _is_lost(self, key: str) -> bool:
        """Whether it is gone, and an interrupted apply may have made another one in its place: that is looked for."""
        return self._prior.live(key) is None and key in self._in_flight and key not in self._prior.running

    def _protect(self, address: str, diagnostics: Diagnostics) -> None:
        """Report what is to be destroyed and was said never to be."""
        block = self._protected.get(unkeyed(address))
        if block is not None:
            detail = f"{address} has lifecycle.prevent_destroy set, and the plan would destroy it."
            diagnostics.error("Instance cannot be destroyed", detail, block.span, address=address)

    def _why(self, address: str) -> Reason:
        """Why the configuration does not ask for an instance, by the rules of Terraform's orphans."""
        calls, rest = split_modules(address)
        bare, key = split_index(rest)
        module = self._configuration.at(name for name, _ in calls)
        block = module.resources.get(bare) if module else None
        if block is None:
            return "moved-away" if address in self._prior.moved else "not-configured"
        if self._evaluator.at(address) is None:
            return "no-module"
        if (block.count is not None) != isinstance(key, int) or (block.for_each is not None) != isinstance(key, str):
            return "repeated-otherwise"
        return "not-counted" if block.count is not None else "not-a-key"

    def _orphan(self, key: str, reason: Reason, diagnostics: Diagnostics) -> Step:
        resource = self._prior.snapshot.resources[key]
        live = self._prior.live(key)
        subject = self._subject(resource.address, resource.type, resource.provider, live)
        if live is None and resource.deposed is None:
            return Forget(subject, before=self._hidden(resource, self._prior.stored[key]))
        removal = self._removal(resource.address)
        if removal is not None and not removal.destroy and reason not in ("destroy", "deposed"):
            return Forget(subject, before=self._hidden(resource, live or self._prior.stored[key]), reason=reason)
        observed = live or self._prior.stored[key]
        self._ask_kind(resource, observed, diagnostics)
        before, notes = self._hidden(resource, observed), deletion_notes(observed)
        return Delete(subject, before=before, reason=reason, deposed=resource.deposed, notes=notes)

    def _hidden(self, resource: ResourceState, observed: Observed) -> Values:
        kind = self._registry.kind(resource.type)
        return observed.values if kind is None else searched(kind, observed.values, {})

    def _ask_kind(self, resource: ResourceState, observed: Observed, diagnostics: Diagnostics) -> None:
        """Report what the kind says of the deletion, which it may refuse."""
        kind = self._registry.kind(resource.type)
        if kind is None:
            return
        plain = replace(observed, values=without_secrets(observed.values))
        try:
            found = kind.plan_delete(self._client(resource.provider), plain)
        except ProviderError as failure:
            found = [diagnostic_of(failure, resource.address)]
        diagnostics.extend(replace(redacted(each), address=each.address or resource.address) for each in found)

    def is_removed(self, address: str) -> bool:
        """Whether a `removed` block says what is to become of it."""
        return self._removal(address) is not None

    def _removal(self, address: str) -> Removal | None:
        plain = unkeyed(address)
        return next((r for source, r in self._removals if covers(source, plain) or covers(source, address)), None)

    def _strays(self, steps: Mapping[str, Step], reason: Reason) -> Iterator[tuple[str, Step]]:
        """Creates that nobody heard the end of, of what is not wanted: looked for, and deleted if found."""
        for begin in self._prior.snapshot.in_flight:
            if begin.action != "create":
                continue
            if begin.key in self._prior.running:
                if begin.address not in steps:
                    yield begin.key, self._made(begin, reason)
            elif self._prior.live(begin.address) is not None:  # of a replacement that was created first
                yield self._stray(begin, deposed_name(begin.id))
            elif begin.address not in steps:
                yield self._stray(begin)

    def _stray(self, begin: Begin, deposed: str | None = None) -> tuple[str, Step]:
        subject = self._subject(begin.address, begin.type, begin.provider, None)
        return key_of(begin.address, deposed), Delete(subject, before={}, reason="in-flight", deposed=deposed)

    def _made(self, begin: Begin, reason: Reason) -> Step:
        made = self._prior.observed[begin.key]
        subject = self._subject(begin.address, begin.type, begin.provider, made)
        return Delete(subject, before=made.values if made else {}, reason=reason)

    def _subject(self, address: str, type_: str, provider: str, live: Observed | None) -> Subject:
        kind = self._registry.kind(type_)
        owner = self._registry.of_type(type_)
        holds = kind.holds_data_in(live.values) if kind is not None and live is not None else False
        source = owner.source if owner else ""
        view, previous = kind.view if kind else None, self._prior.moved.get(address, "")
        return Subject(address, type_, provider, source, block_of(address), None, view, holds, previous)
