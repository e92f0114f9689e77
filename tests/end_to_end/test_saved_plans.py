"""A plan that was made in one environment and is applied in another is refused before anything is asked of that."""

from __future__ import annotations

import secrets

import pytest

from sandbox.kubernetes import KubernetesServer, User
from tests.conformance.stack import Stack
from tools.control_plane.certificates import write_private
from tools.control_plane.client import Client
from tools.control_plane.kubeconfigs import kubeconfig

NETWORK = 'stack "net" {}\nresource "aws_vpc" "a" { cidr_block = "10.7.0.0/16" }\n'
OBJECTS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {n: '1'}\n"
CLUSTER = """
cluster "main" { kubeconfig = "kubeconfig" }
app "a" {
  cluster   = cluster.main
  manifests = "k8s"
}
"""


class TestAws:
    def test_another_region(self, stack, sandbox):
        stack.write(NETWORK)
        stack.plan()
        stack.environment["AWS_REGION"] = "us-east-1"
        sandbox.reset_counters()

        refused = stack.run("apply", "test.plan")

        assert refused.code == 1
        assert 'provider "aws" was arn:aws::eu-west-1:' in refused.words
        assert "and is arn:aws::us-east-1:" in refused.words
        assert sandbox.counters() == {"sts": {"GetCallerIdentity": 1}}

    def test_the_same_one(self, stack):
        stack.write(NETWORK)
        stack.plan()

        stack.apply("test.plan")
        stack.destroy()

    def test_a_destruction_that_was_planned_without_a_look(self, stack):
        stack.write(NETWORK)
        stack.apply()
        stack.plan("-destroy", "-refresh=false")
        stack.environment["AWS_REGION"] = "us-east-1"

        assert "Saved plan is for another environment" in stack.run("apply", "test.plan").words

        stack.environment["AWS_REGION"] = "eu-west-1"
        stack.apply("test.plan")

    def test_nobody_is_asked_where_nothing_is_saved(self, stack, sandbox):
        stack.write('resource "terraform_data" "a" {}\n')
        sandbox.reset_counters()
        stack.plan()
        stack.apply("test.plan")

        assert sandbox.counters() == {}


@pytest.fixture
def clusters():
    """Two API servers: the server, and its kubeconfig."""
    made = []
    for name in ("one", "two"):
        token = secrets.token_urlsafe(16)
        server = KubernetesServer(
            name=name,
            authenticate=lambda given, own=token: User("admin", ["system:masters"]) if given == own else None,
            speed=60.0,
        )
        server.start()
        made.append((server, kubeconfig(server.endpoint, server.ca_certificate, token)))
    yield [config for _, config in made]
    for server, _ in made:
        server.stop()


@pytest.fixture
def cluster_stack(tmp_path, clusters):
    made = Stack(tmp_path / "stack")
    made.write(OBJECTS, "k8s/objects.yaml")
    made.write(CLUSTER)
    write_private(made.folder / "kubeconfig", clusters[0])
    return made


def swapped(stack, clusters):
    """Let the kubeconfig of the stack be the other cluster's."""
    (stack.folder / "kubeconfig").unlink()
    write_private(stack.folder / "kubeconfig", clusters[1])


class TestCluster:
    def test_another_one_behind_the_same_kubeconfig(self, cluster_stack, clusters):
        cluster_stack.plan()
        swapped(cluster_stack, clusters)

        refused = cluster_stack.run("apply", "test.plan")

        assert refused.code == 1
        assert "Saved plan is for another environment" in refused.words
        assert "cluster.main was " in refused.words
        there = Client.of_kubeconfig(cluster_stack.folder / "kubeconfig")
        assert there.get("/api/v1/namespaces/default/configmaps/a").status == 404

    def test_a_destruction(self, cluster_stack):
        cluster_stack.apply()
        cluster_stack.plan("-destroy")

        cluster_stack.apply("test.plan")

        assert cluster_stack.addresses() == []

    def test_a_destruction_of_the_other_ones_objects(self, cluster_stack, clusters):
        cluster_stack.apply()
        cluster_stack.plan("-destroy")
        swapped(cluster_stack, clusters)

        assert "Saved plan is for another environment" in cluster_stack.run("apply", "test.plan").words

    def test_another_manifest(self, cluster_stack):
        cluster_stack.plan()
        cluster_stack.write(OBJECTS.replace("'1'", "'2'"), "k8s/objects.yaml")

        assert "a file that the configuration reads changed" in cluster_stack.run("apply", "test.plan").words

    def test_the_same_one(self, cluster_stack):
        cluster_stack.plan()

        cluster_stack.apply("test.plan")

        cluster_stack.unchanged()
