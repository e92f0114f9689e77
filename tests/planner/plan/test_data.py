"""Data blocks through the command line, with a provider of the tests' own: what is read, when, and what is told."""

from __future__ import annotations

import io
import json
import threading

import pytest

import cli
import providers
from language.schema import NestedBlock, Schema, computed, optional, required
from language.types import ANY, NUMBER, STRING, Map
from providers.contract import DataKind, Provider
from providers.contract.errors import NotFound


class Entry(DataKind):
    """Looks up a key in the book."""

    type = "book_entry"
    schema = Schema(
        {
            "key": required(STRING),
            "hint": optional(ANY),
            "id": computed(STRING),
            "value": computed(STRING),
            "token": computed(STRING, sensitive=True),
            "pages": computed(NUMBER),
        },
        {"filter": NestedBlock(Schema({"name": required(STRING), "values": optional(Map(STRING))}), "set")},
    )

    def __init__(self, book):
        self._book = book

    def validate(self, config):
        return [(("key",), "a key has no spaces")] if " " in str(config["key"]) else []

    def read(self, client, config):
        book = self._book
        book.reads.append((config["key"], client))
        if book.barrier is not None:
            book.barrier.wait(10)
        if config["key"] not in book.entries:
            raise NotFound("There is no such entry", f"The book has no {config['key']}.")
        value = book.entries[config["key"]]
        return {**config, "id": f"e-{config['key']}", "value": value, "token": f"secret-{book.word}", "pages": 7}


class BookProvider(Provider):
    """A book: what it has in it can only be read."""

    name = "book"
    source = "registry.terraform.io/tests/book"
    schema = Schema({"shelf": optional(STRING)})

    def __init__(self):
        self.entries = {"a": "apple", "b": "bread", "c": "corn"}
        self.word = "apple"
        self.reads = []
        self.barrier = None
        self.data_kind = Entry(self)

    @property
    def kinds(self):
        return {}

    @property
    def data_kinds(self):
        return {Entry.type: self.data_kind}

    def configure(self, config, environment):
        return config["shelf"]

    @property
    def keys(self):
        """What was read, in its order."""
        return [key for key, _ in self.reads]


@pytest.fixture
def book(monkeypatch):
    made = BookProvider()

    class Installed:
        name = "book"

        def load(self):
            return made

    installed = providers.entry_points
    monkeypatch.setattr(providers, "entry_points", lambda group: [*installed(group=group), Installed()])
    return made


