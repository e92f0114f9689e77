"""A cluster and two apps from nothing, what happens to them in their life, and their end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conformance.stack import Stack
from tests.end_to_end.conftest import Kubectl

SHOP = Path(__file__).with_name("shop")
DEPLOYMENT = "app.web/apps/Deployment/web/web"
TERRAFORM_KEYS = {
    "format_version",
    "terraform_version",
    "variables",
    "planned_values",
    "resource_changes",
    "output_changes",
    "configuration",
    "timestamp",
    "applyable",
    "complete",
    "errored",
}  # Terraform's "JSON Output Format", plan representation


class Shop:
    """The stack of `shop/` in a folder of its own, and how it came to be."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        shutil.copytree(SHOP, folder)
        self.stack = Stack(folder, environment)
        self.planned = self.stack.plan()
        self.applied = self.stack.apply("test.plan")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (SHOP / name).read_text()
        assert old in text
        self.stack.write(text.replace(old, new), name)

    def restore(self) -> None:
        """What the folder says again, applied."""
        shutil.copytree(SHOP, self.stack.folder, dirs_exist_ok=True)
        self.stack.apply()


@pytest.fixture(scope="module")
def installed(tmp_path_factory, sandbox):
    return Shop(tmp_path_factory.mktemp("shop") / "stack", sandbox.env)


@pytest.fixture
def shop(installed):
    """The applied shop. Whatever a test does to it, the next one finds it whole."""
    yield installed
    installed.restore()


@pytest.fixture(scope="module")
def kubectl(installed):
    return Kubectl(installed.stack)


def test_all_is_planned_before_there_is_a_cluster(installed):
    actions = installed.planned.actions

    assert installed.planned.code == 2
    assert set(map(tuple, actions.values())) == {("create",)}
    assert {"cluster.main/aws_vpc", "cluster.main/aws_eks_cluster", DEPLOYMENT} <= set(actions)
    assert "cluster.main/Namespace/web" in actions
    objects = {address.removeprefix("app.") for address in actions if address.startswith("app.")}
    assert objects == {
        "platform/Namespace/platform",
        "platform/ServiceAccount/platform/reader",
        "platform/apiextensions.k8s.io/CustomResourceDefinition/lamps.example.com",
        "platform/example.com/Lamp/platform/bright",
        "platform/rbac.authorization.k8s.io/Role/platform/reader",
        "platform/rbac.authorization.k8s.io/RoleBinding/platform/reader",
        "web/ConfigMap/web/endpoint",
        "web/ConfigMap/web/settings",
        "web/Secret/web/login",
        "web/Service/web/web",
        "web/apps/Deployment/web/web",
        "web/apps/StatefulSet/web/store",
        "web/batch/Job/web/migrate",
    }
    assert f"Plan: {len(actions)} to add, 0 to change, 0 to destroy." in installed.planned.output


def test_what_was_planned_is_what_is_made_and_then_there_is_nothing_to_do(installed):
    count = len(installed.planned.actions)

    assert f"Apply complete! Resources: {count} added, 0 changed, 0 destroyed." in installed.applied.output
    assert set(installed.stack.addresses()) == set(installed.planned.actions)
    assert "No changes." in installed.stack.unchanged().output


def test_a_saved_plan_is_terraforms_json(installed):
    document = installed.planned.document

    assert document.keys() >= TERRAFORM_KEYS
    assert document["format_version"].startswith("1.")
    change = next(each for each in document["resource_changes"] if each["address"].endswith("/aws_eks_cluster"))
    assert change["type"] == "aws_eks_cluster"
    assert change["change"]["before"] is None
    assert change["change"]["after"]["version"] == "1.34"
    assert change["change"]["after_unknown"]["endpoint"] is True
    assert document["output_changes"]["endpoint"]["after_unknown"] is True


def test_the_cloud_has_the_network_and_the_cluster(installed, client):
    (name,) = client("eks").list_clusters()["clusters"]

    cluster = client("eks").describe_cluster(name=name)["cluster"]

    assert cluster["status"] == "ACTIVE"
    assert cluster["version"] == "1.34"
    made = _left(client, "shop")
    assert [vpc["VpcId"] for vpc in made["Vpcs"]] == [cluster["resourcesVpcConfig"]["vpcId"]]
    assert [gateway["State"] for gateway in made["NatGateways"]] == ["available"]
    assert {len(made["Subnets"]), len(made["Addresses"])} == {6, 1}
    assert installed.stack.run("output", "-raw", "endpoint").output.strip() == cluster["endpoint"]


def test_everything_is_ready_when_apply_returns(installed, kubectl):
    objects = kubectl.get("deployments,statefulsets,jobs", "--namespace=web")["items"]

    ready = {each["kind"]: each["status"] for each in objects}

    assert ready["Deployment"]["readyReplicas"] == 3
    assert ready["StatefulSet"]["readyReplicas"] == 2
    assert ready["Job"]["succeeded"] == 1
    endpoint = kubectl.get("configmap/endpoint", "--namespace=web")["data"]["url"]
    assert endpoint == installed.stack.run("output", "-raw", "endpoint").output.strip()
    assert kubectl.get("lamps/bright", "--namespace=platform")["spec"] == {"watts": 5, "color": "white"}


