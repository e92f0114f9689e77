"""What cannot be planned yet, through the command line: it is deferred with all that depends on it, the rest is done,
what exists is kept, and the next plan has it."""

from __future__ import annotations

import json

import pytest

import cli
from language.schema import Schema, computed, optional
from language.types import ANY, STRING
from language.values import Unknown
from providers.contract.errors import NotKnownYet
from tests.planner.made_provider import Record
from tests.planner.plan.test_data import BookProvider
from tests.planner.plan.test_data import book as book

COUNT = """
resource "terraform_data" "a" {}
resource "terraform_data" "b" {
  count = length(terraform_data.a.id) > 1 ? 2 : 0
}
resource "terraform_data" "c" { input = terraform_data.b[*].id }
resource "terraform_data" "z" {}
output "ids" { value = length(terraform_data.c.output) }
"""
EACH = """
resource "terraform_data" "a" {}
resource "terraform_data" "b" {
  for_each = toset([terraform_data.a.id])
}
"""
MODULE = """
resource "terraform_data" "a" {}
module "m" {
  source = "./m"
  count  = length(terraform_data.a.id) > 1 ? 2 : 0
}
resource "terraform_data" "c" { input = module.m[*].id }
output "first" { value = module.m[0].id }
"""
INSIDE = """
resource "terraform_data" "x" { count = 2 }
resource "terraform_data" "y" { input = terraform_data.x[0].id }
output "id" { value = terraform_data.y.id }
"""


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(INSIDE)
    return lambda text: (tmp_path / "main.hcl").write_text(text)


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


@pytest.fixture
def shown(run):
    """The plan as JSON."""

    def show(*options):
        run("plan", "-out=plan", *options)
        return json.loads(run("show", "-json", "plan"))

    return show


def deferred(plan):
    return {each["resource_change"]["address"]: each["reason"] for each in plan.get("deferred_changes", ())}


def changed(plan):
    return {
        each["address"]: each["change"]["actions"][0]
        for each in plan["resource_changes"]
        if each["change"]["actions"] != ["no-op"]
    }


class TestHowManyAreNotKnown:
    def test_they_are_deferred_with_what_depends_on_them(self, stack, shown):
        stack(COUNT)

        plan = shown()

        assert deferred(plan) == {
            "terraform_data.b[*]": "instance_count_unknown",
            "terraform_data.c": "deferred_prereq",
        }
        assert changed(plan) == {"terraform_data.a": "create", "terraform_data.z": "create"}
        assert (plan["applyable"], plan["complete"]) == (True, False)

    def test_json_tells_what_is_known_of_them(self, stack, shown):
        stack(COUNT)

        change = shown()["deferred_changes"][0]["resource_change"]

        assert (change["type"], change["name"], change["mode"]) == ("terraform_data", "b", "managed")
        assert change["index_unknown"] is True
        assert "index" not in change
        assert change["provider_name"] == "terraform.io/builtin/terraform"
        assert change["change"]["actions"] == ["create"]
        assert change["change"]["before"] is None
        assert change["change"]["after_unknown"] == {"id": True, "output": True}

    def test_people_are_told_what_is_not_known(self, stack, run):
        stack(COUNT)

        told = run("plan", "-detailed-exitcode", code=2)

        assert told.index("Deferred until more is known") > told.index("+ terraform_data.z")
        assert "? terraform_data.b[*]  # how many there are is not known" in told
        assert "not known: length(terraform_data.a.id) > 1 ? 2 : 0  on main.hcl line 4" in told
        assert "? terraform_data.c  # depends on what is deferred" in told
        assert told.rstrip().endswith("Plan: 2 to add, 0 to change, 0 to destroy, 2 deferred.")

    @pytest.mark.parametrize("saved", [False, True])
    def test_an_apply_does_the_rest_and_the_next_one_does_them(self, saved, stack, run, shown):
        stack(COUNT)
        run("plan", "-out=first")

        told = run("apply", "first") if saved else run("apply", "-auto-approve")

        assert "Deferred: terraform_data.b[*], terraform_data.c" in told
        assert "run freehold apply again" in told
        assert "Resources: 2 added, 0 changed, 0 destroyed." in told
        assert run("state", "list").split() == ["terraform_data.a", "terraform_data.z"]
        assert json.loads(run("output", "-json")) == {}

        plan = shown()
        assert deferred(plan) == {}
        assert plan["complete"] is True
        assert set(changed(plan)) == {"terraform_data.b[0]", "terraform_data.b[1]", "terraform_data.c"}
        run("apply", "plan")
        assert json.loads(run("output", "-json", "ids")) == 2
        assert "No changes." in run("plan", "-detailed-exitcode")

    def test_keys_are_as_a_number_is(self, stack, run, shown):
        stack(EACH)

        assert deferred(shown()) == {"terraform_data.b[*]": "instance_count_unknown"}
        run("apply", "-auto-approve")
        assert "1 to add" in run("plan")

    @pytest.mark.parametrize("saved", [False, True])
    def test_all_of_a_module_is_deferred(self, saved, stack, run, shown):
        stack(MODULE)

        plan = shown()

        assert deferred(plan) == {
            "module.m[*].terraform_data.x[0]": "instance_count_unknown",
            "module.m[*].terraform_data.x[1]": "instance_count_unknown",
            "module.m[*].terraform_data.y": "instance_count_unknown",
            "terraform_data.c": "deferred_prereq",
        }
        module = plan["deferred_changes"][0]["resource_change"]
        assert (module["module_address"], module["name"], module["index"]) == ("module.m[*]", "x", 0)
        assert set(changed(plan)) == {"terraform_data.a"}
        run("apply", "plan") if saved else run("apply", "-auto-approve")
        assert json.loads(run("output", "-json")) == {}
        assert "7 to add" in run("apply", "-auto-approve")
        assert "No changes." in run("plan", "-detailed-exitcode")

    def test_the_stream_tells_them(self, stack, run):
        stack(COUNT)

        lines = [json.loads(line) for line in run("apply", "-auto-approve", "-json").splitlines()]

        told = [line for line in lines if line["type"] == "deferred_change"]
        assert [line["change"]["resource"]["addr"] for line in told] == ["terraform_data.b[*]", "terraform_data.c"]
        assert [line["change"]["reason"] for line in told] == ["instance_count_unknown", "deferred_prereq"]
        assert any("run freehold apply again" in line["@message"] for line in lines)