@pytest.fixture
def stack(tmp_path, monkeypatch, book):
    monkeypatch.chdir(tmp_path)

    def write(text, **files):
        for name, content in {"main__hcl": text, **files}.items():
            path = tmp_path / name.replace("__", ".").replace("_in_", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        return tmp_path

    return write


@pytest.fixture
def run(capsys):
    """`run("plan")`: what a command printed, errors behind it; its exit code is 0 unless another one is `code`."""

    def command(*arguments, code=0):
        ended = cli.main([*arguments, *(["-no-color"] if "-json" not in arguments else [])])
        printed = capsys.readouterr()
        assert ended == code, printed.out + printed.err
        assert "Traceback" not in printed.err
        return printed.out + printed.err

    return command


def value_of(run, name):
    return json.loads(run("output", "-json", name))


READ = 'data "book_entry" "a" { key = "a" }\noutput "a" { value = data.book_entry.a.value }\n'
DEFERRED = """
resource "terraform_data" "key" { input = "a" }
data "book_entry" "a" { key = terraform_data.key.output }
resource "terraform_data" "copy" { input = data.book_entry.a.value }
output "a" { value = terraform_data.copy.output }
"""


class TestWhenItIsRead:
    def test_what_is_known_is_read_while_planning_and_is_no_change(self, stack, run, book):
        stack(READ)

        assert 'a = "apple"' in run("plan").replace("  ", " ")
        assert book.keys == ["a"]
        run("apply", "-auto-approve")
        assert value_of(run, "a") == "apple"
        assert "No changes." in run("plan", "-detailed-exitcode")
        assert "book_entry" not in run("state", "list")

    def test_it_is_read_without_a_refresh_too(self, stack, run, book):
        stack(READ)

        run("plan", "-refresh=false")

        assert book.keys == ["a"]

    def test_what_is_not_known_is_read_during_the_apply(self, stack, run, book):
        stack(DEFERRED)

        told = run("plan")
        assert "<= data.book_entry.a  # will be read during apply: what it looks up is not known yet" in told
        assert "known after apply: key, id, value, token, pages" in told
        assert "Plan: 2 to add, 0 to change, 0 to destroy." in told
        assert book.keys == []

        assert "2 added, 0 changed, 0 destroyed" in run("apply", "-auto-approve")
        assert value_of(run, "a") == "apple"
        assert "No changes." in run("plan")

    def test_what_is_not_known_may_be_deep_inside(self, stack, run, book):
        stack("""
        resource "terraform_data" "name" { input = ["x", "y"] }
        data "book_entry" "a" {
          key = "a"
          filter { name = terraform_data.name.output[0] }
          filter { name = "z" }
        }
        data "book_entry" "b" {
          key = "b"
          dynamic "filter" {
            for_each = terraform_data.name.output
            content { name = filter.value }
          }
        }
        output "o" { value = [data.book_entry.a.filter[*].name, data.book_entry.b.filter[*].name] }
        """)
        run("plan", "-out=p")
        assert book.keys == []

        run("apply", "p")

        assert value_of(run, "o") == [["x", "z"], ["x", "y"]]

    def test_a_change_of_what_it_refers_to_puts_it_off(self, stack, run, book):
        text = 'resource "terraform_data" "t" {\n  input = "%s"\n}\n'
        direct = 'data "book_entry" "a" { key = terraform_data.t.id == "" ? "b" : "a" }\n'
        stack(text % 1 + direct)
        run("apply", "-auto-approve")
        book.reads.clear()
        stack(text % 2 + direct)

        assert "something that it depends on changes" in run("plan")
        assert book.keys == []
        run("apply", "-auto-approve")
        assert book.keys == ["a"]
        assert "No changes." in run("plan")

    def test_depends_on_puts_it_off_with_all_that_is_behind_it(self, stack, run, book):
        stack("""
        resource "terraform_data" "first" { input = 1 }
        locals { between = terraform_data.first.id }
        data "book_entry" "b" {
          key        = "b"
          depends_on = [local.between]
        }
        data "book_entry" "c" { key = "c" }
        """)

        assert "data.book_entry.b  # will be read during apply: something that it depends on changes" in run("plan")
        assert book.keys == ["c"]
        run("apply", "-auto-approve")
        assert book.keys == ["c", "c", "b"]

    def test_depends_on_a_module_and_of_a_module_puts_it_off(self, stack, run, book):
        stack(
            """
            module "made" { source = "./made" }
            data "book_entry" "b" {
              key        = "b"
              depends_on = [module.made]
            }
            module "reads" {
              source     = "./reads"
              depends_on = [module.made]
            }
            """,
            made_in_main__hcl='resource "terraform_data" "r" {}\n',
            reads_in_main__hcl='data "book_entry" "a" { key = "a" }\n',
        )

        told = run("plan")

        assert "<= data.book_entry.b" in told
        assert "<= module.reads.data.book_entry.a" in told
        run("apply", "-auto-approve")
        assert sorted(book.keys) == ["a", "b"]
        assert "No changes." in run("plan")

    def test_a_condition_waits_for_all_that_is_upstream(self, stack, run, book):
        text = """
        resource "terraform_data" "t" { input = "%s" }
        locals { key = terraform_data.t.id == "" ? "b" : "a" }
        data "book_entry" "plain" { key = local.key }
        data "book_entry" "asked" {
          key = local.key
          lifecycle {
            postcondition {
              condition     = self.value == "apple"
              error_message = "It is ${self.value}."
            }
          }
        }
        """
        stack(text % 1)
        run("apply", "-auto-approve")
        book.reads.clear()
        stack(text % 2)

        told = run("plan")

        assert "<= data.book_entry.asked" in told
        assert "<= data.book_entry.plain" not in told
        assert book.keys == ["a"]

    def test_what_is_to_be_destroyed_puts_it_off(self, stack, run, book):
        text = """
        resource "terraform_data" "t" { count = %d }
        data "book_entry" "a" {
          key        = "a"
          depends_on = [terraform_data.t]
        }
        """
        stack(text % 2)
        run("apply", "-auto-approve")
        stack(text % 1)

        assert "<= data.book_entry.a" in run("plan")

    def test_other_instances_of_its_module_are_nobodys_business(self, stack, run, book):
        call = 'module "m" {\n  source = "./m"\n  for_each = toset(["a"])\n  key = each.key\n}\n'
        stack(
            call,
            m_in_main__hcl="""
            variable "key" {}
            resource "terraform_data" "t" {}
            data "book_entry" "e" {
              key        = var.key
              depends_on = [terraform_data.t]
            }
            """,
        )
        run("apply", "-auto-approve")
        stack(call.replace('["a"]', '["a", "b"]'))

        told = run("plan")

        assert '<= module.m["b"].data.book_entry.e' in told
        assert '<= module.m["a"]' not in told

    def test_destroying_reads_nothing(self, stack, run, book):
        stack(DEFERRED)
        run("apply", "-auto-approve")
        book.reads.clear()

        run("destroy", "-auto-approve")

        assert book.keys == []

    def test_those_that_do_not_wait_for_each_other_are_read_at_once(self, stack, run, book):
        book.barrier = threading.Barrier(3)
        stack("""
        data "book_entry" "one" { key = "a" }
        data "book_entry" "more" {
          for_each = toset(["b", "c"])
          key      = each.key
        }
        """)

        run("plan")

        assert sorted(book.keys) == ["a", "b", "c"]

    def test_one_looks_up_what_another_told(self, stack, run, book):
        book.entries["apple"] = "core"
        stack("""
        data "book_entry" "second" { key = data.book_entry.first.value }
        data "book_entry" "first" { key = "a" }
        output "o" { value = data.book_entry.second.value }
        """)

        run("apply", "-auto-approve")

        assert value_of(run, "o") == "core"

    def test_a_target_takes_what_it_needs_and_no_more(self, stack, run, book):
        stack(DEFERRED + 'resource "terraform_data" "else" {}\n')

        told = run("plan", "-target=terraform_data.copy")
        assert "<= data.book_entry.a" in told
        assert "terraform_data.else" not in told
        assert "<= data" not in run("plan", "-target=terraform_data.key")
        run("apply", "-auto-approve", "-target=terraform_data.copy")
        assert book.keys == ["a"]


class TestOrder:
    def test_what_reads_data_stands_on_what_the_data_stands_on(self, stack, run, book):
        stack(DEFERRED)
        run("apply", "-auto-approve")

        shown = json.loads(run("show", "-json"))["values"]["root_module"]["resources"]

        assert {each["address"]: each.get("depends_on") for each in shown} == {
            "terraform_data.key": None,
            "terraform_data.copy": ["terraform_data.key"],
        }

    def test_a_reading_that_fails_skips_what_depends_on_it(self, stack, run, book):
        stack(DEFERRED.replace('"a" }', '"z" }', 1))

        told = run("apply", "-auto-approve", code=1)

        assert "There is no such entry" in told
        assert "with data.book_entry.a" in told
        assert "terraform_data.copy" in told
        assert "1 added" in told
        assert run("state", "list").split() == ["terraform_data.key"]


class TestLanguage:
    def test_count_and_for_each(self, stack, run, book):
        stack("""
        data "book_entry" "n" {
          count = 2
          key   = ["a", "b"][count.index]
        }
        data "book_entry" "e" {
          for_each = { x = "b", y = "c" }
          key      = each.value
          dynamic "filter" {
            for_each = ["f"]
            content { name = filter.value }
          }
        }
        locals { filter = one(data.book_entry.e.x.filter[*].name) }
        output "o" { value = [data.book_entry.n[*].value, data.book_entry.e["y"].value, local.filter] }
        """)

        run("apply", "-auto-approve")

        assert value_of(run, "o") == [["apple", "bread"], "corn", "f"]

    def test_in_json_with_a_provider_and_in_a_module(self, stack, run, book):
        text = {
            "provider": {"book": [{"shelf": "low"}, {"alias": "high", "shelf": "high"}]},
            "data": {"book_entry": {"a": {"key": "a", "provider": "book.high"}, "b": {"key": "b"}}},
            "module": {"m": {"source": "./m"}},
            "output": {"o": {"value": "${data.book_entry.a.value}-${module.m.o}"}},
        }
        folder = stack("", m_in_main__tf=READ.replace('output "a"', 'output "o"'))
        (folder / "main.hcl").unlink()
        (folder / "main.hcl.json").write_text(json.dumps(text))

        run("apply", "-auto-approve")

        assert value_of(run, "o") == "apple-apple"
        assert sorted(set(book.reads)) == [("a", "high"), ("a", "low"), ("b", "low")]

    def test_a_check_in_json(self, stack, run, book):
        scoped = {"book_entry": {"a": {"key": "a"}}}
        condition = '${data.book_entry.a.value == "pear"}'
        text = {"check": {"c": {"data": scoped, "assert": {"condition": condition, "error_message": "No pear."}}}}
        folder = stack("")
        (folder / "main.hcl").unlink()
        (folder / "main.hcl.json").write_text(json.dumps(text))

        assert "No pear." in run("plan")

    def test_it_has_no_place_in_the_state_to_move_from(self, stack, run, book):
        stack(READ + "moved {\n  from = data.book_entry.b\n  to = data.book_entry.a\n}\n")

        assert '"data.book_entry.b" is no address' in run("plan", code=1)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('data "book_entri" "a" { key = "a" }', 'Did you mean "book_entry"?'),
            ('data "terraform_data" "a" {}', 'It is a resource type: resource "terraform_data" "a".'),
            ('resource "book_entry" "a" {}', 'It is a data source: data "book_entry" "a".'),
            ('data "book_entry" "a" {}', '"key" is required in data.book_entry.a'),
            ('data "book_entry" "a" { kye = 1 }', 'Did you mean "key"?'),
            ('data "book_entry" "a" {\n  key = "a"\n  id  = "x"\n}', "decided by the service"),
            ('data "book_entry" "a" { key = "a b" }', "a key has no spaces"),
            (READ.replace("entry.a.value", "entry.b.value"), "Did you mean data.book_entry.a?"),
            ('output "o" { value = data.book_entry }', 'A reference to a data source is written "data.TYPE.NAME".'),
            ('output "o" { value = dta.book_entry.a.value }\n' + READ, "undeclared resource"),
            ('data "book_entry" "a" { key = data.book_entry.a.id }', "Self-referencing block"),
            (
                'data "book_entry" "a" { key = local.l }\nlocals { l = data.book_entry.a.id }',
                "data.book_entry.a refers to local.l",
            ),
            (
                'data "book_entry" "a" {\n  key = "a"\n  lifecycle { prevent_destroy = true }\n}',
                '"prevent_destroy" is not expected',
            ),
            (
                'data "book_entry" "a" {\n  key = "a"\n  provider = book.no\n}',
                'no provider configuration "book.no"',
            ),
            (f'{READ}data "book_entry" "a" {{ key = "b" }}', "Duplicate data source"),
            (
                'data "book_entry" "a" {\n  key = "a"\n  count = 1\n  for_each = {}\n}',
                'Both "count" and "for_each"',
            ),
        ],
    )
    def test_bad_input_is_told_by_validate(self, text, told, stack, run, book):
        stack(text + "\n")

        assert told in run("validate", code=1)
        assert book.keys == []

    def test_a_type_that_no_one_knows_is_told_with_its_place(self, stack, run):
        stack('data "nobody_knows" "a" {}\n')

        told = run("plan", code=1)

        assert 'No provider here has a data source "nobody_knows".' in told
        assert "main.hcl line 1" in told

    def test_what_cannot_be_read_is_told_with_its_place(self, stack, run, book):
        stack('\ndata "book_entry" "z" { key = "z" }\n')

        told = run("plan", code=1)

        assert "The book has no z." in told
        assert "main.hcl line 2" in told
        assert "with data.book_entry.z" in told

    def test_all_that_cannot_be_read_is_told_at_once(self, stack, run, book):
        stack("""
        data "book_entry" "y" { key = "y" }
        data "book_entry" "after" { key = "${data.book_entry.a.value}-z" }
        data "book_entry" "a" { key = "a" }
        """)

        told = run("plan", code=1)

        assert "The book has no y." in told
        assert "The book has no apple-z." in told

    def test_what_configures_a_provider_is_wrong_once(self, stack, run, book):
        stack("""
        provider "book" { shelf = ["no text"] }
        data "book_entry" "a" { key = "a" }
        data "book_entry" "b" { key = "b" }
        """)

        assert run("plan", code=1).count("Error:") == 1

    def test_nothing_is_read_for_what_is_in_error(self, stack, run, book):
        stack(READ + 'locals { l = 1 + "x" }\n')

        assert "operand" in run("plan", code=1)
        assert book.keys == []

    def test_ephemeral_values_are_not_for_data(self, stack, run, book):
        stack("""
        variable "key" {
          default   = "a"
          ephemeral = true
        }
        data "book_entry" "a" { key = var.key }
        """)

        assert "phemeral" in run("plan", code=1)

    def test_a_provider_is_configured_with_what_was_read(self, stack, run, book):
        stack("""
        provider "book" {}
        provider "book" {
          alias = "second"
          shelf = local.shelf
        }
        locals { shelf = data.book_entry.a.value }
        data "book_entry" "a" { key = "a" }
        data "book_entry" "b" {
          key      = "b"
          provider = book.second
        }
        """)

        run("plan")

        assert sorted(book.reads, key=str) == [("a", None), ("b", "apple")]


