"""A sensitive variable, in each place and form, through each command, errors included: it is in nothing that leaves."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile import canaries
from tests.hostile.clusters import Reached
from tests.hostile.front import Answer, Lie
from tests.hostile.running import Freehold

ENCODINGS = {
    "value": "var.s",
    "base64": "base64encode(var.s)",
    "inside": '"before ${var.s} after"',
    "json": 'jsonencode({ a = [var.s], b = "c" })',
    "url": '"https://u:${urlencode(var.s)}@host.example/"',
}
"""What a stack makes of the secret; S below."""
INPUTS = ("main.hcl", "kubeconfig")
OBJECT = """
cluster "main" { kubeconfig = "kubeconfig" }
app "web" {
  cluster   = cluster.main
  namespace = "NAMESPACE"
  manifest "m" {
    apiVersion = "APIVERSION"
    kind       = "KIND"
    metadata   = { name = "m", METADATA }
    REST
  }
}
"""
DEPLOYMENT = """
    spec = {
      replicas = 1
      selector = { matchLabels = { app = "m" } }
      template = {
        metadata = { labels = { app = "m" }, annotations = { a = S } }
        spec = {
          containers = [{ name = "m", image = "registry.example.com/m:1", env = [{ name = "s", value = S }] }]
        }
      }
    }