class TestWhatExists:
    """Once `a` is to be replaced, its id is not known any more."""

    OLD = COUNT.replace('"a" {}', '"a" { triggers_replace = 1 }')
    NEW = COUNT.replace('"a" {}', '"a" { triggers_replace = 2 }')

    def test_it_is_kept(self, stack, run, shown):
        stack(self.OLD)
        run("apply", "-auto-approve")
        run("apply", "-auto-approve")
        before = run("state", "list")
        stack(self.NEW)

        plan = shown()

        assert set(deferred(plan)) == {"terraform_data.b[*]", "terraform_data.c"}
        assert changed(plan) == {"terraform_data.a": "delete"}
        assert "? terraform_data.c  # depends on what is deferred, what exists is kept" in run("plan")
        run("apply", "plan")
        assert run("state", "list") == before
        assert json.loads(run("output", "-json", "ids")) == 2
        assert "No changes." in run("apply", "-auto-approve")

    def test_so_is_what_it_stands_on(self, stack, run, shown):
        extra = 'resource "terraform_data" "{0}" {{ input = {1} }}\n'
        with_b = "  count = length(terraform_data.a.id) > 1 ? 2 : 0\n  input = terraform_data.under.id\n"
        written = self.OLD.replace("  count = length(terraform_data.a.id) > 1 ? 2 : 0\n", with_b)
        stack(written + extra.format("under", "terraform_data.deep.id") + extra.format("deep", 1))
        run("apply", "-auto-approve")
        run("apply", "-auto-approve")
        stack(self.NEW)

        plan = shown()

        assert changed(plan) == {"terraform_data.a": "delete"}
        assert deferred(plan)["terraform_data.under"] == deferred(plan)["terraform_data.deep"] == "deferred_prereq"
        actions = {
            each["resource_change"]["address"]: each["resource_change"]["change"]["actions"]
            for each in plan["deferred_changes"]
        }
        assert actions["terraform_data.under"] == ["delete"]
        run("apply", "plan")
        told = run("apply", "-auto-approve")
        assert "0 added, 2 changed, 2 destroyed" in told
        assert "No changes." in run("plan", "-detailed-exitcode")

    def test_a_destroy_defers_nothing(self, stack, run):
        stack(self.OLD)
        run("apply", "-auto-approve")
        run("apply", "-auto-approve")
        stack(self.NEW)

        assert "Resources: 0 added, 0 changed, 5 destroyed." in run("destroy", "-auto-approve")

    def test_a_refresh_defers_nothing(self, stack, run):
        stack(COUNT)

        assert "deferred" not in run("plan", "-refresh-only")