class TestConditions:
    TEXT = """
    variable "want" { default = "apple" }
    data "book_entry" "a" {
      key = "a"
      lifecycle {
        precondition {
          condition     = var.want != "nothing"
          error_message = "Something has to be wanted."
        }
        postcondition {
          condition     = self.value == var.want
          error_message = "It is ${self.value}."
        }
      }
    }
    """

    def test_they_hold(self, stack, run, book):
        stack(self.TEXT)

        assert "No changes." in run("plan")

    def test_a_postcondition_is_asked_of_what_was_read(self, stack, run, book):
        stack(self.TEXT)

        told = run("plan", "-var=want=pear", code=1)

        assert "postcondition failed" in told
        assert "It is apple." in told

    def test_a_precondition_is_asked_before(self, stack, run, book):
        stack(self.TEXT)

        told = run("plan", "-var=want=nothing", code=1)

        assert "Something has to be wanted." in told
        assert book.keys == []

    def test_of_what_is_read_during_the_apply_they_are_asked_then(self, stack, run, book):
        condition = """
          lifecycle {
            postcondition {
              condition     = self.value == "bread"
              error_message = "It is ${self.value}."
            }
          }
        }"""
        stack(DEFERRED.replace("key = terraform_data.key.output }", "\nkey = terraform_data.key.output" + condition))
        run("plan")

        told = run("apply", "-auto-approve", code=1)

        assert "It is apple." in told
        assert run("state", "list").split() == ["terraform_data.key"]


