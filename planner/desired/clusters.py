"""Cluster blocks to what they want: the portable cluster expanded by its cloud, or one that exists by kubeconfig."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph.addresses import suggest
from language.diagnostics import Diagnostics, Span
from language.marks import unmark_deep
from language.schema import NestedBlock, Schema, optional
from language.types import BOOL, NUMBER, STRING, List, Map, Object
from language.values import Sensitive, is_known, is_wholly_known
from planner.configuration.blocks import Cluster, Configuration
from planner.configuration.inheritance import configured
from planner.desired.desired import DesiredInstance
from planner.evaluation.decode import conform, decode
from planner.evaluation.dynamic import Written, blocks_of
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import searched
from providers import Registry
from providers.contract import ClusterSpec, Expanded, Expansion, NodePool, Provider, Reference, Values

DEFAULT_CIDR = "10.40.0.0/16"
SCHEMA = Schema(
    {
        "provider": optional(STRING, description="The cloud that makes it: aws, gcp or azure."),
        "region": optional(STRING, description="The cloud's region."),
        "version": optional(STRING, description='Its Kubernetes version, as "1.35"; the newest that the cloud offers.'),
        "tags": optional(Map(STRING), description="Put on everything of the cluster that can be tagged."),
        "kubeconfig": optional(STRING, description="A kubeconfig file, for a cluster that exists already."),
        "context": optional(STRING, description="The context in it; its current one."),
    },
    {"network": NestedBlock(Schema({"cidr": optional(STRING, default=DEFAULT_CIDR)}), "single")},
)
_TAINT = Object({"key": STRING, "value": STRING, "effect": STRING}, frozenset({"value"}))
NODE_POOL = Schema(
    {
        "min": optional(NUMBER, default=1, description="The least number of nodes."),
        "max": optional(NUMBER, description="The greatest number of nodes; the least."),
        "desired": optional(NUMBER, description="How many to begin with; the least."),
        "cpu": optional(NUMBER, description="Virtual CPUs of a node."),
        "memory_gb": optional(NUMBER, description="Memory of a node in GiB."),
        "machine_type": optional(STRING, description="The cloud's name of a machine, instead of cpu and memory_gb."),
        "disk_gb": optional(NUMBER, description="Disk of a node in GB."),
        "spot": optional(BOOL, default=False, description="Cheap machines that may be taken away."),
        "labels": optional(Map(STRING), description="Labels of the nodes."),
        "taints": optional(List(_TAINT), description="Taints of the nodes: key, value, effect."),
    }
)


_OUTPUTS = {"name": "Its name.", "provider": "What the configuration calls its cloud."}


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """A cluster block evaluated: what it becomes.

    `host` is the key of the provider configuration that makes it; for one that is there, the provider of its objects.
    `anchor` is the address of the resource that its endpoint comes from. `cloud`: what the configuration calls it.
    """

    address: str
    host: str
    provider: str
    cloud: str
    expansion: Expansion
    anchor: str = ""

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What it gives to others (values with `Reference`s)."""
        return {**self.expansion.outputs, "provider": self.cloud}


def outputs_of(cluster: Cluster, registry: Registry) -> dict[str, str]:
    """What each output of a cluster is, on any cloud: known while the block is still being written."""
    if "kubeconfig" in cluster.body.attributes:
        return {**_OUTPUTS, "kubeconfig": "The file that tells how it is reached.", "context": "The context in it."}
    hosts = (cloud.clusters for cloud in registry.clouds().values())
    return _OUTPUTS | {name: about for host in hosts if host is not None for name, about in host.outputs.items()}