class TestTargets:
    def test_what_a_deferred_target_needs_is_done(self, stack, run, shown):
        stack(COUNT)

        plan = shown("-target=terraform_data.c")

        assert set(deferred(plan)) == {"terraform_data.c"}
        assert set(changed(plan)) == {"terraform_data.a"}

    def test_what_is_not_asked_for_is_not_told(self, stack, shown):
        stack(COUNT)

        assert deferred(shown("-target=terraform_data.z")) == {}
        assert set(deferred(shown("-exclude=terraform_data.c"))) == {"terraform_data.b[*]"}


class TestData:
    def test_it_is_deferred_as_resources_are(self, stack, run, shown, book: BookProvider):
        stack("""
        resource "terraform_data" "a" { input = "a" }
        resource "terraform_data" "b" { count = length(terraform_data.a.id) > 1 ? 1 : 0 }
        data "book_entry" "some" {
          count = length(terraform_data.a.id) > 1 ? 1 : 0
          key   = "a"
        }
        data "book_entry" "after" {
          key        = "b"
          depends_on = [terraform_data.b]
        }
        """)

        plan = shown()

        assert deferred(plan) == {
            "terraform_data.b[*]": "instance_count_unknown",
            "data.book_entry.some[*]": "instance_count_unknown",
            "data.book_entry.after": "deferred_prereq",
        }
        modes = {
            each["resource_change"]["address"]: each["resource_change"]["mode"] for each in plan["deferred_changes"]
        }
        assert modes["data.book_entry.after"] == "data"
        run("apply", "-auto-approve")
        assert book.keys == []
        run("apply", "-auto-approve")
        assert sorted(book.keys) == ["a", "b"]


class Sized(Record):
    """Cannot tell anything of a record whose size is not known."""

    def plan(self, client, prior, proposed, config):
        if isinstance(config["size"], Unknown):
            raise NotKnownYet(("size",))
        return super().plan(client, prior, proposed, config)


def test_what_its_kind_cannot_plan_yet_is_deferred(made, stack, run, shown):
    kind = made.add("made_box", Schema({"size": optional(ANY), "id": computed(STRING)}), Sized)
    stack("""
    resource "terraform_data" "a" {}
    resource "made_box" "b" { size = terraform_data.a.id }
    resource "made_box" "c" { size = 1 }
    resource "terraform_data" "d" { input = made_box.b.id }
    """)

    plan = shown()

    assert deferred(plan) == {"made_box.b": "resource_config_unknown", "terraform_data.d": "deferred_prereq"}
    assert "not known: terraform_data.a.id  on main.hcl line 3" in run("plan")
    run("apply", "plan")
    assert [row["size"] for row in kind.rows.values()] == [1]
    assert "Resources: 2 added" in run("apply", "-auto-approve")
    assert "No changes." in run("plan", "-detailed-exitcode")


class TestWhatIsNeverKnown:
    @pytest.mark.parametrize(
        "count",
        ['timestamp() == "x" ? 1 : 0', "terraform_data.a.input == timestamp() ? 1 : 0"],
    )
    def test_it_is_an_error(self, count, stack, run):
        stack('resource "terraform_data" "a" { input = "x" }\n')
        run("apply", "-auto-approve")
        stack(
            'resource "terraform_data" "a" { input = "x" }\n'
            f'resource "terraform_data" "b" {{\n  count = {count}\n}}\n'
        )

        told = run("plan", code=1)

        assert "Value never known" in told
        assert "main.hcl line 3" in told
        assert "nothing that it depends on has changes to come" in told.replace("\n", " ").replace("│ ", "")

    def test_a_secret_is_refused_as_before(self, stack, run):
        stack("""
        variable "s" {
          default   = { a = 1 }
          sensitive = true
        }
        resource "terraform_data" "b" { for_each = var.s }
        """)

        assert "Invalid for_each argument" in run("plan", code=1)

    def test_what_is_in_error_is_one_error(self, stack, run):
        stack('resource "terraform_data" "b" { count = -1 }\noutput "o" { value = terraform_data.b[0].id }\n')

        assert run("plan", code=1).count("Error:") == 1
