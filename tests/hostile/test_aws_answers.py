"""What is no answer of AWS, at each service and in each command: an error or no difference, never "gone"."""

from __future__ import annotations

import itertools
import random
import resource
from dataclasses import dataclass

import boto3
import pytest

from tests.hostile import answers
from tests.hostile.front import Answer, Front, Lie
from tests.hostile.running import Freehold

STACK = """
variable "v" { default = "1" }
resource "aws_vpc" "a" {
  cidr_block = "10.9.0.0/16"
  tags       = { v = var.v, case = "NAME" }
}
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.9.1.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_iam_role" "a" {
  name               = "NAME"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.a.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}
resource "aws_eks_cluster" "a" {
  name     = "NAME"
  role_arn = aws_iam_role.a.arn
  vpc_config { subnet_ids = [aws_subnet.a.id, aws_subnet.b.id] }
  access_config { authentication_mode = "API" }
}
resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.9.2.0/24"
  availability_zone = "eu-west-1b"
}
"""
OTHERS = [
    Answer("empty-xml", 200, b"<?xml version='1.0'?><x/>", answers.XML),
    Answer("right-root-of-another", 200, b"<DescribeRegionsResponse/>", answers.XML),
    Answer("cut-xml", 200, b"<?xml version='1.0'?><DescribeVpcsResponse><vpcSet>", answers.XML),
    Answer("entities", 200, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;&a;</x>', answers.XML),
    Answer("xml-404", 404, b"<Error><Code>NoSuchThing</Code></Error>", answers.XML),
    Answer("xml-404-odd", 404, b"<ErrorResponse><Error/></ErrorResponse>", answers.XML),
    Answer("xml-404-empty", 404, b"<Response><Errors/></Response>", answers.XML),
    Answer("json-404", 404, b'{"message": "no Route matched"}', answers.JSON),
    Answer("json-404-list", 404, b"[]", answers.JSON),
    Answer("json-code-5", 400, b'{"code": 5, "message": []}', answers.JSON),
    Answer("odd-cluster", 200, b'{"cluster": 5}', answers.JSON),
    Answer("empty-cluster", 200, b'{"cluster": {}}', answers.JSON),
    Answer("half-cluster", 200, b'{"cluster": {"name": 5, "status": {}, "tags": []}}', answers.JSON),
    Answer("null-cluster", 200, b'{"cluster": null}', answers.JSON),
]
SAID = (*answers.SHAPES, *answers.PAGES, *answers.REDIRECTS, *answers.WIRE, *OTHERS)
SERVICES = ("ec2", "iam", "eks", "sts", "all")
COMMANDS = {
    "plan": ("plan", "-detailed-exitcode"),
    "refresh-only": ("apply", "-refresh-only", "-auto-approve"),
    "apply": ("apply", "-auto-approve", "-var=v=2"),
    "destroy": ("destroy", "-auto-approve", "-allow-data-loss"),
}
MEMORY = 64 << 10
"""KiB that a command may take more than before, whatever a body says of itself."""


@dataclass(frozen=True)
class Case:
    command: str
    service: str
    answer: Answer
    after: int

    def __str__(self) -> str:
        return f"{self.command}-{self.service}-{self.answer}" + (f"-after-{self.after}" if self.after else "")


def _cases() -> list[Case]:
    """Each answer by two services, in a command that differs."""
    sample = random.Random("aws")
    commands = itertools.cycle(COMMANDS)
    return [
        Case(next(commands), service, answer, sample.choice((0, 0, 1, 2)))
        for answer in SAID
        for service in sample.sample(SERVICES, 3)
    ]


CASES = _cases()


@dataclass
class Account:
    """What is there, by a client that nobody lies to."""

    endpoint: str
    name: str

    def _client(self, service: str):
        return boto3.client(service, endpoint_url=self.endpoint, region_name="eu-west-1")

    def there(self) -> tuple[bool, ...]:
        """Whether there is the network, the role with its policy, and the cluster."""
        vpcs = self._client("ec2").describe_vpcs(Filters=[{"Name": "tag:case", "Values": [self.name]}])["Vpcs"]
        iam = self._client("iam")
        roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
        clusters = self._client("eks").list_clusters()["clusters"]
        return bool(vpcs), self.name in roles, self.name in clusters


@pytest.fixture
def stack(freehold: Freehold, aws, sandbox, number):
    freehold.write(STACK.replace("NAME", f"hostile-{number}"))
    return Account(f"http://127.0.0.1:{sandbox.port}", f"hostile-{number}")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_no_answer_is_no_news(case: Case, stack: Account, freehold: Freehold, aws: Front):
    freehold("apply", "-auto-approve", code=0)
    assert all(stack.there())
    known = freehold("state", "list", code=0).out.split()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    scope = "" if case.service == "all" else f"/{case.service}/aws4_request"
    aws.lie = Lie(lambda method, path, signed: scope in signed, case.answer, case.after)
    ran = freehold(*COMMANDS[case.command])
    told, sent = aws.lie.told, aws.sent
    aws.honest()

    there = stack.there()
    if not told:
        assert ran.code in (0, 2), ran
    if case.command in ("plan", "refresh-only"):
        assert ran.code in (0, 1), ran
    if case.command != "destroy":
        assert all(there), ran
        assert freehold("state", "list", code=0).out.split() == known
        for said in ("to add", "to destroy", "destroyed"):
            assert f"1 {said}" not in ran.words, ran
    elif any(there):
        assert ran.code == 1, ran
        assert "Destroy complete" not in ran.words, ran
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MEMORY
    assert sent < 128 << 20, f"{sent} bytes were read"

    freehold("destroy", "-auto-approve", "-allow-data-loss", code=0)
    assert not any(stack.there())
