"""Each hostile text through each place where a text of others comes in: it is shown, and nothing obeys it; a text for
programs stays what it is.

That nothing is obeyed is asserted of every command (`running.Freehold`); here, that nothing of the text is left.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.hostile.front import Answer, Lie
from tests.hostile.running import Freehold, Ran
from tests.hostile.texts import TEXTS, quoted

PARTS = re.compile(r"\x1b[^m]*m?|\r.+|[\x80-\x9f].+|[\u200e-\u206f].+|[\ud800-\udfff]")
"""What of a text stands for all of it: a sequence, or a character that is obeyed with what follows."""


@dataclass(frozen=True)
class Stack:
    """What a place works with: `run` is a command, on a terminal or not; `text` is hostile, `hcl` is it in a file."""

    freehold: Freehold
    text: str
    terminal: bool

    @property
    def hcl(self) -> str:
        return quoted(self.text)

    def run(self, *arguments: str, **options: object) -> Ran:
        return self.freehold(*arguments, terminal=self.terminal, **options)  # type: ignore[arg-type]

    def write(self, text: str, name: str = "main.hcl") -> None:
        path = self.freehold.folder / name
        path.write_bytes(text.encode("utf-8", "surrogateescape" if not _lone(text) else "surrogatepass"))


def _lone(text: str) -> bool:
    return any("\ud800" <= character < "\udc80" for character in text)


def keys(stack: Stack) -> None:
    stack.write(
        f'resource "terraform_data" "a" {{\n  for_each = toset([{stack.hcl}])\n  input = each.key\n}}\n'
        f'output "o" {{\n  value = {{ {stack.hcl} = [terraform_data.a[{stack.hcl}].id] }}\n}}\n'
    )
    for command in (("plan",), ("apply", "-auto-approve"), ("state", "list"), ("show",), ("destroy", "-auto-approve")):
        stack.run(*command)


def values(stack: Stack) -> None:
    lines, old = quoted(f"first\n{stack.text}\nlast"), 'var.v == "old"'
    stack.write(
        f'variable "v" {{ default = "old" }}\n'
        f'resource "terraform_data" "a" {{ input = {old} ? [{lines}] : [var.v, {{ {stack.hcl} = {lines} }}] }}\n'
        f'output "o" {{ value = terraform_data.a.input }}\n'
    )
    stack.run("apply", "-auto-approve")
    stack.run("plan", "-var=v=new")
    stack.run("apply", "-auto-approve", "-var=v=new")
    stack.run("output")
    stack.run("state", "show", "terraform_data.a")
    stack.run("plan", "-destroy")


def outputs(stack: Stack) -> None:
    stack.write(f'output "o" {{ value = {stack.hcl} }}\n')
    if stack.run("apply", "-auto-approve").code:
        return  # it cannot be written in a file
    stack.run("output")
    stack.run("output", "o")
    wanted = unicodedata.normalize("NFC", stack.text)  # which texts of HCL are in
    assert stack.freehold("output", "-raw", "o", raw=True).stdout == wanted.encode()
    for arguments in (("output", "-json"), ("output", "-json", "o"), ("show", "-json")):
        assert wanted in _texts(json.loads(stack.run(*arguments).stdout))


def stream(stack: Stack) -> None:
    stack.write(f'output "o" {{ value = {stack.hcl} }}\n')
    for command in (("plan", "-json"), ("apply", "-auto-approve", "-json")):
        lines = [json.loads(line) for line in stack.run(*command).stdout.split(b"\n") if line]
        assert lines[0]["type"] in ("version", "diagnostic")
    if lines[-1]["type"] == "outputs":
        assert unicodedata.normalize("NFC", stack.text) in _texts(lines[-1])


def messages(stack: Stack) -> None:
    stack.write(
        f'variable "v" {{\n  default = "x"\n  description = {stack.hcl}\n'
        f"  validation {{\n    condition = var.v == {stack.hcl}\n    error_message = {stack.hcl}\n  }}\n}}\n"
    )
    stack.run("plan", code=1)
    stack.write(
        f'resource "terraform_data" "a" {{\n  input = {stack.hcl}\n  lifecycle {{\n    precondition {{\n'
        f"      condition = length({stack.hcl}) == 1\n      error_message = {stack.hcl}\n    }}\n  }}\n}}\n"
        f'check "c" {{\n  assert {{\n    condition = {stack.hcl} == "x"\n    error_message = {stack.hcl}\n  }}\n}}\n'
    )
    stack.run("plan", code=1)


def snippets(stack: Stack) -> None:
    for line in (f"a = nope # {stack.text}", f'a = "{stack.text}" + nope', f"{stack.text} = 1", f"a = {stack.text}"):
        stack.write(f"locals {{\n  {line}\n}}\n")
        stack.run("validate")
        stack.run("plan")
        stack.run("validate", "-json")
        stack.run("fmt", "-diff", "-write=false", raw=not stack.terminal)


def names_of_files(stack: Stack) -> None:
    name = stack.text.replace("/", "_").replace("\0", "0")[:60] + ".hcl"
    if _lone(name):
        return  # no bytes are such a name
    (stack.freehold.folder / os.fsencode(name).decode("utf-8", "surrogateescape")).write_text("a = nope\n b {\n")
    for command in ("validate", "plan", "fmt"):
        stack.run(command)


def arguments(stack: Stack) -> None:
    stack.write('resource "terraform_data" "a" {}\n')
    text = stack.text
    if _lone(text) or "\0" in text:
        return  # no bytes are such an argument
    for command in (
        ("plan", f"-target={text}"),
        ("plan", f"-target=terraform_data.a[{text}]"),
        ("plan", f"-replace={text}"),
        ("plan", f"-explain={text}"),
        ("plan", f"-var={text}=1"),
        ("plan", f"-var={text}"),
        ("plan", f"-var-file={text}"),
        ("plan", f"-{text}"),
        ("plan", f"-parallelism={text}"),
        ("plan", f"-lock-timeout={text}"),
        ("plan", f"-out={text}/{text}"),
        ("apply", text),
        ("show", text),
        ("output", text),
        ("state", "show", text),
        ("state", text),
        ("force-unlock", text),
        ("kubeconfig", text),
        ("help", text),
        (text,),
        (f"-chdir={text}", "plan"),
        ("fmt", text),
    ):
        stack.run(*command)


def modules(stack: Stack) -> None:
    for prefix in ("", "./", "git::https://127.0.0.1:1/", "https://127.0.0.1:1/", "oci://", "127.0.0.1:1/a/b/"):
        stack.write(f'module "m" {{ source = {quoted(prefix + stack.text[:2000])} }}\n')
        stack.run("plan", code=1)


def words(stack: Stack) -> None:
    stack.write(f'resource {stack.hcl} "a" {{}}\nresource "terraform_data" {stack.hcl} {{}}\nprovider {stack.hcl} {{}}')
    stack.run("plan", code=1)
    stack.write(f'resource "terraform_data" "a" {{ input = file({stack.hcl}) }}\n')
    stack.run("plan", code=1)
    stack.write(f'output "o" {{ value = yamldecode({quoted("a: [" + stack.text)}) }}\n')
    stack.run("plan", code=1)
    stack.write(f'output "o" {{ value = regex({quoted("(" + stack.text)}, "a") }}\n')
    stack.run("plan", code=1)
    stack.write(f'output "o" {{ value = {{ a = 1 }}[{stack.hcl}] }}\n')
    stack.run("plan", code=1)
    stack.write(f'output "o" {{ value = templatestring("$" + "{{", {{ a = {stack.hcl} }}) }}\n')
    stack.run("plan")
    stack.write(
        f'cluster "c" {{ kubeconfig = {stack.hcl} }}\napp "a" {{\n  cluster = cluster.c\n  manifests = {stack.hcl}\n}}'
    )
    stack.run("plan")


def files_of_variables(stack: Stack) -> None:
    stack.write('variable "v" { type = number }\n')
    for content in (f"v = {stack.hcl}", f"{stack.text} = 1", f'v = "{stack.text}"', stack.text):
        stack.write(content, "freehold.hclvars")
        stack.run("plan")
    (stack.freehold.folder / "freehold.hclvars").unlink()
    stack.write(json.dumps({"v": stack.text, stack.text: 1}), "a.auto.hclvars.json")
    stack.run("plan")


def environment(stack: Stack) -> None:
    text = stack.text.replace("\0", "")
    if _lone(text):
        return
    stack.write('variable "v" { type = number }\n')
    for name in ("FREEHOLD_VAR_v", "FREEHOLD_LOG"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, text)
            stack.run("plan", code=1)


def holders(stack: Stack) -> None:
    stack.write('resource "terraform_data" "a" {}\n')
    now = datetime.now(UTC).isoformat()
    for text in (stack.text, stack.text + "\n" + stack.text):
        for named in ({"ID": "abc", "Created": now}, {"ID": text, "Created": text}):
            said = dict.fromkeys(("Operation", "Who", "Version", "Path", "Info"), text)
            stack.write(json.dumps({**said, **named, "TTL": 900}), "freehold.state.lock")
            stack.run("plan")


def states(stack: Stack) -> None:
    stack.write('resource "terraform_data" "a" { input = "x" }\n')
    stack.run("apply", "-auto-approve")
    whole = (stack.freehold.folder / "freehold.state").read_text()
    (stack.freehold.folder / "freehold.state").write_text(whole.replace("terraform_data", json.dumps(stack.text)[1:-1]))
    for command in (("plan",), ("show",), ("state", "list")):
        stack.run(*command)
    (stack.freehold.folder / "freehold.state").write_bytes(stack.text.encode("utf-8", "replace"))
    stack.run("plan", code=1)


def graphs(stack: Stack) -> None:
    stack.write(f'output "o" {{ value = {stack.hcl} }}\nresource "terraform_data" "a" {{ input = {stack.hcl} }}\n')
    stack.run("graph")


def consoles(stack: Stack) -> None:
    stack.write(f"locals {{ a = {stack.hcl} }}\n")
    stack.run("console", stdin=b"local.a\n[local.a]\n" + stack.text.encode("utf-8", "surrogatepass") + b"\n")


def formatting(stack: Stack) -> None:
    stack.write(f"locals {{\na = {stack.hcl} # {stack.text}\n   b=1\n}}\n")
    stack.run("fmt", "-diff", "-check", raw=not stack.terminal)  # a patch


PLACES: tuple[Callable[[Stack], None], ...] = (
    keys,
    values,
    outputs,
    stream,
    messages,
    snippets,
    names_of_files,
    arguments,
    modules,
    words,
    files_of_variables,
    environment,
    holders,
    states,
    graphs,
    consoles,
    formatting,
)


@dataclass(frozen=True)
class Case:
    place: Callable[..., None]
    name: str
    terminal: bool

    def __str__(self) -> str:
        return f"{self.place.__name__}-{self.name}-{'terminal' if self.terminal else 'file'}"


CASES = [Case(*each) for each in itertools.product(PLACES, TEXTS, (True, False))]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_text_is_shown_and_not_obeyed(case: Case, freehold: Freehold, monkeypatch: pytest.MonkeyPatch):
    stack = _on(case, freehold, monkeypatch)

    case.place(stack)

    _nothing_left(freehold, stack.text)


def _on(case: Case, freehold: Freehold, monkeypatch: pytest.MonkeyPatch) -> Stack:
    if case.terminal:
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", "120")
    return Stack(freehold, TEXTS[case.name], case.terminal)


def _nothing_left(freehold: Freehold, text: str) -> None:
    assert freehold.ran or "\ud800" in text or "\0" in text  # no process can be given these as arguments
    parts = [part for part in PARTS.findall(text) if len(part) > 1]
    for ran in freehold.ran:
        if ran.arguments[:2] not in (("output", "-raw"), ("fmt", "-diff")) and "-json" not in ran.arguments:
            for part in parts:
                assert part not in ran.text, f"{part!r} is in what it prints\n{ran.text!r}"


def _texts(value: object) -> list[object]:
    """Every text in parsed JSON."""
    if isinstance(value, dict):
        return [each for item in value.items() for part in item for each in _texts(part)]
    if isinstance(value, list):
        return [each for item in value for each in _texts(item)]
    return [value]


def statuses(text: str) -> tuple[Answer, ...]:
    """A server's answers with a text wherever people are shown one."""
    said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": text, "reason": text}
    cause = {"reason": "FieldManagerConflict", "message": f'conflict with "{text}"', "field": f".data.{text}"}
    return (
        Answer("message", 422, json.dumps({**said, "reason": "Invalid"}).encode()),
        Answer("reason", 403, json.dumps(said).encode()),
        Answer("body", 500, text.encode("utf-8", "replace")),
        Answer("page", 200, text.encode("utf-8", "replace")),
        Answer("conflict", 409, json.dumps({**said, "reason": "Conflict", "details": {"causes": [cause]}}).encode()),
        Answer("kind", 200, json.dumps({"kind": text, "apiVersion": text}).encode()),
        Answer("location", 302, b"", {"Location": quoted(text)[:1000]}),
    )


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
@pytest.mark.parametrize("name", TEXTS)
def test_what_a_server_says_is_shown_and_not_obeyed(name: str, terminal: bool, kubernetes, monkeypatch):
    freehold, text = kubernetes.freehold, TEXTS[name]
    stack = _on(Case(keys, name, terminal), freehold, monkeypatch)
    stack.run("apply", "-auto-approve", code=0)

    for answer in statuses(text):
        for methods in ("GET", "PATCH"):
            kubernetes.front.lie = Lie(lambda method, path, _, methods=methods: method in methods, answer)
            stack.run("plan", "-var=v=2")
            stack.run("apply", "-auto-approve", "-var=v=2")
    kubernetes.front.honest()
    data = json.dumps(text).encode()
    kubernetes.front.change = lambda method, path, body: body.replace(b'"1"', data).replace(b'"freehold"', data)
    stack.run("plan")
    kubernetes.front.honest()
    stack.run("destroy", "-auto-approve", "-allow-data-loss", code=0)

    _nothing_left(freehold, text)
    assert Path("main.hcl").exists()