class TestChecks:
    TEXT = """
    check "health" {
      data "book_entry" "a" { key = "%s" }
      assert {
        condition     = data.book_entry.a.value == "%s"
        error_message = "It is ${data.book_entry.a.value}."
      }
    }
    """

    def test_its_data_is_read_with_it_and_is_no_change(self, stack, run, book):
        stack(self.TEXT % ("a", "apple"))

        assert "No changes." in run("plan")
        assert "Warning" not in run("apply", "-auto-approve")
        assert book.keys == ["a", "a", "a"]

    def test_an_assertion_that_does_not_hold_warns(self, stack, run, book):
        stack(self.TEXT % ("a", "pear"))

        told = run("plan")

        assert "Check block assertion failed" in told
        assert "It is apple." in told

    def test_what_cannot_be_read_warns(self, stack, run, book):
        stack(self.TEXT % ("z", "pear") + 'resource "terraform_data" "t" {}\n')

        told = run("apply", "-auto-approve")

        assert "Warning: There is no such entry" in told
        assert "with data.book_entry.a" in told
        assert "1 added" in told

    def test_it_waits_for_the_apply_where_it_depends_on_changes(self, stack, run, book):
        stack(
            'resource "terraform_data" "t" { input = "b" }\n'
            + self.TEXT.replace('"%s"', "%s", 1)
            % (
                "terraform_data.t.output",
                "pear",
            )
        )

        assert "Warning" not in run("plan")
        assert book.keys == []
        assert "It is bread." in run("apply", "-auto-approve")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('output "o" { value = data.book_entry.a.value }', "data.book_entry.a stands in check.health"),
            ('data "book_entry" "a" { key = "a" }', "Duplicate data source"),
            (
                'check "c" {\n  data "book_entry" "b" {\n    key = "a"\n    count = 2\n  }\n'
                '  assert {\n    condition = data.book_entry.b.value != ""\n    error_message = "None."\n  }\n}',
                '"count" is not expected',
            ),
        ],
    )
    def test_it_is_the_checks_alone(self, text, told, stack, run, book):
        stack(self.TEXT % ("a", "apple") + text + "\n")

        assert told in run("validate", code=1)


