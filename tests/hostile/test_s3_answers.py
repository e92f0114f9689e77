"""What is no answer of S3, where a state is kept in it: an error, never an empty state, and never a lost one."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

import boto3
import pytest

from tests.hostile import answers
from tests.hostile.front import Answer, Front, Lie
from tests.hostile.running import Freehold

STACK = """
stack "s" {
  backend "s3" {
    bucket         = "BUCKET"
    key            = "shop"
    use_path_style = true
    max_retries    = 1
  }
}
variable "v" { default = "1" }
resource "terraform_data" "a" { input = var.v }
resource "terraform_data" "b" { input = "b" }
"""
OTHERS = [
    Answer("no-etag", 200, b"", {}),
    Answer(
        "empty-state", 200, b"{}", {**answers.JSON, "ETag": '"e"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    ),
    Answer("odd-date", 200, b"{}", {**answers.JSON, "ETag": '"e"', "Last-Modified": "yesterday", "Date": "never"}),
    Answer("page-with-etag", 200, answers.LOGIN, {**answers.HTML, "ETag": '"e"'}),
    Answer("empty-xml", 200, b"<?xml version='1.0'?><x/>", answers.XML),
    Answer("list-of-nothing", 200, b"<ListBucketResult/>", answers.XML),
    Answer("cut-list", 200, b"<ListBucketResult><IsTruncated>false", answers.XML),
    Answer("xml-404-odd", 404, b"<Error/>", answers.XML),
    Answer("xml-200-error", 200, b"<Error><Code>InternalError</Code></Error>", answers.XML),
]
SAID = (*answers.SHAPES, *answers.PAGES, *answers.REDIRECTS, *answers.WIRE, *OTHERS)
PLACES = {
    "state": ("GET", "/shop"),
    "state-and-journal": ("GET HEAD", "/shop"),
    "lock": ("GET", "/shop.lock"),
    "list": ("GET", "?"),
    "write": ("PUT", "/shop"),
    "write-of-lock": ("PUT", "/shop.lock"),
    "delete": ("DELETE POST", "/"),
    "everything": ("GET HEAD PUT DELETE POST", "/"),
}
COMMANDS = {
    "plan": ("plan", "-detailed-exitcode"),
    "show": ("state", "list"),
    "apply": ("apply", "-auto-approve", "-var=v=2"),
    "destroy": ("destroy", "-auto-approve"),
}


@dataclass(frozen=True)
class Case:
    command: str
    place: str
    answer: Answer
    after: int

    def takes(self, bucket: str, method: str, path: str) -> bool:
        methods, end = PLACES[self.place]
        key = path.removeprefix(f"/{bucket}").partition("?")[0]
        here = {"?": key in ("", "/"), "/": True}.get(end, key == end)
        return method in methods.split() and here

    def __str__(self) -> str:
        return f"{self.command}-{self.place}-{self.answer}" + (f"-after-{self.after}" if self.after else "")


def _cases() -> list[Case]:
    """Each answer with each command, at places that differ."""
    sample = random.Random("s3")
    places = itertools.cycle(PLACES)
    return [
        Case(command, next(places), answer, sample.choice((0, 0, 1)))
        for answer, command in itertools.product(SAID, COMMANDS)
    ]


CASES = _cases()


@pytest.fixture
def bucket(freehold: Freehold, aws, number):
    name = f"states-{number}"
    boto3.client("s3", endpoint_url=aws.endpoint).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    freehold.write(STACK.replace("BUCKET", name))
    return name


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_no_answer_is_no_news_of_the_state(case: Case, bucket: str, freehold: Freehold, aws: Front):
    freehold("apply", "-auto-approve", code=0)
    before = freehold("state", "list", code=0).out.split()
    assert len(before) == 2

    aws.lie = Lie(lambda method, path, _: case.takes(bucket, method, path), case.answer, case.after)
    ran = freehold(*COMMANDS[case.command])
    told = aws.lie.told
    aws.honest()

    if not told:
        assert ran.code in (0, 2), ran
    assert "to add" not in ran.words.replace("0 to add", ""), ran
    if case.command == "plan":
        assert ran.code in (0, 1), ran
    if case.command == "show" and ran.code == 0:
        assert ran.out.split() == before, ran
    freehold("force-unlock", "-h")
    after = freehold("plan", "-lock=false", "-detailed-exitcode", "-var=v=2")
    assert after.code in (0, 2), after
    if case.command != "destroy":
        assert freehold("state", "list", code=0).out.split() == before
        assert "0 to add" in after.words or "No changes" in after.words, after
    elif ran.code == 0:
        assert "2 to add" in after.words, after