class Clusters:
    """Turns cluster blocks into plans of clusters, in the scope of the module instance that they are in.

    `existing` gives the values of what exists below a block, by the rest of the address.
    """

    def __init__(
        self,
        registry: Registry,
        configuration: Configuration,
        existing: Callable[[str], Mapping[str, Values]] = lambda block: {},
    ) -> None:
        self._registry = registry
        self._existing_below = existing
        self._configuration = configuration

    def expand(self, evaluator: Evaluator, cluster: Cluster, diagnostics: Diagnostics) -> ClusterPlan | None:
        """What the cluster becomes, or None where it is in error."""
        address = evaluator.prefix + cluster.address
        blocks = list(blocks_of(cluster.body, evaluator.scope, diagnostics))
        own = cluster.body.without((), {block.type for block in cluster.body.blocks} - SCHEMA.blocks.keys())
        values, _ = unmark_deep(decode(own, SCHEMA, evaluator.scope, address, diagnostics))
        apart = [block for block in blocks if block.type not in SCHEMA.blocks]
        if values["kubeconfig"] is not None:
            return self._existing(evaluator, cluster, values, apart, diagnostics)
        return self._portable(evaluator, cluster, values, apart, diagnostics)

    def _existing(
        self, evaluator: Evaluator, cluster: Cluster, values: Values, blocks: list[Written], diagnostics: Diagnostics
    ) -> ClusterPlan:
        for name in ("provider", "region", "version", "tags"):
            if values[name] is not None:
                detail = f'A cluster that is given by its kubeconfig exists already, and takes no "{name}".'
                diagnostics.error("Conflicting arguments", detail, cluster.body.attributes[name].name_span)
        if blocks:
            detail = "A cluster that is given by its kubeconfig exists already: its nodes are not managed here."
            diagnostics.error("Conflicting blocks", detail, cluster.span)
        outputs = {"name": cluster.name, "kubeconfig": values["kubeconfig"], "context": values["context"]}
        objects = self._registry.of_objects()
        name = objects.name if objects is not None else ""
        return ClusterPlan(evaluator.prefix + cluster.address, name, name, name, Expansion((), outputs))

    def _portable(
        self, evaluator: Evaluator, cluster: Cluster, values: Values, blocks: list[Written], diagnostics: Diagnostics
    ) -> ClusterPlan | None:
        name = values["provider"]
        span = _span(cluster, "provider")
        if name is None or not is_known(name):
            detail = "A cluster names the provider that makes it, or the kubeconfig of one that exists."
            diagnostics.error("Missing required argument", detail, span)
            return None
        clouds = self._registry.clouds()
        cloud, dot, alias = str(name).partition(".")
        local = clouds[cloud].name if cloud in clouds else cloud
        made_by = configured(self._configuration, evaluator.configuration, local + dot + alias)
        provider = self._registry.get(made_by.provider) if made_by else None
        host = provider.clusters if provider else None
        if made_by is None or provider is None or host is None:
            meant = suggest(name, clouds)
            advice = f'Did you mean "{meant}"?' if meant else f"There are: {', '.join(clouds)}."
            diagnostics.error("Unknown cloud", f'No provider here makes clusters on "{name}".', span, advice=advice)
            return None
        spec = self._spec(evaluator, cluster, provider.cloud, host.schema, values, blocks, diagnostics)
        if spec is None:
            return None
        address = evaluator.prefix + cluster.address
        expansion = _marked(host.expand(spec, self._existing_below(address)), provider)
        diagnostics.extend(expansion.diagnostics)
        endpoint = expansion.outputs.get("endpoint")
        anchor = f"{address}/{endpoint.name}" if isinstance(endpoint, Reference) else ""
        return ClusterPlan(address, made_by.key, provider.name, provider.cloud, expansion, anchor)

    def _spec(
        self,
        evaluator: Evaluator,
        cluster: Cluster,
        cloud: str,
        cloud_schema: Schema,
        values: Values,
        blocks: list[Written],
        diagnostics: Diagnostics,
    ) -> ClusterSpec | None:
        before = len(diagnostics)
        pools = self._pools(blocks, diagnostics)
        own = conform({}, cloud_schema)
        for block in blocks:
            if block.type == cloud:
                where = f"{cloud} of {cluster.address}"
                own, _ = unmark_deep(decode(block.body, cloud_schema, block.scope, where, diagnostics))
        if values["region"] is None:
            detail = f'The argument "region" is required in {cluster.address}.'
            diagnostics.error("Missing required argument", detail, cluster.span)
        for name in ("region", "version", "tags"):
            if not is_wholly_known(values[name]):
                detail = f"The {name} of a cluster has to be known when it is planned."
                diagnostics.error("Value not known", detail, _span(cluster, name))
        if len(diagnostics) > before:
            return None
        network = values["network"] or {"cidr": DEFAULT_CIDR}
        return ClusterSpec(
            name=cluster.name,
            full_name="-".join(self._names(evaluator, cluster)),
            region=values["region"],
            version=values["version"],
            cidr=network["cidr"] or DEFAULT_CIDR,
            node_pools=pools,
            tags=values["tags"] or {},
            cloud=own,
            span=cluster.span,
        )

    def _names(self, evaluator: Evaluator, cluster: Cluster) -> Iterator[str]:
        """What tells the cluster from all others: the stack, the module instances that it is in, its own name."""
        yield self._configuration.stack.name
        for name, key in evaluator.path:
            yield name if key is None else f"{name}-{key}"
        yield cluster.name

    def _pools(self, blocks: list[Written], diagnostics: Diagnostics) -> tuple[NodePool, ...]:
        found: dict[str, NodePool] = {}
        for block in blocks:
            if block.type != "node_pool" or len(block.labels) != 1:
                if block.type == "node_pool" and not block.known:
                    detail = "How many node pools there are has to be known when the cluster is planned."
                    diagnostics.error("Value not known", detail, block.span)
                continue
            pool = self._pool(block.labels[0], block, diagnostics)
            if pool.name in found:
                detail = f'There is another node pool named "{pool.name}".'
                diagnostics.error("Duplicate node pool", detail, block.span)
            found[pool.name] = pool
        return tuple(found.values())

    def _pool(self, name: str, block: Written, diagnostics: Diagnostics) -> NodePool:
        where = f'node_pool "{name}"'
        values, _ = unmark_deep(decode(block.body, NODE_POOL, block.scope, where, diagnostics))
        if not is_wholly_known(values):
            diagnostics.error("Value not known", f"What is in {where} has to be known when it is planned.", block.span)
            return NodePool(name, 1, 1, span=block.span)
        if values["machine_type"] is None and (values["cpu"] is None or values["memory_gb"] is None):
            detail = "A pool says what its nodes are: cpu and memory_gb, or machine_type."
            diagnostics.error("Missing required argument", detail, block.span)
        least = values["min"]
        most = values["max"] if values["max"] is not None else least
        desired = values["desired"]
        if not 0 <= least <= (least if desired is None else desired) <= most:
            detail = f"min ({least}), desired ({desired}) and max ({most}) have to be in this order."
            diagnostics.error("Invalid size of node pool", detail, block.span)
        return NodePool(
            name,
            least,
            most,
            desired,
            values["cpu"],
            values["memory_gb"],
            values["machine_type"],
            values["disk_gb"],
            bool(values["spot"]),
            values["labels"] or {},
            tuple(values["taints"] or ()),
            block.span,
        )


