"""Clusters, node groups, add-ons and access through their lives, with boto3 as the judge of what there is."""

from __future__ import annotations

import json
import threading

import pytest

from language.values import Unknown
from providers.contract.errors import AlreadyExists, Failed, Invalid, ProviderError
from tests.providers.aws.conftest import cluster_config, trusting
from tests.providers.aws.support import TurnedClock

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


@pytest.fixture
def config(name, roles, subnets):
    """`config(version="1.34")`: what makes a cluster of the test's own."""

    def make(**more):
        return cluster_config(name, roles, subnets, **more)

    return make


class TestCluster:
    def test_it_is_there_when_it_is_created(self, managed, eks, config, name):
        cluster = managed("aws_eks_cluster").create(**config(version="1.34", tags={"Name": "a"}))

        described = eks.describe_cluster(name=name)["cluster"]
        assert described["status"] == "ACTIVE"
        assert described["tags"]["freehold:address"] == cluster.call.address
        assert cluster["endpoint"] == described["endpoint"]
        assert cluster["certificate_authority"][0]["data"] == described["certificateAuthority"]["data"]
        assert cluster["identity"][0]["oidc"][0]["issuer"] == described["identity"]["oidc"]["issuer"]
        assert cluster["tags"] == {"Name": "a"}
        assert any("CREATING" in word for word in cluster.said)
        assert cluster.changes(**config(version="1.34", tags={"Name": "a"})) == ()

    def test_without_a_version_it_keeps_the_one_it_got(self, managed, config):
        cluster = managed("aws_eks_cluster")
        assert isinstance(cluster.planned(**config()).values["version"], Unknown)

        cluster.create(**config())

        assert cluster["version"] == "1.35"
        assert cluster.changes(**config()) == ()

    def test_it_is_upgraded_one_minor_version_at_a_time(self, managed, eks, config, name):
        cluster = managed("aws_eks_cluster").create(**config(version="1.32"))

        cluster.update(**config(version="1.35"))

        assert eks.describe_cluster(name=name)["cluster"]["version"] == "1.35"
        updates = [
            eks.describe_update(name=name, updateId=i)["update"] for i in eks.list_updates(name=name)["updateIds"]
        ]
        passed = [p["value"] for u in updates for p in u["params"] if p["type"] == "Version"]
        assert sorted(passed) == ["1.33", "1.34", "1.35"]
        assert cluster.changes(**config(version="1.35")) == ()

    def test_what_is_changed_in_place(self, managed, eks, config, name):
        cluster = managed("aws_eks_cluster").create(**config())
        wanted = config(
            network={
                "endpoint_private_access": True,
                "endpoint_public_access": True,
                "public_access_cidrs": ("203.0.113.0/24",),
            },
            enabled_cluster_log_types=("api", "audit"),
            upgrade_policy=({"support_type": "STANDARD"},),
            tags={"Name": "b"},
        )

        cluster.update(**wanted)

        described = eks.describe_cluster(name=name)["cluster"]
        assert described["resourcesVpcConfig"]["endpointPrivateAccess"] is True
        assert described["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
        enabled = [log["types"] for log in described["logging"]["clusterLogging"] if log["enabled"]]
        assert enabled == [["api", "audit"]]
        assert described["upgradePolicy"]["supportType"] == "STANDARD"
        assert described["tags"]["Name"] == "b"
        assert cluster.changes(**wanted) == ()

        cluster.update(**config(tags={"Name": "b"}))
        described = eks.describe_cluster(name=name)["cluster"]
        assert [log["types"] for log in described["logging"]["clusterLogging"] if log["enabled"]] == []

    def test_what_needs_a_new_one(self, cluster, roles, subnets):
        def replaced(**more):
            return cluster.replaced_by(**{**cluster_config("shared", roles, subnets), **more})

        assert replaced() == []
        assert replaced(name="other") == ["name"]
        assert replaced(role_arn="arn:aws:iam::123456789012:role/other") == ["role_arn"]
        assert replaced(kubernetes_network_config=({"service_ipv4_cidr": "10.200.0.0/16"},)) == [
            "kubernetes_network_config"
        ]
        access = {"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False}
        assert replaced(access_config=(access,)) == ["access_config"]

    def test_a_role_that_eks_does_not_see_yet_is_waited_for(self, managed, iam, config, name):
        clock = TurnedClock()
        arn = f"arn:aws:iam::123456789012:role/{name}"
        document = trusting("eks.amazonaws.com")
        clock.at(3, lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=document))

        class Settling(TurnedClock):
            """Turned until the role is there, and real from then on: the sandbox takes its time."""

            def sleep(self, seconds):
                clock.sleep(seconds)
                threading.Event().wait(0.05)

        cluster = managed("aws_eks_cluster", clock=Settling()).create(**config(role_arn=arn))

        assert cluster["role_arn"] == arn
        assert any("role" in word for word in cluster.said)

    def test_a_role_that_never_comes_is_an_error_after_a_while(self, managed, config):
        clock = TurnedClock()
        cluster = managed("aws_eks_cluster", clock=clock)

        with pytest.raises(Invalid, match="InvalidParameterException"):
            cluster.create(**config(role_arn="arn:aws:iam::123456789012:role/nobody"))

        assert 60 <= clock.time <= 300

    def test_one_that_fails_is_reported_with_what_is_left(self, managed, faults, config, name):
        issue = {"code": "InsufficientFreeAddresses", "message": "no addresses left", "resourceIds": []}
        faults({"service": "eks", "operation": "CreateCluster", "status": "FAILED", "issue": issue})
        cluster = managed("aws_eks_cluster")

        with pytest.raises(Failed) as caught:
            cluster.create(**config())

        assert "no addresses left" in caught.value.detail
        assert caught.value.observed.identity["name"] == name
        cluster.observed = caught.value.observed
        cluster.delete()
        assert cluster.read() is None

    def test_waiting_ends_when_one_is_told_to_stop_and_what_is_there_is_kept(self, managed, config, name):
        cancelled = threading.Event()
        cancelled.set()
        cluster = managed("aws_eks_cluster", cancelled=cancelled)

        with pytest.raises(Failed) as caught:
            cluster.create(**config())

        assert caught.value.observed.identity["name"] == name
        cancelled.clear()
        assert cluster.find(**config()).values["status"] == "ACTIVE"

    def test_a_lost_create_is_found_and_waited_for(self, managed, eks, faults, config, name):
        faults(
            {"service": "eks", "operation": "DescribeCluster", "times": 1, "error": {"code": "AccessDeniedException"}}
        )
        cluster = managed("aws_eks_cluster")
        with pytest.raises(ProviderError, match="AccessDenied"):
            cluster.create(**config())

        found = cluster.find(**config())

        assert found.values["status"] == "ACTIVE"
        assert found.values["endpoint"] == eks.describe_cluster(name=name)["cluster"]["endpoint"]

    def test_an_answer_that_is_lost_on_its_way_makes_no_second_one(self, managed, faults, config):
        faults({"service": "eks", "operation": "CreateCluster", "times": 1, "drop": "after"})

        cluster = managed("aws_eks_cluster").create(**config())

        assert cluster["status"] == "ACTIVE"

    def test_somebody_elses_is_not_taken(self, managed, cluster, roles, subnets):
        config = cluster_config("shared", roles, subnets)

        with pytest.raises(AlreadyExists):
            managed("aws_eks_cluster").find(**config)
        with pytest.raises(AlreadyExists):
            managed("aws_eks_cluster").create(**config)

    def test_it_is_gone_when_it_is_deleted(self, managed, eks, config, name):
        cluster = managed("aws_eks_cluster").create(**config())

        cluster.delete()

        assert name not in eks.list_clusters()["clusters"]
        assert cluster.read() is None
        cluster.delete()

    def test_it_holds_data(self, cluster):
        assert cluster.kind.holds_data_in(cluster.observed.values)


class TestNodeGroup:
    @pytest.fixture
    def group_config(self, cluster, roles, subnets, name):
        def make(low=1, high=3, desired=1, **more):
            return {
                "cluster_name": cluster["name"],
                "node_group_name": name,
                "node_role_arn": roles["node"],
                "subnet_ids": tuple(subnets),
                "instance_types": ("m7i.large",),
                "scaling_config": ({"min_size": low, "max_size": high, "desired_size": desired},),
                **more,
            }

        return make

    def described(self, eks, name):
        return eks.describe_nodegroup(clusterName="shared", nodegroupName=name)["nodegroup"]

    def test_its_life(self, managed, eks, group_config, name):
        config = group_config(labels={"work": "web"}, capacity_type="SPOT", disk_size=50)
        group = managed("aws_eks_node_group").create(**config)
        described = self.described(eks, name)
        assert (described["status"], described["capacityType"], described["diskSize"]) == ("ACTIVE", "SPOT", 50)
        assert described["labels"] == {"work": "web"}
        assert described["instanceTypes"] == ["m7i.large"]
        assert group.changes(**config) == ()
        assert group.find(**config).identity == group.observed.identity

        group.delete()

        assert name not in eks.list_nodegroups(clusterName="shared")["nodegroups"]
        assert group.read() is None
        group.delete()

    def test_size_labels_taints_and_tags_are_changed_in_place(self, managed, eks, group_config, name):
        first = group_config(
            labels={"keep": "1", "drop": "1"},
            taint=({"key": "old", "value": "x", "effect": "NO_SCHEDULE"},),
            tags={"Name": "a"},
        )
        group = managed("aws_eks_node_group").create(**first)
        wanted = group_config(
            high=5,
            desired=2,
            labels={"keep": "2", "more": "1"},
            taint=({"key": "new", "effect": "NO_EXECUTE"},),
            tags={"Name": "b"},
        )

        group.update(**wanted)

        described = self.described(eks, name)
        assert described["scalingConfig"] == {"minSize": 1, "maxSize": 5, "desiredSize": 2}
        assert described["labels"] == {"keep": "2", "more": "1"}
        assert [(taint["key"], taint["effect"]) for taint in described["taints"]] == [("new", "NO_EXECUTE")]
        assert described["tags"]["Name"] == "b"
        assert group.changes(**wanted) == ()

    def test_a_single_change_is_a_single_update(self, managed, eks, group_config, name):
        group = managed("aws_eks_node_group").create(**group_config())

        group.update(**group_config(high=9))

        assert len(eks.list_updates(name="shared", nodegroupName=name)["updateIds"]) == 1

    def test_bounds_that_move_past_the_present_size_take_it_along(self, managed, eks, group_config, name):
        group = managed("aws_eks_node_group").create(**group_config(low=1, high=5, desired=4))

        group.update(**group_config(low=1, high=2, desired=4))

        assert self.described(eks, name)["scalingConfig"]["desiredSize"] == 2

    def test_the_size_that_an_autoscaler_set_since_stays(self, managed, eks, group_config, name):
        group = managed("aws_eks_node_group").create(**group_config(low=1, high=5, desired=2))
        eks.update_nodegroup_config(clusterName="shared", nodegroupName=name, scalingConfig={"desiredSize": 4})

        group.update(**group_config(low=1, high=9, desired=2))

        assert self.described(eks, name)["scalingConfig"] == {"minSize": 1, "maxSize": 9, "desiredSize": 4}

    def test_what_needs_a_new_one(self, managed, group_config):
        group = managed("aws_eks_node_group").create(**group_config())

        assert group.replaced_by(**group_config()) == []
        assert group.replaced_by(**group_config(instance_types=("m7i.xlarge",))) == ["instance_types"]
        assert group.replaced_by(**group_config(capacity_type="SPOT")) == ["capacity_type"]
        assert group.replaced_by(**group_config(disk_size=100)) == ["disk_size"]
        assert group.replaced_by(**group_config(high=7)) == []

    def test_its_version_follows(self, managed, make_cluster, eks, group_config, name):
        cluster = make_cluster(name, version="1.34")
        config = {**group_config(), "cluster_name": name}
        group = managed("aws_eks_node_group").create(**config, version="1.33")

        group.update(**config, version="1.34")

        described = eks.describe_nodegroup(clusterName=name, nodegroupName=name)["nodegroup"]
        assert described["version"] == "1.34"
        assert group["release_version"] == described["releaseVersion"]
        assert cluster["version"] == "1.34"

    def test_one_that_fails_is_reported_with_what_is_left(self, managed, faults, group_config, name):
        issue = {"code": "NodeCreationFailure", "message": "Instances failed to join", "resourceIds": ["i-1"]}
        faults({"service": "eks", "operation": "CreateNodegroup", "status": "CREATE_FAILED", "issue": issue})
        group = managed("aws_eks_node_group")

        with pytest.raises(Failed) as caught:
            group.create(**group_config())

        assert "NodeCreationFailure: Instances failed to join" in caught.value.detail
        assert caught.value.observed.identity["node_group_name"] == name

    def test_an_update_that_fails_is_reported(self, managed, faults, group_config):
        group = managed("aws_eks_node_group").create(**group_config())
        issue = {"code": "PodEvictionFailure", "message": "Reached max retries", "resourceIds": []}
        faults({"service": "eks", "operation": "UpdateNodegroupConfig", "status": "Failed", "issue": issue})

        with pytest.raises(Failed, match="failed") as caught:
            group.update(**group_config(high=8))

        assert "Reached max retries" in caught.value.detail

    def test_the_cluster_waits_until_it_is_gone(self, managed, make_cluster, group_config, name):
        cluster = make_cluster(name)
        group = managed("aws_eks_node_group").create(**{**group_config(), "cluster_name": name})
        deleting = threading.Thread(target=group.delete)
        deleting.start()

        cluster.delete()
        deleting.join(20)

        assert cluster.read() is None
        assert group.read() is None


class TestAddon:
    @pytest.fixture
    def own(self, make_cluster, name):
        return make_cluster(name, version="1.34")

    def test_its_life(self, managed, eks, own, name):
        config = {"cluster_name": name, "addon_name": "kube-proxy", "tags": {"Name": "a"}}
        addon = managed("aws_eks_addon").create(**config)
        described = eks.describe_addon(clusterName=name, addonName="kube-proxy")["addon"]
        assert described["status"] == "ACTIVE"
        assert addon["addon_version"] == described["addonVersion"]
        assert addon.changes(**config) == ()
        assert addon.find(**config).identity == addon.observed.identity
        assert addon.replaced_by(cluster_name=name, addon_name="vpc-cni") == ["addon_name"]

        addon.delete()

        assert eks.list_addons(clusterName=name)["addons"] == []
        assert addon.read() is None

    def test_its_version_and_its_settings_are_changed_in_place(self, managed, eks, own, name):
        offered = eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.34")["addons"][0]
        newest, older = (version["addonVersion"] for version in offered["addonVersions"][:2])
        config = {"cluster_name": name, "addon_name": "vpc-cni"}
        addon = managed("aws_eks_addon").create(**config, addon_version=older)
        settings = json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": "true"}})

        addon.update(**config, addon_version=newest, configuration_values=settings)

        described = eks.describe_addon(clusterName=name, addonName="vpc-cni")["addon"]
        assert described["addonVersion"] == newest
        assert json.loads(described["configurationValues"]) == json.loads(settings)
        spread = json.dumps(json.loads(settings), indent=2)
        assert addon.changes(**config, addon_version=newest, configuration_values=spread) == ()

    def test_somebody_elses_is_not_taken(self, managed, eks, own, name):
        managed("aws_eks_addon").create(cluster_name=name, addon_name="kube-proxy")

        with pytest.raises(AlreadyExists):
            managed("aws_eks_addon").find(cluster_name=name, addon_name="kube-proxy")


class TestAccess:
    @pytest.fixture
    def principal(self, iam, name):
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting("ec2.amazonaws.com"))["Role"]["Arn"]

    def test_an_entry(self, managed, eks, cluster, principal):
        config = {"cluster_name": "shared", "principal_arn": principal, "kubernetes_groups": ("readers",)}
        entry = managed("aws_eks_access_entry").create(**config)
        place = {"clusterName": "shared", "principalArn": principal}
        assert eks.describe_access_entry(**place)["accessEntry"]["kubernetesGroups"] == ["readers"]
        assert entry.changes(**config) == ()
        assert entry.find(**config).identity == entry.observed.identity

        entry.update(**{**config, "kubernetes_groups": ("writers",)})
        assert eks.describe_access_entry(**place)["accessEntry"]["kubernetesGroups"] == ["writers"]
        with pytest.raises(AlreadyExists):
            managed("aws_eks_access_entry").find(**config)

        entry.delete()
        assert principal not in eks.list_access_entries(clusterName="shared")["accessEntries"]
        assert entry.read() is None
        entry.delete()

    def test_what_somebody_may_do(self, managed, eks, cluster, principal):
        managed("aws_eks_access_entry").create(cluster_name="shared", principal_arn=principal)
        config = {"cluster_name": "shared", "principal_arn": principal, "policy_arn": VIEW}
        narrow = ({"type": "namespace", "namespaces": ("web",)},)
        association = managed("aws_eks_access_policy_association").create(**config, access_scope=narrow)
        assert association.changes(**config, access_scope=narrow) == ()
        assert association.replaced_by(**{**config, "policy_arn": ADMIN}, access_scope=narrow) == ["policy_arn"]

        association.update(**config, access_scope=({"type": "cluster"},))

        place = {"clusterName": "shared", "principalArn": principal}
        (listed,) = eks.list_associated_access_policies(**place)["associatedAccessPolicies"]
        assert (listed["policyArn"], listed["accessScope"]["type"]) == (VIEW, "cluster")
        association.delete()
        assert eks.list_associated_access_policies(**place)["associatedAccessPolicies"] == []
        assert association.read() is None

    def test_a_pods_role(self, managed, eks, iam, cluster, roles, name):
        config = {
            "cluster_name": "shared",
            "namespace": "kube-system",
            "service_account": name,
            "role_arn": roles["pod"],
        }
        association = managed("aws_eks_pod_identity_association").create(**config)
        assert association.changes(**config) == ()
        assert association.find(**config).identity == association.observed.identity
        document = trusting("pods.eks.amazonaws.com")
        other = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

        association.update(**{**config, "role_arn": other})

        described = eks.describe_pod_identity_association(
            clusterName="shared", associationId=association["association_id"]
        )["association"]
        assert described["roleArn"] == other
        association.delete()
        assert association.read() is None
        association.delete()
