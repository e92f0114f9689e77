"""The objects of apps: each app is expanded once, its objects are planned many at a time, and what cannot be rendered
yet is deferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from language.diagnostics import Diagnostics
from language.expressions import Expression
from language.marks import unmark_deep
from planner.configuration.blocks import App
from planner.configuration.expressions import expression_at
from planner.desired.apps import Apps, EvaluatedApp
from planner.desired.clusters import ClusterPlan
from planner.desired.desired import CLUSTER_PREFIX, DesiredInstance
from planner.evaluation.evaluator import Evaluator, Results
from planner.plan.deferring import Deferring
from planner.plan.diff import Differ
from planner.plan.namespaces import Namespaces, report_renamed
from planner.plan.steps import Adopt, Create, Delete, Forget, Reason, Replace, Step
from planner.prior.reading import Prior
from planner.prior.workspace import Workspace
from providers.contract import AppExpansion, Client

Planned: TypeAlias = tuple[DesiredInstance, Step | None]


class ObjectsPlan:
    """Makes the objects of a plan. `clusters` and `steps` are what is planned already, and grow meanwhile."""

    def __init__(
        self,
        workspace: Workspace,
        differ: Differ,
        deferring: Deferring,
        clusters: Mapping[str, ClusterPlan],
        steps: Mapping[str, Step],
        prior: Prior,
        parallelism: int,
    ) -> None:
        self._registry = workspace.registry
        self._clients = workspace.clients
        self._apps = Apps(workspace.registry, workspace.configuration)
        self._differ = differ
        self._deferring = deferring
        self._clusters = clusters
        self._steps = steps
        self._parallelism = parallelism
        self._namespaces = Namespaces(self._apps, prior, deferring)
        self._made: set[str] = set()
        self.expansions: dict[str, AppExpansion] = {}

    def plan(
        self, evaluator: Evaluator, node: App, depends_on: tuple[str, ...], diagnostics: Diagnostics
    ) -> Iterator[Planned]:
        """The objects of an app, but its namespace."""
        cause = self._deferring.cause_of_dependencies(evaluator.prefix, depends_on)
        app = None if cause is not None else self._apps.evaluated(evaluator, node, diagnostics)
        if isinstance(app, Expression):
            cause = self._deferring.cause_of_unknown("resource_config_unknown", app, evaluator, node, diagnostics)
        if cause is not None:
            self._deferring.add_block(evaluator.prefix + node.address, node, cause)
        if not isinstance(app, EvaluatedApp):
            return
        evaluator.results.put_expansion(app.address, app.outputs)
        client, forced = self._client(app.cluster, evaluator.results)
        capabilities = self._apps.host.capabilities(client) if client is not None else None
        expansion = self.expansions[app.address] = self._apps.expand(app, capabilities, diagnostics)
        if expansion.namespace is not None:
            self._namespaces.use(app, expansion.namespace)
        self._defer(evaluator, app, expansion, diagnostics)
        yield from self._planned(self._apps.desired(app, expansion.resources, depends_on), client, forced, diagnostics)

    def plan_namespaces(
        self, desired: Iterable[DesiredInstance], results: Results, diagnostics: Diagnostics
    ) -> Iterator[Planned]:
        """When all apps are planned: the namespaces that are made for them."""
        clusters = {
            address: tuple(f"{address}/{item.name}" for item in plan.expansion.resources)
            for address, plan in self._clusters.items()
        }
        for cluster, each in self._namespaces.desired(desired, clusters):
            self._made.add(each.address)
            client, forced = self._client(cluster, results)
            yield from self._planned([each], client, forced, diagnostics)

    def plan_with_container(self, desired: DesiredInstance, results: Results, diagnostics: Diagnostics) -> Step | None:
        """An object that is replaced together with what it cannot outlive."""
        client, _ = self._client(desired.client.removeprefix(CLUSTER_PREFIX), results)
        return self._differ.plan(desired, client, diagnostics, forced="container")

    def report_renamed(self, diagnostics: Diagnostics) -> None:
        """Say what is in another namespace by now."""
        if self._clusters:
            report_renamed(self._steps.values(), self._apps.host, self._registry, diagnostics)

    def in_reading_order(self, steps: Iterable[Step]) -> list[Step]:
        """By block; the namespaces that are made on a cluster behind what it is made of."""
        steps = list(steps)
        blocks = {block: index for index, block in enumerate(dict.fromkeys(step.subject.block for step in steps))}
        return sorted(steps, key=lambda step: (blocks[step.subject.block], step.subject.address in self._made))

    def order(self) -> Iterator[tuple[str, str]]:
        """Which object comes before which other one on its cluster, by the order that Kubernetes needs."""
        by_cluster: dict[str, dict[str, Any]] = {}
        for address, step in self._steps.items():
            if step.subject.provider.startswith(CLUSTER_PREFIX):
                values = step.before if isinstance(step, Delete | Forget) else step.after
                by_cluster.setdefault(step.subject.provider, {})[address] = unmark_deep(values)[0]
        for objects in by_cluster.values():
            yield from self._apps.host.order(objects)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _defer(
        self, evaluator: Evaluator, app: EvaluatedApp, expansion: AppExpansion, diagnostics: Diagnostics
    ) -> None:
        """What the app's sources could not render yet."""
        for item in expansion.deferred:
            provider = self._registry.of_type(item.type)
            expression = expression_at(app.app.body, item.path)
            cause = self._deferring.cause_of_unknown(
                "resource_config_unknown", expression, evaluator, app.app, diagnostics
            )
            if cause is not None:
                self._deferring.add_object(app, item, provider.source if provider else "", cause)

    def _planned(
        self, desired: list[DesiredInstance], client: Client | None, forced: Reason, diagnostics: Diagnostics
    ) -> Iterator[Planned]:
        problems = [Diagnostics() for _ in desired]
        with ThreadPoolExecutor(self._parallelism, thread_name_prefix="plan") as pool:
            steps = pool.map(
                lambda item: self._differ.plan(item[0], client, item[1], forced=forced),
                zip(desired, problems, strict=True),
            )
            for each, step, problem in zip(desired, steps, problems, strict=True):
                diagnostics.extend(problem)
                yield each, step

    def _client(self, address: str, results: Results) -> tuple[Client | None, Reason]:
        """The client for a cluster's objects as planned, and why they are replaced: the cluster is created anew."""
        plan = self._clusters.get(address)
        if plan is None:
            return None, ""
        anchor = self._steps.get(plan.anchor) if plan.anchor else None
        if isinstance(anchor, Replace):
            return None, "cluster"
        if isinstance(anchor, Create | Adopt):
            return None, ""
        return self._clients.cluster(address, plan.host, results.expanded(address)), ""
