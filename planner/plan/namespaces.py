"""The namespaces that are made for apps: each belongs to its cluster, and to no one app.

It is there while an app uses it, or while anything stays in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graph.addresses import block_of
from language.diagnostics import Diagnostics
from planner.desired.apps import Apps, EvaluatedApp
from planner.desired.desired import CLUSTER_PREFIX, DesiredInstance
from planner.evaluation.marking import without_secrets
from planner.plan.deferring import Deferring
from planner.plan.steps import Create, Delete, Step, Subject
from planner.prior.reading import Prior
from providers import Registry
from providers.contract import AppHost, Expanded, Expansion

_NAMED = 5
"""Objects that are named in one warning."""


class Namespaces:
    """Those of one plan, as its apps are expanded."""

    def __init__(self, apps: Apps, prior: Prior, deferring: Deferring) -> None:
        self._apps = apps
        self._prior = prior
        self._deferring = deferring
        self._used: dict[tuple[str, str], Expanded] = {}

    def use(self, app: EvaluatedApp, namespace: Expanded) -> None:
        """An app is in a namespace, which is taken over where any of its apps takes over what exists."""
        place = app.cluster, namespace.name
        first = self._used.get(place)
        kept = namespace if first is None or app.spec.adopt else first
        prevent = namespace.prevent_destroy or (first is not None and first.prevent_destroy)
        self._used[place] = replace(kept, prevent_destroy=prevent)

    def desired(
        self, objects: Iterable[DesiredInstance], clusters: dict[str, tuple[str, ...]]
    ) -> Iterator[tuple[str, DesiredInstance]]:
        """Each with its cluster, once all objects of the plan are known. An app that has the namespace among its own
        objects makes it itself. `clusters`: what each of them is made of, which its namespaces wait for."""
        objects = tuple(objects)
        own = {(each.client, each.address.removeprefix(f"{each.block}/")) for each in objects}
        for (cluster, name), item in {**self._staying(objects), **self._used}.items():
            if cluster in clusters and (CLUSTER_PREFIX + cluster, name) not in own:
                yield cluster, self._apps.placed(cluster, cluster, item, clusters[cluster])

    def _staying(self, objects: Iterable[DesiredInstance]) -> dict[tuple[str, str], Expanded]:
        """Those in the state that no app uses, and that something is in all the same."""
        made = {
            (resource.provider, resource.address.rpartition(f"{block_of(resource.address)}/")[2])
            for resource in self._prior.resources().values()
            if resource.provider == CLUSTER_PREFIX + block_of(resource.address) and resource.deposed is None
        }
        if not made:
            return {}
        values = [(each.client, each.values) for each in objects if each.client.startswith(CLUSTER_PREFIX)]
        for key, resource in self._prior.resources().items():
            if resource.provider.startswith(CLUSTER_PREFIX) and self._deferring.kept(resource.address):
                values.append((resource.provider, self._prior.stored[key].values))
        found = {}
        for client, each in values:
            namespace = self._apps.host.namespace_of(without_secrets(each))
            if namespace is not None and (client, namespace.name) in made:
                found[client.removeprefix(CLUSTER_PREFIX), namespace.name] = namespace
        return found


def namespaces_in(steps: Iterable[Step]) -> dict[str, Expansion]:
    """Those that the steps of a plan make or keep, by their clusters."""
    found: dict[str, list[Expanded]] = {}
    for step in steps:
        subject = step.subject
        if subject.provider == CLUSTER_PREFIX + subject.block and step.after:
            name = subject.address.removeprefix(f"{subject.block}/")
            found.setdefault(subject.block, []).append(Expanded(name, subject.type, step.after))
    return {cluster: Expansion(tuple(items)) for cluster, items in found.items()}


def report_renamed(steps: Iterable[Step], host: AppHost, registry: Registry, diagnostics: Diagnostics) -> None:
    """Say which objects vanish in one namespace and appear in another: they are not the same ones."""
    places: dict[tuple[str, ...], dict[bool, Subject]] = {}
    for step in steps:
        kind, namespace = registry.kind(step.subject.type), None
        if kind is not None and step.subject.provider.startswith(CLUSTER_PREFIX) and isinstance(step, Create | Delete):
            values = without_secrets(step.before if isinstance(step, Delete) else step.after)
            namespace, key = host.namespace_of(values), kind.key(values)
            if namespace is not None and key is not None:
                name = namespace.name.rpartition("/")[2]
                place = (step.subject.provider, *(part for part in key if part != name))
                places.setdefault(place, {})[isinstance(step, Delete)] = step.subject
    moved = [(both[True].address, both[False].address) for both in places.values() if len(both) > 1]
    if moved:
        shown = [f"{old} is deleted, and {new} is created" for old, new in moved[:_NAMED]]
        more = f"; and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
        detail = f"What is in a namespace stays in it. {'; '.join(shown)}{more}."
        diagnostics.warning("Objects do not move between namespaces", detail, address=moved[0][1])
