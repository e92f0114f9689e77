"""Who the provider configurations and clusters of a plan are: a saved plan runs only where they are the same.

Those that a step's operation calls are asked, and those that data was read with; a cluster if it exists already.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from language.diagnostics import FreeholdError, error
from planner.desired.desired import CLUSTER_PREFIX
from planner.evaluation.evaluator import Results
from planner.plan.plan import Plan
from planner.plan.steps import Forget, Read
from planner.prior.clients import Clients
from planner.prior.reading import Prior
from providers.contract import Client


def of_configurations(plan: Plan, clients: Clients) -> dict[str, str]:
    """The account and region, or the like, by the key of the configuration. Raises FreeholdError."""
    called = {step.subject.provider for step in plan.steps if not isinstance(step, Forget | Read)}
    called |= {read.subject.provider for read in plan.data}
    found = {key: clients.identity(key, clients.cloud(key)) for key in sorted(called) if not _is_cluster(key)}
    for step in plan.steps:
        key = step.subject.provider
        if isinstance(step, Read) and key not in found and not _is_cluster(key):
            with contextlib.suppress(FreeholdError):  # it may only be known during the apply
                found[key] = clients.identity(key, clients.cloud(key))
    return found


def of_clusters(plan: Plan, prior: Prior, results: Results, clients: Clients) -> dict[str, str]:
    """Which cluster each one is that exists, by the key of its client. Raises FreeholdError."""
    called = {step.subject.provider for step in plan.steps if not isinstance(step, Forget)}
    found = {}
    for key in sorted(filter(_is_cluster, called)):
        client = _client(key.removeprefix(CLUSTER_PREFIX), prior, results, clients)
        if client is not None:
            found[key] = clients.identity(key, client)
    return found


def refuse_others(planned: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Raise FreeholdError where one that was asked now is another than the plan's."""
    problems = [
        error(
            "Saved plan is for another environment",
            f"{_called(key)} was {planned.get(key, 'not there')} when the plan was made, and is {who} now.",
            advice="Apply it with the credentials, the region and the kubeconfig that it was made with, or make a new "
            "plan.",
        )
        for key, who in found.items()
        if planned.get(key) != who
    ]
    if problems:
        raise FreeholdError(problems)


def _client(address: str, prior: Prior, results: Results, clients: Clients) -> Client | None:
    """How the configuration reaches a cluster that is there, else how the state does."""
    record = prior.clusters().get(address)
    if record is not None and record["anchor"] and prior.is_missing(record["anchor"]):
        return None
    client = None
    if address in results.hosts:
        client = clients.cluster(address, results.hosts[address], results.expanded(address))
    if client is None and record is not None:
        client = clients.cluster(address, record["host"], record["outputs"])
    return client


def _is_cluster(key: str) -> bool:
    return key.startswith(CLUSTER_PREFIX)


def _called(key: str) -> str:
    return key.removeprefix(CLUSTER_PREFIX) if _is_cluster(key) else f'provider "{key}"'
