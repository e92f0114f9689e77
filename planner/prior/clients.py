"""Configured providers: one client a provider and a cluster, made when it is first needed, shared by all threads."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from language.diagnostics import Diagnostic, Diagnostics, FreeholdError, error
from language.marks import unmark_deep
from language.redaction import REDACTOR
from language.values import is_wholly_known
from planner.configuration.blocks import Configuration
from planner.configuration.inheritance import Configured, by_key
from planner.desired.desired import CLUSTER_PREFIX
from planner.evaluation.decode import conform, decode
from planner.evaluation.evaluator import Evaluator
from providers import Registry
from providers.contract import Client, Environment, Provider, Values
from providers.contract.errors import ProviderError

T = TypeVar("T")
Outputs = Callable[[str], tuple[str, Values] | None]
"""Gives a cluster's host and outputs by its address, or None when there is no such cluster."""


class Clients:
    """By key: that of a provider's configuration, or `kubernetes@` and the address of a cluster."""

    def __init__(
        self, registry: Registry, configuration: Configuration, evaluator: Evaluator, environment: Environment
    ) -> None:
        self._registry = registry
        self._configuration = configuration
        self._evaluator = evaluator
        self._environment = environment
        self._made: dict[str, Client] = {}
        self.read_dependencies: Callable[[Evaluator, str], None] = lambda evaluator, address: None
        """Called before a provider's block is evaluated, with its address: reads the data that it refers to."""
        self._lock = threading.RLock()

    def cloud(self, key: str) -> Client:
        """The client of a provider's configuration, by its block or its defaults. Raises FreeholdError."""
        with self._lock:
            if key not in self._made:
                found = self._configured(key)
                provider = self._provider(found.provider)
                self._made[key] = _configured(
                    provider, lambda: provider.configure(self._config(provider, found), self._environment)
                )
            return self._made[key]

    def _configured(self, key: str) -> Configured:
        found = by_key(self._configuration, key)
        if found is None:
            detail = (
                f'What the state holds was made with the provider configuration "{key}", which is not there any more.'
            )
            advice = "Put the provider block back until what was made with it is moved or destroyed."
            raise FreeholdError([error("Provider configuration not present", detail, advice=advice)])
        return found

    def cluster(self, address: str, host: str, outputs: Values) -> Client | None:
        """The client of a cluster, or None while what it needs is not known. Raises FreeholdError.

        A cluster that is replaced has two for a while: the one that is to go, and the new one.
        """
        outputs = unmark_deep(outputs)[0]
        which = outputs.get("endpoint") or f"{outputs.get('kubeconfig')}#{outputs.get('context')}"
        key = f"{CLUSTER_PREFIX}{address} {which}"
        with self._lock:
            if key not in self._made:
                if not is_wholly_known({name: outputs.get(name) for name in ("name", "endpoint", "ca_certificate")}):
                    return None
                self._made[key] = self._connect(host, outputs)
            return self._made[key]

    def identity(self, key: str, client: Client) -> str:
        """Which account or cluster a client acts on, which it asks. Raises FreeholdError."""
        provider = self.provider(key)
        return _configured(provider, lambda: provider.identity(client))

    def close(self) -> None:
        """Let go of all clients: the command ends."""
        with self._lock:
            made, self._made = self._made, {}
        for key, client in made.items():
            with contextlib.suppress(ProviderError):  # nothing is lost, and what the command did is told already
                self.provider(key).close(client)

    def access(self, host: str, outputs: Values) -> Any:
        """How to reach the cluster that has these outputs, where a cloud made it; None for a kubeconfig's.

        `host` is the key of the provider configuration that it was made with.
        """
        clusters = self.provider(host).clusters
        return clusters.access(self.cloud(host), outputs) if clusters else None

    def _connect(self, host: str, outputs: Values) -> Client:
        objects = self._objects
        apps = objects.apps
        assert apps is not None

        def reached() -> Client:
            if self.is_given(host):
                config = {"config_path": outputs["kubeconfig"], "config_context": outputs["context"]}
                client = objects.configure(conform(config, objects.schema), self._environment)
            else:
                client = apps.connect(self.access(host, outputs), self._environment)
            apps.reach(client)
            return client

        return _configured(objects, reached)

    def provider(self, key: str) -> Provider:
        """The provider of a client's key. Raises FreeholdError."""
        if key.startswith(CLUSTER_PREFIX):
            return self._objects
        return self._provider(self._configured(key).provider)

    def is_given(self, host: str) -> bool:
        """Whether a cluster's host is none of ours: it has a kubeconfig."""
        return host == self._objects.name

    @property
    def _objects(self) -> Provider:
        """The provider of what is on clusters."""
        provider = self._registry.of_objects()
        if provider is None:
            raise FreeholdError([error("Unknown provider", "No provider here puts objects on clusters.")])
        return provider

    def _provider(self, name: str) -> Provider:
        provider = self._registry.get(name)
        if provider is None:
            detail = f'No provider "{name}" is installed here.'
            raise FreeholdError(
                [error("Unknown provider", detail, advice=f"There are: {', '.join(self._registry.names)}.")]
            )
        return provider

    def _config(self, provider: Provider, found: Configured) -> Values:
        block = found.block
        if block is None:
            return conform({}, provider.schema)
        diagnostics = Diagnostics()
        where = f'provider "{found.key}"'
        self.read_dependencies(self._evaluator, found.module.prefix + block.address)
        scope = next(self._evaluator.instances(found.module.path)).scope
        values: Values = unmark_deep(decode(block.body, provider.schema, scope, where, diagnostics, kept=False))[0]
        if not is_wholly_known(values) and not diagnostics.has_errors:
            detail = f"What configures {where} is known only after apply."
            diagnostics.error("Provider configuration not known", detail, block.span)
        diagnostics.raise_errors()
        return values


def _configured(provider: Provider, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except ProviderError as failure:
        raise FreeholdError([diagnostic_of(failure, f'provider "{provider.name}"')]) from failure


def diagnostic_of(failure: ProviderError, address: str) -> Diagnostic:
    """A provider's error as a diagnostic."""
    return redacted(error(failure.summary, failure.detail, address=failure.address or address, advice=failure.advice))


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """What a provider says, without sensitive texts: its service may have given back what it was sent."""
    summary, detail, advice = map(REDACTOR.redact, (diagnostic.summary, diagnostic.detail, diagnostic.advice))
    return replace(diagnostic, summary=summary, detail=detail, advice=advice)
