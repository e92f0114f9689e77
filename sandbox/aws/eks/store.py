"""What there is of EKS in a region. Bodies are kept in the shape in which the service describes them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.aws.credentials import ACCOUNT, Principal
from sandbox.aws.network import Network
from sandbox.clock import Clock

Body = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """An instance of a node group and the interface that the CNI gave it."""

    instance: str
    interface: str


@dataclass
class Nodegroup:
    """A node group and its nodes."""

    body: Body
    nodes: list[Node] = field(default_factory=list)


@dataclass
class Addon:
    """An add-on, as DescribeAddon gives it."""

    body: Body


@dataclass
class AccessEntry:
    """An access entry and its policies, by ARN."""

    body: Body
    policies: dict[str, Body] = field(default_factory=dict)
    managed_by_nodegroups: bool = False


@dataclass
class Update:
    """An update, and of what in its cluster."""

    body: Body
    nodegroup: str | None = None
    addon: str | None = None


@dataclass
class Cluster:
    """A cluster with all that is in it. `control_plane` is there from when it is ACTIVE until it is deleted."""

    body: Body
    creator: Principal
    self_managed_addons: bool = True
    control_plane: Any = None
    interfaces: list[str] = field(default_factory=list)
    load_balancers: dict[tuple[str, str], Any] = field(default_factory=dict)
    nodegroups: dict[str, Nodegroup] = field(default_factory=dict)
    addons: dict[str, Addon] = field(default_factory=dict)
    entries: dict[str, AccessEntry] = field(default_factory=dict)
    associations: dict[str, Body] = field(default_factory=dict)
    updates: dict[str, Update] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Unique in its region."""
        return str(self.body["name"])

    @property
    def version(self) -> str:
        """Of Kubernetes, as "1.33"."""
        return str(self.body["version"])

    @property
    def security_group(self) -> str:
        """The id of the security group that EKS made for it."""
        return str(self.body["resourcesVpcConfig"]["clusterSecurityGroupId"])

    @property
    def subnets(self) -> list[str]:
        """The ids of its subnets."""
        return list(self.body["resourcesVpcConfig"]["subnetIds"])

    def node_count(self) -> int:
        """Over all node groups."""
        return sum(len(group.nodes) for group in self.nodegroups.values())

    def bodies(self) -> Iterable[tuple[str, Body]]:
        """Every body with tags in this cluster, by ARN."""
        yield self.body["arn"], self.body
        for group in self.nodegroups.values():
            yield group.body["nodegroupArn"], group.body
        for addon in self.addons.values():
            yield addon.body["addonArn"], addon.body
        for entry in self.entries.values():
            yield entry.body["accessEntryArn"], entry.body
        for association in self.associations.values():
            yield association["associationArn"], association


class Region:
    """EKS in one region of the account. Handlers run one at a time, under `lock`."""

    def __init__(self, name: str, clock: Clock, host: Callable[[], str]) -> None:
        self.name = name
        self.clock = clock
        self.host = host
        self.network = Network(name)
        self.lock = threading.RLock()
        self.clusters: dict[str, Cluster] = {}
        self.answers: dict[tuple[str, str], tuple[Any, Body]] = {}

    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def later(self, seconds: float, action: Callable[[], None], prepare: Callable[[], None] | None = None) -> None:
        """Run `action` under the lock when `seconds` of the cloud's have passed; `prepare` before it, without."""

        def run() -> None:
            if prepare is not None:
                prepare()
            with self.lock:
                action()

        self.clock.after(seconds, run)

    def arn(self, kind: str, *path: str) -> str:
        """The ARN of a resource of this region."""
        return f"arn:aws:eks:{self.name}:{ACCOUNT}:{'/'.join((kind, *path))}"

    def is_there(self, cluster: Cluster) -> bool:
        """Whether this very cluster has not been deleted (and its name perhaps taken) in the meantime."""
        return self.clusters.get(cluster.name) is cluster


def new_id() -> str:
    """A UUID, as EKS has them for updates and the like."""
    return str(uuid.uuid4())
