"""`aws_eks_cluster`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import NestedBlock, Schema, computed, optional, optional_computed, required
from language.types import BOOL, STRING, List, Object, Set
from providers.aws.client import AwsClient
from providers.aws.eks import EksKind
from providers.aws.kind import TAGS, known, lineage_of, tag_attributes, tags_of, whole
from providers.contract import Call, Observed, Planned, Values

_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_ACCESS = ("endpoint_private_access", "endpoint_public_access", "public_access_cidrs")


class EksCluster(EksKind):
    """A control plane. It holds data: the volumes of what runs on it."""

    type = "aws_eks_cluster"
    import_names = ("name",)
    key_names = ("name",)
    holds_data = True
    minutes = 40.0
    lasting = True
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "name": required(STRING, immutable=True),
            "role_arn": required(STRING, immutable=True),
            "version": optional_computed(STRING),
            "enabled_cluster_log_types": optional(Set(STRING)),
            "bootstrap_self_managed_addons": optional(BOOL, immutable=True, default=True),
            "endpoint": computed(STRING),
            "certificate_authority": computed(List(Object({"data": STRING}))),
            "identity": computed(List(Object({"oidc": List(Object({"issuer": STRING}))}))),
            "platform_version": computed(STRING),
            "status": computed(STRING),
            "created_at": computed(STRING),
            **TAGS,
        },
        {
            "vpc_config": NestedBlock(
                Schema(
                    {
                        "subnet_ids": required(Set(STRING)),
                        "security_group_ids": optional(Set(STRING)),
                        "endpoint_private_access": optional(BOOL, default=False),
                        "endpoint_public_access": optional(BOOL, default=True),
                        "public_access_cidrs": optional_computed(Set(STRING)),
                        "cluster_security_group_id": computed(STRING),
                        "vpc_id": computed(STRING),
                    }
                ),
                min_items=1,
                max_items=1,
            ),
            "access_config": NestedBlock(
                Schema(
                    {
                        "authentication_mode": optional_computed(STRING),
                        "bootstrap_cluster_creator_admin_permissions": optional(BOOL, immutable=True, default=True),
                    }
                ),
                max_items=1,
                computed=True,
            ),
            "kubernetes_network_config": NestedBlock(
                Schema(
                    {
                        "service_ipv4_cidr": optional_computed(STRING, immutable=True),
                        "ip_family": optional_computed(STRING, immutable=True),
                    }
                ),
                max_items=1,
                computed=True,
            ),
            "encryption_config": NestedBlock(
                Schema(
                    {"resources": required(Set(STRING))},
                    {"provider": NestedBlock(Schema({"key_arn": required(STRING)}), min_items=1, max_items=1)},
                ),
                max_items=1,
                immutable=True,
            ),
            "upgrade_policy": NestedBlock(
                Schema({"support_type": optional_computed(STRING)}), max_items=1, computed=True
            ),
        },
    )

    @override
    def plan(self, client: AwsClient | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        planned = super().plan(client, prior, proposed, config)
        if prior is not None and prior.values["version"] != planned.values["version"]:
            from language.values import Unknown

            return Planned({**planned.values, "platform_version": Unknown(STRING)}, replace=planned.replace)
        return planned

    @override
    def place(self, planned: Values) -> Mapping[str, Any]:
        return {"name": planned["name"]}

    @override
    def described(self, client: AwsClient, identity: Mapping[str, Any]) -> Values:
        item: Values = client.call("eks", "describe_cluster", name=identity["name"])["cluster"]
        return item

    @override
    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        vpc, network = item["resourcesVpcConfig"], item.get("kubernetesNetworkConfig") or {}
        access, policy = item.get("accessConfig") or {}, item.get("upgradePolicy") or {}
        logs = [s["types"] for s in (item.get("logging") or {}).get("clusterLogging", ()) if s.get("enabled")]
        request: Values = next(iter(_blocks(prior, "access_config")), {})
        bootstrap = access.get("bootstrapClusterCreatorAdminPermissions")
        if bootstrap is None:
            bootstrap = request.get("bootstrap_cluster_creator_admin_permissions", True)
        values = {
            "id": item["name"],
            "arn": item["arn"],
            "name": item["name"],
            "role_arn": item["roleArn"],
            "version": item["version"],
            "enabled_cluster_log_types": tuple(t for types in logs for t in types) or None,
            "bootstrap_self_managed_addons": prior.get("bootstrap_self_managed_addons"),
            "endpoint": item.get("endpoint"),
            "certificate_authority": ({"data": (item.get("certificateAuthority") or {}).get("data")},),
            "identity": ({"oidc": ({"issuer": ((item.get("identity") or {}).get("oidc") or {}).get("issuer")},)},),
            "platform_version": item.get("platformVersion"),
            "status": item.get("status"),
            "created_at": item["createdAt"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "vpc_config": (
                {
                    "subnet_ids": tuple(vpc.get("subnetIds", ())),
                    "security_group_ids": tuple(vpc.get("securityGroupIds", ())) or None,
                    "endpoint_private_access": vpc.get("endpointPrivateAccess"),
                    "endpoint_public_access": vpc.get("endpointPublicAccess"),
                    "public_access_cidrs": tuple(vpc.get("publicAccessCidrs", ())),
                    "cluster_security_group_id": vpc.get("clusterSecurityGroupId"),
                    "vpc_id": vpc.get("vpcId"),
                },
            ),
            "access_config": (
                {
                    "authentication_mode": access.get("authenticationMode"),
                    "bootstrap_cluster_creator_admin_permissions": bootstrap,
                },
            ),
            "kubernetes_network_config": (
                {"service_ipv4_cidr": network.get("serviceIpv4Cidr"), "ip_family": network.get("ipFamily")},
            ),
            "encryption_config": tuple(
                {"resources": tuple(e["resources"]), "provider": ({"key_arn": e["provider"]["keyArn"]},)}
                for e in item.get("encryptionConfig") or ()
            ),
            "upgrade_policy": ({"support_type": policy.get("supportType")},),
            **tag_attributes(item.get("tags"), client, prior),
        }
        return Observed(self.shape(values), {"name": item["name"], "arn": item["arn"]}, lineage_of(item.get("tags")))

    @override
    def make(self, client: AwsClient, planned: Values, call: Call) -> None:
        request = known(
            {
                "name": planned["name"],
                "roleArn": planned["role_arn"],
                "version": planned["version"],
                "resourcesVpcConfig": _vpc_config(planned),
                "logging": _logging(planned) if planned["enabled_cluster_log_types"] else None,
                "bootstrapSelfManagedAddons": planned["bootstrap_self_managed_addons"],
                "clientRequestToken": call.token or None,
            }
        )
        for block in _blocks(planned, "access_config"):
            request["accessConfig"] = known(
                {
                    "authenticationMode": block["authentication_mode"],
                    "bootstrapClusterCreatorAdminPermissions": block["bootstrap_cluster_creator_admin_permissions"],
                }
            )
        for block in _blocks(planned, "kubernetes_network_config"):
            chosen = known({"serviceIpv4Cidr": block["service_ipv4_cidr"], "ipFamily": block["ip_family"]})
            if chosen:
                request["kubernetesNetworkConfig"] = chosen
        for block in _blocks(planned, "encryption_config"):
            key = block["provider"][0]["key_arn"]
            request["encryptionConfig"] = [{"resources": whole(block["resources"]), "provider": {"keyArn": key}}]
        for block in _blocks(planned, "upgrade_policy"):
            if isinstance(block["support_type"], str):
                request["upgradePolicy"] = {"supportType": block["support_type"]}
        client.call("eks", "create_cluster", tags=tags_of(planned, call, client), **request)

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        name = {"name": prior.identity["name"]}
        before, after = _access(prior.values), _access(planned)
        if before != after:
            self.ask_update(client, call, "update_cluster_config", name, resourcesVpcConfig=_changed_access(planned))
        if set(prior.values["enabled_cluster_log_types"] or ()) != set(planned["enabled_cluster_log_types"] or ()):
            self.ask_update(client, call, "update_cluster_config", name, logging=_logging(planned))
        mode = _only(planned, "access_config", "authentication_mode")
        if isinstance(mode, str) and mode != _only(prior.values, "access_config", "authentication_mode"):
            self.ask_update(client, call, "update_cluster_config", name, accessConfig={"authenticationMode": mode})
        support = _only(planned, "upgrade_policy", "support_type")
        if isinstance(support, str) and support != _only(prior.values, "upgrade_policy", "support_type"):
            self.ask_update(client, call, "update_cluster_config", name, upgradePolicy={"supportType": support})
        for version in _versions_between(prior.values["version"], planned["version"]):
            self.ask_update(client, call, "update_cluster_version", name, version=version)
        self.retag(client, str(prior.identity["arn"]), prior.values, planned)
        return self.settled(client, planned, call)

    @override
    def lane(self, values: Values) -> str | None:
        """EKS takes one update of a cluster at a time."""
        return f"eks cluster {values['name']}" if isinstance(values["name"], str) else None

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        self.deleted(client, prior, call, lambda: client.call("eks", "delete_cluster", name=prior.identity["name"]))


def _blocks(values: Values, name: str) -> tuple[Values, ...]:
    given = values.get(name)
    return given if isinstance(given, tuple) else ()


def _only(values: Values, block: str, name: str) -> Any:
    found = _blocks(values, block)
    return found[0][name] if found else None


def _vpc_config(planned: Values) -> Values:
    block = _blocks(planned, "vpc_config")[0]
    request = known(
        {
            "subnetIds": block["subnet_ids"],
            "securityGroupIds": block["security_group_ids"],
            "endpointPrivateAccess": block["endpoint_private_access"],
            "endpointPublicAccess": block["endpoint_public_access"],
            "publicAccessCidrs": block["public_access_cidrs"],
        }
    )
    made: Values = whole(request)
    return made


def _access(values: Values) -> tuple[Any, ...]:
    block = _blocks(values, "vpc_config")[0]
    return tuple(block[name] for name in _ACCESS)


def _changed_access(planned: Values) -> Values:
    request = _vpc_config(planned)
    return {name: value for name, value in request.items() if name not in ("subnetIds", "securityGroupIds")}


def _logging(planned: Values) -> Values:
    wanted = [log for log in _LOGS if log in (planned["enabled_cluster_log_types"] or ())]
    rest = [log for log in _LOGS if log not in wanted]
    states = [{"types": wanted, "enabled": True}, {"types": rest, "enabled": False}]
    return {"clusterLogging": [state for state in states if state["types"]]}


def _versions_between(now: Any, wanted: Any) -> list[str]:
    """The versions to go through: EKS takes one minor version at a time."""
    if not isinstance(wanted, str) or now == wanted:
        return []
    major, _, minor = str(now).partition(".")
    last = int(wanted.partition(".")[2])
    return [f"{major}.{each}" for each in range(int(minor) + 1, last + 1)] or [wanted]


KIND = EksCluster()
