"""Plans made by hand, for renderers to show."""

from __future__ import annotations

from typing import Any

from language.types import STRING
from language.values import Sensitive, Unknown
from planner.plan.plan import Drift, Operation, Origin, OutputChange, Plan
from planner.plan.steps import Adopt, Create, Delete, Forget, NoOp, Replace, Step, Subject, Update
from providers.contract import Note

UNKNOWN = Unknown(STRING)
AWS = "registry.terraform.io/hashicorp/aws"
BUILTIN = "terraform.io/builtin/terraform"
KUBERNETES = "registry.terraform.io/hashicorp/kubernetes"


def subject(address: str, *, view: str | None = None, holds_data: bool = False) -> Subject:
    """The subject of an address: a cluster's resource, an app's object, or a resource of its own."""
    block, _, below = address.partition("/")
    if block.startswith("app."):
        return Subject(
            address, "kubernetes_manifest", "kubernetes@cluster.main", KUBERNETES, block, None, "object", holds_data
        )
    if below:
        return Subject(address, below.partition(".")[0], "aws", AWS, block, None, view, holds_data)
    type_ = block.partition(".")[0]
    provider, source = ("terraform", BUILTIN) if type_ == "terraform_data" else ("aws", AWS)
    return Subject(address, type_, provider, source, address.partition("[")[0], None, view, holds_data)


def plan(
    *steps: Step,
    mode: Any = "normal",
    outputs: tuple[OutputChange, ...] = (),
    drift: tuple[Drift, ...] = (),
    edges: tuple[tuple[Operation, Operation], ...] = (),
    **more: Any,
) -> Plan:
    """A plan of some steps."""
    origin = Origin("c0ffee", "c0ffee", "11111111-2222-3333-4444-555555555555", "7", "local")
    made = {"timestamp": "2026-03-01T12:00:00Z", **more}
    return Plan("shop", mode, steps, edges, origin, outputs, drift, **made)


def manifest(kind: str, name: str, api: str = "v1", namespace: str = "shop", **rest: Any) -> dict[str, Any]:
    """An object, as a manifest has it."""
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **rest}


def holding(held: dict[str, Any]) -> dict[str, Any]:
    """The attributes of kubernetes_manifest around an object."""
    return {"manifest": held, "object": held, "wait": True, "timeout": 600, "ready": None}


