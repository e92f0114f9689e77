"""What cannot outlive what is replaced, where the service itself refuses to delete it before: roles and clusters."""

from __future__ import annotations

import json

from tests.end_to_end.conftest import Kubectl

ROLE = """
resource "aws_iam_role" "a" {
  name               = "a"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.a.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}
"""


def test_a_role_is_replaced_with_what_is_attached_to_it(stack, client):
    stack.write(ROLE)
    stack.apply()

    done = stack.apply("-replace=aws_iam_role.a")

    assert "Resources: 2 added, 0 changed, 2 destroyed." in done.output
    attached = client("iam").list_attached_role_policies(RoleName="a")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AmazonEKSClusterPolicy"]
    stack.unchanged()


def test_a_cluster_is_replaced_with_all_that_is_on_it(stack):
    stack.write(
        """
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  node_pool "general" {
    machine_type = "m7i.large"
    min          = 1
    max          = 1
  }
}
app "shop" {
  cluster   = cluster.main
  namespace = "shop"
  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data       = { color = "blue" }
  }
}
"""
    )
    stack.apply()
    replacing = "-replace=cluster.main/aws_eks_cluster"

    plan = stack.plan(replacing)
    stack.apply(replacing, "-allow-data-loss")

    replaced = {address for address, actions in plan.actions.items() if actions == ["delete", "create"]}
    assert {each.rsplit("/", 1)[-1] for each in replaced if "shop" in each} == {"shop", "settings"}
    assert "cluster.main/aws_eks_node_group.general" in replaced
    shown = json.loads(stack.run("show", "-json").output)
    assert {each["address"] for each in shown["values"]["root_module"]["resources"]} >= replaced
    stack.unchanged()
    stack.destroy("-allow-data-loss")


def test_what_others_put_on_a_cluster_is_named_before_it_goes(stack):
    stack.write(
        """
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  node_pool "general" {
    machine_type = "m7i.large"
    min          = 1
    max          = 1
  }
}
"""
    )
    stack.apply()
    stack.write('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}}', "theirs.json")
    Kubectl(stack)("apply", "--server-side", "-n", "default", "-f", str(stack.folder / "theirs.json"))

    refused = stack.run("destroy", "-auto-approve")

    assert refused.code == 1
    assert "holds ConfigMap default/theirs" in refused.words
    assert refused.words.count("holds ConfigMap") == 2  # in the plan, and in the refusal
    stack.destroy("-allow-data-loss")
    assert stack.addresses() == []


LOCAL = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /mnt/disk}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [local-0]}]
"""
POOLS = """
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  node_pool "general" {
    machine_type = "m7i.large"
    min          = 1
    max          = 1
  }
%s}
"""


def test_a_volume_on_the_nodes_of_a_pool_is_named_before_the_pool_goes(stack):
    stack.write(POOLS % '  node_pool "local" {\n    machine_type = "m7i.large"\n    min = 1\n    max = 1\n  }\n')
    stack.apply()
    stack.write(LOCAL, "disk.yaml")
    Kubectl(stack)("apply", "--server-side", "-f", str(stack.folder / "disk.yaml"))
    stack.write(POOLS % "")

    refused = stack.run("apply", "-auto-approve")

    assert refused.code == 1
    assert "cluster.main/aws_eks_node_group.local" in refused.words
    assert "holds PersistentVolume disk" in refused.words
    stack.apply("-allow-data-loss")
    stack.unchanged()
    stack.destroy("-allow-data-loss")
