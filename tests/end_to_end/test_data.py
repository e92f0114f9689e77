"""Data sources through the command line, on the sandbox: a stack that stands on what others made."""

from __future__ import annotations

import json

import pytest

from tests.conformance.stack import Stack
from tests.end_to_end.test_cluster_and_apps import SHOP

NETWORK = """
variable "zones" { default = 2 }

data "aws_region" "current" {}
data "aws_caller_identity" "me" {}
data "aws_partition" "current" {}
data "aws_availability_zones" "usable" {
  state = "available"
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}
data "aws_vpc" "shared" {
  tags = { Name = "shared-%(name)s" }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
}

resource "aws_subnet" "a" {
  count             = var.zones
  vpc_id            = data.aws_vpc.shared.id
  cidr_block        = cidrsubnet(data.aws_vpc.shared.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.usable.names[count.index]
  tags              = { made-by = "%(name)s" }
}
resource "aws_iam_role" "reader" {
  name               = "reader-%(name)s"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_subnets" "made" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.shared.id]
  }
  tags       = { made-by = "%(name)s" }
  depends_on = [aws_subnet.a]
}
data "aws_subnet" "first" {
  filter {
    name   = "subnet-id"
    values = [aws_subnet.a[0].id]
  }
}
resource "terraform_data" "count" { input = length(data.aws_subnets.made.ids) }

output "made" { value = terraform_data.count.output }
output "first" { value = data.aws_subnet.first.cidr_block }
output "where" { value = data.aws_region.current.name }
check "capacity" {
  data "aws_subnet" "checked" { id = aws_subnet.a[0].id }
  assert {
    condition     = data.aws_subnet.checked.available_ip_address_count > %(least)s
    error_message = "Only ${data.aws_subnet.checked.available_ip_address_count} addresses are left."
  }
}
"""