class TestSavedPlans:
    def test_what_was_read_is_not_read_again(self, stack, run, book):
        folder = stack(
            'data "book_entry" "a" { key = "a" }\nresource "terraform_data" "t" { input = data.book_entry.a.value }\n'
        )
        run("plan", "-out=p")
        book.reads.clear()
        book.entries["a"] = "another"

        run("apply", "p")

        assert b"secret-apple" not in (folder / "p").read_bytes()
        assert json.loads(run("show", "-json"))["values"]["root_module"]["resources"][0]["values"]["output"] == "apple"

    @pytest.mark.parametrize(("now", "code"), [("apple", 0), ("pear", 1)])
    def test_secrets_are_asked_for_again_and_compared_where_they_are_used(self, stack, run, book, now, code):
        folder = stack("""
        data "book_entry" "a" { key = "a" }
        resource "terraform_data" "t" { input = data.book_entry.a.token }
        """)
        run("plan", "-out=p")
        book.word = now

        told = run("apply", "p", code=code)

        assert ("Value differs from its plan" in told) == bool(code)
        assert "secret-" not in told
        for path in folder.iterdir():
            assert b"secret-apple" not in path.read_bytes()

    def test_what_is_deferred_is_read_when_it_runs(self, stack, run, book):
        stack(DEFERRED)
        run("plan", "-out=p")

        run("apply", "p")

        assert value_of(run, "a") == "apple"