def test_an_edited_manifest_shows_that_field_alone(shop, kubectl):
    shop.edit("web/settings.yaml", "color: blue", "color: green")

    plan = shop.stack.plan()

    assert plan.actions == {"app.web/ConfigMap/web/settings": ["update"]}
    change = plan.changes["app.web/ConfigMap/web/settings"]
    before, after = change["before"]["object"], change["after"]["object"]
    assert before["data"].pop("color") == "blue"
    assert after["data"].pop("color") == "green"
    assert before == after
    shop.stack.apply("test.plan")
    assert kubectl.get("configmap/settings", "--namespace=web")["data"] == {"color": "green", "size": "large"}


def test_what_was_deleted_by_hand_is_made_again_alone(shop, kubectl):
    kubectl("delete", "service/web", "--namespace=web")

    plan = shop.stack.plan()

    assert plan.actions == {"app.web/Service/web/web": ["create"]}
    shop.stack.apply("test.plan")
    assert kubectl.get("service/web", "--namespace=web")["spec"]["selector"] == {"app": "web"}
    shop.stack.unchanged()


def test_what_was_scaled_by_hand_is_named_and_put_back(shop, kubectl):
    kubectl("scale", "deployment/web", "--replicas=5", "--namespace=web")

    plan = shop.stack.plan()

    assert plan.actions == {DEPLOYMENT: ["update"]}
    assert "changed outside by kubectl" in plan.words
    shop.stack.apply("test.plan")
    assert kubectl.get("deployment/web", "--namespace=web")["spec"]["replicas"] == 3
    shop.stack.unchanged()


def test_a_node_pool_grows_in_place(shop, client):
    plan = shop.stack.plan("-var=nodes=4")

    assert plan.actions == {"cluster.main/aws_eks_node_group.general": ["update"]}
    shop.stack.apply("test.plan", "-var=nodes=4")
    (name,) = client("eks").list_clusters()["clusters"]
    group = client("eks").describe_nodegroup(clusterName=name, nodegroupName="general")["nodegroup"]
    assert group["scalingConfig"]["maxSize"] == 4
    assert group["status"] == "ACTIVE"


def test_a_target_leaves_the_rest_alone(shop, kubectl):
    shop.edit("web/settings.yaml", "color: blue", "color: green")
    shop.edit("web/web.yaml", "replicas: 3", "replicas: 1")

    plan = shop.stack.plan(f"-target={DEPLOYMENT}")

    assert plan.actions == {DEPLOYMENT: ["update"]}
    shop.stack.apply("test.plan")
    assert kubectl.get("deployment/web", "--namespace=web")["spec"]["replicas"] == 1
    assert kubectl.get("configmap/settings", "--namespace=web")["data"]["color"] == "blue"
    assert shop.stack.plan().actions == {"app.web/ConfigMap/web/settings": ["update"]}


def test_a_saved_plan_does_not_outlive_what_it_was_made_from(shop):
    shop.edit("web/settings.yaml", "color: blue", "color: green")
    shop.stack.plan()
    shop.edit("web/settings.yaml", "color: blue", "color: red")

    refused = shop.stack.run("apply", "test.plan")

    assert refused.code == 1
    assert "Error" in refused.text
    assert "No changes." not in refused.text


def test_destruction_is_refused_and_then_complete(tmp_path, sandbox, client):
    shutil.copytree(SHOP, tmp_path / "stack")
    stack = Stack(tmp_path / "stack", sandbox.env)
    stack.write((SHOP / "main.hcl").read_text().replace('stack "shop"', 'stack "doomed"'))
    stack.apply()

    refused = stack.run("destroy", "-auto-approve")

    assert refused.code == 1
    assert "-allow-data-loss" in refused.words
    assert "cluster.main/aws_eks_cluster" in refused.words
    assert len(_left(client, "doomed")) == 6
    stack.destroy("-allow-data-loss")
    assert stack.addresses() == []
    assert _left(client, "doomed") == {}
    assert not [name for name in client("eks").list_clusters()["clusters"] if "doomed" in name]
    roles = client("iam").list_roles()["Roles"]
    assert not [role["RoleName"] for role in roles if "doomed" in role["RoleName"]]


def _left(client, stack: str) -> dict[str, list[dict]]:
    """What EC2 has of a stack, by what lists it. A gateway that was deleted is listed for a while."""
    ec2 = client("ec2")
    listing = {
        "Vpcs": ec2.describe_vpcs,
        "Subnets": ec2.describe_subnets,
        "RouteTables": ec2.describe_route_tables,
        "InternetGateways": ec2.describe_internet_gateways,
        "Addresses": ec2.describe_addresses,
        "NatGateways": ec2.describe_nat_gateways,
    }
    tag = {"Key": "freehold:stack", "Value": stack}
    found = {
        name: [each for each in describe()[name] if tag in each.get("Tags", ()) and each.get("State") != "deleted"]
        for name, describe in listing.items()
    }
    return {name: each for name, each in found.items() if each}
