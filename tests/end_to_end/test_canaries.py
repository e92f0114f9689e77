"""Sensitive values on their way to AWS and to a cluster: no command prints them, and no file has them."""

from __future__ import annotations

import json
import secrets
import zlib

import pytest

from language.redaction import Redactor
from sandbox.kubernetes import KubernetesServer, User
from tests.conformance.stack import Stack
from tools.control_plane.certificates import write_private
from tools.control_plane.kubeconfigs import kubeconfig

VARIABLE = "canary/of <a> variable"
IGNORED = "canary-that-is-left-alone"
LITERAL = "canary-in-a-secret"
HELD = "canary-that-somebody-else-set"
STACK = """
variable "word" {
  sensitive = true
}
variable "ignored" {
  sensitive = true
}
cluster "main" { kubeconfig = "kubeconfig" }
app "web" {
  cluster   = cluster.main
  namespace = "default"
  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings", annotations = { note = "is ${var.word}" } }
    data       = { word = var.word, plain = "in-the-clear", ignored = var.ignored, REVISION }
  }
  manifest "login" {
    apiVersion = "v1"
    kind       = "Secret"
    metadata   = { name = "login", annotations = { note = var.word } }
    stringData = { password = "canary-in-a-secret", word = var.word }
  }
  object "ConfigMap/settings" {
    lifecycle { ignore_changes = ["data.ignored"] }
  }
}
resource "aws_vpc" "net" {
  cidr_block = "10.7.0.0/16"
  tags       = { word = var.word, plain = "in-the-clear", revision = REVISION }
}
resource "aws_iam_role" "role" {
  name               = "ROLE"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
      Condition = { StringEquals = { "sts:ExternalId" = var.word } }
    }]
  })
  description        = "of ${var.word}"
}
"""


@pytest.fixture
def server():
    token = secrets.token_urlsafe(16)
    made = KubernetesServer(
        name="one",
        authenticate=lambda given: User("admin", ["system:masters"]) if given == token else None,
        speed=60.0,
    )
    made.start()
    yield kubeconfig(made.endpoint, made.ca_certificate, token)
    made.stop()


@pytest.fixture
def canaries(tmp_path, sandbox, server):
    """The stack."""
    variables = {"FREEHOLD_VAR_word": VARIABLE, "FREEHOLD_VAR_ignored": IGNORED}
    log = {"FREEHOLD_LOG": "trace", "FREEHOLD_LOG_PATH": str(tmp_path / "stack" / "log")}
    made = Stack(tmp_path / "stack", {**sandbox.env, **variables, **log})
    write_private(made.folder / "kubeconfig", server)
    return made


def revision(stack, number):
    text = STACK.replace(", REVISION }", f', revision = "{number}" }}').replace("REVISION", f'"{number}"')
    stack.write(text.replace("ROLE", stack.folder.parent.name.replace("_", "-")))


def leaks(texts):
    search = Redactor()
    search.remember((VARIABLE, IGNORED, LITERAL, HELD))
    return [line[:300] for text in texts for line in text.splitlines() if search.has(line)]


def written(folder):
    """What stands in a folder, by the name of the file."""
    texts = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".hcl" and "state" not in path.parent.name:
            data = path.read_bytes()
            if data.startswith(b"freehold plan"):
                content = data.partition(b"\n")[2]
                data = zlib.decompress(content[: content.rindex(b"\nsha256 ")])
            texts[path.name] = data.decode("utf-8", "replace")
    return texts


def test_nothing_leaks(canaries):
    said = []

    def run(*arguments, code=0):
        done = canaries.run(*arguments)
        said.append(done.text)
        assert done.code == code, done.text
        return done.text

    revision(canaries, 1)
    first = run("plan", "-out=one.plan")
    run("show", "one.plan")
    run("show", "-json", "one.plan")
    run("apply", "-json", "one.plan")
    run("plan", "-detailed-exitcode")
    revision(canaries, 2)
    run("plan", "-out=two.plan")
    run("show", "-json", "two.plan")
    run("apply", "two.plan")
    del canaries.environment["FREEHOLD_LOG"]  # what this run was not given, a trace cannot know
    canaries.environment["FREEHOLD_VAR_ignored"] = HELD
    run("plan", "-detailed-exitcode")
    revision(canaries, 3)
    run("plan", "-out=three.plan", "-json")
    run("apply", "three.plan")
    canaries.environment["FREEHOLD_VAR_word"] = HELD
    run("plan", "-explain=aws_vpc.net", "-explain=app.web/ConfigMap/default/settings")
    run("apply", "-auto-approve")
    run("plan", "-refresh-only")
    run("show")
    run("show", "-json")
    canaries.write('variable "word" { sensitive = true }\ncluster "main" { kubeconfig = "kubeconfig" }\n')
    run("plan", "-out=four.plan")
    run("show", "-json", "four.plan")
    run("plan", "-destroy")
    run("apply", "four.plan")

    files = written(canaries.folder)
    assert leaks(said) == []
    assert {name: found for name, text in files.items() if (found := leaks([text]))} == {}
    assert "log" in files
    assert "four.plan" in files
    assert "in-the-clear" in first


def test_a_changed_secret_is_no_drift(canaries):
    revision(canaries, 1)
    canaries.apply()
    canaries.environment["FREEHOLD_VAR_word"] = HELD

    assert canaries.run("plan", "-out=test.plan").text.count("Changed outside") == 0
    shown = json.loads(canaries.run("show", "-json", "test.plan").output)

    assert shown.get("resource_drift", []) == []
    assert [each["change"]["actions"] for each in shown["resource_changes"] if each["address"] == "aws_vpc.net"] == [
        ["update"]
    ]


CLUSTER = """
variable "word" {
  sensitive = true
}
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "1.34"
  tags     = { word = var.word }
  node_pool "general" {
    cpu       = 2
    memory_gb = 4
    labels    = { word = var.word }
  }
}
app "web" {
  cluster   = cluster.main
  namespace = "web"
  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data       = { arn = cluster.main.name, word = var.word }
  }
}
"""


def test_nothing_of_what_a_cluster_expands_into(tmp_path, sandbox):
    stack = Stack(tmp_path / "stack", {**sandbox.env, "FREEHOLD_VAR_word": "canary-of-a-cluster"})
    stack.write(CLUSTER)

    said = [stack.run("plan", "-out=one.plan").text, stack.run("show", "-json", "one.plan").text]
    said += [stack.run("apply", "one.plan").text, stack.unchanged().text]
    said += [stack.run("show", "-json").text, stack.destroy("-allow-data-loss").text]

    assert "Apply complete!" in said[2]
    assert [text for text in said if "canary" in text] == []
    assert [name for name, text in written(stack.folder).items() if "canary" in text] == []