@pytest.fixture
def shared(client, tmp_path):
    """The name of a network that others made."""
    name, ec2 = tmp_path.name, client("ec2")
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": f"shared-{name}"}]}]
    vpc = ec2.create_vpc(CidrBlock="10.88.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    yield name
    ec2.delete_vpc(VpcId=vpc)


def test_a_stack_stands_on_what_others_made(stack, client, shared):
    stack.write(NETWORK % {"name": shared, "least": 0})

    planned = stack.plan()
    assert planned.actions == {
        "aws_subnet.a[0]": ["create"],
        "aws_subnet.a[1]": ["create"],
        "aws_iam_role.reader": ["create"],
        "data.aws_subnet.first": ["read"],
        "data.aws_subnets.made": ["read"],
        "terraform_data.count": ["create"],
    }
    assert "Plan: 4 to add, 0 to change, 0 to destroy." in planned.output
    reasons = {each["address"]: each.get("action_reason") for each in planned.document["resource_changes"]}
    assert reasons["data.aws_subnets.made"] == "read_because_dependency_pending"
    assert reasons["data.aws_subnet.first"] == "read_because_config_unknown"
    prior = {each["address"]: each for each in planned.document["prior_state"]["values"]["root_module"]["resources"]}
    assert prior["data.aws_vpc.shared"]["values"]["cidr_block"] == "10.88.0.0/16"
    assert {each["mode"] for each in prior.values()} == {"data"}
    policy = json.loads(prior["data.aws_iam_policy_document.trust"]["values"]["json"])
    assert policy["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}

    stack.apply("test.plan")

    outputs = json.loads(stack.run("output", "-json").output)
    assert {name: output["value"] for name, output in outputs.items()} == {
        "made": 2,
        "first": "10.88.0.0/24",
        "where": "eu-west-1",
    }
    role = client("iam").get_role(RoleName=f"reader-{shared}")["Role"]
    assert role["AssumeRolePolicyDocument"] == policy
    assert "Warning" not in stack.unchanged().text

    grown = stack.plan("-var=zones=3")
    assert grown.actions == {
        "aws_subnet.a[2]": ["create"],
        "data.aws_subnet.first": ["read"],
        "data.aws_subnets.made": ["read"],
        "terraform_data.count": ["update"],
    }
    stack.apply("test.plan")
    assert stack.run("output", "-raw", "made").output == "3"

    destroyed = stack.destroy()
    assert "Reading" not in destroyed.text
    assert stack.addresses() == []


def test_what_has_to_hold_of_data_stops_the_plan_and_what_a_check_asks_does_not(stack, shared):
    stack.write(NETWORK % {"name": shared, "least": 1000})

    applied = stack.apply()
    assert "Only 251 addresses are left." in applied.words
    condition = f'tags = {{ Name = "shared-{shared}" }}'
    postcondition = (
        "lifecycle {\n postcondition {\n condition = self.enable_dns_hostnames\n"
        ' error_message = "${self.id} gives no names."\n }\n }\n'
    )
    stack.write((NETWORK % {"name": shared, "least": 0}).replace(condition, f"{condition}\n{postcondition}"))

    refused = stack.run("plan")

    assert refused.code == 1
    assert "gives no names." in refused.words
    assert "with data.aws_vpc.shared" in refused.words
    stack.write(NETWORK % {"name": shared, "least": 0})
    stack.destroy()


def test_what_is_not_there_is_told_with_its_place(stack):
    stack.write('data "aws_vpc" "none" { tags = { Name = "nobody\'s" } }\n')

    refused = stack.run("plan")

    assert refused.code == 1
    assert "No such VPC" in refused.text
    assert "main.hcl line 1" in refused.text


OBJECTS = """
data "aws_eks_cluster" "main" { name = "%s" }
data "aws_eks_cluster_auth" "main" { name = data.aws_eks_cluster.main.name }
provider "kubernetes" {
  host                   = data.aws_eks_cluster.main.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.main.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.main.token
}
resource "kubernetes_manifest" "settings" {
  manifest = {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "by-data", namespace = "default" }
    data       = { version = data.aws_eks_cluster.main.version, color = "%s" }
  }
}
"""


def test_a_provider_is_configured_by_data_to_the_end(tmp_path, sandbox, client):
    cluster = Stack(tmp_path / "cluster", sandbox.env)
    cluster.write((SHOP / "main.hcl").read_text().partition("app ")[0])
    cluster.apply()
    (name,) = client("eks").list_clusters()["clusters"]
    stack = Stack(tmp_path / "objects", sandbox.env)

    stack.write(OBJECTS % (name, "blue"))
    assert stack.plan().actions == {"kubernetes_manifest.settings": ["create"]}
    stack.apply("test.plan")
    stack.unchanged()
    stack.write(OBJECTS % (name, "green"))
    assert stack.plan().actions == {"kubernetes_manifest.settings": ["update"]}
    stack.apply("test.plan")
    for path in stack.folder.iterdir():
        assert b"k8s-aws-v1." not in path.read_bytes()

    assert "1 destroyed" in stack.destroy().output
    cluster.destroy("-allow-data-loss")


SHARED = """
stack "shared" {
  backend "s3" {
    bucket = "states-of-data"
    key    = "shared"
    region = "eu-west-1"
  }
}
resource "aws_vpc" "net" { cidr_block = "10.9.0.0/16" }
output "vpc" { value = aws_vpc.net.id }
"""
USES = """
data "terraform_remote_state" "shared" {
  backend = "s3"
  config  = { bucket = "states-of-data", key = "shared", region = "eu-west-1" }
}
data "aws_vpc" "net" { id = data.terraform_remote_state.shared.outputs.vpc }
output "cidr" { value = data.aws_vpc.net.cidr_block }
"""


def test_one_stack_stands_on_the_outputs_of_another(tmp_path, sandbox, client):
    client("s3").create_bucket(Bucket="states-of-data", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    shared, uses = Stack(tmp_path / "shared", sandbox.env), Stack(tmp_path / "uses", sandbox.env)
    shared.write(SHARED)
    shared.apply()
    uses.write(USES)

    uses.apply()

    assert uses.run("output", "-raw", "cidr").output == "10.9.0.0/16"
    shared.destroy()
    assert "vpc" in uses.run("plan").words