"""


def _object(kind: str, rest: str, metadata: str = "labels = {}", api_version: str = "v1") -> str:
    made = OBJECT.replace("KIND", kind).replace("APIVERSION", api_version)
    return made.replace("METADATA", metadata).replace("REST", rest)


OBJECTS = {
    "config-map": _object("ConfigMap", "data = { a = S, other = var.other }"),
    "config-map-key": _object("ConfigMap", 'data = { (replace(base64encode(S), "/[^a-zA-Z0-9]/", "")) = var.other }'),
    "annotation": _object("ConfigMap", "data = { other = var.other }", "annotations = { a = S }"),
    "secret": _object("Secret", "data = { a = base64encode(S), other = base64encode(var.other) }"),
    "secret-text": _object("Secret", "stringData = { a = S, other = var.other }"),
    "secrets-annotation": _object("Secret", "data = { other = base64encode(var.other) }", "annotations = { a = S }"),
    "environment": _object("Deployment", DEPLOYMENT, api_version="apps/v1"),
}
VALUES = {
    "input": 'resource "terraform_data" "a" { input = { a = S, b = [S], other = var.other } }\n',
    "key": 'resource "terraform_data" "a" { input = { (S) = var.other } }\n',
    "triggers": 'resource "terraform_data" "a" { triggers_replace = [S, var.other] }\n',
    "output": 'output "a" {\n  sensitive = true\n  value = { a = S, b = { (S) = var.other } }\n}\n',
    "merged": 'locals { a = { b = S } }\nresource "terraform_data" "a" { input = merge(local.a, { c = 1 }) }\n',
    "count": 'resource "terraform_data" "a" {\n  count = length(S) > 0 ? 2 : 1\n  input = S\n}\n',
}
ERRORS = {
    "number": 'resource "terraform_data" "a" { input = S + 1 }\n',
    "conversion": 'resource "terraform_data" "a" { input = tonumber(S) }\n',
    "file": 'resource "terraform_data" "a" { input = file(S) }\n',
    "for-each": 'resource "terraform_data" "a" { for_each = toset([S]) }\n',
    "index": 'resource "terraform_data" "a" { input = { a = 1 }[S] }\n',
    "regex": 'resource "terraform_data" "a" { input = regex("[", S) }\n',
    "pattern": 'resource "terraform_data" "a" { input = regex("(${S}", "a") }\n',
    "json": 'resource "terraform_data" "a" { input = jsondecode("{${S}") }\n',
    "yaml": 'resource "terraform_data" "a" { input = yamldecode("a: [ ${S}") }\n',
    "time": 'resource "terraform_data" "a" { input = timeadd(S, "1h") }\n',
    "format": 'resource "terraform_data" "a" { input = format("%d", S) }\n',
    "address": 'resource "terraform_data" "a" { input = cidrhost(S, 1) }\n',
    "precondition": 'resource "terraform_data" "a" {\n  lifecycle {\n    precondition {\n      condition = S == "x"\n'
    '      error_message = "It is ${S}."\n    }\n  }\n}\n',
    "check": 'check "c" {\n  assert {\n    condition = S == "x"\n    error_message = "It is ${S}."\n  }\n}\n',
    "validation": 'variable "t" {\n  sensitive = true\n  default = "x"\n  validation {\n    condition = var.s == "x"\n'
    '    error_message = "It is ${S}."\n  }\n}\n',
    "output-not-sensitive": 'output "a" { value = S }\n',
    "module-source": 'module "m" { source = S }\n',
    "template": 'resource "terraform_data" "a" { input = templatestring(S, {}) }\n',
    "provider": 'provider "kubernetes" {\n  host = S\n  token = S\n}\n'
    'resource "kubernetes_manifest" "a" { manifest = { apiVersion = "v1", kind = "Node", metadata = { name = S } } }\n',
    "kubeconfig": 'cluster "c" { kubeconfig = S }\napp "a" {\n  cluster = cluster.c\n  manifests = S\n}\n',
    "wrong-type": 'variable "n" {\n  type = number\n  sensitive = true\n}\n',
}
VARIABLES = 'variable "s" { sensitive = true }\nvariable "other" { default = "1" }\n'
ECHO = Answer(
    "echo",
    422,
    b'{"kind":"Status","apiVersion":"v1","reason":"Invalid","message":"refused: ECHO","details":'
    b'{"causes":[{"field":"data","message":"ECHO"}]}}',
    {"Content-Type": "application/json"},
    echo=True,
)


@dataclass(frozen=True)
class Case:
    place: str
    encoding: str
    form: str

    def __str__(self) -> str:
        return f"{self.place}-{self.encoding}-{self.form}"

    def text(self, stack: str) -> str:
        """The stack, S being what it makes of the secret."""
        return f"{VARIABLES}locals {{ s = {ENCODINGS[self.encoding]} }}\n" + re.sub(r"\bS\b", "local.s", stack)


def _cases(places: dict[str, str]) -> list[Case]:
    made = [Case(*each) for each in itertools.product(places, ENCODINGS, canaries.FORMS)]
    # of an URL that is none its parser tells a part: what begins behind the end of a line is no text of the stack
    return [case for case in made if (case.place, case.form) != ("provider", "lines")]


@dataclass
class Canary:
    """A secret that nothing else has, in the environment of the commands; `room` has all that these write."""

    freehold: Freehold
    case: Case
    secret: str

    @property
    def room(self) -> Path:
        return self.freehold.folder.parent

    def write(self, stack: str) -> None:
        self.freehold.write(self.case.text(stack))

    def nowhere(self) -> None:
        """It is in nothing that was printed, written, logged or started."""
        for ran in self.freehold.ran:
            for stream in (ran.stdout, ran.stderr):
                assert not (found := canaries.leaks(self.secret, stream)), f"{found!r} is printed by {ran}"
        for arguments in canaries.started():
            assert not canaries.leaks(self.secret, arguments), f"a process is started with {arguments!r}"
        written = list(canaries.files(self.room, {self.freehold.folder / name for name in INPUTS}))
        assert written
        for path, data in written:
            assert not (found := canaries.leaks(self.secret, data)), f"{found!r} is in {path.name}"


@pytest.fixture
def canary(request: pytest.FixtureRequest, freehold: Freehold, number: int, monkeypatch: pytest.MonkeyPatch) -> Canary:
    """The case's secret; what happens is logged in full, and what is parsed is cached."""
    case = request.node.callspec.params["case"]
    secret = canaries.FORMS[case.form].format(number, number)
    room = freehold.folder.parent
    for name, value in {
        "FREEHOLD_VAR_s": secret,
        "FREEHOLD_LOG": "trace",
        "FREEHOLD_LOG_PATH": str(room / "log"),
        "FREEHOLD_CACHE_DIR": str(room / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    canaries.started()
    return Canary(freehold, case, secret)


def _life(canary: Canary) -> None:
    """Every command once, on a stack that is made, changed and destroyed."""
    freehold = canary.freehold
    freehold("validate", "-json")
    freehold("plan", "-out=p", code=0)
    for command in (("show", "p"), ("show", "-json", "p"), ("plan", "-json"), ("apply", "p")):
        freehold(*command, code=0)
    for command in (("state", "list"), ("show",), ("show", "-json"), ("output",), ("plan", "-detailed-exitcode")):
        freehold(*command)
    freehold("console", stdin=b"local.s\n[local.s]\n")
    freehold("plan", "-var=other=2", "-out=p", code=0)
    freehold("show", "-json", "p")
    freehold("apply", "-json", "-auto-approve", "-var=other=2", code=0)
    freehold("apply", "-refresh-only", "-auto-approve", code=0)


@pytest.mark.parametrize("case", _cases(VALUES), ids=str)
def test_what_a_stack_keeps(case: Case, canary: Canary):
    canary.write(VALUES[case.place])

    _life(canary)
    canary.freehold("plan", "-destroy", code=0)
    canary.freehold("destroy", "-auto-approve", code=0)

    canary.nowhere()


@pytest.mark.parametrize("case", _cases(ERRORS), ids=str)
def test_what_goes_wrong(case: Case, waited: list[float], canary: Canary, monkeypatch: pytest.MonkeyPatch):
    canary.write(ERRORS[case.place])
    monkeypatch.setenv("FREEHOLD_VAR_n", canary.secret)

    for command in (
        ("validate",),
        ("plan",),
        ("plan", "-json"),
        ("apply", "-auto-approve"),
        ("apply", "-auto-approve", "-json"),
    ):
        canary.freehold(*command)
    canary.freehold("console", stdin=b"local.s + 1\nfile(local.s)\n")

    canary.nowhere()


@pytest.mark.parametrize("case", _cases(OBJECTS), ids=str)
def test_what_a_cluster_gets_and_says(case: Case, kubernetes: Reached, canary: Canary):
    canary.write(OBJECTS[case.place].replace("NAMESPACE", kubernetes.namespace))

    _life(canary)
    for method in ("GET", "PATCH"):
        kubernetes.front.lie = Lie(lambda asked, path, _, method=method: asked == method and "m" in path, ECHO)
        canary.freehold("plan", "-var=other=3")
        canary.freehold("apply", "-auto-approve", "-var=other=3")
        canary.freehold("apply", "-auto-approve", "-var=other=3", "-json")
    kubernetes.front.honest()
    canary.freehold("destroy", "-auto-approve", "-allow-data-loss", code=0)

    canary.nowhere()
