"""What is sensitive stays so on its way through a provider: a kind copies, encodes and echoes, and knows of no mark.

Every text that a command prints and every byte that it writes is searched for canaries, in each of their forms.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest

from language.redaction import Redactor
from language.schema import Schema, computed, optional
from language.types import ANY, NUMBER, STRING, Map
from language.values import Unknown
from providers.contract import Note, Observed, Planned
from providers.contract.diff import plan_by_schema
from providers.contract.errors import Failed
from tests.planner.made_provider import Record

CANARY = 'canary/of "a" <variable>'
PIN = "4711"
SCHEMA = Schema(
    {
        "id": computed(STRING),
        "name": optional(STRING),
        "pin": optional(STRING),
        "number": optional(NUMBER),
        "labels": optional(Map(STRING)),
        "labels_all": computed(Map(STRING)),
        "any": optional(ANY),
        "fails": optional(STRING),
        "document": computed(STRING),
        "encoded": computed(STRING),
        "address": computed(STRING),
        "same_pin": computed(STRING),
        "same_number": computed(NUMBER),
        "keys": computed(Map(STRING)),
        "parts": computed(ANY),
    }
)
STACK = """
variable "name" {
  sensitive = true
  default   = "%s"
}
variable "pin" {
  sensitive = true
  default   = "4711"
}
resource "made_echo" "a" {
  name   = var.name
  pin    = var.pin
  number = var.pin
  labels = { owner = var.name, plain = "in-the-clear" }
  any    = { inner = [var.name], (var.name) = "x" }
}
"""


def echoed(values):
    """What a service makes of a configuration."""
    name, pin = values["name"], values["pin"]
    if isinstance(name, Unknown) or isinstance(pin, Unknown):
        return {}
    return {
        "labels_all": {**(values["labels"] or {}), "more": "all"},
        "document": json.dumps({"Statement": [{"who": name}]}),
        "encoded": base64.b64encode(f"user:{name}".encode()).decode(),
        "address": f"https://example.org/{quote(str(name), safe='')}",
        "same_pin": pin,
        "same_number": values["number"],
        "keys": {str(name): "a key", "other": "b"},
        "parts": {"list": ("plain", {"deep": name})},
    }


class Echo(Record):
    """Copies, encodes and echoes; the plan knows of some of it, too, and says so."""

    def plan(self, client, prior, proposed, config):
        self.calls.append(("plan", proposed, config))
        planned = plan_by_schema(self.schema, prior, proposed)
        known = {"document": json.dumps({"who": proposed["name"]})} if isinstance(proposed["name"], str) else {}
        notes = (Note("info", ("name",), f"is {proposed['name']}"), Note("info", (), f"sends {proposed['name']}"))
        return Planned({**planned.values, **known}, planned.replace, notes=notes)

    def _written(self, id_, planned):
        observed = super()._written(id_, {**planned, **echoed(planned)})
        document = planned["document"]
        self.rows[id_]["document"] = None if isinstance(document, Unknown) else document
        return Observed(observed.values, {"row": id_})

    def read(self, client, priors):
        rows = [self.rows.get(prior.identity["row"]) for prior in priors]
        return [None if row is None else Observed(row, prior.identity) for row, prior in zip(rows, priors, strict=True)]

    def create(self, client, planned, config, call):
        call.progress(f"sending {config['name']}")
        if config["fails"]:
            raise Failed(f"No {config['name']}", f"Refused: {json.dumps(config['name'])}", advice=str(config["name"]))
        return super().create(client, planned, config, call)

    def update(self, client, prior, planned, config, call):
        call.progress(f"sending {base64.b64encode(config['name'].encode()).decode()}")
        self.calls.append(("update", planned, config))
        return self._written(prior.identity["row"], planned)

    def delete(self, client, prior, call):
        call.progress(f"deleting {self.rows[prior.identity['row']]['name']}")
        self.rows.pop(prior.identity["row"])


def quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.fixture
def kind(made):
    return made.add("made_echo", SCHEMA, Echo)


@pytest.fixture
def stack(folder, kind):
    def write(more="", name=CANARY):
        (folder / "main.hcl").write_text(STACK % quoted(name) + more)

    write()
    return write


@pytest.fixture
def search():
    redactor = Redactor()
    redactor.remember(CANARY)
    return redactor


@pytest.fixture
def written(folder):
    """`written()`: all that stands in the stack's folder but its configuration, as text."""

    def written():
        texts = []
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix != ".hcl":
                data = path.read_bytes()
                if data.startswith(b"freehold plan"):
                    content = data.partition(b"\n")[2]
                    data = zlib.decompress(content[: content.rindex(b"\nsha256 ")])
                texts.append(data.decode("utf-8", "replace"))
        return "\n".join(texts)

    return written