def _marked(expansion: Expansion, provider: Provider) -> Expansion:
    """The expansion with marks around what came of sensitive values of the block, of which a cloud sees none."""

    def item(each: Expanded) -> Expanded:
        kind = provider.kinds[each.type]
        names = {name: each.values.get(name) for name in kind.key_names}  # made of the names of blocks
        return replace(each, values=searched(kind, each.values, names))

    return replace(expansion, resources=tuple(map(item, expansion.resources)))


def desired_of(plan: ClusterPlan, registry: Registry, depends_on: tuple[str, ...]) -> list[DesiredInstance]:
    """What the cluster's expansion wants, each after what it refers to."""
    provider = registry.get(plan.provider)
    assert provider is not None
    found = []
    for item in plan.expansion.resources:
        referred = {reference.name for reference in references_in(item.values)}
        inner = tuple(f"{plan.address}/{name}" for name in sorted({*referred, *item.depends_on}))
        found.append(
            DesiredInstance(
                f"{plan.address}/{item.name}",
                item.type,
                plan.address,
                provider.kinds[item.type],
                provider,
                plan.host,
                item.values,
                (*inner, *depends_on),
                item.ignore_changes,
                span=item.span,
            )
        )
    return found


def references_in(value: Any) -> list[Reference]:
    """Every reference in a value of an expansion."""
    if isinstance(value, Reference):
        return [value]
    if isinstance(value, dict):
        return [reference for member in value.values() for reference in references_in(member)]
    if isinstance(value, tuple | list):
        return [reference for element in value for reference in references_in(element)]
    return references_in(value.value) if isinstance(value, Sensitive) else []


def _span(cluster: Cluster, name: str) -> Span:
    attribute = cluster.body.attributes.get(name)
    return attribute.expression.span if attribute else cluster.span