class TestPrograms:
    def test_the_plan_in_terraforms_format(self, stack, run, book):
        stack(DEFERRED + 'data "book_entry" "b" { key = "b" }\n')
        run("plan", "-out=p")

        shown = json.loads(run("show", "-json", "p"))

        changes = {each["address"]: each for each in shown["resource_changes"]}
        deferred = changes["data.book_entry.a"]
        assert "data.book_entry.b" not in changes
        assert (deferred["mode"], deferred["type"], deferred["name"]) == ("data", "book_entry", "a")
        assert deferred["action_reason"] == "read_because_config_unknown"
        assert deferred["change"]["actions"] == ["read"]
        assert deferred["change"]["before"] is None
        assert deferred["change"]["after"] == {"hint": None, "filter": []}
        assert deferred["change"]["after_unknown"]["key"] is True
        (told,) = shown["prior_state"]["values"]["root_module"]["resources"]
        assert (told["address"], told["mode"], told["name"]) == ("data.book_entry.b", "data", "b")
        assert told["values"]["value"] == "bread"
        assert told["values"]["token"] is None
        assert told["sensitive_values"]["token"] is True
        configured = {each["address"]: each for each in shown["configuration"]["root_module"]["resources"]}
        assert configured["data.book_entry.a"]["mode"] == "data"
        assert configured["data.book_entry.a"]["expressions"]["key"]["references"] == [
            "terraform_data.key.output",
            "terraform_data.key",
        ]
        copied = configured["terraform_data.copy"]["expressions"]["input"]["references"]
        assert copied == ["data.book_entry.a.value", "data.book_entry.a"]

    def test_lines_while_it_happens(self, stack, run, book):
        stack(DEFERRED + 'data "book_entry" "b" { key = "b" }\n')

        lines = [json.loads(line) for line in run("apply", "-auto-approve", "-json").splitlines()]

        hooks = [(line["type"], line["hook"]) for line in lines if line["type"].startswith("apply_")]
        reads = [(type_, hook["resource"]["addr"]) for type_, hook in hooks if hook["action"] == "read"]
        assert reads == [
            ("apply_start", "data.book_entry.b"),
            ("apply_complete", "data.book_entry.b"),
            ("apply_start", "data.book_entry.a"),
            ("apply_complete", "data.book_entry.a"),
        ]
        resource = hooks[0][1]["resource"]
        assert (resource["resource_type"], resource["resource_name"]) == ("book_entry", "b")
        assert resource["implied_provider"] == "book"
        planned = [line["change"] for line in lines if line["type"] == "planned_change"]
        assert [each["reason"] for each in planned if each["action"] == "read"] == ["read_because_config_unknown"]
        counts = next(line["changes"] for line in lines if line["type"] == "change_summary")
        assert (counts["add"], counts["change"], counts["remove"]) == (2, 0, 0)

    def test_the_graph_has_it(self, stack, run, book):
        stack(READ)

        assert '"output.a" -> "data.book_entry.a"' in run("graph")

    def test_the_console_reads_what_an_expression_needs(self, stack, run, book, monkeypatch):
        stack(
            DEFERRED + 'locals { l = upper(data.book_entry.a.value) }\nmodule "m" { source = "./m" }\n'
            'data "book_entry" "z" { key = "z" }\n',
            m_in_main__hcl=READ,
        )
        book.entries["z"] = "zest"
        run("apply", "-auto-approve")
        book.reads.clear()

        def answer(text, code=0):
            monkeypatch.setattr("sys.stdin", io.StringIO(text))
            return run("console", code=code)

        assert answer("1 + 1\n") == "2\n"
        assert book.keys == []
        assert answer("local.l\ndata.book_entry.a.value\n") == '"APPLE"\n"apple"\n'
        assert book.keys == ["a"]
        assert answer("module.m.a\n") == '"apple"\n'
        del book.entries["z"]
        assert "There is no such entry" in answer("data.book_entry.z\n", code=1)