def deployment(name: str, image: str, *, replicas: int = 2, env: dict[str, str] | None = None) -> dict[str, Any]:
    """A Deployment of one container."""
    container = {
        "name": "server",
        "image": image,
        "env": tuple({"name": key, "value": value} for key, value in (env or {"PORT": "8080"}).items()),
        "ports": ({"containerPort": 8080},),
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": (container,)}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return manifest("Deployment", name, "apps/v1", spec=spec)


def new_cluster() -> list[Step]:
    """A cluster from nothing: a network, roles, a control plane, a node group."""
    rows: list[tuple[str, dict[str, Any]]] = [
        ("aws_vpc", {"cidr_block": "10.40.0.0/16", "enable_dns_hostnames": True, "region": "eu-west-1"}),
        ("aws_internet_gateway", {"vpc_id": UNKNOWN}),
        ("aws_eip.nat", {"domain": "vpc"}),
        ("aws_iam_role.cluster", {"name": "shop-main-cluster", "assume_role_policy": _TRUST}),
        ("aws_iam_role.nodes", {"name": "shop-main-nodes", "assume_role_policy": _TRUST.replace("eks", "ec2")}),
        ("aws_eks_cluster", {"name": "shop-main", "version": "1.35", "vpc_config": ({"subnet_ids": UNKNOWN},)}),
        ("aws_eks_node_group.general", _NODES),
    ]
    for index, zone in enumerate("abc"):
        for side, size in (("private", 0), ("public", 128)):
            values = {"cidr_block": f"10.40.{size + 32 * index}.0/19", "availability_zone": f"eu-west-1{zone}"}
            rows.append((f"aws_subnet.{side}-{zone}", {"vpc_id": UNKNOWN, **values}))
            rows.append(
                (f"aws_route_table_association.{side}-{zone}", {"route_table_id": UNKNOWN, "subnet_id": UNKNOWN})
            )
    rows += [(f"aws_eks_addon.{name}", {"addon_name": name, "addon_version": UNKNOWN}) for name in _ADDONS]
    return [_created(name, values) for name, values in rows]


def new_app() -> list[Step]:
    """An app of eleven services."""
    made: list[Step] = [Create(subject("app.shop/Namespace/shop"), after=holding(manifest("Namespace", "shop")))]
    for name in ("ads", "cart", "catalog", "checkout", "currency", "email", "front", "payment", "quote", "ship", "tax"):
        objects = {
            f"apps/Deployment/shop/{name}": deployment(name, f"registry.example.com/shop/{name}:2.3.1"),
            f"Service/shop/{name}": manifest(
                "Service", name, spec={"selector": {"app": name}, "ports": ({"port": 80},)}
            ),
            f"ServiceAccount/shop/{name}": manifest("ServiceAccount", name),
        }
        made += [Create(subject(f"app.shop/{path}"), after=holding(held)) for path, held in objects.items()]
    return made


def every_kind() -> Plan:
    """One step of each kind, drift, notes, a loss of data, secrets and outputs: what an eventful day would bring."""
    web = subject("app.shop/apps/Deployment/shop/web")
    steps: list[Step] = [
        NoOp(subject("cluster.main/aws_vpc"), before={"id": "vpc-0a1", "cidr_block": "10.40.0.0/16"}),
        Create(subject("cluster.main/aws_subnet.private-c"), after={"cidr_block": "10.40.64.0/19", "id": UNKNOWN}),
        Update(
            subject("cluster.main/aws_eks_cluster"),
            before={"id": "shop", "version": "1.34", "region": "eu-west-1", "tags": {"team": "shop", "stage": "test"}},
            after={"id": "shop", "version": "1.35", "region": "eu-west-1", "tags": {"team": "shop", "stage": "live"}},
        ),
        Replace(
            subject("cluster.main/aws_eks_node_group.general"),
            before={"id": "shop:general", "arn": "arn:aws:eks:x", "instance_types": ("m7i.large",), "disk_size": 50},
            after={"id": UNKNOWN, "arn": UNKNOWN, "instance_types": ("m7i.xlarge",), "disk_size": 50},
            paths=(("instance_types",),),
            create_first=True,
        ),
        Delete(subject("aws_ebs_volume.scratch", holds_data=True), before={"id": "vol-1", "size": 20}),
        Forget(subject("terraform_data.old"), before={"id": "x"}),
        Adopt(subject("aws_s3_bucket.assets"), before={}, after={"bucket": "shop-assets", "arn": UNKNOWN}),
        Update(
            web,
            before=holding(deployment("web", "shop/web:1.4.0", replicas=5, env={"PORT": "8080", "MODE": "slow"})),
            after=holding(deployment("web", "shop/web:1.5.0", replicas=3, env={"PORT": "8080", "MODE": "fast"})),
            notes=(Note("drift", ("spec", "replicas"), "changed outside by kubectl-scale (is 5), and put back to 3"),),
        ),
        Update(
            subject("app.shop/Secret/shop/db"),
            before=holding(manifest("Secret", "db", data={"password": Sensitive("b2xk")})),
            after=holding(manifest("Secret", "db", data={"password": Sensitive("bmV3")})),
        ),
        Replace(
            subject("app.shop/batch/Job/shop/migrate"),
            before=holding(manifest("Job", "migrate", "batch/v1", spec={"completions": 1, "backoffLimit": 6})),
            after=holding(manifest("Job", "migrate", "batch/v1", spec={"completions": 2})),
            paths=(("object", "spec", "completions"),),
        ),
    ]
    outputs = (
        OutputChange("endpoint", "https://old.example.com", UNKNOWN, "update"),
        OutputChange("token", None, Sensitive("t0k"), "create", sensitive=True),
        OutputChange("zones", ("a", "b"), ("a", "b"), "no-op"),
    )
    gone = Drift("terraform_data.old", "terraform_data", {"id": "x"}, None)
    return plan(*steps, outputs=outputs, drift=(gone,))


def _created(name: str, values: dict[str, Any]) -> Step:
    unknown = dict.fromkeys(("arn", "id", "owner_id", "tags_all"), UNKNOWN)
    tags = {"Name": f"shop-main-{name.partition('.')[2] or 'main'}", "freehold:stack": "shop"}
    return Create(subject(f"cluster.main/{name}"), after={**values, "tags": tags, **unknown})


_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}]}'
)
_NODES = {
    "instance_types": ("m7i.xlarge",),
    "disk_size": 100,
    "scaling_config": ({"min_size": 3, "max_size": 9, "desired_size": 3},),
    "subnet_ids": UNKNOWN,
}
_ADDONS = ("vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver")