def leaks(text, search):
    """Lines that have a canary in them; the short one stands in quotes or behind an equals sign."""
    lines = text.splitlines()
    return [line for line in lines if search.has(line) or re.search(r'"4711"|[=:] ?4711\b', line)]


class TestNothingLeaks:
    def test_of_a_kind_that_copies_encodes_and_echoes(self, stack, freehold, search, written, kind, monkeypatch):
        monkeypatch.setenv("FREEHOLD_LOG", "trace")
        monkeypatch.setenv("FREEHOLD_LOG_PATH", "log")
        said = [
            freehold("plan", "-out=first"),
            freehold("show", "first"),
            freehold("show", "-json", "first"),
            freehold("apply", "first"),
            freehold("plan", "-explain=made_echo.a"),
            freehold("show"),
            freehold("show", "-json"),
            freehold("plan", "-json"),
        ]
        stack('resource "made_echo" "b" { labels = { a = "b" } }\n')
        said += [freehold("plan", "-out=second"), freehold("apply", "second")]
        kind.rows["1"] |= {"labels": {"owner": "someone"}}
        said += [
            freehold("plan"),
            freehold("plan", "-refresh-only", "-json"),
            freehold("apply", "-auto-approve", "-json"),
        ]
        said += [freehold("plan", "-destroy"), freehold("destroy", "-auto-approve")]

        assert leaks("\n".join(said), search) == []
        assert leaks(written(), search) == []
        assert "(sensitive value)" in said[0]
        assert "in-the-clear" in said[0]

    def test_of_an_error_that_echoes_the_request(self, stack, freehold, search, written):
        stack('resource "made_echo" "b" {\n  name  = var.name\n  fails = "yes"\n}\n')

        said = [freehold("apply", "-auto-approve", code=1), freehold("apply", "-auto-approve", "-json", code=1)]

        assert leaks("\n".join(said), search) == []
        assert leaks(written(), search) == []
        assert "Refused" in said[0]

    def test_of_what_is_not_configured_any_more(self, stack, freehold, search, written):
        freehold("apply", "-auto-approve")
        Path("main.hcl").write_text(Path("main.hcl").read_text().partition("resource")[0])

        said = [freehold("plan", "-out=gone"), freehold("show", "-json", "gone"), freehold("apply", "gone")]

        assert leaks("\n".join(said), search) == []
        assert leaks(written(), search) == []


class TestWhatIsMarked:
    def test_a_copy_on_a_value_that_is_not_known(self, stack, freehold, kind, monkeypatch):
        monkeypatch.setattr(Echo, "copies", {"labels": "labels_all"}, raising=False)
        stack('output "all" { value = made_echo.a.labels_all }\n')

        assert "Output refers to sensitive values" in freehold("plan", code=1)

    def test_a_key_marks_the_whole_map(self, stack, freehold):
        freehold("apply", "-auto-approve")
        stack('output "keys" { value = made_echo.a.keys["other"] }\n')

        assert "sensitive" in freehold("plan", code=1)

    def test_what_the_configuration_has_in_the_clear_stays_so(self, stack, freehold):
        stack('resource "made_echo" "b" { labels = { open = nonsensitive(var.name) } }\n', name="not-so-secret")

        assert "not-so-secret" in freehold("plan")


class TestDrift:
    STACK = """
variable "secret" {
  sensitive = true
  default   = "first-secret"
}
resource "made_echo" "a" { any = { a = var.secret, b = ["x", var.secret] } }
"""

    def test_a_changed_variable_is_none(self, folder, freehold, kind):
        (folder / "main.hcl").write_text(self.STACK)
        freehold("apply", "-auto-approve")

        told = freehold("plan", "-var=secret=second-secret", "-out=plan")

        assert "Changed outside" not in told
        assert "1 to change" in told
        assert "resource_drift" not in json.loads(freehold("show", "-json", "plan"))

    def test_what_somebody_else_set_is_some(self, folder, freehold, kind):
        (folder / "main.hcl").write_text(self.STACK)
        freehold("apply", "-auto-approve")
        kind.rows["1"]["any"] = {"a": "another-secret", "b": ("x", "first-secret")}

        for arguments in ((), ("-var=secret=second-secret",), ("-var=secret=another-secret",)):
            told = freehold("plan", *arguments)
            assert "Changed outside" in told
            assert "another-secret" not in told