def test_secrets_of_its_configuration_are_secret_in_what_it_tells(stack, run, book):
    stack("""
    variable "key" { sensitive = true }
    data "book_entry" "a" { key = var.key }
    output "o" { value = data.book_entry.a.key }
    """)
    book.entries["correct-horse"] = "battery"

    told = run("plan", "-var=key=correct-horse", code=1)

    assert "Output refers to sensitive values" in told
    assert "correct-horse" not in told


LIMITED = """
data "book_entry" "a" { key = "a" }
data "book_entry" "b" { key = "b" }
data "book_entry" "c" { key = "c" }
resource "terraform_data" "a" { input = data.book_entry.a.value }
resource "terraform_data" "b" {
  for_each = toset([data.book_entry.b.value])
  input    = each.key
}
check "c" {
  data "book_entry" "scoped" { key = "b" }
  assert {
    condition     = data.book_entry.scoped.value != ""
    error_message = "empty"
  }
}
output "a" { value = terraform_data.a.input }
output "b" { value = data.book_entry.b.value }
output "c" { value = data.book_entry.c.value }
"""


@pytest.mark.parametrize(
    ("limit", "keys"),
    [
        ("-target=terraform_data.a", ["a"]),
        ("-target=terraform_data.b", ["b"]),
        ("-target=data.book_entry.c", ["c"]),
        ("-exclude=data.book_entry.b", ["a", "b", "c"]),  # that is the check's
        ("-exclude=terraform_data.b", ["a", "b", "b", "c"]),
    ],
)
def test_only_what_a_limited_plan_needs_is_read(book, stack, limit, keys, capsys):
    stack(LIMITED)

    assert cli.main(["plan", limit]) == 0
    assert sorted(book.keys) == keys
    assert cli.main(["apply", "-auto-approve"]) == 0
    book.reads.clear()

    assert cli.main(["plan", limit]) == 0
    assert sorted(book.keys) == keys
    assert cli.main(["apply", limit, "-auto-approve"]) == 0
    assert cli.main(["state", "list"]) == 0
    assert capsys.readouterr().out.endswith('terraform_data.a\nterraform_data.b["bread"]\n')


def test_data_that_fails_does_not_fail_a_plan_that_does_without(book, stack):
    stack(LIMITED)
    del book.entries["c"]

    assert cli.main(["apply", "-target=terraform_data.a", "-auto-approve"]) == 0
    assert cli.main(["plan"]) == 1
